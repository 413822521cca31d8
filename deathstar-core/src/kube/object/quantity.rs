//! Quantities: one amount has several texts (`1000m` is `1`), and a server answers with its own.

use crate::kube::quantity;
use serde_json::Value;

/// Whether what stands below a field of this name are quantities, in the built-in kinds.
pub(super) fn holds(field: &str) -> bool {
    matches!(
        field,
        "limits"
            | "requests"
            | "hard"
            | "capacity"
            | "max"
            | "min"
            | "default"
            | "defaultRequest"
            | "maxLimitRequestRatio"
            | "sizeLimit"
            | "podFixed"
            | "divisor"
            | "averageValue"
    )
}

/// Whether two values are the same amount.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (amount(a), amount(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn amount(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => quantity::parse(text),
        Value::Number(number) => quantity::parse(&number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_amounts_have_several_texts() {
        for (a, b) in [
            (json!("1000m"), json!("1")),
            (json!(1), json!("1")),
            (json!("0.5"), json!("500m")),
            (json!("1Gi"), json!("1024Mi")),
            (json!("1.5Gi"), json!("1536Mi")),
            (json!("2e3"), json!("2k")),
            (json!("-1"), json!("-1000m")),
        ] {
            assert!(equal(&a, &b), "{a} {b}");
        }
    }

    #[test]
    fn other_amounts_and_other_texts_differ() {
        for (a, b) in [
            (json!("1"), json!("1k")),
            (json!("1G"), json!("1Gi")),
            (json!("latest"), json!("latest2")),
            (json!("1"), json!("-1")),
            (json!(""), json!("0")),
        ] {
            assert!(!equal(&a, &b), "{a} {b}");
        }
    }
}
