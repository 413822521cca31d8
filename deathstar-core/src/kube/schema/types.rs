//! The JSON types that a value may have.

use serde_json::{Number, Value};
use std::fmt;

/// A set of JSON types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

/// Their names, in the order of their bits.
const NAMES: [&str; 6] = ["object", "array", "string", "boolean", "integer", "number"];

impl Types {
    pub(super) const OBJECT: Self = Self(1);
    pub(super) const LIST: Self = Self(1 << 1);
    pub(super) const TEXT: Self = Self(1 << 2);
    pub(super) const BOOLEAN: Self = Self(1 << 3);
    pub(super) const INTEGER: Self = Self(1 << 4);
    pub(super) const NUMBER: Self = Self(1 << 5);

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The type of this name in a schema.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(|bit| Self(1 << bit))
    }

    /// All types that a value counts as; none for `null`.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::default(),
            Value::Object(_) => Self::OBJECT,
            Value::Array(_) => Self::LIST,
            Value::String(_) => Self::TEXT,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if is_integer(number) => Self::INTEGER.and(Self::NUMBER),
            Value::Number(_) => Self::NUMBER,
        }
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = NAMES
            .iter()
            .enumerate()
            .filter(|(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| *name)
            .collect();
        f.write_str(&names.join(" or "))
    }
}

/// The whole numbers that a float tells apart: up to 2^53 - 1.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// Whether a number counts as an integer: what fits 64 bits with a sign, and whole floats that are exact.
fn is_integer(number: &Number) -> bool {
    number.is_i64() || number.as_f64().is_some_and(is_whole)
}

/// Whether a float is a whole number that is exact.
pub(super) fn is_whole(value: f64) -> bool {
    value.abs() <= EXACT && value.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_whole_float_is_an_integer_while_it_is_exact() {
        for (value, integer) in [
            (json!(1), true),
            (json!(i64::MAX), true),
            (json!(1.0), true),
            (json!(-3.0), true),
            (json!(1.5), false),
            (json!(1e15), true),
            (json!(1e17), false),
            (json!(u64::MAX), false),
        ] {
            assert_eq!(Types::of(&value).has(Types::INTEGER), integer, "{value}");
            assert!(Types::of(&value).has(Types::NUMBER), "{value}");
        }
    }

    #[test]
    fn every_name_is_one_type_and_reads_back() {
        for name in NAMES {
            assert_eq!(Types::named(name).unwrap().to_string(), name);
        }
        assert_eq!(Types::named("null"), None);
        assert_eq!(Types::INTEGER.and(Types::TEXT).to_string(), "string or integer");
    }
}
