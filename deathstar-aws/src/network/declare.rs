//! How a VPC declares its parts.
//!
//! | address | what |
//! |---|---|
//! | `zones` | the region's zones |
//! | `vpc`, `internet-gateway` | the VPC, and its gateway where there is a public tier |
//! | `TIER/ZONE/subnet`, `TIER/ZONE/association` | a subnet and its route table |
//! | `public/route-table`, `public/default-route` | one table for all public subnets |
//! | `public/ZONE/nat-address`, `public/ZONE/nat-gateway` | the way out of a zone, or of all |
//! | `private/ZONE/route-table`, `private/ZONE/default-route` | a table per zone, so that the way out can change alone |
//! | `intra/route-table` | a table without a way out |
//!
//! Zones are numbered from 0.

use super::{
    RouteTableRefs, Vpc, VpcRefs,
    layout::{Layout, lay_out},
};
use crate::{
    Aws,
    ec2::{
        self, ElasticIp, InternetGateway, NatGateway, NatGatewayOutputs, Route, RouteTable,
        RouteTableAssociation, Subnet, Target, Zones,
    },
    id::{NatGatewayId, RouteTableId},
};
use deathstar_core::{
    Diagnostic, Handle, Input, Output, Resource, Scope,
    component::{Component, Gate, ResourceExt, SubnetRefs},
    model::{IpCidr, Tier, ZoneName, cidr::IpNet, name::aws::EC2_NAME_TAG},
};
use std::net::Ipv4Addr;

/// Where Kubernetes finds subnets for load balancers that face the internet.
pub(super) const PUBLIC_ROLE: &str = "kubernetes.io/role/elb";
/// Where Kubernetes finds subnets for load balancers that do not.
pub(super) const PRIVATE_ROLE: &str = "kubernetes.io/role/internal-elb";

impl Component for Vpc {
    type Provider = Aws;
    type Refs = VpcRefs;

    fn declare(self, scope: &mut Scope<'_, Aws>) -> VpcRefs {
        let (layout, mut findings) = lay_out(&self);
        findings.extend(self.contradictions());
        for finding in findings {
            scope.finding(finding);
        }
        let zones = scope.add("zones", Gate(Zones::at_least(self.zones)));
        let spec =
            ec2::Vpc::new(layout.range).dns_support(true).dns_hostnames(true).empty_default_security_group();
        let vpc = add(scope, "vpc", spec);
        let refs = VpcRefs {
            id: vpc.id(),
            range: Input::Known(layout.range),
            zones: (0..layout.zones).map(|zone| zones.nth(zone.into())).collect(),
            subnets: vec![],
            route_tables: vec![],
            nat_addresses: vec![],
            default_routes: vec![],
            resource: Some(vpc.clone()),
        };
        let mut parts = Parts { scope, vpc, zones, layout: &layout, refs };
        let gateways = parts.public(&self);
        parts.private(&self, &gateways);
        parts.intra(&self);
        parts.refs
    }
}

impl Vpc {
    /// Choices that do not go together.
    fn contradictions(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let has = |tier| self.tiers.contains(&tier);
        if self.tiers.is_empty() {
            let why = "every tier is left out, so there is no subnet";
            findings.push(Diagnostic::new("network.tiers", why).fix("keep at least one tier"));
        } else if self.nat != super::Nat::None && has(Tier::Private) && !has(Tier::Public) {
            let why = "NAT gateways stand in the public tier, which is left out";
            let fix = "keep the public tier, or say `nat(Nat::None)`";
            findings.push(Diagnostic::new("network.nat", why).fix(fix));
        }
        findings
    }
}

/// The parts of a VPC while they are declared.
struct Parts<'p, 's> {
    scope: &'p mut Scope<'s, Aws>,
    vpc: Handle<ec2::Vpc>,
    zones: Output<Vec<ZoneName>>,
    layout: &'p Layout,
    refs: VpcRefs,
}

