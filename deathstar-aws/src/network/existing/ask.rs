//! The calls behind the look-up of a VPC that others own.

use super::{TierTag, VpcLookup, VpcTiers};
use crate::{client::Client, error::incomplete, id::SubnetId, tags::filter};
use aws_sdk_ec2::types::Subnet;
use deathstar_core::{
    Result,
    driver::Ask,
    kind::Answered,
    model::{Tier, ZoneName},
};
use std::collections::{BTreeMap, BTreeSet};

impl Ask<VpcLookup> for Client {
    async fn holds(&self, fact: &VpcLookup) -> Result<Answered<VpcTiers>> {
        let vpc = fact.vpc.known()?;
        let found = self.list_vpcs(filter("vpc-id", [vpc.as_str()])).await?;
        let Some(found) = found.first() else {
            return Ok(Answered::No(format!("there is no VPC `{vpc}` in region `{}`", self.region)));
        };
        let range = found.cidr_block().and_then(|text| text.parse().ok());
        let range = range.ok_or_else(|| incomplete("ec2:DescribeVpcs", "range"))?;
        let subnets = self.list_subnets(filter("vpc-id", [vpc.as_str()])).await?;
        Ok(match sort(fact, &subnets) {
            Ok((zones, subnets)) => Answered::Yes(VpcTiers { vpc: vpc.clone(), range, zones, subnets }),
            Err(why) => Answered::No(format!("VPC `{vpc}` cannot be built on: {why}")),
        })
    }
}

type Sorted = (Vec<ZoneName>, BTreeMap<Tier, Vec<SubnetId>>);

/// Sorts subnets by tier and zone. Of several in one place the one with the first id is taken.
fn sort(fact: &VpcLookup, subnets: &[Subnet]) -> Result<Sorted, String> {
    let tiers: BTreeMap<Tier, BTreeMap<ZoneName, SubnetId>> =
        fact.tiers.iter().map(|(tier, tag)| (*tier, of_tier(tag, subnets))).collect();
    let of_all = |all: BTreeSet<ZoneName>, zones: &BTreeMap<ZoneName, SubnetId>| {
        all.into_iter().filter(|zone| zones.contains_key(zone)).collect()
    };
    let anywhere = tiers.values().flat_map(|zones| zones.keys().cloned()).collect();
    let everywhere: BTreeSet<ZoneName> = tiers.values().fold(anywhere, of_all);
    if everywhere.len() < usize::from(fact.zones) {
        let counts: Vec<_> = tiers
            .iter()
            .map(|(tier, zones)| {
                let TierTag { key, value } = &fact.tiers[tier];
                format!("{tier} subnets (tag `{key}={value}`) in {} zones", zones.len())
            })
            .collect();
        let all = everywhere.len();
        return Err(format!(
            "it has {}, all of them in {all}, and {} zones are needed",
            counts.join(", "),
            fact.zones
        ));
    }
    let in_order = |zones: &BTreeMap<ZoneName, SubnetId>| {
        everywhere.iter().filter_map(|zone| zones.get(zone).cloned()).collect()
    };
    let subnets = tiers.iter().map(|(tier, zones)| (*tier, in_order(zones))).collect();
    Ok((everywhere.into_iter().collect(), subnets))
}

fn of_tier(tag: &TierTag, subnets: &[Subnet]) -> BTreeMap<ZoneName, SubnetId> {
    let mut zones = BTreeMap::new();
    for subnet in subnets {
        let carries =
            |key: Option<&str>, value: Option<&str>| key == Some(&*tag.key) && value == Some(&*tag.value);
        if !subnet.tags().iter().any(|one| carries(one.key(), one.value())) {
            continue;
        }
        let zone = subnet.availability_zone().and_then(|name| ZoneName::new(name).ok());
        if let Some((zone, id)) = zone.zip(subnet.subnet_id().map(SubnetId::new)) {
            let first = zones.entry(zone).or_insert_with(|| id.clone());
            if id < *first {
                *first = id;
            }
        }
    }
    zones
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::VpcId, network::ExistingVpc};
    use aws_sdk_ec2::types::Tag;

    fn subnet(id: &str, zone: &str, key: &str) -> Subnet {
        let tag = Tag::builder().key(key).value("1").build();
        Subnet::builder().subnet_id(id).availability_zone(zone).tags(tag).build()
    }

    fn fact(zones: u8) -> VpcLookup {
        ExistingVpc::new(VpcId::new("vpc-1")).zones(zones).lookup
    }

    const PUBLIC: &str = "kubernetes.io/role/elb";
    const PRIVATE: &str = "kubernetes.io/role/internal-elb";

    #[test]
    fn subnets_are_sorted_by_tier_and_zone() {
        let subnets = [
            subnet("subnet-4", "x-1b", PRIVATE),
            subnet("subnet-3", "x-1a", PRIVATE),
            subnet("subnet-2", "x-1b", PUBLIC),
            subnet("subnet-9", "x-1a", PUBLIC),
            subnet("subnet-1", "x-1a", PUBLIC),
            subnet("subnet-5", "x-1a", "other"),
        ];
        let (zones, tiers) = sort(&fact(2), &subnets).unwrap();
        assert_eq!(zones.iter().map(ZoneName::as_str).collect::<Vec<_>>(), ["x-1a", "x-1b"]);
        let ids = |tier: Tier| tiers[&tier].iter().map(SubnetId::as_str).collect::<Vec<_>>();
        assert_eq!(ids(Tier::Public), ["subnet-1", "subnet-2"]);
        assert_eq!(ids(Tier::Private), ["subnet-3", "subnet-4"]);
    }

    #[test]
    fn a_zone_counts_only_when_every_tier_is_in_it() {
        let subnets = [
            subnet("subnet-1", "x-1a", PUBLIC),
            subnet("subnet-2", "x-1b", PUBLIC),
            subnet("subnet-3", "x-1b", PRIVATE),
        ];
        let (zones, tiers) = sort(&fact(1), &subnets).unwrap();
        assert_eq!(zones[0].as_str(), "x-1b");
        assert_eq!(tiers[&Tier::Public], [SubnetId::new("subnet-2")]);
        let why = sort(&fact(2), &subnets).unwrap_err();
        assert!(
            why.contains("in 2 zones") && why.contains("all of them in 1, and 2 zones are needed"),
            "{why}"
        );
    }
}
