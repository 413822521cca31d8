//! For tests of kinds: documents as the driver writes and reads them.

use super::{ArmResource, Document, changed};
use crate::id::ResourceId;
use serde_json::Value;

fn object(value: &Value) -> Document {
    value.as_object().cloned().expect("a document is an object")
}

/// What a spec is written as.
pub(crate) fn document<R: ArmResource>(spec: &R) -> Value {
    change(spec, &Value::Object(Document::new()))
}

/// What a spec is written as into a document that was read.
pub(crate) fn change<R: ArmResource>(spec: &R, seen: &Value) -> Value {
    Value::Object(changed(spec, object(seen)).expect("a spec can be written"))
}

/// The spec that a document shows.
pub(crate) fn read<R: ArmResource>(id: &str, document: &Value) -> R {
    R::read(&ResourceId::new(id), &object(document)).expect("a document can be read")
}
