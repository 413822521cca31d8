//! The choices that networks of all clouds have.

use serde::{Deserialize, Serialize};

/// How what has no public address reaches the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Egress {
    /// Not at all, by neither address family.
    None,
    /// Through one gateway, which stands in the first zone: that zone's failure cuts off all.
    Single,
    /// So that no zone's failure cuts off another: through a gateway per zone, or through one that spans all zones where the
    /// cloud has such.
    #[default]
    PerZone,
}

/// The address families of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IpFamilies {
    /// IPv4.
    #[default]
    Ipv4,
    /// IPv4 and IPv6.
    DualStack,
    /// IPv6 alone where that is possible. Load balancers need IPv4 too, so that the public tier has both.
    Ipv6Only,
}

impl IpFamilies {
    /// Whether there is IPv6.
    pub const fn has_ipv6(self) -> bool {
        matches!(self, Self::DualStack | Self::Ipv6Only)
    }
}

/// Which services of the cloud are reached without the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrivateEndpoints {
    /// Object storage, which costs nothing and saves the way through gateways.
    #[default]
    ObjectStorage,
    /// All that a cluster calls, so that it needs no way to the internet.
    Cluster,
}

/// What is recorded of a network's traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowRecords {
    /// Everything that passes, and everything that does not, where the cloud keeps logs.
    #[default]
    On,
    /// Nothing.
    Off,
}
