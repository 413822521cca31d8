//! The name of one log's life.

use std::{fmt, str::FromStr};

/// The random id that a log gets when it is created and keeps for life; two logs never share one.
///
/// It is written and read as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lineage(
    /// The sixteen random bytes.
    pub [u8; 16],
);

impl fmt::Display for Lineage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Lineage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Lineage({self})")
    }
}

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a lineage is 32 hexadecimal digits")]
pub struct InvalidLineage;

impl FromStr for Lineage {
    type Err = InvalidLineage;

    fn from_str(text: &str) -> Result<Self, InvalidLineage> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidLineage);
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| InvalidLineage)
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidLineage, Lineage};

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let lineage = Lineage(*b"\x00\x01\x7f\xffabcdefghijkl");
        assert_eq!(lineage.to_string(), "00017fff6162636465666768696a6b6c");
        assert_eq!(lineage.to_string().parse(), Ok(lineage));
        for text in ["", "00017fff", "+0017fff6162636465666768696a6b6c", "00017fff6162636465666768696a6b6g"] {
            assert_eq!(text.parse::<Lineage>(), Err(InvalidLineage), "{text:?}");
        }
    }
}
