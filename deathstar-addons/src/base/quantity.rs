//! Amounts, with their units in their types.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::fmt;

/// An amount of processor time, in thousandths of a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu(u32);

impl Cpu {
    /// Whole cores.
    pub const fn cores(cores: u32) -> Self {
        Self(cores.saturating_mul(1000))
    }

    /// Thousandths of a core.
    pub const fn millicores(millicores: u32) -> Self {
        Self(millicores)
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) { write!(f, "{}", self.0 / 1000) } else { write!(f, "{}m", self.0) }
    }
}

/// An amount of memory or storage, in mebibytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(u64);

impl Bytes {
    /// Mebibytes: 1024 times 1024 bytes.
    pub const fn mebi(mebi: u64) -> Self {
        Self(mebi)
    }

    /// Gibibytes.
    pub const fn gibi(gibi: u64) -> Self {
        Self(gibi.saturating_mul(1024))
    }

    /// Tebibytes.
    pub const fn tebi(tebi: u64) -> Self {
        Self::gibi(tebi.saturating_mul(1024))
    }

    pub(super) const fn half_as_much_again(self) -> Self {
        Self(self.0.saturating_add(self.0 / 2))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut amount, mut unit) = (self.0, "Mi");
        for larger in ["Gi", "Ti"] {
            if amount > 0 && amount.is_multiple_of(1024) {
                (amount, unit) = (amount / 1024, larger);
            } else {
                break;
            }
        }
        write!(f, "{amount}{unit}")
    }
}

/// An amount as objects have it.
pub(super) fn quantity(amount: impl fmt::Display) -> Quantity {
    Quantity(amount.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_text_that_the_server_answers() {
        let cpu = [Cpu::cores(4), Cpu::millicores(100), Cpu::millicores(2000)];
        assert_eq!(cpu.map(|cpu| cpu.to_string()), ["4", "100m", "2"]);
        let bytes = [Bytes::mebi(128), Bytes::gibi(8), Bytes::tebi(2), Bytes::mebi(1536), Bytes::mebi(0)];
        assert_eq!(bytes.map(|bytes| bytes.to_string()), ["128Mi", "8Gi", "2Ti", "1536Mi", "0Mi"]);
    }
}
