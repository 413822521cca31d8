//! Whether what is declared differs from what is there.

use crate::kube::quantity;
use serde_json::Value;

/// Whether what is declared is not what is there: a field that is not declared inside an object is the server's default,
/// and no difference. Amounts are compared as quantities.
pub(super) fn differs(path: &str, live: &Value, declared: &Value) -> bool {
    match (live, declared) {
        (Value::Object(live), Value::Object(declared)) => declared.iter().any(|(key, value)| {
            let path = format!("{path}/{key}");
            match live.get(key) {
                Some(live) => differs(&path, live, value),
                None => !super::is_empty(value),
            }
        }),
        (Value::Array(live), Value::Array(declared)) => {
            live.len() != declared.len()
                || live.iter().zip(declared).any(|(live, declared)| differs(path, live, declared))
        }
        _ if live == declared => false,
        _ if is_amount(path) => amount(live).is_none() || amount(live) != amount(declared),
        _ => true,
    }
}

/// The same of a value that is applied as a whole, apart from empty parts.
pub(super) fn differs_as_whole(live: &Value, declared: &Value) -> bool {
    let one_way = |from: &Value, to: &Value| differs("", from, to);
    one_way(live, declared) || one_way(declared, live)
}

/// Whether something that was applied and is there is no longer declared.
pub(super) fn takes_away(applied: &Value, live: &Value, declared: &Value) -> bool {
    match (applied, live, declared) {
        (Value::Object(applied), Value::Object(live), Value::Object(declared)) => {
            applied.iter().any(|(key, was)| match (live.get(key), declared.get(key)) {
                (Some(live), Some(declared)) => takes_away(was, live, declared),
                (Some(live), None) => !super::is_empty(live),
                (None, _) => false,
            })
        }
        (Value::Array(applied), Value::Array(live), Value::Array(declared)) => {
            let both = live.iter().zip(declared);
            applied.iter().zip(both).any(|(was, (live, declared))| takes_away(was, live, declared))
        }
        _ => false,
    }
}

/// Whether a place holds quantities: `resources.requests.cpu`, `capacity.storage`.
fn is_amount(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let parent = parts.nth(1);
    parent.is_some_and(|parent| matches!(parent, "requests" | "limits" | "capacity" | "hard"))
}

fn amount(value: &Value) -> Option<i128> {
    value.as_str().map_or_else(|| quantity::parse(&value.to_string()), quantity::parse)
}
