//! The network that declared traffic crosses.

use super::{Family, IcmpType, Packets};
use crate::model::{IpCidr, Tier};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// A range that a rule names: known, or chosen by the cloud when the network is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressRange {
    /// Known while declaring.
    Known(IpCidr),
    /// The network's, which the cloud chooses.
    OfNetwork(Family),
    /// A tier's in the network's.
    OfTier(Tier, Family),
}

impl AddressRange {
    /// All addresses of a family.
    pub fn anywhere(family: Family) -> Self {
        Self::Known(IpCidr::truncated(match family {
            Family::Ipv4 => ipnet::IpNet::new_assert(Ipv4Addr::UNSPECIFIED.into(), 0),
            Family::Ipv6 => ipnet::IpNet::new_assert(Ipv6Addr::UNSPECIFIED.into(), 0),
        }))
    }

    /// The ranges of a family that the internet does not carry: private networks, networks of carriers, and links.
    pub fn private(family: Family) -> impl Iterator<Item = IpCidr> {
        let all = PRIVATE.iter().filter_map(|text| text.parse::<IpCidr>().ok());
        all.filter(move |range| range_family(*range) == family)
    }

    /// Its address family.
    pub fn family(self) -> Family {
        match self {
            Self::Known(range) if range.net().network().is_ipv4() => Family::Ipv4,
            Self::Known(_) => Family::Ipv6,
            Self::OfNetwork(family) | Self::OfTier(_, family) => family,
        }
    }

    /// Whether all of another range certainly lie in it.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Known(wide), Self::Known(narrow)) => wide.net().contains(&narrow.net()),
            (Self::Known(wide), _) => wide.net().prefix_len() == 0 && self.family() == other.family(),
            (Self::OfNetwork(wide), Self::OfTier(_, narrow)) => wide == narrow,
            _ => self == other,
        }
    }

    /// Both as one range, where that has no address that neither has.
    pub fn joined(self, other: Self) -> Option<Self> {
        if self.covers(other) {
            return Some(self);
        }
        if other.covers(self) {
            return Some(other);
        }
        let (Self::Known(a), Self::Known(b)) = (self, other) else { return None };
        let around = a.net().supernet()?;
        (b.net().supernet() == Some(around)).then(|| Self::Known(IpCidr::truncated(around)))
    }

    /// As a segment of an address: `10.20.0.0_16`, `private-ipv6`.
    pub fn slug(self) -> String {
        match self {
            Self::Known(range) if range.net().prefix_len() == 0 => {
                format!("anywhere-{}", self.family().as_str())
            }
            Self::Known(range) => range.to_string().replace(':', "-").replace('/', "_"),
            Self::OfNetwork(family) => format!("network-{}", family.as_str()),
            Self::OfTier(tier, family) => format!("{tier}-{}", family.as_str()),
        }
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(range) => range.fmt(f),
            Self::OfNetwork(family) => write!(f, "the network's {} range", family.as_str()),
            Self::OfTier(tier, family) => write!(f, "the {} range of tier {tier}", family.as_str()),
        }
    }
}

/// How a tier and the internet reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Both directions, by public addresses.
    Both,
    /// Only what the tier begins.
    Out,
    /// Only what the tier begins, through gateways that translate addresses.
    Translated(Gateways),
}

/// Gateways that translate addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gateways {
    /// The tier in whose subnets they stand, where they stand in any.
    pub tier: Option<Tier>,
    /// What they carry beside TCP and UDP.
    pub carry: Carried,
}

/// What gateways that translate addresses carry beside TCP and UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// Echo requests, and their answers.
    Echo,
    /// All of ICMP, and messages about what they carry.
    Icmp,
}

impl Carried {
    /// Whether what a tier begins is carried.
    pub fn carries(self, packets: Packets) -> bool {
        match packets {
            Packets::All | Packets::Tcp(_) | Packets::Udp(_) => true,
            Packets::Other(_) => false,
            Packets::Icmp(kind) => self == Self::Icmp || self == Self::Echo && kind == IcmpType::of(8),
            Packets::Icmpv6(kind) => self == Self::Icmp || self == Self::Echo && kind == IcmpType::of(128),
        }
    }
}

/// The network that declared traffic crosses: what a backend says before rules are computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terrain {
    /// The network's own ranges.
    pub network: Vec<AddressRange>,
    /// The ranges of each tier: the room that is kept for it, so that a further zone changes no rule.
    pub tiers: BTreeMap<Tier, Vec<AddressRange>>,
    /// How each tier and the internet reach each other.
    pub internet: BTreeMap<(Tier, Family), Way>,
    /// Ranges that every tier reaches, and is reached from, by routes of their own.
    pub routed: Vec<IpCidr>,
    /// Whether object storage is reached by a private route.
    pub object_storage: bool,
    /// In which tier the private endpoints of the cloud's APIs stand, where there are any.
    pub endpoints: Option<Tier>,
    /// Tiers to which load balancers of the cloud pass on what clients send, with the clients' own addresses, whatever way the
    /// tier has itself.
    pub balanced: BTreeSet<Tier>,
    /// Whether the cloud asks from addresses of its own how targets of its load balancers are.
    pub probes: bool,
    /// Tiers whose members carry no group, so that rules can name them by their ranges alone.
    pub ungrouped: BTreeSet<Tier>,
}

impl Terrain {
    /// The address families of the network.
    pub fn families(&self) -> impl Iterator<Item = Family> {
        Family::ALL.into_iter().filter(|family| self.network.iter().any(|range| range.family() == *family))
    }

    /// Whether a tier has addresses of a family.
    pub fn has(&self, tier: Tier, family: Family) -> bool {
        self.tiers.get(&tier).is_some_and(|ranges| ranges.iter().any(|range| range.family() == family))
    }

    /// How a tier and a range outside reach each other; not at all without an answer.
    pub fn way(&self, tier: Tier, range: AddressRange) -> Option<Way> {
        let AddressRange::Known(known) = range else { return None };
        if self.is_routed(known) {
            return Some(Way::Both);
        }
        self.is_outside(range).then(|| self.internet.get(&(tier, range.family())).copied()).flatten()
    }

    /// Whether a range is one of the internet.
    pub(super) fn is_outside(&self, range: AddressRange) -> bool {
        let public = |range: IpCidr| range.net().prefix_len() == 0 || !is_private(range);
        matches!(range, AddressRange::Known(known) if !self.is_routed(known) && public(known))
    }

    fn is_routed(&self, range: IpCidr) -> bool {
        self.routed.iter().any(|routed| routed.net().contains(&range.net()))
    }
}

/// The ranges that the internet does not carry.
///
/// Sources: RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291.
const PRIVATE: [&str; 7] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
];

/// Whether a range lies in those that the internet does not carry.
fn is_private(range: IpCidr) -> bool {
    AddressRange::private(range_family(range)).any(|private| private.net().contains(&range.net()))
}

fn range_family(range: IpCidr) -> Family {
    AddressRange::Known(range).family()
}
