//! An entry of a network ACL.

use super::{Direction, NetworkAcl, Traffic};
use crate::{Aws, id::NetworkAclId, permission::lists};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, fields,
    model::IpCidr,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
pub(super) use driver::show;

/// The highest number of an entry; above it stand those that deny everything.
///
/// Source: Amazon EC2 API Reference, `CreateNetworkAclEntry`.
const LAST: u16 = 32_766;

/// One entry of a network ACL: of all entries that are about a packet, the one with the lowest number decides.
///
/// It carries no tags: it is ours by ACL, direction and number, while its value is.
///
/// # Permissions
/// `ec2:DescribeNetworkAcls`; `ec2:CreateNetworkAclEntry`; `ec2:ReplaceNetworkAclEntry`; `ec2:DeleteNetworkAclEntry`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkAclEntry {
    /// Its ACL. Another one replaces it.
    pub acl: Input<NetworkAclId>,
    /// Whether it is about what the subnets receive or send. The other one replaces it.
    pub direction: Direction,
    /// Its number, 1 to 32766; entries with lower numbers decide first. Another one replaces it.
    pub number: u16,
    /// What it does. Changed in place.
    pub action: RuleAction,
    /// What it is about. Changed in place.
    pub traffic: Traffic,
    /// The range on the other side, IPv4 or IPv6. Changed in place.
    pub range: Input<IpCidr>,
}

/// What an entry does with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleAction {
    /// It passes.
    Allow,
    /// It is dropped.
    Deny,
}

impl NetworkAclEntry {
    /// Traffic with a range passes.
    pub fn allow(
        acl: impl Into<Input<NetworkAclId>>,
        direction: Direction,
        number: u16,
        traffic: Traffic,
        range: impl Into<Input<IpCidr>>,
    ) -> Self {
        let action = RuleAction::Allow;
        Self { acl: acl.into(), direction, number, action, traffic, range: range.into() }
    }

    /// Traffic with a range is dropped.
    pub fn deny(
        acl: impl Into<Input<NetworkAclId>>,
        direction: Direction,
        number: u16,
        traffic: Traffic,
        range: impl Into<Input<IpCidr>>,
    ) -> Self {
        Self { action: RuleAction::Deny, ..Self::allow(acl, direction, number, traffic, range) }
    }
}

/// An entry's id: its ACL, its direction, and its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NetworkAclEntryId(pub NetworkAclId, pub Direction, pub u16);

impl Resource for NetworkAclEntry {
    type Provider = Aws;
    type Id = NetworkAclEntryId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.network-acl-entry";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Amazon EC2 API Reference, `ReplaceNetworkAclEntry`, which writes the whole entry.
    const FIELDS: Fields<Self> = fields!(NetworkAclEntry {
        acl: Replace,
        direction: Replace,
        number: Replace,
        action: Update,
        traffic: Update,
        range: Update,
    });
    const SHOWN_BY: &'static str = NetworkAcl::FAMILY;

    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.acl))
    }

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.acl, self.direction, self.number)))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let number = (!(1..=LAST).contains(&self.number)).then(|| {
            let why = format!("no entry can have the number {}", self.number);
            let fix = format!("choose a number from 1 to {LAST}");
            Diagnostic::new("network-acl.number", why).at("/number").fix(fix)
        });
        let family = self.traffic.check_family(self.range.value(), "/traffic");
        number.into_iter().chain(family).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let on = |action: &'static str, acl: &Input<NetworkAclId>| {
            vec![Permission::new(action).on("network-acl", acl)]
        };
        match call {
            Call::Find(_) => lists(["ec2:DescribeNetworkAcls"]),
            Call::Create(spec) => on("ec2:CreateNetworkAclEntry", &spec.acl),
            Call::Change { to, .. } => on("ec2:ReplaceNetworkAclEntry", &to.acl),
            Call::Delete(object) => on("ec2:DeleteNetworkAclEntry", &object.spec.acl),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (NetworkAclEntryId, ()) {
        let acl = self.acl.value().cloned().unwrap_or_else(|| NetworkAclId::simulated(0));
        (NetworkAclEntryId(acl, self.direction, self.number), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ec2::IcmpMessages;
    use deathstar_core::Class;

    fn entry(number: u16, traffic: Traffic, range: &str) -> NetworkAclEntry {
        let range: IpCidr = range.parse().unwrap();
        NetworkAclEntry::allow(NetworkAclId::new("acl-1"), Direction::Ingress, number, traffic, range)
    }

    #[test]
    fn the_id_is_the_key() {
        let entry = entry(100, Traffic::tcp(443), "0.0.0.0/0");
        let (id, ()) = entry.simulate(7);
        assert_eq!(serde_json::to_string(&id).unwrap(), r#"["acl-1","ingress",100]"#);
        assert_eq!(entry.key(), Some(Key::of(&id)));
        assert_eq!(entry.shown_in(), Some(Key::of(&id.0)));
    }

    #[test]
    fn what_is_in_the_key_replaces_it_and_the_rest_changes_in_place() {
        let (keyed, rest) = NetworkAclEntry::FIELDS.split_at(3);
        assert!(keyed.iter().all(|field| matches!(field.class, Class::Replace)));
        assert!(rest.iter().all(|field| matches!(field.class, Class::Update)));
    }

    #[test]
    fn what_ec2_refuses_is_found() {
        let codes = |entry: NetworkAclEntry| {
            entry.validate().into_iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        for (number, right) in [(0, false), (1, true), (32_766, true), (32_767, false)] {
            let found = codes(entry(number, Traffic::All, "0.0.0.0/0"));
            assert_eq!(found.is_empty(), right, "{number}: {found:?}");
        }
        let six = Traffic::IcmpV6(IcmpMessages::All);
        assert_eq!(codes(entry(100, six, "10.0.0.0/8")), ["traffic.family"]);
    }
}
