//! What a provider says to a step before it is made.

use crate::kind::Part;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether anybody looked at what a step will write, before it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Check {
    /// The provider did, with everything that it would do on the call itself.
    Checked,
    /// It was compared with what is declared of its kind, without the provider.
    CheckedOffline {
        /// The rules that nobody evaluated.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unchecked: Vec<String>,
    },
    /// Nobody could.
    NotCheckable {
        /// Why.
        why: String,
    },
}

impl Check {
    /// Nobody could, for this reason.
    pub fn not(why: impl Into<String>) -> Self {
        Self::NotCheckable { why: why.into() }
    }
}

/// What was said to one step before it is made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rehearsal {
    /// Whether anybody looked.
    pub check: Check,
    /// Why it would be refused.
    pub refusals: Vec<Refusal>,
    /// The places that cannot be changed, so that only another object can have these values. Of a change alone.
    pub fixed: Vec<String>,
    /// What the provider adds to what is declared.
    pub adds: Vec<Addition>,
    /// What of the declaration the provider would not keep.
    pub unkept: Vec<Part>,
    /// What the provider says besides.
    pub warnings: Vec<String>,
}

/// One reason for which a step would be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The place; empty for the whole object.
    pub path: String,
    /// The reason, in the words of who refuses.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Whether it is about the object alone, so that nothing which is made before it changes the answer.
    pub alone: bool,
}

/// One value that a provider adds to what is declared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Addition {
    /// The place.
    pub path: String,
    /// The value.
    pub value: Value,
}

impl Rehearsal {
    /// Nothing but this.
    pub fn new(check: Check) -> Self {
        Self { check, refusals: vec![], fixed: vec![], adds: vec![], unkept: vec![], warnings: vec![] }
    }

    /// Nobody could look, for this reason.
    pub fn not_checkable(why: impl Into<String>) -> Self {
        Self::new(Check::not(why))
    }
}

impl Refusal {
    /// A reason that has to do with what stands around the object.
    pub fn new(path: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { path: path.into(), why: why.into(), fix: fix.into(), alone: false }
    }

    /// Says that it is about the object alone.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }
}

/// How an object of the stack stands in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The plan makes it: it is not there yet.
    Made,
    /// The plan changes it.
    Changed,
    /// It stays as it is.
    Stays,
}

/// What can be said of a step without asking the provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Foresight {
    /// The provider has to be asked. When it cannot be, this is what is known.
    Ask(Option<Rehearsal>),
    /// Asking would tell nothing, or something wrong: this is what is known.
    Known(Rehearsal),
}
