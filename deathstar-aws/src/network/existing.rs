//! A VPC that others own.

use super::{
    VpcRefs,
    declare::tags::{PRIVATE_ROLE, PUBLIC_ROLE},
};
use crate::{
    Aws,
    id::{SubnetId, VpcId},
    permission::lists,
};
use deathstar_core::{
    Diagnostic, Fact, Input, Output, Scope,
    component::{Component, Gate, SubnetRefs},
    model::{Ipv4Cidr, Tier, ZoneName},
    permission::{Permission, Verb},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "client")]
mod ask;

/// A VPC that others own, for a cluster to be built in: nothing of it is made, changed or deleted.
///
/// Its subnets are told apart by tags; unless it is said otherwise, by those with which Kubernetes finds subnets for load
/// balancers (`kubernetes.io/role/elb`: public, `kubernetes.io/role/internal-elb`: private).
///
/// ```
/// use deathstar_aws::{Account, Vpc, id::VpcId};
/// use deathstar_core::{Stack, model::Tier};
///
/// let mut stack = Stack::new("webshop");
/// let aws = stack.on(Account::region("eu-west-1"));
/// let vpc = Vpc::existing(VpcId::new("vpc-0a1b2c3d4e5f60718")).zones(2).tier(Tier::Intra, "tier", "intra");
/// let network = stack.add(&aws, "network", vpc);
/// assert_eq!(network.subnet_ids(Tier::Private).len(), 2);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct ExistingVpc {
    lookup: VpcLookup,
}

impl ExistingVpc {
    pub(super) fn new(id: impl Into<Input<VpcId>>) -> Self {
        let tag = |key: &str| TierTag { key: key.into(), value: "1".into() };
        let tiers = BTreeMap::from([(Tier::Public, tag(PUBLIC_ROLE)), (Tier::Private, tag(PRIVATE_ROLE))]);
        Self { lookup: VpcLookup { vpc: id.into(), zones: 3, tiers } }
    }

    /// How many of its zones are used: 3 unless said otherwise. Each needs a subnet of every tier.
    pub fn zones(mut self, zones: u8) -> Self {
        self.lookup.zones = zones;
        self
    }

    /// The tag that the subnets of a tier carry.
    pub fn tier(mut self, tier: Tier, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.lookup.tiers.insert(tier, TierTag { key: key.into(), value: value.into() });
        self
    }

    /// Leaves a tier out.
    pub fn without(mut self, tier: Tier) -> Self {
        self.lookup.tiers.remove(&tier);
        self
    }
}

impl Component for ExistingVpc {
    type Provider = Aws;
    type Refs = VpcRefs;

    fn declare(self, scope: &mut Scope<'_, Aws>) -> VpcRefs {
        let (zones, tiers) = (self.lookup.zones, self.lookup.tiers.keys().copied().collect::<Vec<_>>());
        let found = scope.add("lookup", Gate(self.lookup));
        let names: Output<Vec<ZoneName>> = Output::from_expr(found.expr().clone().below("/zones"));
        let subnets = tiers.into_iter().flat_map(|tier| {
            let ids: Output<Vec<SubnetId>> =
                Output::from_expr(found.expr().clone().below(&format!("/subnets/{tier}")));
            (0..zones).map(move |zone| SubnetRefs {
                tier,
                zone: Some(zone),
                range: None,
                id: ids.nth(zone.into()),
            })
        });
        let id = Output::from_expr(found.expr().clone().below("/vpc"));
        let range = Input::Pending(found.expr().clone().below("/range"));
        let mut refs = VpcRefs::of(id, range, (0..zones).map(|zone| names.nth(zone.into())).collect());
        refs.parts.subnets = subnets.collect();
        refs
    }
}

/// The question behind [`ExistingVpc`]: the range of a VPC, and its subnets by tier and zone.
///
/// Frozen: a subnet that others add later moves nothing.
///
/// # Permissions
/// `ec2:DescribeVpcs`, `ec2:DescribeSubnets`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcLookup {
    /// The VPC.
    pub vpc: Input<VpcId>,
    /// In how many zones a subnet of every tier is needed.
    pub zones: u8,
    /// What the subnets of each tier are known by.
    pub tiers: BTreeMap<Tier, TierTag>,
}

/// A tag that subnets of one tier carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierTag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// What is known of a VPC that others own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcTiers {
    /// The VPC.
    pub vpc: VpcId,
    /// Its range.
    pub range: Ipv4Cidr,
    /// The zones in which every tier has a subnet, sorted by name.
    pub zones: Vec<ZoneName>,
    /// The subnets of each tier, by zone.
    pub subnets: BTreeMap<Tier, Vec<SubnetId>>,
}

impl Fact for VpcLookup {
    type Provider = Aws;
    type Answer = VpcTiers;

    const FAMILY: &'static str = "aws.network.existing-vpc";
    const FROZEN: bool = true;

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if let Some(id) = self.vpc.value().filter(|id| !id.is_well_formed()) {
            let why = format!("`{id}` is not the id of a VPC");
            findings.push(
                Diagnostic::new("id.form", why).at("/vpc").fix("write it like `vpc-0a1b2c3d4e5f60718`"),
            );
        }
        if !(1..=6).contains(&self.zones) {
            let why = format!("no region has {} zones to choose from", self.zones);
            findings.push(Diagnostic::new("zones.count", why).at("/zones").fix("ask for 1 to 6 zones"));
        }
        if self.tiers.is_empty() {
            let why = "every tier is left out, so there is no subnet";
            findings.push(Diagnostic::new("network.tiers", why).at("/tiers").fix("keep at least one tier"));
        }
        findings
    }

    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        if verb == Verb::Ask { lists(["ec2:DescribeVpcs", "ec2:DescribeSubnets"]) } else { vec![] }
    }

    fn simulate(&self) -> VpcTiers {
        let zone = |number: u8| ZoneName::new(format!("memory-1{}", char::from(b'a' + number.min(25)))).ok();
        let serial = |tier: usize, zone: u8| u64::try_from(tier).unwrap_or(0) * 16 + u64::from(zone) + 1;
        let subnets = |tier| (0..self.zones).map(|zone| SubnetId::simulated(serial(tier, zone))).collect();
        let everything = ipnet::Ipv4Net::new_assert(std::net::Ipv4Addr::new(10, 0, 0, 0), 16);
        VpcTiers {
            vpc: self.vpc.value().cloned().unwrap_or_else(|| VpcId::simulated(0)),
            range: Ipv4Cidr::truncated(everything),
            zones: (0..self.zones).filter_map(zone).collect(),
            subnets: self.tiers.keys().enumerate().map(|(number, tier)| (*tier, subnets(number))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(id: &str) -> VpcLookup {
        ExistingVpc::new(VpcId::new(id)).lookup
    }

    fn codes(fact: &VpcLookup) -> Vec<String> {
        fact.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert!(codes(&lookup("vpc-0123456789abcdef0")).is_empty());
        let wrong =
            ExistingVpc::new(VpcId::new("subnet-1")).zones(7).without(Tier::Public).without(Tier::Private);
        assert_eq!(codes(&wrong.lookup), ["id.form", "zones.count", "network.tiers"]);
    }

    #[test]
    fn the_in_memory_answer_has_what_references_point_to() {
        let answer = serde_json::to_value(lookup("vpc-1").simulate()).unwrap();
        for path in ["/vpc", "/range", "/zones/2", "/subnets/public/2", "/subnets/private/0"] {
            assert!(answer.pointer(path).is_some(), "{path} in {answer}");
        }
    }
}
