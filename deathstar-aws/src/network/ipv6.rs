//! The IPv6 ranges of tiers, cut from that of their VPC, which is known only once it is made.

use deathstar_core::{
    Error, Meaning, Output, Result,
    component::network::ipv6::{self, TIER_LENGTH},
    model::{Ipv6Cidr, Tier},
};
use serde_json::Value;

/// The name of the function in the catalogue; rows carry it.
pub(crate) const IPV6_TIER: &str = "aws.network.ipv6-tier";

/// The range of all subnets of a tier, those of zones that may follow among them.
pub(super) fn tier_range(vpc: &Output<Ipv6Cidr>, tier: Tier) -> Output<Ipv6Cidr> {
    vpc.call(IPV6_TIER, [ipv6::tier_number(tier).into()])
}

/// `ipv6-tier(range, number)`: one `/61` of a range.
pub(crate) fn cut(args: &[Value]) -> Result<Value> {
    let wrong = || Error::internal(format!("`{IPV6_TIER}` takes an IPv6 range and a number"));
    let [Value::String(range), Value::Number(number)] = args else { return Err(wrong()) };
    let range: Ipv6Cidr = range.parse().map_err(|_| wrong())?;
    let number = number.as_u64().ok_or_else(wrong)?;
    let cut = u32::try_from(number).ok().and_then(|number| ipv6::tier(range, number)).ok_or_else(|| {
        let text = format!("there is no range number {number} of length /{TIER_LENGTH} in `{range}`");
        Error::new(Meaning::Invalid, text).hint("a VPC's /56 has the numbers 0 to 31")
    })?;
    Ok(cut.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_lie_beside_each_other() {
        let of = |number: u32| cut(&["2001:db8:12:3400::/56".into(), number.into()]).unwrap();
        assert_eq!(of(ipv6::tier_number(Tier::Private)), "2001:db8:12:3400::/61");
        assert_eq!(of(ipv6::tier_number(Tier::Public)), "2001:db8:12:3408::/61");
        assert_eq!(of(31), "2001:db8:12:34f8::/61");
        let error = cut(&["2001:db8:12:3400::/56".into(), 32.into()]).unwrap_err();
        assert_eq!(*error.meaning(), Meaning::Invalid);
        assert_eq!(*cut(&["10.0.0.0/8".into(), 1.into()]).unwrap_err().meaning(), Meaning::Internal);
    }
}
