//! One form for lists whose order means nothing.

use serde::Serialize;

/// Sorts what has no order of its own by its encoding, and keeps one of each.
pub(crate) fn sort<T: Serialize + PartialEq>(all: &mut Vec<T>) {
    all.sort_by_cached_key(|one| serde_json::to_string(one).unwrap_or_default());
    all.dedup();
}
