//! The calls of an entry of a network ACL.

use super::{LAST, NetworkAclEntry, NetworkAclEntryId, RuleAction};
use crate::{
    client::Client,
    ec2::{Direction, Traffic, traffic::wire},
    error::write,
    id::NetworkAclId,
    tags::filters,
};
use aws_sdk_ec2::types::{self, IcmpTypeCode, PortRange, RuleAction as ToldAction};
use deathstar_core::{
    Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want, model::IpCidr,
};
use ipnet::IpNet;
use std::collections::BTreeSet;

/// Sets an entry of a call on entries: `CreateNetworkAclEntry` and `ReplaceNetworkAclEntry` take them alike.
macro_rules! written {
    ($call:expr, $entry:expr) => {{
        let (call, entry): (_, &NetworkAclEntry) = ($call, $entry);
        let (from, to) = wire::bounds(entry.traffic);
        let call = call
            .network_acl_id(entry.acl.known()?.as_str())
            .egress(entry.direction == Direction::Egress)
            .rule_number(entry.number.into())
            .protocol(wire::number(entry.traffic))
            .rule_action(match entry.action {
                RuleAction::Allow => ToldAction::Allow,
                RuleAction::Deny => ToldAction::Deny,
            });
        let range = entry.range.known()?;
        let call = if range.net().addr().is_ipv4() {
            call.cidr_block(range.to_string())
        } else {
            call.ipv6_cidr_block(range.to_string())
        };
        match entry.traffic {
            Traffic::Tcp(_) | Traffic::Udp(_) => {
                call.port_range(PortRange::builder().from(from).to(to).build())
            }
            Traffic::Icmp(_) | Traffic::IcmpV6(_) => {
                call.icmp_type_code(IcmpTypeCode::builder().r#type(from).code(to).build())
            }
            Traffic::All | Traffic::Protocol(_) => call,
        }
    }};
}

impl Driver<NetworkAclEntry> for Client {
    /// Shows the ACLs with all their entries.
    async fn find(&self, cx: &Cx, want: &Want<NetworkAclEntryId>, found: &mut Found) -> Result<()> {
        match want {
            Want::All => {
                for filter in filters::<NetworkAclId>(cx, "", &Want::All) {
                    self.show_network_acls_by(filter, found).await?;
                }
                Ok(())
            }
            Want::Ids(ids) => {
                let acls: BTreeSet<_> = ids.iter().map(|NetworkAclEntryId(acl, ..)| acl.clone()).collect();
                self.show_network_acls(&Vec::from_iter(acls), found).await
            }
            // An entry carries no token.
            Want::Owned { .. } => Ok(()),
        }
    }

    async fn create(&self, _: &Cx, spec: &Ready<NetworkAclEntry>) -> Result<Made<NetworkAclEntryId>> {
        let call = written!(self.ec2.create_network_acl_entry(), spec);
        write("ec2:CreateNetworkAclEntry", call.send()).await?;
        Ok(NetworkAclEntryId(spec.acl.known()?.clone(), spec.direction, spec.number).into())
    }

    /// Writes the whole entry.
    async fn change(
        &self,
        _: &Cx,
        _: &Seen<NetworkAclEntry>,
        to: &Ready<NetworkAclEntry>,
    ) -> Result<Option<Op>> {
        let call = written!(self.ec2.replace_network_acl_entry(), to);
        write("ec2:ReplaceNetworkAclEntry", call.send()).await?;
        Ok(None)
    }

    async fn delete(&self, _: &Cx, seen: &Seen<NetworkAclEntry>) -> Result<Option<Op>> {
        let NetworkAclEntryId(acl, direction, number) = &seen.id;
        let call = self
            .ec2
            .delete_network_acl_entry()
            .network_acl_id(acl.as_str())
            .egress(*direction == Direction::Egress)
            .rule_number((*number).into());
        write("ec2:DeleteNetworkAclEntry", call.send()).await?;
        Ok(None)
    }
}

/// An entry that someone made: not those above all numbers, which deny what no other entry is about.
pub(in crate::ec2) fn show(
    acl: &NetworkAclId,
    entry: &types::NetworkAclEntry,
) -> Option<Seen<NetworkAclEntry>> {
    let number = u16::try_from(entry.rule_number()?).ok().filter(|number| (1..=LAST).contains(number))?;
    let direction = if entry.egress()? { Direction::Egress } else { Direction::Ingress };
    let (from, to) = match (entry.port_range(), entry.icmp_type_code()) {
        (Some(ports), _) => (ports.from(), ports.to()),
        (None, Some(message)) => (message.r#type(), message.code()),
        (None, None) => (None, None),
    };
    let range = entry.cidr_block().or_else(|| entry.ipv6_cidr_block())?;
    let spec = NetworkAclEntry {
        acl: acl.clone().into(),
        direction,
        number,
        action: match entry.rule_action()? {
            ToldAction::Allow => RuleAction::Allow,
            ToldAction::Deny => RuleAction::Deny,
            _ => return None,
        },
        traffic: wire::traffic(entry.protocol()?, from, to)?,
        range: IpCidr::truncated(range.parse::<IpNet>().ok()?).into(),
    };
    Some(Seen {
        id: NetworkAclEntryId(acl.clone(), direction, number),
        tags: Tags::new(),
        spec,
        outputs: (),
        state: SeenState::Ready,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ec2::traffic::tests::traffic;
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn range() -> impl Strategy<Value = IpCidr> {
        let four = (any::<u32>(), 0..=32_u8)
            .prop_map(|(address, length)| IpNet::new_assert(Ipv4Addr::from_bits(address).into(), length));
        let six = (any::<u128>(), 0..=128_u8)
            .prop_map(|(address, length)| IpNet::new_assert(Ipv6Addr::from_bits(address).into(), length));
        prop_oneof![four, six].prop_map(IpCidr::truncated)
    }

    /// The entry as EC2 tells it after it was written.
    fn told(entry: &NetworkAclEntry) -> types::NetworkAclEntry {
        let (from, to) = wire::bounds(entry.traffic);
        let range = entry.range.value().unwrap();
        let told = types::NetworkAclEntry::builder()
            .egress(entry.direction == Direction::Egress)
            .rule_number(entry.number.into())
            .protocol(wire::number(entry.traffic))
            .rule_action(match entry.action {
                RuleAction::Allow => ToldAction::Allow,
                RuleAction::Deny => ToldAction::Deny,
            });
        let told = if range.net().addr().is_ipv4() {
            told.cidr_block(range.to_string())
        } else {
            told.ipv6_cidr_block(range.to_string())
        };
        match entry.traffic {
            Traffic::Tcp(_) | Traffic::Udp(_) => {
                told.port_range(PortRange::builder().from(from).to(to).build())
            }
            Traffic::Icmp(_) | Traffic::IcmpV6(_) => {
                told.icmp_type_code(IcmpTypeCode::builder().r#type(from).code(to).build())
            }
            Traffic::All | Traffic::Protocol(_) => told,
        }
        .build()
    }

    proptest! {
        #[test]
        fn what_is_told_of_an_entry_is_its_spec(
            egress: bool,
            allow: bool,
            number in 1..=LAST,
            traffic in traffic(),
            range in range(),
        ) {
            let acl = NetworkAclId::new("acl-1");
            let direction = if egress { Direction::Egress } else { Direction::Ingress };
            let entry = if allow {
                NetworkAclEntry::allow(acl.clone(), direction, number, traffic, range)
            } else {
                NetworkAclEntry::deny(acl.clone(), direction, number, traffic, range)
            };
            let seen = show(&acl, &told(&entry)).unwrap();
            prop_assert_eq!(seen.spec, entry);
            prop_assert_eq!(seen.id, NetworkAclEntryId(acl, direction, number));
        }
    }

    #[test]
    fn what_nobody_made_is_not_shown() {
        let range: IpCidr = "0.0.0.0/0".parse().unwrap();
        for number in [32_767, 32_768] {
            let mut last = told(&NetworkAclEntry::deny(
                NetworkAclId::new("acl-1"),
                Direction::Ingress,
                1,
                Traffic::All,
                range,
            ));
            last.rule_number = Some(number);
            assert!(show(&NetworkAclId::new("acl-1"), &last).is_none(), "{number}");
        }
    }

    #[test]
    fn host_bits_are_dropped() {
        let range: IpCidr = "10.0.0.0/8".parse().unwrap();
        let entry =
            NetworkAclEntry::allow(NetworkAclId::new("acl-1"), Direction::Ingress, 1, Traffic::All, range);
        let mut told = told(&entry);
        told.cidr_block = Some("10.1.2.3/8".into());
        assert_eq!(show(&NetworkAclId::new("acl-1"), &told).unwrap().spec, entry);
    }
}
