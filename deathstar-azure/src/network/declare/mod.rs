//! How a virtual network declares its parts.
//!
//! | address | what |
//! |---|---|
//! | `resource-group` | the resource group, unless another one is given |
//! | `vnet` | the virtual network, with all its ranges |
//! | `TIER/subnet`, `TIER/ZONE/subnet` | a subnet: of all zones, or of one |
//! | `TIER/route-table`, `TIER/route-RANGE` | ways that were asked for |
//! | `egress/address`, `egress/address-ipv6`, `egress/gateway` | the way out that spans all zones |
//! | `egress/ZONE/address`, `egress/ZONE/gateway` | the way out of a zone, or of all |
//! | `groups/NAME/group`, `groups/NAME/in/..`, `groups/NAME/out/..` | an application security group, and the rules for its members |
//! | `TIER/security-group/group`, `../in/..`, `../out/..` | the network security group of a tier, and the rules for all that stands there |
//! | `TIER/security-group/in/nothing-else`, `../out/nothing-else` | what closes everything else |
//! | `endpoints/NAME/endpoint`, `endpoints/NAME/names`, `endpoints/zones/..` | a private endpoint, and how its names are found |
//! | `private-zone/zone`, `private-zone/link` | private names |
//! | `flow-logs/..` | records of traffic |
//!
//! Zones are numbered from 0; their names are `1` to `3`.

mod endpoints;
mod filters;
mod groups;
mod records;
mod subnets;
mod ways;

use super::{Vnet, VnetRefs, terrain::LAYOUT};
use crate::{
    Azure, Location,
    id::{ApplicationSecurityGroupId, NetworkSecurityGroupId, ResourceGroupId},
    networking::{SecurityRule, VirtualNetwork},
    private_dns::{PrivateDnsZone, VirtualNetworkLink},
    resources::{ResourceGroup, ResourceGroupOutputs},
};
use deathstar_core::{
    Handle, Input, Output, Resource, Scope,
    component::{
        Component, NetworkTraffic, ResourceExt,
        network::{Ipv6Space, NetworkLayout, tell},
    },
    graph::Expr,
    model::{
        IpCidr, NameRule, Tier, ZoneName,
        name::azure::{RESOURCE_GROUP, VIRTUAL_NETWORK},
        traffic::AddressRange,
    },
};
use std::collections::BTreeMap;

impl Component for Vnet {
    type Provider = Azure;
    type Refs = VnetRefs;

    fn declare(self, scope: &mut Scope<'_, Azure>) -> VnetRefs {
        let subscription = scope.config();
        let unique =
            subscription.as_ref().map(|subscription| subscription.id().to_owned()).unwrap_or_default();
        let unique = format!("{unique}/{}", self.choices.base(scope));
        let (mut layout, mut findings) = self.choices.lay_out(&LAYOUT);
        layout.ipv6 = self.ipv6(&unique, &mut findings);
        findings.extend(self.contradictions());
        let terrain = self.terrain(&layout);
        // Rules cannot tell messages about paths from others.
        let traffic = self.choices.declared_traffic(&terrain, false);
        let made = traffic.tier_rules(&terrain, &self.choices.limits);
        findings.extend(made.findings.iter().cloned());
        tell(scope, findings, &traffic);
        for remark in &made.remarks {
            scope.remark(remark);
        }
        let location = subscription.map(|subscription| subscription.location().clone());
        let mut parts = Parts::begin(&self, scope, &layout, unique, location);
        parts.gateways();
        parts.groups(&traffic, terrain.endpoints);
        for tier in &self.choices.tiers {
            parts.tier(*tier);
        }
        parts.rules(&made);
        parts.endpoints();
        parts.records();
        parts.names();
        parts.refs.parts.traffic = NetworkTraffic { traffic, terrain, chosen: BTreeMap::new() };
        parts.refs
    }
}

/// The names of the first zones.
pub(super) fn zones(count: u8) -> Vec<Output<ZoneName>> {
    (0..count).map(|zone| Output::from_expr(Expr::Lit((zone + 1).to_string().into()))).collect()
}

/// The name of a zone.
fn zone_name(zone: u8) -> Option<ZoneName> {
    ZoneName::new((zone + 1).to_string()).ok()
}

