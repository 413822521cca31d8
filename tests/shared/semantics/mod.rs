//! What is declared, and who may talk then, in any cloud: the half of the evaluators that knows no cloud.
//!
//! It shares no code with what computes the rules.

pub mod case;
pub mod declared;

use std::net::IpAddr;

/// A packet's protocol, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Probe {
    Tcp(u16),
    Udp(u16),
    /// ICMP of the family of its addresses: type and code.
    Icmp(u8, u8),
    /// Another protocol.
    Other(u8),
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    All,
    Tcp(u16, u16),
    Udp(u16, u16),
    /// Type and code; none is any.
    Icmp(Option<u8>, Option<u8>),
    Icmpv6(Option<u8>, Option<u8>),
    Other(u8),
}

impl Match {
    pub fn is_about(self, probe: Probe, ipv6: bool) -> bool {
        let any = |wanted: Option<u8>, value| wanted.is_none_or(|wanted| wanted == value);
        match (self, probe) {
            (Self::All, _) => true,
            (Self::Tcp(first, last), Probe::Tcp(port)) | (Self::Udp(first, last), Probe::Udp(port)) => {
                first <= port && port <= last
            }
            (Self::Icmp(kind, code), Probe::Icmp(k, c)) => !ipv6 && any(kind, k) && any(code, c),
            (Self::Icmpv6(kind, code), Probe::Icmp(k, c)) => ipv6 && any(kind, k) && any(code, c),
            (Self::Other(wanted), Probe::Other(number)) => wanted == number,
            _ => false,
        }
    }
}

/// One end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub address: IpAddr,
    /// Its subnet and its groups; none where it is outside.
    pub inside: Option<(String, Vec<String>)>,
}

/// Whether it is a message about a packet that was sent.
pub fn is_notice(probe: Probe, address: IpAddr) -> bool {
    matches!((probe, address.is_ipv6()), (Probe::Icmp(3, 4), false) | (Probe::Icmp(2, 0), true))
}
