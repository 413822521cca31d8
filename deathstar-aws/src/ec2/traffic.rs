//! Traffic, as rules of security groups and entries of network ACLs name it.

use deathstar_core::{Diagnostic, model::IpCidr};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, ops::RangeInclusive, str::FromStr};

/// Which way traffic goes, seen from what a rule protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// In.
    Ingress,
    /// Out.
    Egress,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        })
    }
}

/// A protocol with its ports or messages: one text for what AWS writes in several ways (`6` and `tcp`, no ports and all ports).
///
/// ```
/// use deathstar_aws::ec2::{Ports, Traffic};
///
/// assert_eq!(Traffic::tcp(443), Traffic::Tcp(Ports::one(443)));
/// assert_eq!(Traffic::protocol(6), Traffic::Tcp(Ports::ALL));
/// assert_eq!(Traffic::udp(1024..=65535).to_string(), "udp 1024-65535");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Traffic {
    /// Everything.
    All,
    /// TCP.
    Tcp(Ports),
    /// UDP.
    Udp(Ports),
    /// ICMP, which IPv4 uses.
    Icmp(IcmpMessages),
    /// ICMPv6, which IPv6 uses.
    #[serde(rename = "icmpv6")]
    IcmpV6(IcmpMessages),
    /// Another protocol. AWS knows no ports of it.
    Protocol(OtherProtocol),
}

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP_V6: u8 = 58;

impl Traffic {
    /// TCP to these ports.
    pub fn tcp(ports: impl Into<Ports>) -> Self {
        Self::Tcp(ports.into())
    }

    /// UDP to these ports.
    pub fn udp(ports: impl Into<Ports>) -> Self {
        Self::Udp(ports.into())
    }

    /// All of a protocol, by the number that IANA assigned to it.
    pub const fn protocol(number: u8) -> Self {
        match number {
            ICMP => Self::Icmp(IcmpMessages::All),
            TCP => Self::Tcp(Ports::ALL),
            UDP => Self::Udp(Ports::ALL),
            ICMP_V6 => Self::IcmpV6(IcmpMessages::All),
            other => Self::Protocol(OtherProtocol(other)),
        }
    }

    /// The number that IANA assigned to the protocol; none for all of them.
    pub const fn number(self) -> Option<u8> {
        match self {
            Self::All => None,
            Self::Tcp(_) => Some(TCP),
            Self::Udp(_) => Some(UDP),
            Self::Icmp(_) => Some(ICMP),
            Self::IcmpV6(_) => Some(ICMP_V6),
            Self::Protocol(OtherProtocol(number)) => Some(number),
        }
    }

    /// A finding when the protocol does not go with the family of a range.
    pub(super) fn check_family(self, range: Option<&IpCidr>, at: &str) -> Option<Diagnostic> {
        let four = range?.net().addr().is_ipv4();
        let (wrong, right) = match self {
            Self::Icmp(_) if !four => ("ICMP is a protocol of IPv4", "ICMPv6"),
            Self::IcmpV6(_) if four => ("ICMPv6 is a protocol of IPv6", "ICMP"),
            _ => return None,
        };
        let why = format!("{wrong}, and `{}` is not a range of it", range?);
        Some(Diagnostic::new("traffic.family", why).at(at).fix(format!("use {right}")))
    }
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all traffic"),
            Self::Tcp(ports) => write!(f, "tcp {ports}"),
            Self::Udp(ports) => write!(f, "udp {ports}"),
            Self::Icmp(messages) => write!(f, "icmp {messages}"),
            Self::IcmpV6(messages) => write!(f, "icmpv6 {messages}"),
            Self::Protocol(OtherProtocol(number)) => write!(f, "protocol {number}"),
        }
    }
}

/// A range of ports, first and last included; written like `443` or `1024-65535`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports {
    first: u16,
    last: u16,
}

impl Ports {
    /// All ports.
    pub const ALL: Self = Self { first: 0, last: u16::MAX };

    /// One port.
    pub const fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// All ports from one to another, both included, whichever is given first.
    pub const fn between(one: u16, other: u16) -> Self {
        if one <= other { Self { first: one, last: other } } else { Self { first: other, last: one } }
    }

    /// The lowest port.
    pub const fn first(self) -> u16 {
        self.first
    }

    /// The highest port.
    pub const fn last(self) -> u16 {
        self.last
    }

    /// Whether a port is one of them.
    pub const fn contains(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }
}

impl From<u16> for Ports {
    fn from(port: u16) -> Self {
        Self::one(port)
    }
}

