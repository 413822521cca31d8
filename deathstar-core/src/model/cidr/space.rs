//! The room inside one block, counted in its smallest units.

use std::ops::Range;

/// Into how many equal regions a block is cut.
const REGION_BITS: u8 = 4;
/// The region where small tiers are placed first: the fourth, behind three large subnets.
const SMALL_REGION: u64 = 3;

/// A block of 2^bits units and what is taken of it.
#[derive(Clone, Debug)]
pub(super) struct Space {
    bits: u8,
    regions: bool,
    /// Sorted, and apart from each other.
    taken: Vec<Range<u64>>,
}

impl Space {
    /// An empty block where small tiers share a region of their own.
    pub(super) fn with_regions(bits: u8) -> Self {
        Self { bits, regions: bits >= REGION_BITS, taken: Vec::new() }
    }

    /// An empty block that is filled from the bottom.
    pub(super) fn plain(bits: u8) -> Self {
        Self { bits, regions: false, taken: Vec::new() }
    }

    /// How many units the block has.
    pub(super) fn units(&self) -> u64 {
        1 << self.bits
    }

    /// Takes `count` subnets of 2^size units each, or nothing when there is no room for all of them.
    pub(super) fn place(&mut self, size: u8, count: usize) -> Option<Vec<u64>> {
        if size > self.bits {
            return None;
        }
        let mut trial = self.clone();
        let starts = if trial.is_small(size, count) {
            trial.place_small(size, count)
        } else {
            trial.place_large(size, count)
        }?;
        *self = trial;
        Some(starts)
    }

    /// Takes one range when nothing of it is taken.
    pub(super) fn take(&mut self, range: Range<u64>) -> bool {
        let at = self.taken.partition_point(|taken| taken.end <= range.start);
        if self.taken.get(at).is_some_and(|next| next.start < range.end) {
            return false;
        }
        self.taken.insert(at, range);
        true
    }

    /// Whether all subnets of a tier fit into one region.
    fn is_small(&self, size: u8, count: usize) -> bool {
        self.regions
            && (count as u64).checked_mul(1 << size).is_some_and(|units| units <= self.region_units())
    }

    fn region_units(&self) -> u64 {
        1 << self.bits.saturating_sub(REGION_BITS)
    }

    fn region(&self, index: u64) -> Range<u64> {
        let units = self.region_units();
        index * units..(index + 1) * units
    }

    /// A small tier stays together in one region: the small one, then the others from the top.
    fn place_small(&mut self, size: u8, count: usize) -> Option<Vec<u64>> {
        let others = (0..1 << REGION_BITS).rev().filter(|index| *index != SMALL_REGION);
        for index in std::iter::once(SMALL_REGION).chain(others) {
            let region = self.region(index);
            let mut trial = self.clone();
            if let Some(starts) = (0..count).map(|_| trial.take_first(size, &region)).collect() {
                *self = trial;
                return Some(starts);
            }
        }
        let all = 0..self.units();
        (0..count).map(|_| self.take_first(size, &all)).collect()
    }

    /// A large tier fills the block from the bottom, around the small region while there is other room.
    fn place_large(&mut self, size: u8, count: usize) -> Option<Vec<u64>> {
        let small = if self.regions { self.region(SMALL_REGION) } else { 0..0 };
        let all = 0..self.units();
        (0..count)
            .map(|_| {
                self.take_first(size, &(0..small.start))
                    .or_else(|| self.take_first(size, &(small.end..all.end)))
                    .or_else(|| self.take_first(size, &all))
            })
            .collect()
    }

    /// Takes the lowest aligned free range of 2^size units inside `within`.
    fn take_first(&mut self, size: u8, within: &Range<u64>) -> Option<u64> {
        let units = 1_u64 << size;
        let mut start = within.start.next_multiple_of(units);
        let first = self.taken.partition_point(|taken| taken.end <= start);
        for taken in self.taken.iter().skip(first) {
            if start + units <= taken.start {
                break;
            }
            start = start.max(taken.end.next_multiple_of(units));
        }
        (start + units <= within.end && self.take(start..start + units)).then_some(start)
    }
}
