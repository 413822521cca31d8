//! What a spec says without its kind: the texts in it, and what it leaves as it is.

use serde_json::Value;

/// `to` with what it does not manage taken from `from`.
pub(super) fn laid_over(from: &Value, to: Value) -> Value {
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            let mut all = from.clone();
            for (key, value) in to {
                if !value.is_null() {
                    all.insert(key, value);
                }
            }
            Value::Object(all)
        }
        (_, to) => to,
    }
}

/// Whether a text may be an id: no need to remember the others.
pub(super) fn looks_like_id(text: &str) -> bool {
    text.len() >= 3
}

pub(super) fn mentions(value: &Value, id: &str) -> bool {
    let mut found = false;
    texts(value, &mut |text| found |= text == id);
    found
}

pub(super) fn texts(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Value::Object(map) => map.values().for_each(|value| texts(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
