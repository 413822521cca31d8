//! What only one may have.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that names one thing, as canonical JSON text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    /// A key of these parts.
    pub fn of(parts: impl Serialize) -> Self {
        Self(serde_json::to_string(&parts).unwrap_or_default())
    }

    /// The JSON text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// As long as the object lives: a name, a range, the gateway of a VPC.
    Life,
    /// From the first call of an operation until the cloud has ended it: an update of a cluster.
    Operation,
    /// While one call runs: a document that is read, merged and written whole.
    Call,
}

/// Something that nobody else may have meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hold {
    /// What kind of thing it is, for people: `internet-gateway-of-vpc`.
    pub slot: &'static str,
    /// Which one.
    pub key: Key,
    /// How long.
    pub span: Span,
}

impl Hold {
    /// Held as long as the object lives.
    pub fn life(slot: &'static str, of: impl Serialize) -> Self {
        Self { slot, key: Key::of((slot, of)), span: Span::Life }
    }

    /// Held until an operation ends.
    pub fn operation(slot: &'static str, of: impl Serialize) -> Self {
        Self { slot, key: Key::of((slot, of)), span: Span::Operation }
    }

    /// Held while one call runs.
    pub fn call(slot: &'static str, of: impl Serialize) -> Self {
        Self { slot, key: Key::of((slot, of)), span: Span::Call }
    }
}
