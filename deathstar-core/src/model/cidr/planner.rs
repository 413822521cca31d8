//! The planner that cuts a block into subnets.

use super::layout::{Frame, Wish, lay_out};
use super::{CidrPlanError, CidrProblem, Limits, Network, SubnetPlan, TierRequest, TierSize};
use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{Ipv4Addr, Ipv6Addr};

/// For how many zones room is kept when nothing else is said.
///
/// Most regions have three zones and a few have four or more; four is also the power of two that keeps the zones of a
/// small tier inside one aligned range, and the room that the conventional layout has.
pub const DEFAULT_GROWTH_ROOM: u8 = 4;

/// The prefix length of every IPv6 subnet.
const IPV6_SUBNET: u8 = 64;

/// Cuts a block into subnets for tiers and zones, so that no subnet ever moves.
///
/// A plan is a function of the block, the tiers and the growth room:
///
/// - Each tier takes room for as many zones as the growth room has, so **adding a zone** moves nothing.
/// - An automatic tier is placed after the automatic tiers declared before it, and by nothing else, so **appending a
///   tier** moves nothing.
/// - A tier with an explicit slot lies there or is refused, and no automatic tier makes way for it, so **inserting such a
///   tier anywhere** moves nothing.
///
/// What does move subnets: another block, another growth room, and removing, resizing, reordering or inserting automatic
/// tiers before others. [`PlannedTier::slots`](super::PlannedTier::slots) are what pins a tier before such a change.
///
/// Placement follows the convention of the field. An IPv4 block has sixteen regions. A tier whose whole room fits into
/// one region is small and goes to the fourth region, or when that is full to the highest one with room; the others fill
/// the block from the bottom, around the fourth region while there is other room. IPv6 subnets are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a planner does nothing until it plans"]
pub struct CidrPlanner {
    limits: Limits,
    zones: u8,
    growth_room: u8,
}

impl CidrPlanner {
    /// A planner for this many zones within these limits, with the default growth room.
    pub const fn new(limits: Limits, zones: u8) -> Self {
        Self { limits, zones, growth_room: DEFAULT_GROWTH_ROOM }
    }

    /// A planner for a VPC.
    pub const fn aws(zones: u8) -> Self {
        Self::new(Limits::AWS, zones)
    }

    /// A planner for an Azure virtual network.
    pub const fn azure(zones: u8) -> Self {
        Self::new(Limits::AZURE, zones)
    }

    /// Keeps room for this many zones in all. Choose it once: another growth room is another layout.
    pub const fn growth_room(mut self, zones: u8) -> Self {
        self.growth_room = zones;
        self
    }

    /// Cuts an IPv4 block.
    ///
    /// # Errors
    /// All problems at once, each with what to do.
    pub fn plan_ipv4(
        &self,
        block: Ipv4Net,
        tiers: &[TierRequest],
    ) -> Result<SubnetPlan<Ipv4Net>, CidrPlanError> {
        let frame = Frame {
            width: 32,
            block: block.prefix_len(),
            widest: self.limits.widest_ipv4_block,
            narrowest: self.limits.smallest_ipv4_subnet,
            smallest: self.limits.smallest_ipv4_subnet,
            zones: self.zones,
            growth_room: self.growth_room,
            regions: true,
        };
        let wishes: Vec<_> = tiers.iter().map(|tier| Wish::new(tier, &tier.slots, tier.size)).collect();
        let base = u32::from(block.network());
        plan(block, frame, &wishes, |start, prefix| {
            let address = base.checked_add(u32::try_from(start).ok()?)?;
            Ipv4Net::new(Ipv4Addr::from(address), prefix).ok()
        })
    }

    /// Cuts an IPv6 block into `/64`s.
    ///
    /// The slots depend on the prefix length of the block alone, so a plan over any block of that length tells the slots
    /// for a block that the cloud will choose.
    ///
    /// # Errors
    /// All problems at once, each with what to do.
    pub fn plan_ipv6(
        &self,
        block: Ipv6Net,
        tiers: &[TierRequest],
    ) -> Result<SubnetPlan<Ipv6Net>, CidrPlanError> {
        let frame = Frame {
            width: IPV6_SUBNET,
            block: block.prefix_len(),
            widest: self.limits.widest_ipv6_block,
            narrowest: self.limits.narrowest_ipv6_block,
            smallest: IPV6_SUBNET,
            zones: self.zones,
            growth_room: self.growth_room,
            regions: false,
        };
        let size = TierSize::Prefix(IPV6_SUBNET);
        let wishes: Vec<_> = tiers.iter().map(|tier| Wish::new(tier, &tier.ipv6_slots, size)).collect();
        let base = u128::from(block.network());
        plan(block, frame, &wishes, |start, prefix| {
            let address = base.checked_add(u128::from(start) << IPV6_SUBNET)?;
            Ipv6Net::new(Ipv6Addr::from(address), prefix).ok()
        })
    }
}

fn plan<N: Network>(
    block: N,
    frame: Frame,
    wishes: &[Wish<'_>],
    cut: impl Fn(u64, u8) -> Option<N>,
) -> Result<SubnetPlan<N>, CidrPlanError> {
    let mut problems = Vec::new();
    let canonical = block.canonical();
    if canonical != block {
        problems.push(CidrProblem::BlockNotCanonical {
            block: block.to_string(),
            canonical: canonical.to_string(),
        });
    }
    let tiers = lay_out(frame, wishes, cut, &mut problems);
    if problems.is_empty() {
        Ok(SubnetPlan { block, tiers })
    } else {
        Err(CidrPlanError { block: block.to_string(), problems })
    }
}
