//! The objects of other services than EC2: where they are named and shown.

use super::{Case, Judged, looks::Look};
use crate::wire::{Document, Refusal};

/// One kind of object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    service: &'static str,
    /// What its id begins with in records: `role/NAME`.
    pub(crate) prefix: &'static str,
    /// The action that makes it.
    makes: &'static str,
    /// Where its name stands then.
    told: Told,
    /// The parameters that name it.
    named: &'static [&'static str],
    /// The actions that list it, where the list stands in their answers, and the member of an entry that is its name.
    listed: &'static [(&'static str, &'static str, &'static str)],
    /// The code for one that is not there.
    missing: (&'static str, u16),
}

/// Where the name of a new object stands.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// In a parameter.
    Request(&'static str),
    /// In the answer.
    Answer(&'static str),
}

#[rustfmt::skip]
/// Sources: the API References of IAM, KMS, `CloudWatch` Logs and Route 53, in the actions themselves.
const THINGS: &[Thing] = &[
    Thing { service: "iam", prefix: "role", makes: "CreateRole", told: Told::Request("RoleName"), named: &["RoleName"], listed: &[("GetAccountAuthorizationDetails", "GetAccountAuthorizationDetailsResult/RoleDetailList", "RoleName"), ("ListRoles", "ListRolesResult/Roles", "RoleName")], missing: ("NoSuchEntity", 404) },
    Thing { service: "iam", prefix: "policy", makes: "CreatePolicy", told: Told::Answer("CreatePolicyResult/Policy/Arn"), named: &["PolicyArn"], listed: &[("ListPolicies", "ListPoliciesResult/Policies", "Arn")], missing: ("NoSuchEntity", 404) },
    Thing { service: "kms", prefix: "key", makes: "CreateKey", told: Told::Answer("KeyMetadata/KeyId"), named: &["KeyId", "TargetKeyId"], listed: &[("ListKeys", "Keys", "KeyId")], missing: ("NotFoundException", 400) },
    Thing { service: "kms", prefix: "alias", makes: "CreateAlias", told: Told::Request("AliasName"), named: &["AliasName"], listed: &[("ListAliases", "Aliases", "AliasName")], missing: ("NotFoundException", 400) },
    Thing { service: "logs", prefix: "log-group", makes: "CreateLogGroup", told: Told::Request("logGroupName"), named: &["logGroupName", "resourceArn"], listed: &[("DescribeLogGroups", "logGroups", "logGroupName")], missing: ("ResourceNotFoundException", 400) },
    Thing { service: "route53", prefix: "zone", makes: "CreateHostedZone", told: Told::Answer("HostedZone/Id"), named: &["Id", "HostedZoneId", "ResourceId", "ResourceIds.ResourceId"], listed: &[("ListHostedZones", "HostedZones", "Id")], missing: ("NoSuchHostedZone", 404) },
];

impl Thing {
    fn made_by(service: &str, action: &str) -> Option<&'static Self> {
        THINGS.iter().find(|thing| thing.service == service && thing.makes == action)
    }

    /// Its id in records, of any form of its name: an ARN, a path, or the name alone.
    fn id(&self, name: &str) -> String {
        let name = match self.prefix {
            "key" | "zone" => name.rsplit('/').next().unwrap_or_default(),
            "log-group" => {
                let name = name.rsplit_once(":log-group:").map_or(name, |(_, name)| name);
                name.strip_suffix(":*").unwrap_or(name)
            }
            // Its name has the prefix already.
            "alias" => name.strip_prefix("alias/").unwrap_or(name),
            _ => name,
        };
        format!("{}/{name}", self.prefix)
    }
}

impl Case<'_> {
    /// Takes note of what a call made.
    pub(super) fn thing_is_born(&self, document: &Document) {
        let Some(thing) = Thing::made_by(self.request.service(), &self.request.action) else { return };
        let name = match thing.told {
            Told::Request(parameter) => self.request.get(parameter).map(str::to_owned),
            Told::Answer(path) => document.text(path),
        };
        let Some(id) = name.map(|name| thing.id(&name)) else { return };
        let hidden = self.hides.unwrap_or(self.on().hidden);
        let pending = if thing.prefix == "role" { self.on().unusable_roles } else { 0 };
        *self.shared.known().looks.at(self.place, &id) = Look { hidden, pending, ..Look::default() };
        self.shared.records.amend(self.serial, |call| call.made = vec![id]);
    }

    /// Refuses a call that names what is hidden.
    ///
    /// Sources: IAM User Guide, "Changes that I make are not always immediately visible"; AWS KMS Developer Guide, "AWS KMS eventual
    /// consistency". Of the other services it is an assumption: their documentation promises nothing.
    pub(super) fn things_are_visible(&self) -> Judged {
        let (service, action) = (self.request.service(), self.request.action.as_str());
        for thing in THINGS.iter().filter(|thing| thing.service == service && thing.makes != action) {
            let names = self.request.parameters.iter().filter(|(parameter, _)| {
                let of = |named: &&'static str| {
                    parameter
                        .strip_prefix(*named)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                };
                thing.named.iter().any(of)
            });
            for (_, name) in names {
                let mut known = self.shared.known();
                if known.looks.look_if_hidden(self.place, &thing.id(name)) {
                    let (code, status) = thing.missing;
                    return Err(Refusal::new(code, format!("{name} cannot be found.")).status(status));
                }
            }
        }
        Ok(())
    }

    /// Leaves out of a list what is hidden.
    pub(super) fn hide_things(&self, document: &mut Document, first_page: bool) {
        let (service, action) = (self.request.service(), self.request.action.as_str());
        for thing in THINGS.iter().filter(|thing| thing.service == service) {
            for (_, path, member) in thing.listed.iter().filter(|(by, ..)| *by == action) {
                let mut items = document.take(path);
                if items.is_empty() {
                    continue;
                }
                let mut known = self.shared.known();
                items.retain(|item| {
                    let Some(id) = item.text(member).map(|name| thing.id(name)) else { return true };
                    if first_page {
                        return !known.looks.look_if_hidden(self.place, &id);
                    }
                    known.looks.peek(self.place, &id).hidden == 0
                });
                document.put(path, items);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_all_its_forms() {
        let thing = |prefix: &str| THINGS.iter().find(|thing| thing.prefix == prefix).unwrap();
        for (prefix, name, id) in [
            ("role", "nodes", "role/nodes"),
            ("policy", "arn:aws:iam::1:policy/a/read", "policy/arn:aws:iam::1:policy/a/read"),
            ("key", "1234-ab", "key/1234-ab"),
            ("key", "arn:aws:kms:eu-west-1:1:key/1234-ab", "key/1234-ab"),
            ("alias", "alias/logs", "alias/logs"),
            ("log-group", "/network/flows", "log-group//network/flows"),
            ("log-group", "arn:aws:logs:eu-west-1:1:log-group:/network/flows:*", "log-group//network/flows"),
            ("zone", "/hostedzone/Z1", "zone/Z1"),
            ("zone", "Z1", "zone/Z1"),
        ] {
            assert_eq!(thing(prefix).id(name), id);
        }
    }
}
