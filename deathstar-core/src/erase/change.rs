//! What differs between two specs of a kind.

use crate::kind::Part;
use serde_json::Value;
use std::borrow::Cow;

/// What a difference costs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    Update,
    Replace,
    Refuse(Cow<'static, str>),
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) field: &'static str,
    pub(crate) weight: Weight,
    pub(crate) moves: &'static [&'static str],
    pub(crate) write_only: bool,
    pub(crate) before: Value,
    pub(crate) after: Value,
    /// The places inside it that differ; none where it is told as a whole.
    pub(crate) parts: Vec<Part>,
}
