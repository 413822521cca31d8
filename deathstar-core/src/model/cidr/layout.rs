//! The layout of tiers in one block, in either address family.

use super::space::Space;
use super::{CidrProblem, Network, PlannedTier, Remedy, Slots, Spread, TierRequest, TierSize};
use std::collections::BTreeSet;
use std::ops::Range;

/// The block, counted in units of 2^-width of the address space, and the rules that hold in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) width: u8,
    pub(super) block: u8,
    pub(super) widest: u8,
    pub(super) narrowest: u8,
    pub(super) smallest: u8,
    pub(super) zones: u8,
    pub(super) growth_room: u8,
    pub(super) regions: bool,
}

impl Frame {
    fn space(self) -> Space {
        let bits = self.width.saturating_sub(self.block);
        if self.regions { Space::with_regions(bits) } else { Space::plain(bits) }
    }

    fn prefix(self, wish: &Wish<'_>) -> u8 {
        wish.size.prefix_in(self.block, self.smallest)
    }
}

/// What one tier wants in one address family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    name: &'a str,
    slots: &'a Slots,
    size: TierSize,
    spread: Spread,
}

impl<'a> Wish<'a> {
    pub(super) fn new(tier: &'a TierRequest, slots: &'a Slots, size: TierSize) -> Self {
        Self { name: &tier.name, slots, size, spread: tier.spread }
    }

    /// How many subnets are made now.
    fn wanted(&self, frame: Frame) -> usize {
        match self.spread {
            Spread::Zonal => frame.zones.into(),
            Spread::Regional => 1,
        }
    }

    /// For how many subnets room is taken.
    fn room(&self, frame: Frame) -> usize {
        match (self.slots, self.spread) {
            (Slots::Each(slots), _) => slots.len(),
            (_, Spread::Regional) => 1,
            (_, Spread::Zonal) => frame.growth_room.into(),
        }
    }

    fn is_automatic(&self) -> bool {
        matches!(self.slots, Slots::Automatic)
    }

    /// The slots that the tier names itself.
    fn named_slots(&self, frame: Frame) -> Vec<u32> {
        match self.slots {
            Slots::Automatic => Vec::new(),
            Slots::From(first) => {
                let zones = u32::try_from(self.room(frame)).unwrap_or(u32::MAX);
                (0..zones).map(|zone| first.saturating_add(zone)).collect()
            }
            Slots::Each(slots) => slots.clone(),
        }
    }
}

/// A tier that passed the checks of its own, with the first units of its subnets.
struct Placed<'a> {
    wish: Wish<'a>,
    prefix: u8,
    size: u8,
    starts: Vec<u64>,
}

impl Placed<'_> {
    fn range(&self, start: u64) -> Range<u64> {
        start..start + (1 << self.size)
    }
}

/// A slot that is not free.
struct Collision {
    tier: usize,
    start: u64,
    other: usize,
    other_start: u64,
}

/// Places all tiers and says everything that is wrong.
pub(super) fn lay_out<N: Network>(
    frame: Frame,
    wishes: &[Wish<'_>],
    cut: impl Fn(u64, u8) -> Option<N>,
    problems: &mut Vec<CidrProblem>,
) -> Vec<PlannedTier<N>> {
    check_request(frame, wishes, problems);
    if frame.block < frame.widest || frame.block > frame.narrowest {
        let Frame { block, widest, narrowest, .. } = frame;
        problems.push(CidrProblem::BlockOutsideLimits { prefix: block, widest, narrowest });
        return Vec::new();
    }
    let mut tiers = with_valid_size(frame, wishes, problems);
    let mut space = frame.space();
    place_automatic(frame, &mut tiers, &mut space, problems);
    let collisions = place_named(frame, &mut tiers, &mut space, problems);
    let text = |start, prefix| cut(start, prefix).map(|net| net.to_string()).unwrap_or_default();
    for Collision { tier, start, other, other_start } in collisions {
        let (Some(tier), Some(other)) = (tiers.get(tier), tiers.get(other)) else { continue };
        problems.push(CidrProblem::SlotTaken {
            tier: tier.wish.name.to_owned(),
            range: text(start, tier.prefix),
            other: other.wish.name.to_owned(),
            other_range: text(other_start, other.prefix),
            free: free_slots(&space, tier, frame),
            other_free: free_slots(&space, other, frame),
        });
    }
    tiers
        .into_iter()
        .filter_map(|tier| {
            let slots = tier
                .starts
                .iter()
                .map(|start| u32::try_from(start >> tier.size).ok())
                .collect::<Option<_>>()?;
            let mut subnets =
                tier.starts.iter().map(|start| cut(*start, tier.prefix)).collect::<Option<Vec<N>>>()?;
            let reserved = subnets.split_off(tier.wish.wanted(frame).min(subnets.len()));
            Some(PlannedTier {
                name: tier.wish.name.to_owned(),
                prefix: tier.prefix,
                slots,
                subnets,
                reserved,
            })
        })
        .collect()
}

/// What is wrong with the request whatever the block is.
fn check_request(frame: Frame, wishes: &[Wish<'_>], problems: &mut Vec<CidrProblem>) {
    let Frame { zones, growth_room, .. } = frame;
    if zones == 0 {
        problems.push(CidrProblem::NoZones);
    }
    let mut names = BTreeSet::new();
    let mut over_room = false;
    for wish in wishes {
        if !names.insert(wish.name) {
            problems.push(CidrProblem::DuplicateTier { tier: wish.name.to_owned() });
        }
        if wish.wanted(frame) > wish.room(frame) {
            match wish.slots {
                Slots::Each(slots) => problems.push(CidrProblem::SlotsMissing {
                    tier: wish.name.to_owned(),
                    slots: slots.len(),
                    zones: wish.wanted(frame),
                }),
                Slots::Automatic | Slots::From(_) => over_room = true,
            }
        }
    }
    if over_room {
        problems.push(CidrProblem::ZonesOverGrowthRoom { zones, growth_room });
    }
}

/// The tiers whose subnets may exist in the block at all.
fn with_valid_size<'a>(
    frame: Frame,
    wishes: &[Wish<'a>],
    problems: &mut Vec<CidrProblem>,
) -> Vec<Placed<'a>> {
    let mut tiers = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let prefix = frame.prefix(wish);
        let tier = wish.name.to_owned();
        if prefix > frame.smallest {
            problems.push(CidrProblem::SubnetTooSmall { tier, prefix, smallest: frame.smallest });
        } else if prefix < frame.block {
            problems.push(CidrProblem::SubnetWiderThanBlock { tier, prefix, block: frame.block });
        } else {
            tiers.push(Placed { wish: *wish, prefix, size: frame.width - prefix, starts: Vec::new() });
        }
    }
    tiers
}

