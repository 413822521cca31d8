//! What a tier asks for.

use crate::model::zone::Tier;
use serde::{Deserialize, Serialize};

/// How large each subnet of a tier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TierSize {
    /// This prefix length, whatever the block is.
    Prefix(u8),
    /// This many bits longer than the prefix of the block (Terraform's `newbits`), but never smaller than the smallest
    /// subnet that the cloud allows: `Relative(8)` is a `/24` in a `/16` and, on AWS, a `/28` in a `/22`.
    Relative(u8),
}

impl TierSize {
    /// The prefix length in a block, where a relative size ends at `smallest`.
    ///
    /// ```
    /// # use deathstar_core::model::cidr::TierSize;
    /// assert_eq!(TierSize::Relative(4).prefix_in(16, 28), 20);
    /// assert_eq!(TierSize::Relative(8).prefix_in(22, 28), 28);
    /// assert_eq!(TierSize::Prefix(30).prefix_in(22, 28), 30);
    /// ```
    pub fn prefix_in(self, block: u8, smallest: u8) -> u8 {
        match self {
            Self::Prefix(prefix) => prefix,
            Self::Relative(bits) => block.saturating_add(bits).min(smallest),
        }
    }
}

/// Where the subnets of a tier lie, counted in subnets of its own size from the bottom of the block.
///
/// This is the number that Terraform's `cidrsubnet` takes, so an existing layout can be written down as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slots {
    /// The first room that the automatic tiers declared before leave.
    #[default]
    Automatic,
    /// Zone 0 here and each further zone in the next slot, over the whole growth room.
    From(u32),
    /// One slot per zone; the list is the growth room of this tier.
    Each(Vec<u32>),
}

/// Whether a tier has one subnet per zone or one for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// One subnet per zone, as every AWS subnet is.
    #[default]
    Zonal,
    /// One subnet for all zones, as an Azure subnet may be; it counts as zone 0.
    Regional,
}

/// A tier of subnets to be placed in a block.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct TierRequest {
    /// What the tier is called; unique in a plan.
    pub name: String,
    /// How large each of its IPv4 subnets is. Each IPv6 subnet is a `/64`, as both clouds want it.
    pub size: TierSize,
    /// Where its IPv4 subnets lie.
    #[serde(default)]
    pub slots: Slots,
    /// Where its IPv6 subnets lie, counted in `/64`s.
    #[serde(default)]
    pub ipv6_slots: Slots,
    /// Whether it has a subnet per zone.
    #[serde(default)]
    pub spread: Spread,
}

impl TierRequest {
    /// A zonal tier that is placed automatically.
    pub fn new(name: impl Into<String>, size: TierSize) -> Self {
        Self {
            name: name.into(),
            size,
            slots: Slots::Automatic,
            ipv6_slots: Slots::Automatic,
            spread: Spread::Zonal,
        }
    }

    /// The three tiers of the conventional layout.
    ///
    /// In a `/16` with three zones: private `/20`s from slot 0, public `/24`s from slot 48, intra `/24`s from slot 52;
    /// a fourth private zone goes to slot 4, behind the sixteenth of the block that holds the small tiers.
    pub fn conventional() -> [Self; 3] {
        [Tier::Private.into(), Tier::Public.into(), Tier::Intra.into()]
    }

    /// A tier with one subnet for all zones, as large as four of the conventional size together, which is the room that the zones
    /// of such a tier have.
    ///
    /// In a `/16`: the private tier has a `/18`, the public and the intra tier a `/22` each.
    pub fn spanning(tier: Tier) -> Self {
        let zonal = Self::from(tier);
        let size = match zonal.size {
            TierSize::Relative(bits) => TierSize::Relative(bits.saturating_sub(2)),
            TierSize::Prefix(prefix) => TierSize::Prefix(prefix.saturating_sub(2)),
        };
        Self { size, ..zonal }.regional()
    }

    /// Puts zone 0 into this slot and each further zone into the next.
    ///
    /// A tier with a slot may be inserted anywhere in the list without moving another one.
    #[must_use]
    pub fn slot(mut self, first: u32) -> Self {
        self.slots = Slots::From(first);
        self
    }

    /// Puts each zone into its own slot; the list is the growth room of this tier.
    #[must_use]
    pub fn slots(mut self, slots: impl Into<Vec<u32>>) -> Self {
        self.slots = Slots::Each(slots.into());
        self
    }

    /// As [`slot`](Self::slot), for IPv6.
    #[must_use]
    pub fn ipv6_slot(mut self, first: u32) -> Self {
        self.ipv6_slots = Slots::From(first);
        self
    }

    /// As [`slots`](Self::slots), for IPv6.
    #[must_use]
    pub fn ipv6_slots(mut self, slots: impl Into<Vec<u32>>) -> Self {
        self.ipv6_slots = Slots::Each(slots.into());
        self
    }

    /// Gives the tier one subnet for all zones.
    #[must_use]
    pub fn regional(mut self) -> Self {
        self.spread = Spread::Regional;
        self
    }
}

impl From<Tier> for TierRequest {
    /// The tier in its conventional size: private subnets hold nodes and pods, the pods tier shares a range of its own among
    /// four zones, the others hold a few addresses.
    fn from(tier: Tier) -> Self {
        let bits = match tier {
            Tier::Private => 4,
            Tier::Pods => 2,
            Tier::Public | Tier::Intra => 8,
        };
        Self::new(tier.to_string(), TierSize::Relative(bits))
    }
}
