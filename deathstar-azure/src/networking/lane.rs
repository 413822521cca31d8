//! What only one operation of a network may have.

use deathstar_core::{Hold, Input};
use serde::Serialize;

/// The lane of a resource with parts: one of them, or the resource itself, is written at a time. Azure refuses a second operation with
/// `AnotherOperationInProgress`.
pub fn lane<I: Serialize>(resource: &Input<I>) -> Hold {
    Hold::operation("operation-on-network", resource)
}
