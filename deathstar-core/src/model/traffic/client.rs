//! The ports from which clients send, to which answers go.

use super::Ports;
use serde::{Deserialize, Serialize};

/// From which ports a client sends: what a filter without state has to admit as answers.
///
/// Sources: the Linux kernel's `ip_local_port_range`; Amazon VPC User Guide, "Ephemeral ports"; Microsoft's documentation of
/// the dynamic port range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientPorts {
    /// 32768 to 60999: Linux, unless its `ip_local_port_range` is set otherwise.
    #[default]
    Linux,
    /// 49152 to 65535: Windows.
    Windows,
    /// 1024 to 65535: what translates addresses, which are NAT gateways, load balancers, and nodes that masquerade their pods
    /// (Linux's netfilter then chooses from all unprivileged ports); and clients of which nothing is known.
    Any,
}

impl ClientPorts {
    /// The ports.
    pub const fn ports(self) -> Ports {
        match self {
            Self::Linux => Ports::new(32768, 60999),
            Self::Windows => Ports::new(49152, 65535),
            Self::Any => Ports::new(1024, 65535),
        }
    }
}