/// Places the automatic tiers in declared order, by nothing but each other.
fn place_automatic(
    frame: Frame,
    tiers: &mut [Placed<'_>],
    space: &mut Space,
    problems: &mut Vec<CidrProblem>,
) {
    let mut without_room = Vec::new();
    let mut needed = 0_u64;
    for tier in tiers.iter_mut().filter(|tier| tier.wish.is_automatic()) {
        let room = tier.wish.room(frame);
        needed = needed.saturating_add((room as u64).saturating_mul(1 << tier.size));
        match space.place(tier.size, room) {
            Some(starts) => tier.starts = starts,
            None => without_room.push(tier.wish.name.to_owned()),
        }
    }
    if !without_room.is_empty() {
        let wishes: Vec<_> = tiers.iter().map(|tier| tier.wish).filter(Wish::is_automatic).collect();
        problems.push(CidrProblem::BlockTooSmall {
            tiers: without_room,
            room: frame.growth_room,
            needed,
            available: space.units(),
            unit: if frame.width == 32 { "addresses" } else { "/64 subnets" },
            remedy: remedy(frame, &wishes),
        });
    }
}

/// Places the tiers with slots of their own where they say, and tells what is there already.
fn place_named(
    frame: Frame,
    tiers: &mut [Placed<'_>],
    space: &mut Space,
    problems: &mut Vec<CidrProblem>,
) -> Vec<Collision> {
    let mut owners: Vec<(Range<u64>, usize)> = Vec::new();
    for (index, tier) in tiers.iter().enumerate() {
        owners.extend(tier.starts.iter().map(|start| (tier.range(*start), index)));
    }
    let mut collisions = Vec::new();
    for (index, tier) in tiers.iter_mut().enumerate() {
        let slot_count = space.units() >> tier.size;
        let mut told = BTreeSet::new();
        for slot in tier.wish.named_slots(frame) {
            if u64::from(slot) >= slot_count {
                let tier = tier.wish.name.to_owned();
                problems.push(CidrProblem::SlotOutsideBlock {
                    tier,
                    slot,
                    last: slot_count.saturating_sub(1),
                });
                continue;
            }
            let start = u64::from(slot) << tier.size;
            let range = tier.range(start);
            if space.take(range.clone()) {
                owners.push((range, index));
                tier.starts.push(start);
            } else if let Some((taken, other)) =
                owners.iter().find(|(taken, _)| taken.start < range.end && range.start < taken.end)
                && told.insert(*other)
            {
                collisions.push(Collision { tier: index, start, other: *other, other_start: taken.start });
            }
        }
    }
    collisions
}

/// The lowest free slots for all subnets of a tier; empty when there is no room for all.
fn free_slots(space: &Space, tier: &Placed<'_>, frame: Frame) -> Vec<u32> {
    let starts = space.clone().place(tier.size, tier.wish.room(frame)).unwrap_or_default();
    starts.iter().filter_map(|start| u32::try_from(start >> tier.size).ok()).collect()
}

/// The smallest changes with which the automatic tiers would fit.
fn remedy(frame: Frame, wishes: &[Wish<'_>]) -> Remedy {
    let fits = |frame: Frame, smaller_by: u8| {
        let mut space = frame.space();
        wishes.iter().all(|wish| {
            let prefix = frame.prefix(wish).saturating_add(smaller_by).min(frame.smallest);
            prefix >= frame.block && space.place(frame.width - prefix, wish.room(frame)).is_some()
        })
    };
    let fewest = frame.zones.max(1);
    Remedy {
        block: (frame.widest..frame.block).rev().find(|block| fits(Frame { block: *block, ..frame }, 0)),
        growth_room: (fewest..frame.growth_room)
            .rev()
            .find(|growth_room| fits(Frame { growth_room: *growth_room, ..frame }, 0)),
        smaller_by: (1..=frame.smallest.saturating_sub(frame.block)).find(|bits| fits(frame, *bits)),
    }
}
