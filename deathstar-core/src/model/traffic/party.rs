//! Who talks.

use crate::model::{IpCidr, Tier};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ipv4, Self::Ipv6];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}

/// One side of a declaration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// Everything with an address in a tier; its members are all groups of the tier.
    Tier(Tier),
    /// A group of workloads, by name.
    Group(String),
    /// Everything with an address in the network; its members are all groups.
    Network,
    /// Any address of every family that the network has.
    ///
    /// No rule can leave out the network's own ranges. One declaration that lets a group send to the internet, and one that lets
    /// the internet reach another group on the same port, therefore also open the way between these two.
    Internet,
    /// Any address of one family, as [`Party::Internet`].
    InternetOf(Family),
    /// Addresses outside the network.
    Range(IpCidr),
    /// The cloud's APIs by their private endpoints in the network, which answer and never begin.
    Endpoints,
    /// The cloud's object storage by its private route: S3, Blob Storage.
    ObjectStorage,
    /// The cloud itself, where it asks from addresses of its own how targets of its load balancers are; it begins, and is never
    /// asked. Where load balancers ask from addresses in the network, name their group.
    Probes,
    /// The cloud's own resolver of names. Clouds filter no traffic with it: the declaration gives no rule.
    Resolver,
    /// The cloud's own clock. Clouds filter no traffic with it: the declaration gives no rule.
    Clock,
}

impl Party {
    /// A group of workloads.
    pub fn group(name: impl Into<String>) -> Self {
        Self::Group(name.into())
    }

    /// Whether it stands in the network.
    pub const fn is_inside(&self) -> bool {
        matches!(self, Self::Tier(_) | Self::Group(_) | Self::Network | Self::Endpoints)
    }

    /// Whether no rule is needed to talk with it.
    pub const fn is_unfiltered(&self) -> bool {
        matches!(self, Self::Resolver | Self::Clock)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tier(tier) => write!(f, "tier {tier}"),
            Self::Group(name) => f.write_str(name),
            Self::Network => f.write_str("the network"),
            Self::Internet => f.write_str("the internet"),
            Self::InternetOf(Family::Ipv4) => f.write_str("the internet (IPv4)"),
            Self::InternetOf(Family::Ipv6) => f.write_str("the internet (IPv6)"),
            Self::Range(range) => write!(f, "{range}"),
            Self::Endpoints => f.write_str("endpoints"),
            Self::ObjectStorage => f.write_str("object storage"),
            Self::Probes => f.write_str("the cloud's probes"),
            Self::Resolver => f.write_str("the cloud's resolver"),
            Self::Clock => f.write_str("the cloud's clock"),
        }
    }
}

impl From<Tier> for Party {
    fn from(tier: Tier) -> Self {
        Self::Tier(tier)
    }
}

impl From<&str> for Party {
    fn from(group: &str) -> Self {
        Self::group(group)
    }
}

impl From<IpCidr> for Party {
    fn from(range: IpCidr) -> Self {
        Self::Range(range)
    }
}
