//! Quantities: one amount has several texts (`1000m` is `1`), and a server answers with its own.

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

/// The amount of nano units that a quantity says, exactly.
fn amount(value: &Value) -> Option<i128> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (number, negative) = match number.strip_prefix('-') {
        Some(number) => (number, true),
        None => (number.strip_prefix('+').unwrap_or(number), false),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // value = digits * 10^-places * factor, in nano units.
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = u32::try_from(fraction.len()).ok()?;
    let nano: i128 = 1_000_000_000;
    let factor = match suffix {
        "n" => 1,
        "u" => 1_000,
        "m" => 1_000_000,
        "" => nano,
        "k" => nano * 1_000,
        "M" => nano * 1_000_000,
        "G" => nano * 1_000_000_000,
        "T" => nano * 1_000_000_000_000,
        "P" => nano * 1_000_000_000_000_000,
        "E" => nano * 1_000_000_000_000_000_000,
        "Ki" => nano << 10,
        "Mi" => nano << 20,
        "Gi" => nano << 30,
        "Ti" => nano << 40,
        "Pi" => nano << 50,
        "Ei" => nano << 60,
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            let power = u32::try_from(power.checked_add(9)?).ok()?;
            10_i128.checked_pow(power)?
        }
    };
    let scaled = digits.checked_mul(factor)?;
    let divisor = 10_i128.checked_pow(places)?;
    // Less than a nano unit is rounded up, as servers do.
    let rounded = scaled.checked_add(divisor - 1)? / divisor;
    Some(if negative { -rounded } else { rounded })
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
