//! What a field can be set to.

use crate::{Input, Output};
use serde::Serialize;
use serde_json::Value;

/// What a field can be set to: a plain value, a result of another resource, or a tree of both.
#[derive(Clone, Debug)]
pub struct FieldValue(pub(super) Result<Value, String>);

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl From<$type> for FieldValue {
            fn from(value: $type) -> Self {
                Self(Ok(value.into()))
            }
        }
    )*};
}

plain!(&str, String, bool, i32, i64, u16, u32, u64, Value, Vec<String>);

impl<T> From<Output<T>> for FieldValue {
    fn from(output: Output<T>) -> Self {
        Self::from(&output)
    }
}

impl<T> From<&Output<T>> for FieldValue {
    fn from(output: &Output<T>) -> Self {
        Self::from(Input::<Value>::Pending(output.expr().clone()))
    }
}

impl<T: Serialize> From<Input<T>> for FieldValue {
    fn from(input: Input<T>) -> Self {
        Self(serde_json::to_value(input).map_err(|error| error.to_string()))
    }
}
