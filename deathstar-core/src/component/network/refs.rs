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
    /// The number of its zone, from 0.
    pub zone: u8,
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

    /// The network's id.
    fn id(&self) -> Output<Self::Id>;

    /// Its ranges, of both families, the first one first.
    fn ranges(&self) -> Vec<Input<IpCidr>>;

    /// The names of its zones, by number.
    fn zones(&self) -> &[Output<ZoneName>];

    /// Its subnets, by tier and zone.
    fn subnets(&self) -> &[SubnetRefs<Self::SubnetId>];

    /// The subnets of one tier, by zone.
    fn tier(&self, tier: Tier) -> Vec<&SubnetRefs<Self::SubnetId>> {
        self.subnets().iter().filter(|subnet| subnet.tier == tier).collect()
    }

    /// A group of workloads, by its name in the declared traffic. None is known where others own the network.
    fn group(&self, name: &str) -> Option<Output<Self::GroupId>>;

    /// The public IPv4 addresses from which it reaches the internet. None are known where others own the network.
    fn egress_addresses(&self) -> &[Output<Ipv4Addr>];

    /// What is declared of its traffic. Nothing where others own the network.
    fn traffic(&self) -> &NetworkTraffic;

    /// Its private DNS zone, if it has one.
    fn private_zone(&self) -> Option<Output<Self::PrivateZoneId>>;
}
