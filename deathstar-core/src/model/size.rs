//! How many members a pool has.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How many members a pool has, such as nodes.
///
/// Any value can be declared; [`check`](Self::check) says whether it can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// Always this many.
    Fixed(u32),
    /// From the first to the second, both included; an autoscaler decides.
    Between(u32, u32),
}

impl Size {
    /// The fewest members.
    pub const fn min(self) -> u32 {
        match self {
            Self::Fixed(count) | Self::Between(count, _) => count,
        }
    }

    /// The most members.
    pub const fn max(self) -> u32 {
        match self {
            Self::Fixed(count) | Self::Between(_, count) => count,
        }
    }

    /// How many members a new pool starts with: the fewest.
    pub const fn initial(self) -> u32 {
        self.min()
    }

    /// Whether an autoscaler may change the number.
    pub const fn is_scaled(self) -> bool {
        matches!(self, Self::Between(..))
    }

    /// Whether this many members are within the size.
    pub const fn admits(self, count: u32) -> bool {
        self.min() <= count && count <= self.max()
    }

    /// Says whether the size can be had.
    ///
    /// # Errors
    /// [`SizeError`] when the bounds are reversed or there would never be a member.
    pub const fn check(self) -> Result<(), SizeError> {
        if self.min() > self.max() {
            return Err(SizeError::Reversed { min: self.min(), max: self.max() });
        }
        if self.max() == 0 {
            return Err(SizeError::Empty);
        }
        Ok(())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(count) => write!(f, "{count}"),
            Self::Between(min, max) => write!(f, "{min} to {max}"),
        }
    }
}

/// Why a size cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SizeError {
    /// The fewest are more than the most.
    #[error("the size runs from {min} to {max}, which is backwards")]
    Reversed {
        /// The fewest.
        min: u32,
        /// The most.
        max: u32,
    },
    /// There would never be a member.
    #[error("the largest size is 0, so there would never be a member")]
    Empty,
}

impl SizeError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Reversed { min, max } => format!("write `Size::Between({max}, {min})`"),
            Self::Empty => "allow at least one member, or remove the pool".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn bounds_are_in_order_and_leave_a_member() {
        assert_eq!(Size::Between(6, 3).check(), Err(SizeError::Reversed { min: 6, max: 3 }));
        assert_eq!(SizeError::Reversed { min: 6, max: 3 }.hint(), "write `Size::Between(3, 6)`");
        assert_eq!(Size::Between(0, 0).check(), Err(SizeError::Empty));
        assert_eq!(Size::Fixed(0).check(), Err(SizeError::Empty));
        for size in [Size::Fixed(1), Size::Between(0, 1), Size::Between(3, 3)] {
            assert_eq!(size.check(), Ok(()));
        }
    }

    #[test]
    fn accessors_tell_the_bounds() {
        let size = Size::Between(3, 6);
        assert_eq!((size.min(), size.max(), size.initial(), size.is_scaled()), (3, 6, 3, true));
        let fixed = Size::Fixed(2);
        assert_eq!((fixed.min(), fixed.max(), fixed.initial(), fixed.is_scaled()), (2, 2, 2, false));
        assert_eq!([2, 3, 6, 7].map(|count| size.admits(count)), [false, true, true, false]);
    }

    #[test]
    fn text_and_serde_forms() {
        assert_eq!(Size::Between(3, 6).to_string(), "3 to 6");
        assert_eq!(Size::Fixed(2).to_string(), "2");
        assert_eq!(serde_json::to_string(&Size::Fixed(2)).unwrap(), r#"{"fixed":2}"#);
        assert_eq!(serde_json::from_str::<Size>(r#"{"between":[3,6]}"#).unwrap(), Size::Between(3, 6));
    }
}
