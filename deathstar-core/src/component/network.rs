//! What networks of all clouds share.

use super::Component;
use crate::{Output, graph::Provider, kind::Data};
use ipnet::IpNet;

use crate::model::Tier;

/// How what has no public address reaches the internet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Egress {
    /// Not at all.
    None,
    /// Through one gateway: cheap, and one zone's failure cuts off all.
    Single,
    /// Through one gateway per zone.
    #[default]
    PerZone,
}

/// A network that every cloud can make: the neutral spec from which each backend's own component is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSpec {
    /// Its range, in CIDR notation.
    pub range: String,
    /// Over how many zones.
    pub zones: u8,
    /// Its way out.
    pub egress: Egress,
}

impl NetworkSpec {
    /// A network over three zones with one way out per zone.
    pub fn new(range: impl Into<String>) -> Self {
        Self { range: range.into(), zones: 3, egress: Egress::default() }
    }

    /// Over how many zones.
    #[must_use]
    pub fn zones(mut self, zones: u8) -> Self {
        self.zones = zones;
        self
    }

    /// Its way out.
    #[must_use]
    pub fn egress(mut self, egress: Egress) -> Self {
        self.egress = egress;
        self
    }
}

/// One subnet of a declared network.
#[derive(Clone, Debug)]
pub struct SubnetRefs<I> {
    /// Its tier.
    pub tier: Tier,
    /// The number of its zone, from 0.
    pub zone: u8,
    /// Its range, where the program knows it.
    pub range: Option<IpNet>,
    /// Its id.
    pub id: Output<I>,
}

/// What any declared network tells.
pub trait NetworkRefs {
    /// The network's id.
    type Id: Data;
    /// A subnet's id.
    type SubnetId: Data;

    /// The network's id.
    fn id(&self) -> Output<Self::Id>;

    /// Its subnets, by tier and zone.
    fn subnets(&self) -> &[SubnetRefs<Self::SubnetId>];

    /// The subnets of one tier, by zone.
    fn tier(&self, tier: Tier) -> Vec<&SubnetRefs<Self::SubnetId>> {
        self.subnets().iter().filter(|subnet| subnet.tier == tier).collect()
    }
}

/// A network component of one cloud, which can be made from the neutral spec.
pub trait Network: Component<Refs: NetworkRefs> + From<NetworkSpec> {}

/// A cloud for programs that are generic over the cloud: `fn platform<P: PortableNetwork>(..)`.
pub trait PortableNetwork: Provider + Sized {
    /// Its network.
    type Network: Network<Provider = Self>;
}
