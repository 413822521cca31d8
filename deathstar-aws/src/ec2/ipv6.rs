//! The IPv6 ranges of subnets, cut from that of their VPC, which is known only once it is made.

use deathstar_core::{
    Error, Meaning, Output, Result,
    model::{Ipv6Cidr, cidr::Ipv6Net},
};
use serde_json::Value;
use std::net::Ipv6Addr;

/// The name of the function in the catalogue; rows carry it.
pub(crate) const IPV6_SUBNET: &str = "aws.ec2.ipv6-subnet";

/// The length of a subnet's IPv6 range here. EC2 takes others too; `/64` is what everything in a subnet works with.
///
/// Source: Amazon EC2 API Reference, `CreateSubnet`.
const LENGTH: u8 = 64;

/// One `/64` of an IPv6 range that is known later, by its number from 0: a VPC's `/56` has 256 of them.
///
/// ```
/// use deathstar_aws::{Account, ec2::{Subnet, VpcCidrBlock, VpcCidrBlockOutputs, ipv6_subnet}, id::VpcId};
/// use deathstar_core::{Stack, model::ZoneName};
///
/// let mut stack = Stack::new("webshop");
/// let aws = stack.on(Account::region("eu-west-1"));
/// let vpc = VpcId::new("vpc-0a1b2c3d4e5f60718");
/// let block = stack.add(&aws, "ipv6", VpcCidrBlock::amazon_ipv6(vpc.clone()));
/// let subnet = Subnet::new(vpc, "10.20.0.0/20".parse()?, ZoneName::new("eu-west-1a")?)
///     .ipv6_cidr_block(ipv6_subnet(&block.ipv6(), 0));
/// stack.add(&aws, "subnet", subnet);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ipv6_subnet(range: &Output<Ipv6Cidr>, number: u32) -> Output<Ipv6Cidr> {
    range.call(IPV6_SUBNET, [number.into()])
}

/// `ipv6-subnet(range, number)`: one `/64` of a range.
pub(crate) fn cut(args: &[Value]) -> Result<Value> {
    let wrong = || Error::internal(format!("`{IPV6_SUBNET}` takes an IPv6 range and a number"));
    let [Value::String(range), Value::Number(number)] = args else { return Err(wrong()) };
    let range: Ipv6Cidr = range.parse().map_err(|_| wrong())?;
    let number = number.as_u64().ok_or_else(wrong)?;
    let room = LENGTH.checked_sub(range.net().prefix_len());
    let fits = room.is_some_and(|room| u128::from(number) < 1_u128 << room);
    if !fits {
        let text = format!("there is no range number {number} of length /{LENGTH} in `{range}`");
        return Err(Error::new(Meaning::Invalid, text).hint("a VPC's /56 has the numbers 0 to 255"));
    }
    let first = range.net().addr().to_bits() + (u128::from(number) << (128 - u32::from(LENGTH)));
    Ok(Ipv6Cidr::truncated(Ipv6Net::new_assert(Ipv6Addr::from_bits(first), LENGTH)).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn subnet(range: &str, number: u64) -> Result<String> {
        cut(&[range.into(), number.into()]).map(|value| value.as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_vpc_has_256_subnets() {
        assert_eq!(subnet("2001:db8:12:3400::/56", 0).unwrap(), "2001:db8:12:3400::/64");
        assert_eq!(subnet("2001:db8:12:3400::/56", 255).unwrap(), "2001:db8:12:34ff::/64");
        let error = subnet("2001:db8:12:3400::/56", 256).unwrap_err();
        assert_eq!(*error.meaning(), Meaning::Invalid);
        assert_eq!(subnet("2001:db8::/64", 0).unwrap(), "2001:db8::/64");
        assert!(subnet("2001:db8::/64", 1).is_err() && subnet("2001:db8::/80", 0).is_err());
    }

    #[test]
    fn what_is_no_range_is_a_defect() {
        for args in [vec![], vec![1.into(), 1.into()], vec!["10.0.0.0/8".into(), 1.into()]] {
            assert_eq!(*cut(&args).unwrap_err().meaning(), Meaning::Internal, "{args:?}");
        }
    }

    proptest! {
        #[test]
        fn subnets_lie_inside_and_apart(bits: u128, length in 32_u8..=64, one: u32, other: u32) {
            let range = Ipv6Cidr::truncated(Ipv6Net::new_assert(Ipv6Addr::from_bits(bits), length));
            let count = 1_u64 << (64 - length);
            let (one, other) = (u64::from(one) % count, u64::from(other) % count);
            let net = |number| subnet(&range.to_string(), number).unwrap().parse::<Ipv6Cidr>().unwrap().net();
            prop_assert!(range.net().contains(&net(one)));
            prop_assert_eq!(net(one) == net(other), one == other);
            prop_assert_eq!(net(one).prefix_len(), 64);
        }
    }
}
