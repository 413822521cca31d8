//! What a rule can say about packets.

use super::Family;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive};

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ports {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl Ports {
    /// From one port to another.
    pub const fn new(first: u16, last: u16) -> Self {
        Self { first, last }
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.first > self.last
    }

    /// Whether all of another range lie in it.
    pub const fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether both have a port in common.
    pub const fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The smallest range that has both in it.
    #[must_use]
    pub fn around(self, other: Self) -> Self {
        Self::new(self.first.min(other.first), self.last.max(other.last))
    }

    /// Both as one range, where that has no port that neither has.
    pub fn joined(self, other: Self) -> Option<Self> {
        let apart = |low: Self, high: Self| u32::from(low.last) + 1 < u32::from(high.first);
        (!apart(self, other) && !apart(other, self)).then(|| self.around(other))
    }
}

impl From<u16> for Ports {
    fn from(port: u16) -> Self {
        Self::new(port, port)
    }
}

impl From<RangeInclusive<u16>> for Ports {
    fn from(range: RangeInclusive<u16>) -> Self {
        Self::new(*range.start(), *range.end())
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

/// A type of ICMP messages; what is `None` is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IcmpType {
    /// The type's number.
    pub kind: Option<u8>,
    /// The code within the type.
    pub code: Option<u8>,
}

impl IcmpType {
    /// Every message.
    pub const ALL: Self = Self { kind: None, code: None };

    /// All codes of a type.
    pub const fn of(kind: u8) -> Self {
        Self { kind: Some(kind), code: None }
    }

    /// One code of a type.
    pub const fn with_code(kind: u8, code: u8) -> Self {
        Self { kind: Some(kind), code: Some(code) }
    }

    fn covers(self, other: Self) -> bool {
        let within = |wide: Option<u8>, narrow| wide.is_none() || wide == narrow;
        within(self.kind, other.kind) && within(self.code, other.code)
    }
}

/// What a rule lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packets {
    /// Everything.
    All,
    /// TCP to these ports.
    Tcp(Ports),
    /// UDP to these ports.
    Udp(Ports),
    /// ICMP, which IPv4 alone has.
    Icmp(IcmpType),
    /// ICMP of IPv6.
    Icmpv6(IcmpType),
    /// Another protocol, by the number that IANA gave it.
    Other(u8),
}

impl Packets {
    /// Whether all that another lets pass pass here.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Tcp(wide), Self::Tcp(narrow)) | (Self::Udp(wide), Self::Udp(narrow)) => {
                wide.covers(narrow)
            }
            (Self::Icmp(wide), Self::Icmp(narrow)) | (Self::Icmpv6(wide), Self::Icmpv6(narrow)) => {
                wide.covers(narrow)
            }
            _ => self == other,
        }
    }

    /// Whether something passes both.
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::Tcp(a), Self::Tcp(b)) | (Self::Udp(a), Self::Udp(b)) => a.overlaps(b),
            _ => self.covers(other) || other.covers(self),
        }
    }

    /// Both as one, where that lets nothing pass that neither does.
    pub fn joined(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Tcp(a), Self::Tcp(b)) => a.joined(b).map(Self::Tcp),
            (Self::Udp(a), Self::Udp(b)) => a.joined(b).map(Self::Udp),
            _ if self.covers(other) => Some(self),
            _ if other.covers(self) => Some(other),
            _ => None,
        }
    }

    /// Whether such packets exist in an address family.
    pub fn exist_in(self, family: Family) -> bool {
        match self {
            Self::Icmp(_) => family == Family::Ipv4,
            Self::Icmpv6(_) => family == Family::Ipv6,
            _ => true,
        }
    }

    /// Whether it can pass nothing at all.
    pub const fn is_empty(self) -> bool {
        matches!(self, Self::Tcp(ports) | Self::Udp(ports) if ports.is_empty())
    }

    /// What comes back to a client that sends from these ports; nothing where messages are not answered.
    pub fn answers(self, client: Ports) -> Option<Self> {
        const ECHO: (IcmpType, IcmpType) = (IcmpType::of(8), IcmpType::of(0));
        const ECHO_IPV6: (IcmpType, IcmpType) = (IcmpType::of(128), IcmpType::of(129));
        match self {
            Self::All | Self::Other(_) | Self::Icmp(IcmpType::ALL) | Self::Icmpv6(IcmpType::ALL) => {
                Some(self)
            }
            Self::Tcp(_) => Some(Self::Tcp(client)),
            Self::Udp(_) => Some(Self::Udp(client)),
            Self::Icmp(kind) => ECHO.0.covers(kind).then_some(Self::Icmp(ECHO.1)),
            Self::Icmpv6(kind) => ECHO_IPV6.0.covers(kind).then_some(Self::Icmpv6(ECHO_IPV6.1)),
        }
    }

    /// As a segment of an address: `tcp-443`.
    pub fn slug(self) -> String {
        self.to_string().replace(' ', "-")
    }
}

impl fmt::Display for Packets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports = |f: &mut fmt::Formatter<'_>, protocol: &str, ports: &Ports| {
            if *ports == Ports::new(0, u16::MAX) {
                f.write_str(protocol)
            } else {
                write!(f, "{protocol} {ports}")
            }
        };
        let icmp = |f: &mut fmt::Formatter<'_>, protocol: &str, kind: &IcmpType| match (kind.kind, kind.code)
        {
            (None, _) => f.write_str(protocol),
            (Some(kind), None) => write!(f, "{protocol} {kind}"),
            (Some(kind), Some(code)) => write!(f, "{protocol} {kind} {code}"),
        };
        match self {
            Self::All => f.write_str("all"),
            Self::Tcp(all) => ports(f, "tcp", all),
            Self::Udp(all) => ports(f, "udp", all),
            Self::Icmp(kind) => icmp(f, "icmp", kind),
            Self::Icmpv6(kind) => icmp(f, "icmpv6", kind),
            Self::Other(number) => write!(f, "protocol {number}"),
        }
    }
}
