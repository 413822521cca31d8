//! How a VPC declares its parts.
//!
//! | address | what |
//! |---|---|
//! | `zones`, `caller` | the region's zones; the account, where a role is made |
//! | `vpc`, `pods-range`, `ipv6-range` | the VPC and its further ranges |
//! | `internet-gateway`, `egress-only-gateway` | its gateways, where a tier needs them |
//! | `TIER/ZONE/subnet`, `TIER/ZONE/association` | a subnet and its route table |
//! | `public/route-table`, `public/default-route` | one table for all public subnets |
//! | `public/ZONE/nat-address`, `public/ZONE/nat-gateway` | the way out of a zone, or of all |
//! | `private/ZONE/route-table`, `private/ZONE/default-route` | a table per zone, so that the way out can change alone; so for `pods` |
//! | `intra/route-table` | a table without a way out |
//! | `../default-route-ipv6`, `../route-RANGE` | the way out of IPv6; ways that were asked for |
//! | `endpoints/SERVICE` | an endpoint |
//! | `groups/NAME/group`, `groups/NAME/in/..`, `groups/NAME/out/..` | a security group and its rules |
//! | `TIER/acl/acl`, `TIER/acl/in/..`, `TIER/acl/out/..`, `TIER/ZONE/acl` | the network ACL of a tier, its entries, its subnets |
//! | `flow-logs/..`, `dhcp/..`, `private-zone` | records of traffic; what machines are told; private names |
//! | `no-foreign-interfaces` | the gate before subnets and groups are deleted |
//!
//! Zones are numbered from 0.

mod endpoints;
mod filters;
mod groups;
mod records;
mod subnets;
pub(super) mod tags;
mod ways;

use super::{Nat, Vpc, VpcRefs, ipv6::tier_range, terrain::LAYOUT};
use crate::{
    Aws,
    ec2::{
        self, DhcpOptionsAssociation, NoForeignNetworkInterfaces, RouteTable, SecurityGroup, Subnet,
        VpcCidrBlock, VpcCidrBlockOutputs, Zones,
    },
    route53::HostedZone,
};
use deathstar_core::{
    Diagnostic, Handle, Input, Output, Resource, Scope,
    component::{
        Component, Gate, NetworkTraffic, ResourceExt, Standing,
        network::{Ipv6Space, NetworkLayout, tell},
    },
    model::{IpCidr, Ipv6Cidr, Tier, ZoneName, name::aws::EC2_NAME_TAG, traffic::AddressRange},
};
use std::collections::BTreeMap;

impl Component for Vpc {
    type Provider = Aws;
    type Refs = VpcRefs;

    fn declare(self, scope: &mut Scope<'_, Aws>) -> VpcRefs {
        let (mut layout, mut findings) = self.choices.lay_out(&LAYOUT);
        if self.choices.families.has_ipv6() {
            layout.ipv6 = Ipv6Space::Chosen;
        }
        findings.extend(self.contradictions());
        let terrain = self.terrain(&layout);
        let traffic = self.choices.declared_traffic(&terrain, true);
        let (rules, wrong) = traffic.compile(&terrain, &self.choices.limits);
        findings.extend(wrong);
        tell(scope, findings, &traffic);
        let mut parts = Parts::begin(&self, scope, &layout);
        parts.gateways();
        for tier in &self.choices.tiers {
            parts.tier(*tier);
        }
        parts.gateway_endpoints();
        parts.groups(&traffic, terrain.endpoints);
        parts.interface_endpoints();
        parts.group_rules(&rules);
        parts.filters(&rules);
        parts.records();
        parts.names();
        parts.gate();
        let chosen = terrain.tiers.values().flatten().chain(&terrain.network);
        let chosen = chosen.filter(|range| !matches!(range, AddressRange::Known(_)));
        let chosen = chosen.filter_map(|range| Some((*range, parts.range(*range)?))).collect();
        parts.refs.parts.traffic = NetworkTraffic { traffic, terrain, chosen };
        parts.refs
    }
}

impl Vpc {
    /// Choices that do not go together.
    fn contradictions(&self) -> Vec<Diagnostic> {
        let mut findings = self.choices.contradictions();
        if self.choices.tiers.is_empty() {
            return findings;
        }
        if self.choices.egress != Nat::None && self.translates() && !self.choices.has(Tier::Public) {
            let why = "NAT gateways stand in the public tier, which is left out";
            let fix = "keep the public tier, or say `nat(Nat::None)`";
            findings.push(Diagnostic::new("network.nat", why).fix(fix));
        }
        if let (Some(service), None) = (self.interfaces().next(), self.endpoint_tier()) {
            let why = format!(
                "the endpoint of `{service}` stands in the private tier or in the intra tier, which are left out"
            );
            let fix = "keep one of the two, or leave the endpoint out";
            findings.push(Diagnostic::new("network.endpoints", why).fix(fix));
        }
        findings
    }
}

