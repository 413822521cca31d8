//! The subnets of a virtual network.

use super::{Parts, slug};
use crate::{
    network::RouteTableRefs,
    networking::{PrivateEndpointPolicies, Route, RouteTable, Subnet},
};
use deathstar_core::{
    Handle,
    component::{ResourceExt, SubnetRefs, network::place},
    model::{
        IpCidr, Tier,
        cidr::IpNet,
        name::azure::{ROUTE, ROUTE_TABLE},
    },
};

impl Parts<'_, '_> {
    /// Declares a tier: its network security group, its route table, its subnets.
    pub(super) fn tier(&mut self, tier: Tier) {
        self.filter(tier);
        let table = self.table(tier);
        for zone in self.layout.places(tier) {
            self.subnet(tier, zone, table.as_ref());
        }
    }

    /// A table where routes were asked for: without one Azure's own routes count, which is what most networks need.
    fn table(&mut self, tier: Tier) -> Option<Handle<RouteTable>> {
        if self.choice.routes.is_empty() {
            return None;
        }
        let path = place(tier, None, "route-table");
        let table = RouteTable::new(self.resource_group.clone(), self.name(&ROUTE_TABLE, tier.as_str()));
        let table = self.add(path, table);
        self.refs.route_tables.push(RouteTableRefs { tier, id: table.id() });
        for (range, via) in &self.choice.routes {
            let name = slug(*range);
            let route = Route::new(table.id(), super::derived(&ROUTE, &name), *range, via.clone());
            self.add(place(tier, None, &format!("route-{name}")), route);
        }
        Some(table)
    }

    fn subnet(&mut self, tier: Tier, zone: Option<u8>, table: Option<&Handle<RouteTable>>) {
        let range = self.layout.subnet(tier, zone);
        let ipv6 = self.layout.ipv6_subnet(tier, zone).map(IpCidr::from);
        let ranges = std::iter::once(IpCidr::from(range)).chain(ipv6);
        let name = zone.map_or_else(|| tier.to_string(), |zone| format!("{tier}-{zone}"));
        let Some((group, closed)) = self.filters.get(&tier).cloned() else { return };
        let mut subnet = Subnet::new(self.vnet.id(), name, ranges)
            .network_security_group(Some(group))
            .route_table(table.map(Handle::id))
            .nat_gateway(self.way_out(tier, zone))
            .service_endpoints(self.choice.service_endpoints.iter().cloned())
            .default_outbound_access(false);
        if tier != Tier::Public {
            let policies = PrivateEndpointPolicies::NetworkSecurityGroupEnabled;
            subnet = subnet.private_endpoint_network_policies(policies);
        }
        if let Some(service) = self.choice.delegations.get(&tier) {
            subnet = subnet.delegations([service]);
        }
        // Nothing stands in it before its rules close what nobody declares.
        let subnet = closed.iter().fold(subnet.with(), ResourceExt::after);
        let subnet = self.add(place(tier, zone, "subnet"), subnet);
        let range = Some(IpNet::V4(range.net()));
        self.refs.parts.subnets.push(SubnetRefs { tier, zone, range, id: subnet.id() });
    }
}
