//! What is lost with an object.

use crate::kind::Stakes;

/// What is lost when an object is deleted or replaced, and why that needs consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What is at stake.
    pub stakes: Stakes,
    /// Why.
    pub why: String,
    /// What would go along, as people name it.
    pub along: Vec<String>,
}
