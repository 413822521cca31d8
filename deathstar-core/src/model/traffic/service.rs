//! On what parties talk.

use super::{IcmpType, Packets, Ports};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that a receiver offers: a protocol with its ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Service {
    pub(super) packets: Packets,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sent_from: Option<Ports>,
}

/// Several services that are declared together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Services(pub Vec<Service>);

impl Service {
    const fn new(packets: Packets) -> Self {
        Self { packets, sent_from: None }
    }

    /// Everything, whatever the protocol. Where there is a filter, it admits everything back as well.
    pub const fn all() -> Self {
        Self::new(Packets::All)
    }

    /// TCP to a port or a range of ports.
    pub fn tcp(ports: impl Into<Ports>) -> Self {
        Self::new(Packets::Tcp(ports.into()))
    }

    /// UDP to a port or a range of ports.
    pub fn udp(ports: impl Into<Ports>) -> Self {
        Self::new(Packets::Udp(ports.into()))
    }

    /// Another protocol, by its number: 4 for IP in IP, 50 for ESP.
    pub const fn protocol(number: u8) -> Self {
        Self::new(Packets::Other(number))
    }

    /// Questions to a resolver: by UDP, and by TCP for what is longer.
    pub fn dns() -> Services {
        Services(vec![Self::udp(53), Self::tcp(53)])
    }

    /// The time, from a server of one's own or of others.
    ///
    /// Clients such as chrony send from any port; the classic `ntpd` sends from port 123 ([`Service::sent_from`]).
    pub fn ntp() -> Self {
        Self::udp(123)
    }

    /// Echo requests, of both families.
    pub fn ping() -> Services {
        Services(vec![
            Self::new(Packets::Icmp(IcmpType::of(8))),
            Self::new(Packets::Icmpv6(IcmpType::of(128))),
        ])
    }

    /// Messages of routers that a packet was too large for the path: without them long answers vanish, and IPv6 does not work,
    /// since none of its routers splits packets.
    ///
    /// ICMP type 3 code 4 (RFC 1191) and ICMPv6 type 2 (RFC 8201). A message comes from any router of a path, hence mostly from
    /// [`Party::Internet`](super::Party::Internet), and reaches whoever has a way out.
    pub fn path_mtu() -> Services {
        Services(vec![
            Self::new(Packets::Icmp(IcmpType::with_code(3, 4))),
            Self::new(Packets::Icmpv6(IcmpType::of(2))),
        ])
    }

    /// ICMP messages of one type.
    pub const fn icmp(kind: IcmpType) -> Self {
        Self::new(Packets::Icmp(kind))
    }

    /// ICMPv6 messages of one type.
    pub const fn icmpv6(kind: IcmpType) -> Self {
        Self::new(Packets::Icmpv6(kind))
    }

    /// The ports from which its clients send, where those are others than a client's usual ones: stateless filters admit
    /// answers to them.
    #[must_use]
    pub fn sent_from(mut self, ports: impl Into<Ports>) -> Self {
        self.sent_from = Some(ports.into());
        self
    }

    /// What passes.
    pub const fn packets(self) -> Packets {
        self.packets
    }

    /// Whether it is a message that comes back on another's path, and is not answered.
    pub(super) fn is_notice(self) -> bool {
        matches!(self.packets, Packets::Icmp(_) | Packets::Icmpv6(_))
            && self.packets.answers(Ports::new(0, 0)).is_none()
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.packets.fmt(f)
    }
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, service) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { " and " };
            write!(f, "{comma}{service}")?;
        }
        Ok(())
    }
}

impl From<Service> for Services {
    fn from(service: Service) -> Self {
        Self(vec![service])
    }
}

impl<const N: usize> From<[Service; N]> for Services {
    fn from(services: [Service; N]) -> Self {
        Self(services.into())
    }
}

impl From<Vec<Service>> for Services {
    fn from(services: Vec<Service>) -> Self {
        Self(services)
    }
}
