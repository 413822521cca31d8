//! The IPv6 ranges of tiers and subnets in that of their network.

use crate::model::{Ipv6Cidr, Tier, cidr::Ipv6Net};
use std::net::Ipv6Addr;

/// The length of a tier's range: room for eight subnets of `/64`, more than any region has zones.
pub const TIER_LENGTH: u8 = 61;
/// The length of a subnet's range, in every cloud.
const SUBNET_LENGTH: u8 = 64;
/// How many subnets a tier has room for.
const ROOM: u32 = 1 << (SUBNET_LENGTH - TIER_LENGTH);

/// A range of its own for a network in a cloud that chooses none: a unique local one, whose number follows from a text that is
/// different for each network.
///
/// Source: RFC 4193, section 3.2: 40 bits that nobody chooses, so that networks can be joined later.
pub fn unique_local(text: &str) -> Ipv6Cidr {
    let bytes = blake3::hash(text.as_bytes());
    let number = bytes.as_bytes().iter().take(5).fold(0xfd_u128, |bits, byte| bits << 8 | u128::from(*byte));
    Ipv6Cidr::truncated(Ipv6Net::new_assert(Ipv6Addr::from_bits(number << 80), 48))
}

/// The number of a tier among the ranges of a network. Numbers stay for ever, and a tier that is taken in later gets its own.
pub const fn tier_number(tier: Tier) -> u32 {
    match tier {
        Tier::Private => 0,
        Tier::Public => 1,
        Tier::Intra => 2,
        Tier::Pods => 3,
    }
}

/// The number of a subnet among the `/64`s of its network.
pub fn subnet_number(tier: Tier, zone: u8) -> u32 {
    tier_number(tier) * ROOM + u32::from(zone)
}

/// The range of all subnets of a tier, those of zones that may follow among them; none where the network's has no room for it.
pub fn tier(network: Ipv6Cidr, number: u32) -> Option<Ipv6Cidr> {
    cut(network, TIER_LENGTH, number)
}

/// The range of a subnet; none where the network's has no room for it.
pub fn subnet(network: Ipv6Cidr, number: u32) -> Option<Ipv6Cidr> {
    cut(network, SUBNET_LENGTH, number)
}

fn cut(network: Ipv6Cidr, length: u8, number: u32) -> Option<Ipv6Cidr> {
    let room = length.checked_sub(network.net().prefix_len())?;
    // A range of all addresses has more room than a number can say.
    if u128::from(number) >= 1_u128.checked_shl(room.into()).unwrap_or(u128::MAX) {
        return None;
    }
    let first = network.net().addr().to_bits() + (u128::from(number) << (128 - u32::from(length)));
    Some(Ipv6Cidr::truncated(Ipv6Net::new_assert(Ipv6Addr::from_bits(first), length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_lie_beside_each_other_and_subnets_in_them() {
        let network: Ipv6Cidr = "2001:db8:12:3400::/56".parse().unwrap();
        let of = |number| tier(network, number).map(|range| range.to_string());
        assert_eq!(of(tier_number(Tier::Private)).as_deref(), Some("2001:db8:12:3400::/61"));
        assert_eq!(of(tier_number(Tier::Public)).as_deref(), Some("2001:db8:12:3408::/61"));
        assert_eq!(of(31).as_deref(), Some("2001:db8:12:34f8::/61"));
        assert_eq!(of(32), None);
        for own in Tier::ALL {
            let room = tier(network, tier_number(own)).unwrap();
            for zone in 0..6 {
                let subnet = subnet(network, subnet_number(own, zone)).unwrap();
                assert!(room.net().contains(&subnet.net()), "{own} {zone}");
            }
        }
        let (one, other) = (unique_local("a/network"), unique_local("b/network"));
        assert!(one != other && one == unique_local("a/network") && one.net().prefix_len() == 48);
        assert!("fd00::/8".parse::<Ipv6Cidr>().unwrap().net().contains(&one.net()));
        let narrow: Ipv6Cidr = "2001:db8::/62".parse().unwrap();
        assert_eq!(tier(narrow, 0), None, "a tier does not fit");
    }
}
