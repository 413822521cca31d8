//! Quantities of Kubernetes, such as `500m` or `10Gi`, as exact numbers.
//!
//! Source of the form: Kubernetes documentation, "Quantity" (common definitions of the API).

/// Reads a quantity in units of a billionth, rounded up as the API server does; nothing when the text is none.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let (factor, exponent) = scale(suffix)?;
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let places = i32::try_from(fraction.len()).ok()?;
    let exponent = exponent.checked_sub(places)?.checked_add(9)?;
    let amount = digits.parse::<i128>().ok()?.checked_mul(factor)?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs());
    let amount = match (exponent >= 0, power) {
        (true, power) => amount.checked_mul(power?)?,
        (false, Some(power)) => amount.checked_add(power.checked_sub(1)?)?.checked_div(power)?,
        (false, None) => i128::from(amount > 0),
    };
    Some(if negative { -amount } else { amount })
}

/// The factor and the power of ten that a suffix stands for.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    Some(match suffix {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        _ => (1, suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i128 = 1_000_000_000;

    #[test]
    fn equal_amounts_are_equal_numbers() {
        for (text, amount) in [
            ("1", ONE),
            ("1000m", ONE),
            ("1.0", ONE),
            ("0.1", ONE / 10),
            ("+1", ONE),
            ("-1", -ONE),
            ("1e3", 1000 * ONE),
            ("1E3", 1000 * ONE),
            ("1k", 1000 * ONE),
            ("1Ki", 1024 * ONE),
            ("1024Mi", (1 << 30) * ONE),
            ("1Gi", (1 << 30) * ONE),
            ("1.5Gi", (3 << 29) * ONE),
            ("1E", 1_000_000_000_000_000_000 * ONE),
            ("1n", 1),
            ("0.1n", 1),
            ("1e-20", 1),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Some(amount), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_none() {
        for text in [
            "",
            "Gi",
            "1 Gi",
            "1Gib",
            "1ki",
            ".",
            "1.2.3",
            "--1",
            "1-2",
            "1e",
            "ten",
            "99999999999999999999E",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
