//! The IPv6 ranges of tiers, cut from that of their VPC, which is known only once it is made.

use deathstar_core::{
    Error, Meaning, Output, Result,
    model::{Ipv6Cidr, Tier, cidr::Ipv6Net},
};
use serde_json::Value;
use std::net::Ipv6Addr;

/// The name of the function in the catalogue; rows carry it.
pub(crate) const IPV6_TIER: &str = "aws.network.ipv6-tier";

/// The length of a tier's range: room for eight subnets of `/64`, more than any region has zones.
const LENGTH: u8 = 61;
/// How many subnets a tier has room for.
const ROOM: u32 = 1 << (64 - LENGTH);

/// The number of a tier among the ranges of a VPC. Numbers stay for ever, and a tier that is taken in later gets its own.
const fn number(tier: Tier) -> u32 {
    match tier {
        Tier::Private => 0,
        Tier::Public => 1,
        Tier::Intra => 2,
        Tier::Pods => 3,
    }
}

/// The number of a subnet among the `/64`s of its VPC.
pub(super) fn subnet_number(tier: Tier, zone: u8) -> u32 {
    number(tier) * ROOM + u32::from(zone)
}

/// The range of all subnets of a tier, those of zones that may follow among them.
pub(super) fn tier_range(vpc: &Output<Ipv6Cidr>, tier: Tier) -> Output<Ipv6Cidr> {
    vpc.call(IPV6_TIER, [number(tier).into()])
}

/// `ipv6-tier(range, number)`: one `/61` of a range.
pub(crate) fn cut(args: &[Value]) -> Result<Value> {
    let wrong = || Error::internal(format!("`{IPV6_TIER}` takes an IPv6 range and a number"));
    let [Value::String(range), Value::Number(number)] = args else { return Err(wrong()) };
    let range: Ipv6Cidr = range.parse().map_err(|_| wrong())?;
    let number = number.as_u64().ok_or_else(wrong)?;
    let room = LENGTH.checked_sub(range.net().prefix_len());
    if room.is_none_or(|room| u128::from(number) >= 1_u128 << room) {
        let text = format!("there is no range number {number} of length /{LENGTH} in `{range}`");
        return Err(Error::new(Meaning::Invalid, text).hint("a VPC's /56 has the numbers 0 to 31"));
    }
    let first = range.net().addr().to_bits() + (u128::from(number) << (128 - u32::from(LENGTH)));
    Ok(Ipv6Cidr::truncated(Ipv6Net::new_assert(Ipv6Addr::from_bits(first), LENGTH)).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_lie_beside_each_other() {
        let of = |number: u32| cut(&["2001:db8:12:3400::/56".into(), number.into()]).unwrap();
        assert_eq!(of(number(Tier::Private)), "2001:db8:12:3400::/61");
        assert_eq!(of(number(Tier::Public)), "2001:db8:12:3408::/61");
        assert_eq!(of(31), "2001:db8:12:34f8::/61");
        let error = cut(&["2001:db8:12:3400::/56".into(), 32.into()]).unwrap_err();
        assert_eq!(*error.meaning(), Meaning::Invalid);
        assert_eq!(*cut(&["10.0.0.0/8".into(), 1.into()]).unwrap_err().meaning(), Meaning::Internal);
    }

    #[test]
    fn the_subnets_of_a_tier_lie_in_its_range() {
        for tier in Tier::ALL {
            for zone in 0..6 {
                assert_eq!(subnet_number(tier, zone) / ROOM, number(tier));
            }
        }
    }
}
