//! The rule of one sort of name.

use super::{CharSet, NameError, NameProblem};
use std::net::Ipv4Addr;

/// What one API accepts as one sort of name.
///
/// A rule is data, built in a constant; lengths count characters.
///
/// ```
/// use deathstar_core::model::name::{CharSet, NameRule};
///
/// const QUEUE: NameRule = NameRule::new("queue name", 1, 80, CharSet::ALPHANUMERIC.with("-_")).first(CharSet::LETTERS);
/// assert!(QUEUE.check("orders").is_ok());
/// assert!(QUEUE.check("1-orders").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRule {
    pub(super) what: &'static str,
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) chars: CharSet,
    pub(super) first: CharSet,
    pub(super) last: CharSet,
    pub(super) never: &'static [&'static str],
    pub(super) required_prefix: &'static str,
    pub(super) reserved_prefixes: &'static [&'static str],
    pub(super) reserved_suffixes: &'static [&'static str],
    pub(super) part: Option<(char, usize)>,
    pub(super) qualifier: Option<&'static Self>,
    pub(super) folds_case: bool,
    pub(super) no_address: bool,
}

impl NameRule {
    /// Names of `min` to `max` of these characters. `what` is how an error calls such a name.
    pub const fn new(what: &'static str, min: usize, max: usize, chars: CharSet) -> Self {
        Self {
            what,
            min,
            max,
            chars,
            first: chars,
            last: chars,
            never: &[],
            required_prefix: "",
            reserved_prefixes: &[],
            reserved_suffixes: &[],
            part: None,
            qualifier: None,
            folds_case: false,
            no_address: false,
        }
    }

    /// The same rule for another sort of name.
    #[must_use]
    pub const fn called(mut self, what: &'static str) -> Self {
        self.what = what;
        self
    }

    /// The same rule with other lengths.
    #[must_use]
    pub const fn lengths(mut self, min: usize, max: usize) -> Self {
        self.min = min;
        self.max = max;
        self
    }

    /// Names begin with one of these.
    #[must_use]
    pub const fn first(mut self, first: CharSet) -> Self {
        self.first = first;
        self
    }

    /// Names end with one of these.
    #[must_use]
    pub const fn last(mut self, last: CharSet) -> Self {
        self.last = last;
        self
    }

    /// Names have none of these sequences.
    #[must_use]
    pub const fn never(mut self, never: &'static [&'static str]) -> Self {
        self.never = never;
        self
    }

    /// Names begin with this text.
    #[must_use]
    pub const fn required_prefix(mut self, prefix: &'static str) -> Self {
        self.required_prefix = prefix;
        self
    }

    /// Names begin with none of these.
    #[must_use]
    pub const fn reserved_prefixes(mut self, prefixes: &'static [&'static str]) -> Self {
        self.reserved_prefixes = prefixes;
        self
    }

    /// Names end with none of these.
    #[must_use]
    pub const fn reserved_suffixes(mut self, suffixes: &'static [&'static str]) -> Self {
        self.reserved_suffixes = suffixes;
        self
    }

    /// Parts between such separators have at most `max` characters.
    #[must_use]
    pub const fn parts(mut self, separator: char, max: usize) -> Self {
        self.part = Some((separator, max));
        self
    }

    /// A qualifier of this rule and a slash may stand in front; the lengths are those of the rest.
    #[must_use]
    pub const fn qualified_by(mut self, qualifier: &'static Self) -> Self {
        self.qualifier = Some(qualifier);
        self
    }

    /// The provider takes two names that differ in case alone for one.
    #[must_use]
    pub const fn folds_case(mut self) -> Self {
        self.folds_case = true;
        self
    }

    /// Names do not have the form of an IPv4 address.
    #[must_use]
    pub const fn no_address(mut self) -> Self {
        self.no_address = true;
        self
    }

    /// How an error calls such a name.
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// The most characters, without a qualifier.
    pub const fn max(&self) -> usize {
        self.max
    }

    /// Whether the provider takes two names for one: equal, or equal but for case where case does not matter.
    pub fn same(&self, one: &str, other: &str) -> bool {
        one == other || (self.folds_case && one.to_lowercase() == other.to_lowercase())
    }

    /// Says whether the API would accept a name.
    ///
    /// # Errors
    /// [`NameError`] with the first rule that is broken, and where.
    pub fn check(&self, name: &str) -> Result<(), NameError> {
        self.problem(name)
            .map_or(Ok(()), |problem| Err(NameError { what: self.what, name: name.to_owned(), problem }))
    }

    fn problem(&self, name: &str) -> Option<NameProblem> {
        let Some(((qualifier, rest), rule)) = name.split_once('/').zip(self.qualifier) else {
            return self.own_problem(name, 0);
        };
        rule.problem(qualifier).or_else(|| self.own_problem(rest, qualifier.chars().count() + 1))
    }

    /// What is wrong with a name that begins after `offset` other characters.
    fn own_problem(&self, name: &str, offset: usize) -> Option<NameProblem> {
        let length = name.chars().count();
        if length < self.min {
            return Some(NameProblem::TooShort { length, min: self.min });
        }
        if length > self.max {
            return Some(NameProblem::TooLong { length, max: self.max });
        }
        let position = |index: usize| offset + index + 1;
        let foreign = name.chars().enumerate().find(|(_, c)| !self.chars.contains(*c));
        if let Some((index, found)) = foreign {
            return Some(NameProblem::Character { position: position(index), found, allowed: self.chars });
        }
        self.ends(name, length, offset)
            .or_else(|| self.sequence(name, offset))
            .or_else(|| self.reserved(name))
            .or_else(|| self.long_part(name, offset))
    }

    fn ends(&self, name: &str, length: usize, offset: usize) -> Option<NameProblem> {
        let first = name.chars().next().filter(|c| !self.first.contains(*c));
        let last = name.chars().next_back().filter(|c| !self.last.contains(*c));
        first.map(|found| NameProblem::First { position: offset + 1, found, allowed: self.first }).or_else(
            || last.map(|found| NameProblem::Last { position: offset + length, found, allowed: self.last }),
        )
    }

    fn sequence(&self, name: &str, offset: usize) -> Option<NameProblem> {
        let (byte, found) =
            self.never.iter().filter_map(|never| name.find(never).map(|byte| (byte, *never))).min()?;
        let before = name.char_indices().take_while(|(index, _)| *index < byte).count();
        Some(NameProblem::Sequence { position: offset + before + 1, found })
    }

    fn reserved(&self, name: &str) -> Option<NameProblem> {
        if !name.starts_with(self.required_prefix) {
            return Some(NameProblem::NoPrefix { required: self.required_prefix });
        }
        if let Some(found) = self.reserved_prefixes.iter().find(|prefix| name.starts_with(**prefix)) {
            return Some(NameProblem::ReservedPrefix { found });
        }
        if let Some(found) = self.reserved_suffixes.iter().find(|suffix| name.ends_with(**suffix)) {
            return Some(NameProblem::ReservedSuffix { found });
        }
        (self.no_address && name.parse::<Ipv4Addr>().is_ok()).then_some(NameProblem::Address)
    }

    fn long_part(&self, name: &str, offset: usize) -> Option<NameProblem> {
        let (separator, max) = self.part?;
        let mut position = offset + 1;
        for part in name.split(separator) {
            let length = part.chars().count();
            if length > max {
                return Some(NameProblem::PartTooLong { position, length, max });
            }
            position += length + 1;
        }
        None
    }
}
