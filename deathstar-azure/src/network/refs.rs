//! What others may refer to in a virtual network.

use crate::{
    id::{
        ApplicationSecurityGroupId, NatGatewayId, PrivateDnsZoneId, ResourceGroupId, RouteTableId, SubnetId,
        VirtualNetworkId,
    },
    networking::{PrivateEndpoint, VirtualNetwork},
};
use deathstar_core::{
    Handle, Input, Output,
    component::{NetworkRefs, network::PartsOf},
    model::{IpCidr, Tier, ZoneName},
};
use std::{collections::BTreeMap, net::Ipv6Addr};

/// What others may refer to in a virtual network, whether it is made or existed before.
#[derive(Clone, Debug)]
pub struct VnetRefs {
    pub(super) parts: PartsOf<Self>,
    pub(super) resource_group: Option<Input<ResourceGroupId>>,
    pub(super) route_tables: Vec<RouteTableRefs>,
    pub(super) nat_gateways: Vec<NatRefs>,
    pub(super) egress_ipv6: Vec<Output<Ipv6Addr>>,
    pub(super) endpoints: BTreeMap<String, Handle<PrivateEndpoint>>,
    pub(super) resource: Option<Handle<VirtualNetwork>>,
}

/// One route table of a declared virtual network.
#[derive(Clone, Debug)]
pub struct RouteTableRefs {
    /// The tier whose subnets use it.
    pub tier: Tier,
    /// Its id.
    pub id: Output<RouteTableId>,
}

/// One NAT gateway of a declared virtual network.
#[derive(Clone, Debug)]
pub struct NatRefs {
    /// The number of the zone that it stands in; none where it spans all of them.
    pub zone: Option<u8>,
    /// Its id.
    pub id: Output<NatGatewayId>,
}

impl VnetRefs {
    /// A virtual network of which nothing else is known yet.
    pub(super) fn of(
        id: Output<VirtualNetworkId>,
        ranges: Vec<Input<IpCidr>>,
        zones: Vec<Output<ZoneName>>,
    ) -> Self {
        Self {
            parts: PartsOf::<Self>::of(id, ranges, zones),
            resource_group: None,
            route_tables: vec![],
            nat_gateways: vec![],
            egress_ipv6: vec![],
            endpoints: BTreeMap::new(),
            resource: None,
        }
    }

    /// The ids of a tier's subnets: by zone, or of the one that spans all zones.
    pub fn subnet_ids(&self, tier: Tier) -> Vec<Output<SubnetId>> {
        NetworkRefs::subnet_ids(self, tier)
    }

    /// The resource group that it stands in. None is known where others own the virtual network.
    pub fn resource_group(&self) -> Option<&Input<ResourceGroupId>> {
        self.resource_group.as_ref()
    }

    /// Its route tables, which it has where routes were asked for.
    pub fn route_tables(&self) -> &[RouteTableRefs] {
        &self.route_tables
    }

    /// Its NAT gateways. None are known where others own the virtual network.
    pub fn nat_gateways(&self) -> &[NatRefs] {
        &self.nat_gateways
    }

    /// The public IPv6 addresses from which it reaches the internet.
    pub fn egress_ipv6_addresses(&self) -> &[Output<Ipv6Addr>] {
        &self.egress_ipv6
    }

    /// Its private endpoints, by name.
    pub fn endpoints(&self) -> &BTreeMap<String, Handle<PrivateEndpoint>> {
        &self.endpoints
    }

    /// The virtual network itself, where this stack declares it.
    pub fn resource(&self) -> Option<&Handle<VirtualNetwork>> {
        self.resource.as_ref()
    }
}

impl NetworkRefs for VnetRefs {
    type Id = VirtualNetworkId;
    type SubnetId = SubnetId;
    type GroupId = ApplicationSecurityGroupId;
    type PrivateZoneId = PrivateDnsZoneId;

    fn parts(&self) -> &PartsOf<Self> {
        &self.parts
    }
}
