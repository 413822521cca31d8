//! The subnets of a block.

use serde::{Deserialize, Serialize};

/// The subnets of all tiers and zones of one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SubnetPlan<N> {
    pub(super) block: N,
    pub(super) tiers: Vec<PlannedTier<N>>,
}

/// The subnets of one tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct PlannedTier<N> {
    /// What the tier is called.
    pub name: String,
    /// The prefix length of each of its subnets.
    pub prefix: u8,
    /// The slot of each zone over the whole growth room: what [`TierRequest::slots`] takes to pin the tier.
    ///
    /// [`TierRequest::slots`]: super::TierRequest::slots
    pub slots: Vec<u32>,
    /// The subnets, one per zone.
    pub subnets: Vec<N>,
    /// What is kept free for the zones that may follow.
    pub reserved: Vec<N>,
}

impl<N: Copy> SubnetPlan<N> {
    /// The block that was cut.
    pub fn block(&self) -> N {
        self.block
    }

    /// The tiers in declared order.
    pub fn tiers(&self) -> &[PlannedTier<N>] {
        &self.tiers
    }

    /// The tier of this name.
    pub fn tier(&self, name: &str) -> Option<&PlannedTier<N>> {
        self.tiers.iter().find(|tier| tier.name == name)
    }

    /// The subnet of a tier in a zone, counted from 0.
    pub fn subnet(&self, tier: &str, zone: u8) -> Option<N> {
        self.tier(tier)?.subnets.get(usize::from(zone)).copied()
    }

    /// All subnets with their tier and zone: tiers in declared order, zones from 0.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u8, N)> {
        self.tiers.iter().flat_map(|tier| {
            (0..=u8::MAX).zip(&tier.subnets).map(|(zone, net)| (tier.name.as_str(), zone, *net))
        })
    }
}
