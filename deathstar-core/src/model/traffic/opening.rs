//! What a computed rule opens, and who asked for it.

use super::{AddressRange, Family, Packets, Ports};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Into or out of a group or a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// What comes in.
    In,
    /// What goes out.
    Out,
}

impl Direction {
    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// The members of a group.
    Group(String),
    /// Addresses.
    Range(AddressRange),
    /// The cloud's object storage, by the name that the cloud has for its addresses.
    ObjectStorage,
    /// What asks for the cloud how targets of its load balancers are, by the name that the cloud has for its addresses.
    Probes,
}

impl Peer {
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Range(wide), Self::Range(narrow)) => wide.covers(*narrow),
            _ => self == other,
        }
    }

    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Range(a), Self::Range(b)) => a.joined(*b).map(Self::Range),
            _ => (self == other).then(|| self.clone()),
        }
    }

    /// Whether a rule with it counts for an address family.
    pub(super) fn counts_in(&self, family: Family) -> bool {
        match self {
            Self::Range(range) => range.family() == family,
            Self::Group(_) | Self::ObjectStorage | Self::Probes => true,
        }
    }

    /// As a segment of an address.
    pub fn slug(&self) -> String {
        match self {
            Self::Group(name) => name.clone(),
            Self::Range(range) => range.slug(),
            Self::ObjectStorage => "object-storage".into(),
            Self::Probes => "probes".into(),
        }
    }
}

/// What a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It admits what was declared.
    Request,
    /// It admits the answers, to the ports from which the client may have sent: only filters without state need it.
    Answer(Ports),
    /// It admits what was declared on its way through a gateway of this tier.
    Transit,
    /// It admits the answers on their way through a gateway of this tier.
    TransitAnswer(Ports),
}

/// Who asked for a rule, and what for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reason {
    /// The declaration, as people read it.
    pub declaration: String,
    /// What the rule does for it.
    pub purpose: Purpose,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { declaration, purpose } = self;
        match purpose {
            Purpose::Request => f.write_str(declaration),
            Purpose::Answer(ports) => write!(f, "answers to client ports {ports} of {declaration}"),
            Purpose::Transit => write!(f, "through the gateway: {declaration}"),
            Purpose::TransitAnswer(ports) => {
                write!(f, "answers through the gateway, to client ports {ports} of {declaration}")
            }
        }
    }
}

/// What one rule opens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Opening {
    /// What passes.
    pub packets: Packets,
    /// From or to whom.
    pub peer: Peer,
    /// Who asked for it, in the order of the declarations.
    pub reasons: Vec<Reason>,
}

impl Opening {
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.packets.covers(other.packets) && self.peer.covers(&other.peer)
    }

    /// Takes the reasons of another.
    pub(super) fn take(&mut self, reasons: Vec<Reason>) {
        for reason in reasons {
            if !self.reasons.contains(&reason) {
                self.reasons.push(reason);
            }
        }
    }

    /// The name of the rule, a segment of an address: stable, and different from that of any other rule of its place.
    pub fn slug(&self) -> String {
        format!("{}-{}", self.packets.slug(), self.peer.slug())
    }
}
