//! What others may refer to in a VPC.

use crate::{
    ec2::{self, EndpointService},
    id::{HostedZoneId, RouteTableId, SecurityGroupId, SubnetId, VpcId},
};
use deathstar_core::{
    Handle, Input, Output,
    component::{NetworkRefs, network::PartsOf},
    model::{IpCidr, Ipv4Cidr, Tier, ZoneName},
};
use std::{collections::BTreeMap, net::Ipv4Addr};

/// What others may refer to in a VPC, whether it is made or existed before.
#[derive(Clone, Debug)]
pub struct VpcRefs {
    pub(super) parts: PartsOf<Self>,
    pub(super) range: Input<Ipv4Cidr>,
    pub(super) route_tables: Vec<RouteTableRefs>,
    pub(super) default_routes: Vec<Handle<ec2::Route>>,
    pub(super) endpoints: BTreeMap<EndpointService, Handle<ec2::VpcEndpoint>>,
    pub(super) resource: Option<Handle<ec2::Vpc>>,
}

/// One route table of a declared VPC.
#[derive(Clone, Debug)]
pub struct RouteTableRefs {
    /// The tier whose subnets use it.
    pub tier: Tier,
    /// The zone whose subnets use it; all zones when there is none.
    pub zone: Option<u8>,
    /// Its id.
    pub id: Output<RouteTableId>,
}

impl VpcRefs {
    /// A VPC of which nothing else is known yet.
    pub(super) fn of(id: Output<VpcId>, range: Input<Ipv4Cidr>, zones: Vec<Output<ZoneName>>) -> Self {
        let first = match &range {
            Input::Known(range) => Input::Known(IpCidr::from(*range)),
            Input::Pending(expr) => Input::Pending(expr.clone()),
        };
        Self {
            parts: PartsOf::<Self>::of(id, vec![first], zones),
            range,
            route_tables: vec![],
            default_routes: vec![],
            endpoints: BTreeMap::new(),
            resource: None,
        }
    }

    /// Its first IPv4 range; known while declaring, unless others own it.
    pub fn range(&self) -> &Input<Ipv4Cidr> {
        &self.range
    }

    /// The ids of a tier's subnets, by zone.
    pub fn subnet_ids(&self, tier: Tier) -> Vec<Output<SubnetId>> {
        NetworkRefs::subnet_ids(self, tier)
    }

    /// The addresses from which its private tier reaches the internet, by zone. None are known where others own the VPC.
    pub fn nat_addresses(&self) -> &[Output<Ipv4Addr>] {
        self.egress_addresses()
    }

    /// Its route tables. None are known where others own the VPC.
    pub fn route_tables(&self) -> &[RouteTableRefs] {
        &self.route_tables
    }

    /// The routes to the internet: what has to reach it as soon as it is there waits for them
    /// ([`ResourceExt::after`](deathstar_core::component::ResourceExt::after)).
    pub fn default_routes(&self) -> &[Handle<ec2::Route>] {
        &self.default_routes
    }

    /// Its endpoints, by service.
    pub fn endpoints(&self) -> &BTreeMap<EndpointService, Handle<ec2::VpcEndpoint>> {
        &self.endpoints
    }

    /// The VPC itself, where this stack declares it.
    pub fn resource(&self) -> Option<&Handle<ec2::Vpc>> {
        self.resource.as_ref()
    }
}

impl NetworkRefs for VpcRefs {
    type Id = VpcId;
    type SubnetId = SubnetId;
    type GroupId = SecurityGroupId;
    type PrivateZoneId = HostedZoneId;

    fn parts(&self) -> &PartsOf<Self> {
        &self.parts
    }
}
