//! The calls of a rule of a security group.

use super::{Peer, SecurityGroupRule};
use crate::{
    client::Client,
    ec2::{Direction, traffic::wire},
    error::write,
    id::{PrefixListId, SecurityGroupId, SecurityGroupRuleId},
    tags::{created, filters, seen as seen_tags, specification},
};
use aws_sdk_ec2::types::{
    self, IpPermission, IpRange, Ipv6Range, PrefixListId as ToldPrefixList, ResourceType,
    SecurityGroupRuleRequest, SecurityGroupRuleUpdate, UserIdGroupPair,
};
use deathstar_core::{
    Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want,
    model::{Ipv4Cidr, Ipv6Cidr},
};

impl Driver<SecurityGroupRule> for Client {
    async fn find(&self, cx: &Cx, want: &Want<SecurityGroupRuleId>, found: &mut Found) -> Result<()> {
        for filter in filters(cx, "security-group-rule-id", want) {
            for rule in self.list_security_group_rules(filter).await? {
                if let Some(seen) = show(&rule) {
                    found.push(seen);
                }
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<SecurityGroupRule>) -> Result<Made<SecurityGroupRuleId>> {
        let group = spec.group.known()?.as_str();
        let tags = specification(cx, ResourceType::SecurityGroupRule);
        let (operation, made) = match spec.direction {
            Direction::Ingress => {
                const OPERATION: &str = "ec2:AuthorizeSecurityGroupIngress";
                let call = self.ec2.authorize_security_group_ingress().group_id(group);
                let call = call.ip_permissions(permission(spec)?).tag_specifications(tags);
                (OPERATION, write(OPERATION, call.send()).await?.security_group_rules)
            }
            Direction::Egress => {
                const OPERATION: &str = "ec2:AuthorizeSecurityGroupEgress";
                let call = self.ec2.authorize_security_group_egress().group_id(group);
                let call = call.ip_permissions(permission(spec)?).tag_specifications(tags);
                (OPERATION, write(OPERATION, call.send()).await?.security_group_rules)
            }
        };
        let rule = made.as_ref().and_then(|rules| rules.first());
        let id = created(operation, rule.and_then(|rule| rule.security_group_rule_id()))?;
        Ok(SecurityGroupRuleId::new(id).into())
    }

    /// Writes the whole rule: what is left out would be taken away.
    async fn change(
        &self,
        _: &Cx,
        seen: &Seen<SecurityGroupRule>,
        to: &Ready<SecurityGroupRule>,
    ) -> Result<Option<Op>> {
        let description = to.description.as_ref().or(seen.spec.description.as_ref());
        let update = SecurityGroupRuleUpdate::builder()
            .security_group_rule_id(seen.id.as_str())
            .security_group_rule(request(to, description)?);
        let call = self
            .ec2
            .modify_security_group_rules()
            .group_id(to.group.known()?.as_str())
            .security_group_rules(update.build());
        write("ec2:ModifySecurityGroupRules", call.send()).await?;
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<SecurityGroupRule>) -> Result<Option<Op>> {
        let rule = seen.id.as_str().to_owned();
        self.revoke_rules(seen.spec.group.known()?, seen.spec.direction, vec![rule]).await?;
        Ok(None)
    }

    async fn retag(
        &self,
        _: &Cx,
        seen: &Seen<SecurityGroupRule>,
        set: &Tags,
        unset: &[String],
    ) -> Result<()> {
        self.retag_object(seen.id.as_str(), set, unset).await
    }
}

/// A rule, as the calls take it that add rules.
fn permission(rule: &SecurityGroupRule) -> Result<IpPermission> {
    let (from, to) = wire::bounds(rule.traffic);
    let said = rule.description.clone();
    let permission =
        IpPermission::builder().ip_protocol(wire::name(rule.traffic)).from_port(from).to_port(to);
    Ok(match &rule.peer {
        Peer::Ipv4(range) => {
            let range = range.known()?.to_string();
            permission.ip_ranges(IpRange::builder().cidr_ip(range).set_description(said).build())
        }
        Peer::Ipv6(range) => {
            let range = range.known()?.to_string();
            permission.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(range).set_description(said).build())
        }
        Peer::Group(group) => {
            let group = group.known()?.as_str();
            let pair = UserIdGroupPair::builder().group_id(group).set_description(said);
            permission.user_id_group_pairs(pair.build())
        }
        Peer::PrefixList(list) => {
            let list = list.known()?.as_str();
            let list = ToldPrefixList::builder().prefix_list_id(list).set_description(said);
            permission.prefix_list_ids(list.build())
        }
    }
    .build())
}

/// A rule, as the call takes it that changes rules.
fn request(rule: &SecurityGroupRule, description: Option<&String>) -> Result<SecurityGroupRuleRequest> {
    let (from, to) = wire::bounds(rule.traffic);
    let request = SecurityGroupRuleRequest::builder()
        .ip_protocol(wire::name(rule.traffic))
        .from_port(from)
        .to_port(to)
        .set_description(description.cloned());
    Ok(match &rule.peer {
        Peer::Ipv4(range) => request.cidr_ipv4(range.known()?.to_string()),
        Peer::Ipv6(range) => request.cidr_ipv6(range.known()?.to_string()),
        Peer::Group(group) => request.referenced_group_id(group.known()?.as_str()),
        Peer::PrefixList(list) => request.prefix_list_id(list.known()?.as_str()),
    }
    .build())
}

/// A rule that can be declared.
pub(in crate::ec2) fn show(rule: &types::SecurityGroupRule) -> Option<Seen<SecurityGroupRule>> {
    let direction = if rule.is_egress()? { Direction::Egress } else { Direction::Ingress };
    let group = || rule.referenced_group_info()?.group_id();
    let peer = if let Some(range) = rule.cidr_ipv4() {
        Peer::Ipv4(Ipv4Cidr::truncated(range.parse().ok()?).into())
    } else if let Some(range) = rule.cidr_ipv6() {
        Peer::Ipv6(Ipv6Cidr::truncated(range.parse().ok()?).into())
    } else if let Some(list) = rule.prefix_list_id() {
        Peer::PrefixList(PrefixListId::new(list).into())
    } else {
        Peer::group(SecurityGroupId::new(group()?))
    };
    Some(Seen {
        id: SecurityGroupRuleId::new(rule.security_group_rule_id()?),
        tags: seen_tags(rule.tags()),
        spec: SecurityGroupRule {
            group: SecurityGroupId::new(rule.group_id()?).into(),
            direction,
            traffic: wire::traffic(rule.ip_protocol()?, rule.from_port(), rule.to_port())?,
            peer,
            description: Some(rule.description().unwrap_or_default().to_owned()),
        },
        outputs: (),
        state: SeenState::Ready,
    })
}

/// What a rule lets through, for people, whether it can be declared or not.
pub(in crate::ec2) fn text(rule: &types::SecurityGroupRule) -> String {
    let protocol = rule.ip_protocol().unwrap_or("?");
    let bounds = || {
        let bound = |value: Option<i32>| value.map_or_else(|| "?".into(), |value| value.to_string());
        format!("{protocol} {}-{}", bound(rule.from_port()), bound(rule.to_port()))
    };
    let traffic = wire::traffic(protocol, rule.from_port(), rule.to_port());
    let traffic = traffic.map_or_else(bounds, |traffic| traffic.to_string());
    let group = rule.referenced_group_info().and_then(|group| group.group_id());
    let peer = rule.cidr_ipv4().or(rule.cidr_ipv6()).or(rule.prefix_list_id()).or(group).unwrap_or("?");
    let way = if rule.is_egress() == Some(true) { "to" } else { "from" };
    match rule.description().filter(|text| !text.is_empty()) {
        Some(said) => format!("{traffic} {way} {peer} ({said})"),
        None => format!("{traffic} {way} {peer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ec2::{Traffic, traffic::tests::traffic};
    use ipnet::{Ipv4Net, Ipv6Net};
    use proptest::prelude::*;
    use types::ReferencedSecurityGroup;

    fn peer() -> impl Strategy<Value = Peer> {
        prop_oneof![
            (any::<u32>(), 0..=32_u8).prop_map(|(address, length)| {
                let net = Ipv4Net::new_assert(address.into(), length);
                Peer::Ipv4(Ipv4Cidr::truncated(net).into())
            }),
            (any::<u128>(), 0..=128_u8).prop_map(|(address, length)| {
                let net = Ipv6Net::new_assert(address.into(), length);
                Peer::Ipv6(Ipv6Cidr::truncated(net).into())
            }),
            "sg-[0-9a-f]{17}".prop_map(|id| Peer::group(SecurityGroupId::new(id))),
            "pl-[0-9a-f]{8}".prop_map(|id| Peer::PrefixList(PrefixListId::new(id).into())),
        ]
    }

    fn rule() -> impl Strategy<Value = SecurityGroupRule> {
        (any::<bool>(), traffic(), peer(), "[a-z ]{0,20}").prop_map(|(egress, traffic, peer, said)| {
            let group = SecurityGroupId::new("sg-1");
            let rule = if egress {
                SecurityGroupRule::egress(group, traffic, peer)
            } else {
                SecurityGroupRule::ingress(group, traffic, peer)
            };
            rule.description(said)
        })
    }

    /// The rule as EC2 tells it after one of these calls.
    fn told(rule: &SecurityGroupRule, protocol: String, from: i32, to: i32) -> types::SecurityGroupRule {
        let told = types::SecurityGroupRule::builder()
            .security_group_rule_id("sgr-1")
            .group_id("sg-1")
            .is_egress(rule.direction == Direction::Egress)
            .ip_protocol(protocol)
            .from_port(from)
            .to_port(to)
            .set_description(rule.description.clone());
        match &rule.peer {
            Peer::Ipv4(range) => told.cidr_ipv4(range.value().unwrap().to_string()),
            Peer::Ipv6(range) => told.cidr_ipv6(range.value().unwrap().to_string()),
            Peer::Group(group) => {
                let group = group.value().unwrap().as_str();
                told.referenced_group_info(ReferencedSecurityGroup::builder().group_id(group).build())
            }
            Peer::PrefixList(list) => told.prefix_list_id(list.value().unwrap().as_str()),
        }
        .build()
    }

    proptest! {
        #[test]
        fn what_is_told_of_a_rule_is_its_spec(rule in rule()) {
            let asked = permission(&rule).unwrap();
            let (protocol, from, to) =
                (asked.ip_protocol().unwrap(), asked.from_port().unwrap(), asked.to_port().unwrap());
            let seen = show(&told(&rule, protocol.into(), from, to)).unwrap();
            prop_assert_eq!(seen.spec, rule);
        }

        #[test]
        fn both_calls_ask_for_the_same(rule in rule()) {
            let (added, changed) = (permission(&rule).unwrap(), request(&rule, None).unwrap());
            prop_assert_eq!(added.ip_protocol(), changed.ip_protocol());
            prop_assert_eq!((added.from_port(), added.to_port()), (changed.from_port(), changed.to_port()));
            let peers = [
                (added.ip_ranges().first().and_then(IpRange::cidr_ip), changed.cidr_ipv4()),
                (added.ipv6_ranges().first().and_then(Ipv6Range::cidr_ipv6), changed.cidr_ipv6()),
                (added.prefix_list_ids().first().and_then(ToldPrefixList::prefix_list_id), changed.prefix_list_id()),
                (
                    added.user_id_group_pairs().first().and_then(UserIdGroupPair::group_id),
                    changed.referenced_group_id(),
                ),
            ];
            prop_assert_eq!(peers.iter().filter(|(added, _)| added.is_some()).count(), 1);
            for (added, changed) in peers {
                prop_assert_eq!(added, changed);
            }
        }
    }

    #[test]
    fn a_rule_keeps_its_description_when_it_is_added() {
        let peers = [
            Peer::range("10.0.0.0/8".parse().unwrap()),
            Peer::range("::/0".parse().unwrap()),
            Peer::group(SecurityGroupId::new("sg-2")),
            Peer::PrefixList(PrefixListId::new("pl-1").into()),
        ];
        for peer in peers {
            let rule = SecurityGroupRule::ingress(SecurityGroupId::new("sg-1"), Traffic::All, peer);
            let added = permission(&rule.description("why")).unwrap();
            let said = [
                added.ip_ranges().first().and_then(IpRange::description),
                added.ipv6_ranges().first().and_then(Ipv6Range::description),
                added.user_id_group_pairs().first().and_then(UserIdGroupPair::description),
                added.prefix_list_ids().first().and_then(ToldPrefixList::description),
            ];
            assert_eq!(said.into_iter().flatten().collect::<Vec<_>>(), ["why"]);
        }
    }

    #[test]
    fn host_bits_are_dropped() {
        let range = Peer::range("10.0.0.0/8".parse().unwrap());
        let rule = SecurityGroupRule::ingress(SecurityGroupId::new("sg-1"), Traffic::All, range);
        let mut told = told(&rule, "-1".into(), -1, -1);
        told.cidr_ipv4 = Some("10.1.2.3/8".into());
        assert_eq!(show(&told).unwrap().spec, rule.description(""));
    }

    #[test]
    fn what_cannot_be_declared_has_a_text_all_the_same() {
        let odd = types::SecurityGroupRule::builder()
            .security_group_rule_id("sgr-1")
            .is_egress(false)
            .ip_protocol("gre")
            .from_port(0)
            .build();
        assert!(show(&odd).is_none());
        assert_eq!(text(&odd), "gre 0-? from ?");
    }
}
