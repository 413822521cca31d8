//! Ranges that share addresses.

use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;

/// A range and what a person calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedRange {
    /// Who has it, such as an address in the stack or `the Service range`.
    pub name: String,
    /// The range; host bits do not matter.
    pub range: IpNet,
}

impl NamedRange {
    /// A range with its name.
    pub fn new(name: impl Into<String>, range: impl Into<IpNet>) -> Self {
        Self { name: name.into(), range: range.into() }
    }
}

/// Two ranges that share addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The wider one; of two equal ranges the one that was named first.
    pub outer: NamedRange,
    /// The one that lies inside it.
    pub inner: NamedRange,
}

impl Overlap {
    /// What to do.
    pub fn hint(&self) -> String {
        format!("move `{}` to a range outside `{}`", self.inner.name, self.outer.range.trunc())
    }
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outer, inner } = self;
        let relation =
            if outer.range.trunc() == inner.range.trunc() { "is the same as" } else { "lies inside" };
        write!(f, "`{}` of `{}` {relation} `{}` of `{}`", inner.range, inner.name, outer.range, outer.name)
    }
}

/// Finds all pairs of ranges that share addresses, in order of the ranges.
///
/// Two CIDR ranges are either apart or one lies inside the other, so one pass over the sorted ranges with a stack of the
/// enclosing ones finds them: O(n log n + pairs). Ranges of different families never overlap.
pub fn find_overlaps(ranges: &[NamedRange]) -> Vec<Overlap> {
    let mut sorted: Vec<(IpAddr, u8, usize)> = ranges
        .iter()
        .enumerate()
        .map(|(index, named)| (named.range.network(), named.range.prefix_len(), index))
        .collect();
    sorted.sort_unstable();
    let mut enclosing: Vec<&NamedRange> = Vec::new();
    let mut overlaps = Vec::new();
    for (network, _, index) in sorted {
        while enclosing.pop_if(|outer| !outer.range.contains(&network)).is_some() {}
        let Some(inner) = ranges.get(index) else { continue };
        overlaps
            .extend(enclosing.iter().map(|outer| Overlap { outer: (*outer).clone(), inner: inner.clone() }));
        enclosing.push(inner);
    }
    overlaps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn named(ranges: &[&str]) -> Vec<NamedRange> {
        ranges.iter().map(|text| NamedRange::new(*text, text.parse::<IpNet>().unwrap())).collect()
    }

    #[test]
    fn nested_ranges_are_told_with_every_range_around_them() {
        let found =
            find_overlaps(&named(&["10.0.1.0/24", "10.0.0.0/8", "10.0.0.0/16", "10.0.2.0/24", "11.0.0.0/8"]));
        let pairs: Vec<_> = found.iter().map(|o| (o.outer.name.as_str(), o.inner.name.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("10.0.0.0/8", "10.0.0.0/16"),
                ("10.0.0.0/8", "10.0.1.0/24"),
                ("10.0.0.0/16", "10.0.1.0/24"),
                ("10.0.0.0/8", "10.0.2.0/24"),
                ("10.0.0.0/16", "10.0.2.0/24"),
            ]
        );
    }

    #[test]
    fn the_text_tells_equal_from_nested_and_names_both() {
        let equal = find_overlaps(&[
            NamedRange::new("webshop", "10.0.0.0/16".parse::<IpNet>().unwrap()),
            NamedRange::new("billing", "10.0.9.9/16".parse::<IpNet>().unwrap()),
        ]);
        assert_eq!(
            equal[0].to_string(),
            "`10.0.9.9/16` of `billing` is the same as `10.0.0.0/16` of `webshop`"
        );
        assert_eq!(equal[0].hint(), "move `billing` to a range outside `10.0.0.0/16`");
        let nested = find_overlaps(&named(&["10.0.0.0/16", "10.0.3.0/24"]));
        assert_eq!(
            nested[0].to_string(),
            "`10.0.3.0/24` of `10.0.3.0/24` lies inside `10.0.0.0/16` of `10.0.0.0/16`"
        );
    }

    #[test]
    fn families_are_apart() {
        assert_eq!(find_overlaps(&named(&["0.0.0.0/0", "::/0"])), []);
    }

    proptest! {
        #[test]
        fn finds_what_a_comparison_of_all_pairs_finds(
            ranges in prop::collection::vec((0u32..64, 24u8..=32, any::<bool>()), 0..24)
        ) {
            let ranges: Vec<NamedRange> = ranges.into_iter().enumerate().map(|(index, (low, prefix, six))| {
                let text = if six { format!("2001:db8::{low:x}/{}", prefix + 96) } else { format!("10.0.0.{}/{prefix}", low * 4) };
                NamedRange::new(index.to_string(), text.parse::<IpNet>().unwrap())
            }).collect();
            let pair = |a: &NamedRange, b: &NamedRange| {
                let (a, b): (usize, usize) = (a.name.parse().unwrap(), b.name.parse().unwrap());
                (a.min(b), a.max(b))
            };
            let found: Vec<_> = find_overlaps(&ranges).iter().map(|o| pair(&o.outer, &o.inner)).collect();
            let unique: BTreeSet<_> = found.iter().copied().collect();
            prop_assert_eq!(found.len(), unique.len());
            let mut expected = BTreeSet::new();
            for (index, a) in ranges.iter().enumerate() {
                for b in &ranges[index + 1..] {
                    let (x, y) = (a.range.trunc(), b.range.trunc());
                    if x.contains(&y) || y.contains(&x) {
                        expected.insert(pair(a, b));
                    }
                }
            }
            prop_assert_eq!(unique, expected);
        }
    }
}
