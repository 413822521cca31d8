//! How documents name other resources.

use deathstar_core::{Input, Output};
use serde::{Deserialize, Serialize};

/// A resource that is named in a list of a document: `{"id": ".."}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ById<I> {
    /// Its id.
    pub id: Input<I>,
}

impl<I> ById<I> {
    /// Names a resource.
    pub fn new(id: impl Into<Input<I>>) -> Self {
        Self { id: id.into() }
    }
}

impl<I> From<I> for ById<I> {
    fn from(id: I) -> Self {
        Self { id: Input::Known(id) }
    }
}

impl<I> From<Output<I>> for ById<I> {
    fn from(id: Output<I>) -> Self {
        Self { id: id.into() }
    }
}

impl<I> From<&Output<I>> for ById<I> {
    fn from(id: &Output<I>) -> Self {
        Self { id: id.into() }
    }
}
