//! What is shown as a part of something else, and hidden where a fault says so: routes, entries, associations, attachments, records.

use super::{Case, kinds::Kind, records};
use crate::wire::{Document, Element};

/// One kind of part of an object of EC2.
#[derive(Debug)]
struct Part {
    /// What the ids of the objects that have it begin with, and the parameter that names such an object.
    of: (&'static str, &'static str),
    /// The action that makes it.
    makes: &'static str,
    /// The parameters that tell it apart; none where the answer tells its id.
    told: &'static [&'static str],
    /// Where its object shows it.
    sets: &'static [&'static str],
    /// The members that tell it apart there.
    members: &'static [&'static str],
}

#[rustfmt::skip]
/// Source: Amazon EC2 API Reference, the actions themselves.
const PARTS: &[Part] = &[
    Part { of: ("rtb", "RouteTableId"), makes: "CreateRoute", told: &["DestinationCidrBlock", "DestinationIpv6CidrBlock"], sets: &["routeSet"], members: &["destinationCidrBlock", "destinationIpv6CidrBlock"] },
    Part { of: ("rtb", "RouteTableId"), makes: "AssociateRouteTable", told: &[], sets: &["associationSet"], members: &["routeTableAssociationId"] },
    Part { of: ("acl", "NetworkAclId"), makes: "CreateNetworkAclEntry", told: &["RuleNumber", "Egress"], sets: &["entrySet"], members: &["ruleNumber", "egress"] },
    Part { of: ("vpc", "VpcId"), makes: "AssociateVpcCidrBlock", told: &[], sets: &["cidrBlockAssociationSet", "ipv6CidrBlockAssociationSet"], members: &["associationId"] },
];

fn id(of: &str, values: impl Iterator<Item = Option<impl AsRef<str>>>) -> String {
    values.fold(of.to_owned(), |id, value| id + "/" + value.as_ref().map_or("", AsRef::as_ref))
}

impl Case<'_> {
    /// Hides a new part, where a fault says so.
    pub(super) fn part_is_born(&self, document: &Document) {
        let Some(hidden) = self.hides else { return };
        let Some(id) = self.new_part(document) else { return };
        self.shared.known().looks.at(self.place, &id).hidden = hidden;
    }

    fn new_part(&self, document: &Document) -> Option<String> {
        let action = self.request.action.as_str();
        match self.request.service() {
            "ec2" => {
                let part = PARTS.iter().find(|part| part.makes == action)?;
                let of = self.get(part.of.1);
                if !part.told.is_empty() {
                    return Some(id(of, part.told.iter().map(|parameter| self.request.get(parameter))));
                }
                let mut texts = vec![];
                document.xml()?.texts(&mut texts);
                let told = texts.iter().find(|(name, _)| *name == "associationId")?.1;
                Some(id(of, [Some(told)].into_iter()))
            }
            "iam" if action == "AttachRolePolicy" => Some(self.attachment(self.get("PolicyArn"))),
            "route53" => self.new_record(),
            _ => None,
        }
    }

    fn attachment(&self, policy: &str) -> String {
        id(self.get("RoleName"), [Some(policy)].into_iter())
    }

    fn record(&self, record: &Element) -> String {
        let zone = self.get("HostedZoneId").rsplit('/').next().unwrap_or_default();
        let (name, kind, identifier) = records::identity(record);
        id(zone, [Some(name), Some(kind), Some(identifier)].into_iter())
    }

    fn new_record(&self) -> Option<String> {
        // As it was sent: what is handed on may say something else.
        let creates = self.request.get("ChangeBatch.Changes.Change.Action") == Some("CREATE");
        let body = Element::parse(std::str::from_utf8(&self.request.body).ok()?)?;
        let change = body.items("ChangeBatch/Changes").first()?;
        change.child("ResourceRecordSet").filter(|_| creates).map(|record| self.record(record))
    }

    /// Leaves hidden parts out of an object of EC2.
    pub(super) fn hide_parts(&self, kind: &Kind, item: &mut Element) {
        let Some(of) = item.text_at(kind.id).map(str::to_owned) else { return };
        for part in PARTS.iter().filter(|part| part.of.0 == kind.prefix) {
            for set in part.sets {
                let Some(set) = item.child_mut(set) else { continue };
                set.children.retain(|one| {
                    let id = id(&of, part.members.iter().map(|member| one.text_at(member)));
                    !self.shared.known().looks.look_if_hidden(self.place, &id)
                });
            }
        }
    }

    /// Leaves hidden attachments and records out of a list.
    pub(super) fn hide_other_parts(&self, document: &mut Document) {
        let list = match (self.request.service(), self.request.action.as_str()) {
            ("iam", "ListAttachedRolePolicies") => "ListAttachedRolePoliciesResult/AttachedPolicies",
            ("route53", "ListResourceRecordSets") => "ResourceRecordSets",
            _ => return,
        };
        let Some(list) = document.xml_mut().and_then(|root| root.at_mut(list)) else { return };
        list.children.retain(|one| {
            let id = match one.text_at("PolicyArn") {
                Some(policy) => self.attachment(policy),
                None => self.record(one),
            };
            !self.shared.known().looks.look_if_hidden(self.place, &id)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_alike_by_its_call_and_where_it_is_shown() {
        let shown = Element::parse("<item><ruleNumber>100</ruleNumber><egress>true</egress></item>").unwrap();
        let part = PARTS.iter().find(|part| part.makes == "CreateNetworkAclEntry").unwrap();
        let of_item = id("acl-1", part.members.iter().map(|member| shown.text_at(member)));
        assert_eq!(of_item, id("acl-1", [Some("100"), Some("true")].into_iter()));
        assert_eq!(id("rtb-1", [None, Some("::/0")].into_iter()), "rtb-1//::/0");
    }
}