/// The parts of a VPC while they are declared.
struct Parts<'p, 's> {
    choice: &'p Vpc,
    scope: &'p mut Scope<'s, Aws>,
    base: String,
    vpc: Handle<ec2::Vpc>,
    pods: Option<Handle<VpcCidrBlock>>,
    ipv6: Option<Output<Ipv6Cidr>>,
    zones: Output<Vec<ZoneName>>,
    layout: &'p NetworkLayout,
    ways: ways::Ways,
    tables: Vec<Handle<RouteTable>>,
    subnets: Vec<(Tier, Handle<Subnet>)>,
    groups: BTreeMap<String, Handle<SecurityGroup>>,
    gate: Option<Standing<NoForeignNetworkInterfaces>>,
    refs: VpcRefs,
}

impl<'p, 's> Parts<'p, 's> {
    /// Declares the VPC and its ranges.
    fn begin(choice: &'p Vpc, scope: &'p mut Scope<'s, Aws>, layout: &'p NetworkLayout) -> Self {
        let zones = scope.add("zones", Gate(Zones::at_least(choice.choices.zones)));
        let base = choice.choices.base(scope);
        let spec =
            ec2::Vpc::new(layout.range).dns_support(true).dns_hostnames(true).empty_default_security_group();
        let vpc = add(scope, &base, "vpc", spec);
        let pods = layout.pods.map(|range| scope.add("pods-range", VpcCidrBlock::ipv4(vpc.id(), range)));
        let ipv6 = choice.choices.families.has_ipv6();
        let block = ipv6.then(|| scope.add("ipv6-range", VpcCidrBlock::amazon_ipv6(vpc.id())));
        let ipv6 = block.as_ref().map(VpcCidrBlockOutputs::ipv6);
        let pods_range = layout.pods.map(|range| Input::Known(IpCidr::from(range)));
        let ipv6_range = ipv6.as_ref().map(|range| Input::Pending(range.expr().clone()));
        let names = (0..layout.zones).map(|zone| zones.nth(zone.into())).collect();
        let mut refs = VpcRefs::of(vpc.id(), Input::Known(layout.range), names);
        refs.parts.ranges.extend(pods_range.into_iter().chain(ipv6_range));
        refs.resource = Some(vpc.clone());
        let gate = Gate(NoForeignNetworkInterfaces::of(vpc.id())).whole();
        let gate = Some(pods.iter().chain(&block).fold(gate, Standing::on));
        let (ways, tables, subnets, groups) = (ways::Ways::default(), vec![], vec![], BTreeMap::new());
        Self {
            choice,
            scope,
            base,
            vpc,
            pods,
            ipv6,
            zones,
            layout,
            ways,
            tables,
            subnets,
            groups,
            gate,
            refs,
        }
    }

    /// What machines are told, and private names.
    fn names(&mut self) {
        if let Some(options) = &self.choice.dhcp {
            let options = self.named("dhcp/options", options.clone());
            self.plain("dhcp/association", DhcpOptionsAssociation::new(self.vpc.id(), options.id()));
        }
        if let Some(name) = &self.choice.choices.private_zone {
            let zone = self.named("private-zone", HostedZone::private(name.as_str(), self.vpc.id()));
            self.refs.parts.private_zone = Some(zone.id());
        }
    }

    /// All of it goes when nobody else uses the VPC; a part, such as one rule, may go alone.
    fn gate(&mut self) {
        if let Some(gate) = self.gate.take() {
            self.scope.add("no-foreign-interfaces", gate);
        }
    }

    /// Declares a resource that has no tags.
    fn plain<R: ResourceExt>(&mut self, path: impl AsRef<str>, resource: R) -> Handle<R::Kind>
    where
        R::Kind: Resource<Provider = Aws>,
    {
        let handle = self.scope.add(path, resource.with());
        self.guarded(handle)
    }

    /// Declares a resource with its `Name`.
    fn named<R: ResourceExt>(&mut self, path: &str, resource: R) -> Handle<R::Kind>
    where
        R::Kind: Resource<Provider = Aws>,
    {
        let handle = add(self.scope, &self.base, path, resource);
        self.guarded(handle)
    }

    /// A resource that is not deleted while others use the VPC.
    fn guarded<R>(&mut self, handle: Handle<R>) -> Handle<R> {
        self.gate = self.gate.take().map(|gate| gate.on(&handle));
        handle
    }

    /// A range of traffic as a rule takes it.
    fn range(&self, range: AddressRange) -> Option<Input<IpCidr>> {
        match range {
            AddressRange::Known(range) => Some(Input::Known(range)),
            AddressRange::OfNetwork(_) => self.ipv6.as_ref().map(|ipv6| Input::Pending(ipv6.expr().clone())),
            AddressRange::OfTier(tier, _) => {
                self.ipv6.as_ref().map(|ipv6| Input::Pending(tier_range(ipv6, tier).expr().clone()))
            }
        }
    }
}

/// Declares a resource with its `Name`: what names follow from and the path, joined by `-`.
fn add<R: ResourceExt>(scope: &mut Scope<'_, Aws>, base: &str, path: &str, resource: R) -> Handle<R::Kind>
where
    R::Kind: Resource<Provider = Aws>,
{
    let name = format!("{base}/{path}").replace('/', "-");
    let name: String = name.chars().take(EC2_NAME_TAG.max()).collect();
    scope.add(path, resource.tag("Name", name))
}

#[cfg(test)]
mod tests;
