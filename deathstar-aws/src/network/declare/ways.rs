//! Gateways, route tables and routes: the ways of a VPC.

use super::Parts;
use crate::{
    ec2::{
        EgressOnlyInternetGateway, ElasticIp, InternetGateway, NatGateway, NatGatewayOutputs, Route,
        RouteTable, Subnet, Target,
    },
    network::RouteTableRefs,
};
use deathstar_core::{
    Handle,
    component::{ResourceExt, network::place},
    model::{
        IpCidr, Tier,
        traffic::{AddressRange, Family},
    },
};

/// What leads out of a VPC.
#[derive(Debug, Default)]
pub(super) struct Ways {
    internet: Option<Handle<InternetGateway>>,
    egress_only: Option<Handle<EgressOnlyInternetGateway>>,
    nat: Vec<Handle<NatGateway>>,
}

impl Parts<'_, '_> {
    /// Declares the gateways of the VPC itself.
    pub(super) fn gateways(&mut self) {
        if self.choice.choices.has(Tier::Public) {
            self.ways.internet = Some(self.named("internet-gateway", InternetGateway::of(self.vpc.id())));
        }
        if self.choice.egress_only() {
            let gateway = EgressOnlyInternetGateway::of(self.vpc.id());
            self.ways.egress_only = Some(self.named("egress-only-gateway", gateway));
        }
    }

    /// Declares the NAT gateway of a zone, when there is one.
    pub(super) fn nat_gateway(&mut self, zone: u8, subnet: &Handle<Subnet>) {
        let Some(internet) = self.ways.internet.clone() else { return };
        if zone >= self.choice.nat_zones(self.layout.zones) {
            return;
        }
        // A NAT gateway needs the internet gateway, which cannot be detached before the public address is gone.
        let address = ElasticIp::new().after(&internet);
        let address = self.named(&place(Tier::Public, Some(zone), "nat-address"), address);
        let nat = NatGateway::public(subnet.id(), address.id());
        let nat = self.named(&place(Tier::Public, Some(zone), "nat-gateway"), nat);
        self.refs.parts.egress_addresses.push(nat.public_ip());
        self.ways.nat.push(nat);
    }

    /// Declares a route table with the ways of its tier.
    pub(super) fn table(&mut self, tier: Tier, zone: Option<u8>) -> Handle<RouteTable> {
        let table = self.named(&place(tier, zone, "route-table"), RouteTable::of(self.vpc.id()));
        self.refs.route_tables.push(RouteTableRefs { tier, zone, id: table.id() });
        self.tables.push(table.clone());
        for (family, name) in [(Family::Ipv4, "default-route"), (Family::Ipv6, "default-route-ipv6")] {
            if let Some(via) = self.way_out(tier, zone, family) {
                let AddressRange::Known(everywhere) = AddressRange::anywhere(family) else { continue };
                let route = self.plain(place(tier, zone, name), Route::new(table.id(), everywhere, via));
                self.refs.default_routes.push(route);
            }
        }
        for (range, via) in &self.choice.routes {
            let name = format!("route-{}", slug(*range));
            self.plain(place(tier, zone, &name), Route::new(table.id(), *range, via.clone()));
        }
        table
    }

    fn way_out(&self, tier: Tier, zone: Option<u8>, family: Family) -> Option<Target> {
        let ways = &self.ways;
        let ipv6 = self.choice.choices.families.has_ipv6();
        match (tier, family) {
            (Tier::Public, Family::Ipv6) if !ipv6 => None,
            (Tier::Public, _) => {
                ways.internet.as_ref().map(|gateway| Target::InternetGateway(gateway.id().into()))
            }
            (Tier::Private | Tier::Pods, Family::Ipv4) if self.choice.choices.has_ipv4(tier) => {
                let zone = usize::from(zone.unwrap_or_default());
                let nat = ways.nat.get(zone).or(ways.nat.first());
                nat.map(|gateway| Target::NatGateway(gateway.id().into()))
            }
            (Tier::Private | Tier::Pods, Family::Ipv6) => {
                let gateway = ways.egress_only.as_ref();
                gateway.map(|gateway| Target::EgressOnlyInternetGateway(gateway.id().into()))
            }
            _ => None,
        }
    }
}

fn slug(range: IpCidr) -> String {
    AddressRange::Known(range).slug()
}