impl Parts<'_, '_> {
    /// Public subnets with their way out, and the NAT gateways in them.
    fn public(&mut self, vpc: &Vpc) -> Vec<Handle<NatGateway>> {
        if !vpc.tiers.contains(&Tier::Public) {
            return vec![];
        }
        let gateway = add(self.scope, "internet-gateway", InternetGateway::of(self.vpc.id()));
        let table = self.table(Tier::Public, None);
        self.default_route(Tier::Public, None, &table, Target::InternetGateway(gateway.id().into()));
        let mut nat_gateways = vec![];
        for zone in 0..self.layout.zones {
            let subnet = self.subnet(Tier::Public, zone, &table);
            if zone < vpc.nat_zones(self.layout.zones) {
                let path = format!("public/{zone}");
                // A NAT gateway needs the internet gateway, which cannot be detached before the public address is gone.
                let address = ElasticIp::new().after(&gateway);
                let address = self.named(&format!("{path}/nat-address"), address);
                let nat = NatGateway::public(subnet.id(), address.id());
                let nat = self.named(&format!("{path}/nat-gateway"), nat);
                self.refs.nat_addresses.push(nat.public_ip());
                nat_gateways.push(nat);
            }
        }
        nat_gateways
    }

    /// Private subnets with a table each, so that their ways out can change alone.
    fn private(&mut self, vpc: &Vpc, gateways: &[Handle<NatGateway>]) {
        if !vpc.tiers.contains(&Tier::Private) {
            return;
        }
        for zone in 0..self.layout.zones {
            let table = self.table(Tier::Private, Some(zone));
            self.subnet(Tier::Private, zone, &table);
            if let Some(gateway) = gateways.get(usize::from(zone)).or(gateways.first()) {
                let id: Output<NatGatewayId> = gateway.id();
                self.default_route(Tier::Private, Some(zone), &table, Target::NatGateway(id.into()));
            }
        }
    }

    /// Subnets without any way out.
    fn intra(&mut self, vpc: &Vpc) {
        if !vpc.tiers.contains(&Tier::Intra) {
            return;
        }
        let table = self.table(Tier::Intra, None);
        for zone in 0..self.layout.zones {
            self.subnet(Tier::Intra, zone, &table);
        }
    }

    fn table(&mut self, tier: Tier, zone: Option<u8>) -> Handle<RouteTable> {
        let table = add(self.scope, place(tier, zone, "route-table"), RouteTable::of(self.vpc.id()));
        self.refs.route_tables.push(RouteTableRefs { tier, zone, id: table.id() });
        table
    }

    fn default_route(&mut self, tier: Tier, zone: Option<u8>, table: &Handle<RouteTable>, via: Target) {
        let id: Output<RouteTableId> = table.id();
        let route = Route::new(id, everywhere(), via);
        self.refs.default_routes.push(self.scope.add(place(tier, zone, "default-route"), route));
    }

    fn subnet(&mut self, tier: Tier, zone: u8, table: &Handle<RouteTable>) -> Handle<Subnet> {
        let range = self.layout.subnet(tier, zone);
        let spec = Subnet::new(self.vpc.id(), range, self.zones.nth(zone.into()))
            .map_public_ip_on_launch(tier == Tier::Public);
        let path = place(tier, Some(zone), "subnet");
        let subnet = match tier {
            Tier::Public => self.named(&path, spec.tag(PUBLIC_ROLE, "1")),
            Tier::Private => self.named(&path, spec.tag(PRIVATE_ROLE, "1")),
            Tier::Intra | Tier::Pods => self.named(&path, spec.with()),
        };
        let association = RouteTableAssociation::new(subnet.id(), table.id());
        self.scope.add(place(tier, Some(zone), "association"), association);
        let range = Some(IpNet::V4(range.net()));
        self.refs.subnets.push(SubnetRefs { tier, zone, range, id: subnet.id() });
        subnet
    }

    fn named<R: ResourceExt>(&mut self, path: &str, resource: R) -> Handle<R::Kind>
    where
        R::Kind: Resource<Provider = Aws>,
    {
        add(self.scope, path, resource)
    }
}

/// Declares a resource with its `Name`: the stack's name and the address, joined by `-`.
fn add<R: ResourceExt>(scope: &mut Scope<'_, Aws>, path: impl AsRef<str>, resource: R) -> Handle<R::Kind>
where
    R::Kind: Resource<Provider = Aws>,
{
    let path = path.as_ref();
    let name = format!("{}/{}/{path}", scope.stack_name(), scope.path()).replace('/', "-");
    let name: String = name.chars().take(EC2_NAME_TAG.max()).collect();
    scope.add(path, resource.tag("Name", name))
}

fn place(tier: Tier, zone: Option<u8>, part: &str) -> String {
    match zone {
        Some(zone) => format!("{tier}/{zone}/{part}"),
        None => format!("{tier}/{part}"),
    }
}

/// All of IPv4.
fn everywhere() -> IpCidr {
    IpCidr::truncated(IpNet::new_assert(Ipv4Addr::UNSPECIFIED.into(), 0))
}

#[cfg(test)]
mod tests;
