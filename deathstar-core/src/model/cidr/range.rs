//! Ranges in canonical form.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of one address family that can be put into canonical form.
///
/// Implemented for the three network types of `ipnet`, and sealed.
pub trait Network: Copy + Eq + fmt::Display + FromStr + sealed::Sealed {
    /// What a person calls such a range.
    const FAMILY: &'static str;
    /// A range as it should be written.
    const EXAMPLE: &'static str;

    /// The same range without host bits.
    #[must_use]
    fn canonical(&self) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Ipv4Net {}
    impl Sealed for super::Ipv6Net {}
    impl Sealed for super::IpNet {}
}

impl Network for Ipv4Net {
    const FAMILY: &'static str = "IPv4";
    const EXAMPLE: &'static str = "10.20.0.0/16";

    fn canonical(&self) -> Self {
        self.trunc()
    }
}

impl Network for Ipv6Net {
    const FAMILY: &'static str = "IPv6";
    const EXAMPLE: &'static str = "2001:db8:0:100::/56";

    fn canonical(&self) -> Self {
        self.trunc()
    }
}

impl Network for IpNet {
    const FAMILY: &'static str = "IP";
    const EXAMPLE: &'static str = "10.20.0.0/16";

    fn canonical(&self) -> Self {
        self.trunc()
    }
}

/// A range without host bits, so that equal ranges have equal text.
///
/// A cloud answers `10.0.0.0/16` when it is told `10.0.3.7/16` (or refuses); keeping only the canonical text makes what is
/// wanted comparable with what is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr<N>(N);

/// A canonical IPv4 range.
pub type Ipv4Cidr = Cidr<Ipv4Net>;
/// A canonical IPv6 range.
pub type Ipv6Cidr = Cidr<Ipv6Net>;
/// A canonical range of either family.
pub type IpCidr = Cidr<IpNet>;

impl<N: Network> Cidr<N> {
    /// Takes a range that has no host bits.
    ///
    /// # Errors
    /// [`CidrError::HostBits`] with the canonical range otherwise.
    pub fn new(net: N) -> Result<Self, CidrError> {
        let canonical = net.canonical();
        if canonical == net {
            Ok(Self(net))
        } else {
            Err(CidrError::HostBits { text: net.to_string(), canonical: canonical.to_string() })
        }
    }

    /// Takes a range and drops its host bits.
    pub fn truncated(net: N) -> Self {
        Self(net.canonical())
    }

    /// The range as `ipnet` knows it.
    pub fn net(self) -> N {
        self.0
    }
}

impl<N: Network> FromStr for Cidr<N> {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(net) = text.parse::<N>() {
            return Self::new(net);
        }
        Err(match text.parse::<IpAddr>() {
            Ok(address) => CidrError::NoPrefixLength {
                text: text.to_owned(),
                width: if address.is_ipv4() { 32 } else { 128 },
            },
            Err(_) => CidrError::NotARange { text: text.to_owned(), family: N::FAMILY, example: N::EXAMPLE },
        })
    }
}

impl<N: fmt::Display> fmt::Display for Cidr<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<N: fmt::Display> Serialize for Cidr<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, N: Network> Deserialize<'de> for Cidr<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(|error: CidrError| de::Error::custom(format!("{error}; {}", error.hint())))
    }
}

impl From<Ipv4Cidr> for Ipv4Net {
    fn from(cidr: Ipv4Cidr) -> Self {
        cidr.0
    }
}

impl From<Ipv6Cidr> for Ipv6Net {
    fn from(cidr: Ipv6Cidr) -> Self {
        cidr.0
    }
}

impl From<IpCidr> for IpNet {
    fn from(cidr: IpCidr) -> Self {
        cidr.0
    }
}

impl From<Ipv4Cidr> for IpCidr {
    fn from(cidr: Ipv4Cidr) -> Self {
        Self(IpNet::V4(cidr.0))
    }
}

impl From<Ipv6Cidr> for IpCidr {
    fn from(cidr: Ipv6Cidr) -> Self {
        Self(IpNet::V6(cidr.0))
    }
}

/// Why a text is not a canonical range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CidrError {
    /// The text is no range of this family.
    #[error("`{text}` is not an {family} range")]
    NotARange {
        /// What was given.
        text: String,
        /// The family that was asked for.
        family: &'static str,
        /// A range as it should be written.
        example: &'static str,
    },
    /// The text is an address without a prefix length.
    #[error("`{text}` is an address, not a range: the prefix length is missing")]
    NoPrefixLength {
        /// What was given.
        text: String,
        /// The prefix length of the range that holds only this address.
        width: u8,
    },
    /// The address lies inside the range instead of being its first one.
    #[error("`{text}` has host bits: the range begins at `{canonical}`")]
    HostBits {
        /// What was given.
        text: String,
        /// The range that it lies in.
        canonical: String,
    },
}

impl CidrError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::NotARange { example, .. } => format!("write it like `{example}`"),
            Self::NoPrefixLength { text, width } => format!("for this one address write `{text}/{width}`"),
            Self::HostBits { canonical, .. } => format!("write `{canonical}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn host_bits_are_refused_with_the_canonical_range() {
        let error = "10.20.3.7/16".parse::<Ipv4Cidr>().unwrap_err();
        assert_eq!(
            error,
            CidrError::HostBits { text: "10.20.3.7/16".into(), canonical: "10.20.0.0/16".into() }
        );
        assert_eq!(error.hint(), "write `10.20.0.0/16`");
        assert_eq!("2001:db8::1/56".parse::<Ipv6Cidr>().unwrap_err().hint(), "write `2001:db8::/56`");
        assert_eq!(Cidr::truncated("10.20.3.7/16".parse::<Ipv4Net>().unwrap()).to_string(), "10.20.0.0/16");
    }

    #[test]
    fn what_is_no_range_says_how_to_write_one() {
        let text = "ten/8".parse::<Ipv4Cidr>().unwrap_err();
        assert_eq!(text.to_string(), "`ten/8` is not an IPv4 range");
        assert_eq!(
            "10.0.0.0/16".parse::<Ipv6Cidr>().unwrap_err().hint(),
            "write it like `2001:db8:0:100::/56`"
        );
        assert_eq!(
            "10.0.0.1".parse::<Ipv4Cidr>().unwrap_err().hint(),
            "for this one address write `10.0.0.1/32`"
        );
        assert_eq!("::1".parse::<IpCidr>().unwrap_err().hint(), "for this one address write `::1/128`");
    }

    #[test]
    fn serde_uses_the_canonical_text_and_refuses_any_other() {
        let cidr: IpCidr = serde_json::from_str("\"10.0.0.0/8\"").unwrap();
        assert_eq!(serde_json::to_string(&cidr).unwrap(), "\"10.0.0.0/8\"");
        let error = serde_json::from_str::<Ipv4Cidr>("\"10.1.0.0/8\"").unwrap_err().to_string();
        assert!(error.contains("10.0.0.0/8"), "{error}");
    }

    #[test]
    fn equal_ranges_are_equal_values_of_either_family() {
        let four: Ipv4Cidr = "10.0.0.0/8".parse().unwrap();
        let six: Ipv6Cidr = "2001:DB8::/32".parse().unwrap();
        assert_eq!(IpCidr::from(four), "10.0.0.0/8".parse().unwrap());
        assert_eq!(IpCidr::from(six).to_string(), "2001:db8::/32");
        assert_eq!(Ipv4Net::from(four), four.net());
    }
}