/// The parts of a virtual network while they are declared.
struct Parts<'p, 's> {
    choice: &'p Vnet,
    scope: &'p mut Scope<'s, Azure>,
    base: String,
    /// As the base, and different in each subscription.
    unique: String,
    location: Option<Location>,
    resource_group: Input<ResourceGroupId>,
    vnet: Handle<VirtualNetwork>,
    layout: &'p NetworkLayout,
    ways: ways::Ways,
    groups: BTreeMap<String, Output<ApplicationSecurityGroupId>>,
    /// The network security group of each tier, and what closes it.
    filters: BTreeMap<Tier, (Output<NetworkSecurityGroupId>, [Handle<SecurityRule>; 2])>,
    refs: VnetRefs,
}

impl<'p, 's> Parts<'p, 's> {
    /// Declares what all others stand in.
    fn begin(
        choice: &'p Vnet,
        scope: &'p mut Scope<'s, Azure>,
        layout: &'p NetworkLayout,
        unique: String,
        location: Option<Location>,
    ) -> Self {
        let base = choice.choices.base(scope);
        let resource_group = choice.resource_group.clone().unwrap_or_else(|| {
            let group = ResourceGroup::new(derived(&RESOURCE_GROUP, &base));
            scope.add("resource-group", group).group_id().into()
        });
        let ipv6 = match layout.ipv6 {
            Ipv6Space::Known(range) => Some(IpCidr::from(range)),
            Ipv6Space::None | Ipv6Space::Chosen => None,
        };
        let ipv4 = std::iter::once(layout.range).chain(layout.pods).map(IpCidr::from);
        let ranges: Vec<IpCidr> = ipv4.chain(ipv6).collect();
        let name = derived(&VIRTUAL_NETWORK, &base);
        let spec = VirtualNetwork::new(resource_group.clone(), name, ranges.iter().copied());
        let servers = &choice.dns_servers;
        let spec = if servers.is_empty() { spec } else { spec.dns_servers(servers.iter().copied()) };
        let vnet = scope.add("vnet", spec);
        let known = ranges.into_iter().map(Input::Known).collect();
        let mut refs = VnetRefs::of(vnet.id(), known, zones(layout.zones));
        refs.resource_group = Some(resource_group.clone());
        refs.resource = Some(vnet.clone());
        let ways = ways::Ways::default();
        let (groups, filters) = (BTreeMap::new(), BTreeMap::new());
        Self {
            choice,
            scope,
            base,
            unique,
            location,
            resource_group,
            vnet,
            layout,
            ways,
            groups,
            filters,
            refs,
        }
    }

    /// Private names.
    fn names(&mut self) {
        if let Some(name) = self.choice.choices.private_zone.clone() {
            self.refs.parts.private_zone = Some(self.zone("private-zone", &name).id());
        }
    }

    /// A private DNS zone that is answered in the network, and its link.
    fn zone(&mut self, place: &str, name: &str) -> Handle<PrivateDnsZone> {
        let zone = PrivateDnsZone::new(self.resource_group.clone(), name);
        let zone = self.scope.add(format!("{place}/zone"), zone);
        let link = VirtualNetworkLink::new(zone.id(), derived(&VIRTUAL_NETWORK, &self.base), self.vnet.id());
        self.scope.add(format!("{place}/link"), link);
        zone
    }

    /// A legal name of a part, which follows from the network's and the part's.
    fn name(&self, rule: &NameRule, part: &str) -> String {
        derived(rule, &format!("{}/{part}", self.base))
    }

    /// Declares a resource.
    fn add<R: ResourceExt>(&mut self, path: impl AsRef<str>, resource: R) -> Handle<R::Kind>
    where
        R::Kind: Resource<Provider = Azure>,
    {
        self.scope.add(path, resource.with())
    }
}

/// A legal name out of a text, its parts joined by `-`.
fn derived(rule: &NameRule, text: &str) -> String {
    let text = text.replace('/', "-");
    rule.derive(&text).unwrap_or(text)
}

/// As part of an address.
fn slug(range: IpCidr) -> String {
    AddressRange::Known(range).slug()
}

#[cfg(test)]
mod tests;
