//! Documents that allow what is needed, in the form of a cloud.

use super::Need;
use crate::{Provider, Raw};
use serde::Serialize;
use serde_json::Value;

/// One document that a cloud takes, and whom it is for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Policy {
    /// The provider.
    pub provider: &'static str,
    /// A name for it: unique among the documents of one answer, and the same in every run.
    pub name: String,
    /// Who has to be allowed, for people.
    pub grantee: String,
    /// The document.
    pub document: Value,
    /// What a person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Policy {
    /// A document.
    pub fn new(
        provider: &'static str,
        name: impl Into<String>,
        grantee: impl Into<String>,
        document: Value,
    ) -> Self {
        Self { provider, name: name.into(), grantee: grantee.into(), document, notes: vec![] }
    }

    /// Adds what a person should know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// What is needed on one connection.
#[derive(Debug)]
#[non_exhaustive]
pub struct Needed<'a, P: Provider> {
    /// The connection's name in the stack.
    pub connection: &'a str,
    /// The connection, as far as it is known.
    pub config: P::Config,
    /// What is needed, each once, in a fixed order.
    pub needs: &'a [Need],
}

impl<'a, P: Provider> Needed<'a, P> {
    /// What is needed on a connection.
    pub fn new(connection: &'a str, config: P::Config, needs: &'a [Need]) -> Self {
        Self { connection, config, needs }
    }
}

/// What is needed on one connection, erased.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyNeeded<'a> {
    pub(crate) connection: &'a str,
    pub(crate) config: &'a Raw,
    pub(crate) needs: &'a [Need],
}
