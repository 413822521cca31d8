//! What a user says about a VPC for a cluster.

use super::ExistingVpc;
use crate::id::VpcId;
use deathstar_core::{
    Input,
    model::{Tier, TierRequest, TierSize, cidr::DEFAULT_GROWTH_ROOM},
};
use std::collections::BTreeSet;

/// A VPC for a cluster: tiers of subnets over several zones, with their ways out.
///
/// ```
/// use deathstar_aws::{Account, Nat, Vpc};
/// use deathstar_core::Stack;
///
/// let mut stack = Stack::new("webshop");
/// let aws = stack.on(Account::region("eu-west-1"));
/// let network = stack.add(&aws, "network", Vpc::new("10.20.0.0/16").zones(3).nat(Nat::PerZone));
/// ```
///
/// Unless it is said otherwise there are three tiers, in each zone one subnet of each:
///
/// - *public*, with a route to the internet gateway: load balancers and NAT gateways;
/// - *private*, with a route to a NAT gateway, if there is one: nodes and pods;
/// - *intra*, without any way out: the control plane's network interfaces.
///
/// The default security group has no rules, names are resolved, and every object has a `Name`. No subnet moves when a zone is
/// added, a tier is left out or taken in, or when the NAT gateways change.
///
/// # Cost
/// NAT gateways and their addresses are paid by the hour; the rest costs nothing.
#[derive(Clone, Debug)]
#[must_use = "a component declares nothing until it is added to a stack"]
pub struct Vpc {
    pub(super) range: String,
    pub(super) zones: u8,
    pub(super) growth_room: u8,
    pub(super) nat: Nat,
    pub(super) requests: [TierRequest; 3],
    pub(super) tiers: BTreeSet<Tier>,
}

/// How what has no public address reaches the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nat {
    /// Not at all.
    None,
    /// Through one gateway in the first zone: cheap, and that zone's failure cuts off all.
    Single,
    /// Through one gateway per zone.
    #[default]
    PerZone,
}

impl Vpc {
    /// A VPC with this IPv4 range, over three zones with a NAT gateway in each.
    pub fn new(range: impl Into<String>) -> Self {
        Self {
            range: range.into(),
            zones: 3,
            growth_room: DEFAULT_GROWTH_ROOM,
            nat: Nat::default(),
            requests: TierRequest::conventional(),
            tiers: BTreeSet::from(Tier::CONVENTIONAL),
        }
    }

    /// A VPC that others own: nothing in it is made, changed or deleted.
    pub fn existing(id: impl Into<Input<VpcId>>) -> ExistingVpc {
        ExistingVpc::new(id)
    }

    /// Over how many zones: 3 unless said otherwise. One that is added gets its subnets beside the others.
    pub fn zones(mut self, zones: u8) -> Self {
        self.zones = zones;
        self
    }

    /// For how many zones room is kept in the range: 4 unless said otherwise. Another growth room is another layout: choose it once.
    pub fn growth_room(mut self, zones: u8) -> Self {
        self.growth_room = zones;
        self
    }

    /// The way out of the private tier: a gateway per zone unless said otherwise.
    pub fn nat(mut self, nat: Nat) -> Self {
        self.nat = nat;
        self
    }

    /// How large each subnet of a tier is. Another size is another layout: choose it once.
    pub fn size(mut self, tier: Tier, size: TierSize) -> Self {
        self.request(tier).size = size;
        self
    }

    /// Where the subnets of a tier lie: for each zone the number of a range of the tier's size, from the bottom of the VPC's.
    ///
    /// An existing layout can be written down with it.
    pub fn slots(mut self, tier: Tier, slots: impl Into<Vec<u32>>) -> Self {
        let request = self.request(tier);
        *request = request.clone().slots(slots);
        self
    }

    /// Leaves a tier out. Its room is kept, so that it can be taken in later.
    pub fn without(mut self, tier: Tier) -> Self {
        self.tiers.remove(&tier);
        self
    }

    fn request(&mut self, tier: Tier) -> &mut TierRequest {
        let [private, public, intra] = &mut self.requests;
        match tier {
            Tier::Private => private,
            Tier::Public => public,
            Tier::Intra | Tier::Pods => intra,
        }
    }

    /// In which zones there are NAT gateways.
    pub(super) fn nat_zones(&self, zones: u8) -> u8 {
        match self.nat {
            _ if !self.tiers.contains(&Tier::Public) || !self.tiers.contains(&Tier::Private) => 0,
            Nat::None => 0,
            Nat::Single => zones.min(1),
            Nat::PerZone => zones,
        }
    }
}
