//! What any declared network tells.

use crate::{
    Input, Output,
    kind::Data,
    model::{
        IpCidr, Tier, Traffic, ZoneName,
        traffic::{AddressRange, Terrain},
    },
};
use ipnet::IpNet;
use std::{collections::BTreeMap, net::Ipv4Addr};

/// One subnet of a declared network.
#[derive(Clone, Debug)]
pub struct SubnetRefs<I> {
    /// Its tier.
    pub tier: Tier,
    /// The number of its zone, from 0; none where it spans all of them.
    pub zone: Option<u8>,
    /// Its IPv4 range, where it has one and the program knows it.
    pub range: Option<IpNet>,
    /// Its id.
    pub id: Output<I>,
}

/// What is declared of a network's traffic, for who computes rules of its own from it: the cluster that stands in it.
#[derive(Clone, Debug, Default)]
pub struct NetworkTraffic {
    /// What may be said to each other in it.
    pub traffic: Traffic,
    /// Its ranges, tiers and ways.
    pub terrain: Terrain,
    /// Ranges of the terrain that are known only when the network is made.
    pub chosen: BTreeMap<AddressRange, Input<IpCidr>>,
}

/// What is known of a network that is declared, or that others own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NetworkParts<Id, SubnetId, GroupId, PrivateZoneId> {
    /// The network's id.
    pub id: Output<Id>,
    /// Its ranges, of both families, the first one first.
    pub ranges: Vec<Input<IpCidr>>,
    /// The names of its zones, by number.
    pub zones: Vec<Output<ZoneName>>,
    /// Its subnets, by tier and zone.
    pub subnets: Vec<SubnetRefs<SubnetId>>,
    /// The groups of workloads, by their names in the declared traffic.
    pub groups: BTreeMap<String, Output<GroupId>>,
    /// The public IPv4 addresses from which it reaches the internet.
    pub egress_addresses: Vec<Output<Ipv4Addr>>,
    /// What is declared of its traffic.
    pub traffic: NetworkTraffic,
    /// Its private DNS zone.
    pub private_zone: Option<Output<PrivateZoneId>>,
}

impl<Id, SubnetId, GroupId, PrivateZoneId> NetworkParts<Id, SubnetId, GroupId, PrivateZoneId> {
    /// A network of which nothing else is known yet.
    pub fn of(id: Output<Id>, ranges: Vec<Input<IpCidr>>, zones: Vec<Output<ZoneName>>) -> Self {
        Self {
            id,
            ranges,
            zones,
            subnets: vec![],
            groups: BTreeMap::new(),
            egress_addresses: vec![],
            traffic: NetworkTraffic::default(),
            private_zone: None,
        }
    }
}

/// What is known of a network whose references are of this type.
pub type PartsOf<R> = NetworkParts<
    <R as NetworkRefs>::Id,
    <R as NetworkRefs>::SubnetId,
    <R as NetworkRefs>::GroupId,
    <R as NetworkRefs>::PrivateZoneId,
>;

/// What any declared network tells.
pub trait NetworkRefs {
    /// The network's id.
    type Id: Data;
    /// A subnet's id.
    type SubnetId: Data;
    /// The id of a group of workloads: a security group, an application security group.
    type GroupId: Data;
    /// A private DNS zone's id.
    type PrivateZoneId: Data;

    /// All that is known of it.
    fn parts(&self) -> &PartsOf<Self>;

    /// The network's id.
    fn id(&self) -> Output<Self::Id> {
        self.parts().id.clone()
    }

    /// Its ranges, of both families, the first one first.
    fn ranges(&self) -> Vec<Input<IpCidr>> {
        self.parts().ranges.clone()
    }

    /// The names of its zones, by number.
    fn zones(&self) -> &[Output<ZoneName>] {
        &self.parts().zones
    }

    /// Its subnets, by tier and zone.
    fn subnets(&self) -> &[SubnetRefs<Self::SubnetId>] {
        &self.parts().subnets
    }

    /// The subnets of one tier: by zone, or the one that spans all zones.
    fn tier(&self, tier: Tier) -> Vec<&SubnetRefs<Self::SubnetId>> {
        self.subnets().iter().filter(|subnet| subnet.tier == tier).collect()
    }

    /// The ids of a tier's subnets.
    fn subnet_ids(&self, tier: Tier) -> Vec<Output<Self::SubnetId>> {
        self.tier(tier).into_iter().map(|subnet| subnet.id.clone()).collect()
    }

    /// A group of workloads, by its name in the declared traffic. None is known where others own the network.
    fn group(&self, name: &str) -> Option<Output<Self::GroupId>> {
        self.parts().groups.get(name).cloned()
    }

    /// The public IPv4 addresses from which it reaches the internet. None are known where others own the network.
    fn egress_addresses(&self) -> &[Output<Ipv4Addr>] {
        &self.parts().egress_addresses
    }

    /// What is declared of its traffic. Nothing where others own the network.
    fn traffic(&self) -> &NetworkTraffic {
        &self.parts().traffic
    }

    /// Its private DNS zone, if it has one.
    fn private_zone(&self) -> Option<Output<Self::PrivateZoneId>> {
        self.parts().private_zone.clone()
    }
}
