//! The order in which objects are applied, from what they mean.
//!
//! Three sources, from sure to likely:
//!
//! 1. **References.** What a specification names has to be there first: [`references`]. A cycle of them is an error.
//! 2. **Meaning.** What governs others comes before what it governs: a quota before the pods of its namespace, the
//!    permissions of a service account before the workload that uses it, a webhook before the custom resources that it
//!    judges, the workload behind a service before whoever calls that service while objects are written.
//! 3. **Mentions.** A custom resource that has the name of an object of its namespace in its specification is taken to
//!    need it.
//!
//! What follows from 2 and 3 is left out where it would go against the references or the ranks of kinds ([`Rank`]), so
//! that no cycle comes from it.

mod arrange;
mod implied;
mod pattern;
mod rank;
mod reference;
mod table;
#[cfg(test)]
mod tests;

pub use arrange::{Arrangement, Cycle, Edge, Why, arrange, arrange_with};
pub use rank::Rank;
pub use reference::{Reference, Target, references};

use super::view::View;
use serde_json::Value;
use std::fmt;

/// Which object: group, kind, namespace and name. Versions of one group are one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// The group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace, of an object that stands in one.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl ObjectKey {
    /// The key of an object.
    pub fn of(object: &Value) -> Self {
        let view = View(object);
        Self::new(view.group(), view.kind(), view.namespace(), view.name())
    }

    fn new(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> Self {
        let namespace = namespace.map(ToOwned::to_owned);
        Self { group: group.into(), kind: kind.into(), namespace, name: name.into() }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        match &self.namespace {
            Some(namespace) => write!(f, " `{namespace}/{}`", self.name),
            None => write!(f, " `{}`", self.name),
        }
    }
}
