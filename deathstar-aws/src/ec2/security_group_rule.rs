//! A rule of a security group.

use super::{BY_TAG, Direction, SecurityGroup, Traffic, security_group::check_text};
use crate::{
    Aws,
    id::{PrefixListId, SecurityGroupId, SecurityGroupRuleId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Resource, Verdict, fields,
    model::{IpCidr, Ipv4Cidr, Ipv6Cidr},
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::mem;

#[cfg(feature = "client")]
mod driver;
#[cfg(feature = "client")]
pub(super) use driver::{show, text};

/// One rule of a security group: traffic that may pass between its members and one peer.
///
/// What is let in may be answered, and what is let out gets its answers: groups remember connections.
///
/// # Permissions
/// `ec2:DescribeSecurityGroupRules`, `ec2:DescribeSecurityGroups`; `ec2:AuthorizeSecurityGroupIngress` or
/// `ec2:AuthorizeSecurityGroupEgress` with `ec2:CreateTags`; `ec2:ModifySecurityGroupRules`, `ec2:CreateTags`,
/// `ec2:DeleteTags`; `ec2:RevokeSecurityGroupIngress` or `ec2:RevokeSecurityGroupEgress`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecurityGroupRule {
    /// The group. Another one replaces it.
    pub group: Input<SecurityGroupId>,
    /// Whether it is about what the group's members receive or send. The other one replaces it.
    pub direction: Direction,
    /// What may pass. Changed in place.
    pub traffic: Traffic,
    /// Who is on the other side. Another peer of the same sort is taken in place, one of another sort replaces the rule.
    pub peer: Peer,
    /// What it is for. Changed in place.
    pub description: Option<String>,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// An IPv4 range.
    Ipv4(Input<Ipv4Cidr>),
    /// An IPv6 range.
    Ipv6(Input<Ipv6Cidr>),
    /// The members of a group: of another one, or of the rule's own.
    Group(Input<SecurityGroupId>),
    /// The ranges of a list.
    PrefixList(Input<PrefixListId>),
}

impl Peer {
    /// A range of either family.
    pub fn range(range: IpCidr) -> Self {
        match range.net() {
            deathstar_core::model::cidr::IpNet::V4(net) => Self::Ipv4(Ipv4Cidr::truncated(net).into()),
            deathstar_core::model::cidr::IpNet::V6(net) => Self::Ipv6(Ipv6Cidr::truncated(net).into()),
        }
    }

    /// The members of a group.
    pub fn group(group: impl Into<Input<SecurityGroupId>>) -> Self {
        Self::Group(group.into())
    }
}

impl SecurityGroupRule {
    /// What the group's members may receive.
    pub fn ingress(group: impl Into<Input<SecurityGroupId>>, traffic: Traffic, from: Peer) -> Self {
        Self { group: group.into(), direction: Direction::Ingress, traffic, peer: from, description: None }
    }

    /// What the group's members may send.
    pub fn egress(group: impl Into<Input<SecurityGroupId>>, traffic: Traffic, to: Peer) -> Self {
        Self { group: group.into(), direction: Direction::Egress, traffic, peer: to, description: None }
    }

    /// What the group's members may receive from each other.
    pub fn ingress_from_itself(group: impl Into<Input<SecurityGroupId>>, traffic: Traffic) -> Self {
        let group = group.into();
        Self::ingress(group.clone(), traffic, Peer::Group(group))
    }

    /// What the group's members may send to each other.
    pub fn egress_to_itself(group: impl Into<Input<SecurityGroupId>>, traffic: Traffic) -> Self {
        let group = group.into();
        Self::egress(group.clone(), traffic, Peer::Group(group))
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }
}

/// A rule keeps the sort of its peer.
///
/// Source: Amazon VPC User Guide, "Security group rules": the type of source or destination cannot be changed.
fn keeps_sort(prior: &SecurityGroupRule, want: &SecurityGroupRule) -> Verdict {
    if mem::discriminant(&prior.peer) == mem::discriminant(&want.peer) {
        Verdict::Update
    } else {
        Verdict::Replace
    }
}

impl Resource for SecurityGroupRule {
    type Provider = Aws;
    type Id = SecurityGroupRuleId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.ec2.security-group-rule";
    const IDENTITY: Identity = BY_TAG;
    /// Source: Amazon EC2 API Reference, `ModifySecurityGroupRules`; no operation changes group or direction.
    const FIELDS: Fields<Self> = fields!(SecurityGroupRule {
        group: Replace,
        direction: Replace,
        traffic: Update,
        peer: By(keeps_sort),
        description: Update,
    });
    const SHOWN_BY: &'static str = SecurityGroup::FAMILY;

    fn shown_in(&self) -> Option<Key> {
        Some(Key::of(&self.group))
    }

    /// A group has no two rules that differ by their description alone.
    fn holds(&self) -> Vec<Hold> {
        let said = (&self.group, self.direction, self.traffic, &self.peer);
        vec![Hold::life("rule-of-security-group", said)]
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let range = match &self.peer {
            Peer::Ipv4(range) => range.value().copied().map(IpCidr::from),
            Peer::Ipv6(range) => range.value().copied().map(IpCidr::from),
            Peer::Group(_) | Peer::PrefixList(_) => None,
        };
        let family = self.traffic.check_family(range.as_ref(), "/traffic");
        let text = self.description.as_deref().and_then(|text| check_text(text, "/description"));
        family.into_iter().chain(text).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "security-group-rule";
        let of_group =
            |action: &'static str, spec: &Self| Permission::new(action).on("security-group", &spec.group);
        match call {
            Call::Find(_) => lists(["ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"]),
            Call::Create(spec) => {
                let action = match spec.direction {
                    Direction::Ingress => "ec2:AuthorizeSecurityGroupIngress",
                    Direction::Egress => "ec2:AuthorizeSecurityGroupEgress",
                };
                let mut all = creates(action, TYPE);
                all.push(of_group(action, spec));
                all
            }
            Call::Change { object, to, .. } => {
                const MODIFY: &str = "ec2:ModifySecurityGroupRules";
                let mut all = vec![on_own(MODIFY, TYPE, object.id), of_group(MODIFY, to)];
                if let Peer::PrefixList(list) = &to.peer {
                    all.push(Permission::new(MODIFY).on("prefix-list", list));
                }
                all
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![match object.spec.direction {
                Direction::Ingress => of_group("ec2:RevokeSecurityGroupIngress", object.spec),
                Direction::Egress => of_group("ec2:RevokeSecurityGroupEgress", object.spec),
            }],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (SecurityGroupRuleId, ()) {
        (SecurityGroupRuleId::simulated(serial), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ec2::IcmpMessages;
    use deathstar_core::Class;

    fn web(traffic: Traffic, peer: Peer) -> SecurityGroupRule {
        SecurityGroupRule::ingress(SecurityGroupId::new("sg-1"), traffic, peer)
    }

    fn range(text: &str) -> Peer {
        Peer::range(text.parse().unwrap())
    }

    #[test]
    fn another_sort_of_peer_replaces_it() {
        let peer = SecurityGroupRule::FIELDS.iter().find(|field| field.name == "peer").unwrap();
        let Class::By(verdict) = peer.class else { panic!("it depends on the values") };
        let sorts = [
            (range("10.0.0.0/8"), range("10.0.0.0/16")),
            (range("::/0"), range("2001:db8::/32")),
            (Peer::group(SecurityGroupId::new("sg-1")), Peer::group(SecurityGroupId::new("sg-2"))),
            (
                Peer::PrefixList(PrefixListId::new("pl-1").into()),
                Peer::PrefixList(PrefixListId::new("pl-2").into()),
            ),
        ];
        for (number, (prior, _)) in sorts.iter().enumerate() {
            for (other, (_, want)) in sorts.iter().enumerate() {
                let said = verdict(&web(Traffic::All, prior.clone()), &web(Traffic::All, want.clone()));
                let expected = if number == other { Verdict::Update } else { Verdict::Replace };
                assert_eq!(said, expected, "{prior:?} -> {want:?}");
            }
        }
    }

    #[test]
    fn a_group_says_the_same_once() {
        let rule = || web(Traffic::tcp(443), range("10.0.0.0/8"));
        assert_eq!(rule().holds(), rule().description("web").holds());
        assert_ne!(rule().holds(), web(Traffic::tcp(80), range("10.0.0.0/8")).holds());
        assert_ne!(rule().holds(), web(Traffic::tcp(443), range("10.0.0.0/16")).holds());
        let out =
            SecurityGroupRule::egress(SecurityGroupId::new("sg-1"), Traffic::tcp(443), range("10.0.0.0/8"));
        assert_ne!(rule().holds(), out.holds());
    }

    #[test]
    fn what_no_rule_can_mean_is_found() {
        let codes = |rule: SecurityGroupRule| {
            rule.validate().into_iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert!(codes(web(Traffic::tcp(443), range("0.0.0.0/0"))).is_empty());
        let icmp = || Traffic::Icmp(IcmpMessages::All);
        assert_eq!(codes(web(icmp(), range("::/0"))), ["traffic.family"]);
        assert!(codes(web(icmp(), Peer::group(SecurityGroupId::new("sg-2")))).is_empty());
        assert_eq!(codes(web(Traffic::All, range("::/0")).description("tab\there")), ["security-group.text"]);
    }

    #[test]
    fn a_rule_with_its_own_group_names_it_twice() {
        let rule = SecurityGroupRule::ingress_from_itself(SecurityGroupId::new("sg-1"), Traffic::All);
        assert_eq!(rule.peer, Peer::Group(rule.group.clone()));
        let rule = SecurityGroupRule::egress_to_itself(SecurityGroupId::new("sg-1"), Traffic::All);
        assert_eq!((&rule.peer, rule.direction), (&Peer::Group(rule.group.clone()), Direction::Egress));
    }

    #[test]
    fn it_is_shown_in_its_group() {
        let rule = web(Traffic::tcp(443), range("10.0.0.0/8"));
        assert_eq!(rule.shown_in(), Some(Key::of(SecurityGroupId::new("sg-1"))));
        let text = serde_json::to_string(&rule).unwrap();
        let expected = concat!(
            r#"{"group":"sg-1","direction":"ingress","traffic":{"tcp":"443"},"#,
            r#""peer":{"ipv4":"10.0.0.0/8"},"description":null}"#
        );
        assert_eq!(text, expected);
    }
}
