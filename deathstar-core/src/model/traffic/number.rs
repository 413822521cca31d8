//! Numbers of filter entries that stay when others come.

use crate::digest::Digest;
use std::{collections::BTreeSet, ops::RangeInclusive};

/// The number of an entry: it follows from what the entry opens, and when that number is taken it is the next free one.
///
/// All entries open something, so their order means nothing; numbers only have to be different, and to stay.
pub(super) fn number(key: &str, within: &RangeInclusive<u16>, taken: &mut BTreeSet<u16>) -> Option<u16> {
    let count = u32::from(within.end().checked_sub(*within.start())?) + 1;
    let mut digest = Digest::default();
    digest.part(key);
    let [a, b, c, d, ..] = *digest.value().as_bytes();
    let start = u32::from_le_bytes([a, b, c, d]) % count;
    (0..count)
        .filter_map(|step| within.start().checked_add(u16::try_from((start + step) % count).ok()?))
        .find(|number| taken.insert(*number))
}
