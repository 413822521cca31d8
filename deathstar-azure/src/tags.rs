//! Tags, as documents show them.

use crate::arm::Document;
use deathstar_core::Tags;
use serde_json::Value;

/// The member of a document in which its tags are.
pub(crate) const TAGS: &str = "tags";

/// The tags of a document.
pub(crate) fn seen(document: &Document) -> Tags {
    let tags = document.get(TAGS).and_then(Value::as_object);
    tags.into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}