impl From<RangeInclusive<u16>> for Ports {
    fn from(ports: RangeInclusive<u16>) -> Self {
        Self::between(*ports.start(), *ports.end())
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

impl FromStr for Ports {
    type Err = PortsError;

    fn from_str(text: &str) -> Result<Self, PortsError> {
        let wrong = || PortsError { text: text.into() };
        let port = |text: &str| text.parse().map_err(|_| wrong());
        let (first, last) = match text.split_once('-') {
            Some((first, last)) => (port(first)?, port(last)?),
            None => (port(text)?, port(text)?),
        };
        if first > last {
            return Err(wrong());
        }
        Ok(Self { first, last })
    }
}

impl Serialize for Ports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ports {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A text that is no range of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortsError {
    /// What was given.
    pub text: String,
}

impl fmt::Display for PortsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no range of ports: write it like `443` or `1024-65535`", self.text)
    }
}

impl std::error::Error for PortsError {}

/// Messages of ICMP or ICMPv6, by the numbers that IANA assigned to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IcmpMessages {
    /// All.
    All,
    /// All codes of a type, such as 8: an echo request.
    Type(u8),
    /// One code of a type, such as 3 and 4: fragmentation is needed.
    Code(u8, u8),
}

impl fmt::Display for IcmpMessages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Type(kind) => write!(f, "type {kind}"),
            Self::Code(kind, code) => write!(f, "type {kind} code {code}"),
        }
    }
}

/// The number of a protocol that has neither ports nor messages for AWS; [`Traffic::protocol`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct OtherProtocol(u8);

impl TryFrom<u8> for OtherProtocol {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match Traffic::protocol(number) {
            Traffic::Protocol(other) => Ok(other),
            named => Err(format!("protocol {number} is written by its name: {named}")),
        }
    }
}

impl From<OtherProtocol> for u8 {
    fn from(OtherProtocol(number): OtherProtocol) -> Self {
        number
    }
}

/// Traffic in the form of EC2's requests and answers.
#[cfg(feature = "client")]
pub(super) mod wire {
    use super::{IcmpMessages, Ports, Traffic};

    /// What stands for all protocols, ports, types and codes.
    const ANY: i32 = -1;

    /// The name or the number of the protocol, as security groups tell it.
    pub(in crate::ec2) fn name(traffic: Traffic) -> String {
        match traffic {
            Traffic::Tcp(_) => "tcp".into(),
            Traffic::Udp(_) => "udp".into(),
            Traffic::Icmp(_) => "icmp".into(),
            Traffic::IcmpV6(_) => "icmpv6".into(),
            Traffic::All | Traffic::Protocol(_) => number(traffic),
        }
    }

    /// The number of the protocol, as network ACLs tell it.
    pub(in crate::ec2) fn number(traffic: Traffic) -> String {
        traffic.number().map_or(ANY, i32::from).to_string()
    }

    /// First and last port, or type and code, as security groups tell them.
    pub(in crate::ec2) fn bounds(traffic: Traffic) -> (i32, i32) {
        match traffic {
            Traffic::All | Traffic::Protocol(_) => (ANY, ANY),
            Traffic::Tcp(ports) | Traffic::Udp(ports) => (ports.first().into(), ports.last().into()),
            Traffic::Icmp(messages) | Traffic::IcmpV6(messages) => match messages {
                IcmpMessages::All => (ANY, ANY),
                IcmpMessages::Type(kind) => (kind.into(), ANY),
                IcmpMessages::Code(kind, code) => (kind.into(), code.into()),
            },
        }
    }

    /// Traffic as it is told, by name or number; none for what no rule can say.
    pub(in crate::ec2) fn traffic(protocol: &str, from: Option<i32>, to: Option<i32>) -> Option<Traffic> {
        let number = match protocol {
            "-1" | "all" => return Some(Traffic::All),
            "tcp" => super::TCP,
            "udp" => super::UDP,
            "icmp" => super::ICMP,
            "icmpv6" => super::ICMP_V6,
            number => number.parse().ok()?,
        };
        let bound = |value: Option<i32>| value.filter(|value| *value != ANY);
        let (from, to) = (bound(from), bound(to));
        Some(match Traffic::protocol(number) {
            Traffic::Tcp(all) => Traffic::Tcp(ports(from, to, all)?),
            Traffic::Udp(all) => Traffic::Udp(ports(from, to, all)?),
            Traffic::Icmp(_) => Traffic::Icmp(messages(from, to)?),
            Traffic::IcmpV6(_) => Traffic::IcmpV6(messages(from, to)?),
            other => other,
        })
    }

    fn ports(from: Option<i32>, to: Option<i32>, all: Ports) -> Option<Ports> {
        let (Some(from), Some(to)) = (from, to) else { return Some(all) };
        let (from, to) = (u16::try_from(from).ok()?, u16::try_from(to).ok()?);
        (from <= to).then(|| Ports::between(from, to))
    }

    fn messages(kind: Option<i32>, code: Option<i32>) -> Option<IcmpMessages> {
        let small = |value: i32| u8::try_from(value).ok();
        Some(match (kind, code) {
            (None, _) => IcmpMessages::All,
            (Some(kind), None) => IcmpMessages::Type(small(kind)?),
            (Some(kind), Some(code)) => IcmpMessages::Code(small(kind)?, small(code)?),
        })
    }
}

#[cfg(test)]
pub(in crate::ec2) mod tests;
