//! Where a resource stands in its stack.

use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, collections::HashMap, fmt, sync::Arc};

/// The place of a resource in its stack: segments of `[a-z0-9][a-z0-9._-]*` joined by `/`, at most 200 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(Arc<str>);

/// A map by address. Addresses are a program's own, so their hash need not withstand an attack.
pub(crate) type AddressMap<T> = HashMap<Address, T, foldhash::fast::RandomState>;

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing between two slashes, or nothing at all.
    #[error("an address needs a name between its slashes")]
    Empty,
    /// A segment begins with something else than a lower-case letter or a digit, or holds a character that is not allowed.
    #[error("`{segment}` is no address segment: {reason}")]
    Segment {
        /// The segment.
        segment: String,
        /// What is wrong with it.
        reason: String,
    },
    /// More than 200 characters.
    #[error("the address has {0} characters, 200 are allowed")]
    TooLong(usize),
}

/// The longest address, in characters: it has to fit into an owner tag (256 on AWS and on Azure) with room to spare.
const LONGEST: usize = 200;

impl Address {
    /// Takes a text as it is; [`Address::check`] says whether it is right.
    pub(crate) fn unchecked(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// Checks and takes a text.
    ///
    /// # Errors
    /// When it is no address.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let address = Self::unchecked(text);
        address.check()?;
        Ok(address)
    }

    /// Whether it keeps the rules.
    pub(crate) fn check(&self) -> Result<(), AddressError> {
        if self.0.len() > LONGEST {
            return Err(AddressError::TooLong(self.0.chars().count()));
        }
        self.0.split('/').try_for_each(segment)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scope that it stands in; empty at the top.
    pub fn scope(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(scope, _)| scope)
    }

    /// The last segment.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Whether it is `prefix` or stands below it.
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.0.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn segment(text: &str) -> Result<(), AddressError> {
    let wrong = |reason: String| Err(AddressError::Segment { segment: text.into(), reason });
    let legal = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let Some(first) = text.bytes().next() else { return Err(AddressError::Empty) };
    if !legal(first) {
        return wrong("it must begin with a-z or 0-9".into());
    }
    match text.chars().find(|c| !c.is_ascii() || !(legal(*c as u8) || matches!(c, '.' | '_' | '-'))) {
        Some(c) => wrong(format!("`{c}` is not one of a-z, 0-9, `.`, `_`, `-`")),
        None => Ok(()),
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl AsRef<str> for Address {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Address {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Address {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_checked() {
        for good in ["vpc", "network/public-a", "0/9.a_b-c", &"a".repeat(200)] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a//b", "/a", "a/", "A", "-a", "a b", "a/ü", "a/B", &"a".repeat(201)] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_prefix_ends_at_a_slash() {
        let address = Address::unchecked("network/vpc");
        assert!(address.starts_with("network"));
        assert!(address.starts_with("network/vpc"));
        assert!(!address.starts_with("net"));
        assert_eq!((address.scope(), address.name()), ("network", "vpc"));
    }
}
