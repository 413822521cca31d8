//! The way out of a virtual network.

use super::{Parts, zone_name};
use crate::{
    id::NatGatewayId,
    network::NatRefs,
    networking::{NatGateway, PublicIpAddress, PublicIpAddressOutputs, PublicIpSku},
};
use deathstar_core::{
    Output,
    component::network::Ipv6Space,
    model::{
        Tier,
        name::azure::{NAT_GATEWAY, PUBLIC_IP},
    },
};

/// What leads out of a virtual network.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// Through one gateway that spans all zones.
    whole: Option<Output<NatGatewayId>>,
    /// Through gateways that stand in a zone, by zone.
    zonal: Vec<Output<NatGatewayId>>,
}

impl Parts<'_, '_> {
    /// Declares the NAT gateways. What goes through one follows from the subnets that name it.
    pub(super) fn gateways(&mut self) {
        if self.choice.choices.needs_gateways() && self.choice.is_zone_redundant() {
            self.gateway();
        }
        for zone in 0..self.choice.nat_zones(self.layout.zones) {
            self.zonal_gateway(zone);
        }
    }

    /// One gateway that spans all zones, with an address of each family.
    fn gateway(&mut self) {
        let address = self.address("egress/address").sku(PublicIpSku::StandardV2);
        let address = self.add("egress/address", address);
        self.refs.parts.egress_addresses.push(Output::from_expr(address.ip_address().expr().clone()));
        let name = self.name(&NAT_GATEWAY, "egress");
        let mut gateway =
            NatGateway::zone_redundant(self.resource_group.clone(), name).public_ip_addresses([address.id()]);
        if self.layout.ipv6 != Ipv6Space::None {
            let ipv6 = self.address("egress/address-ipv6").sku(PublicIpSku::StandardV2).ipv6();
            let ipv6 = self.add("egress/address-ipv6", ipv6);
            self.refs.egress_ipv6.push(Output::from_expr(ipv6.ip_address().expr().clone()));
            gateway = gateway.public_ip_addresses_v6([ipv6.id()]);
        }
        let gateway = self.add("egress/gateway", gateway);
        self.refs.nat_gateways.push(NatRefs { zone: None, id: gateway.id() });
        self.ways.whole = Some(gateway.id());
    }

    /// A gateway in one zone, with an address that stands there too.
    fn zonal_gateway(&mut self, zone: u8) {
        let path = format!("egress/{zone}/address");
        let address = self.address(&path).zones(zone_name(zone));
        let address = self.add(path, address);
        self.refs.parts.egress_addresses.push(Output::from_expr(address.ip_address().expr().clone()));
        let name = self.name(&NAT_GATEWAY, &format!("egress-{zone}"));
        let gateway = NatGateway::zonal(self.resource_group.clone(), name, zone_name(zone))
            .public_ip_addresses([address.id()]);
        let gateway = self.add(format!("egress/{zone}/gateway"), gateway);
        self.refs.nat_gateways.push(NatRefs { zone: Some(zone), id: gateway.id() });
        self.ways.zonal.push(gateway.id());
    }

    fn address(&self, path: &str) -> PublicIpAddress {
        PublicIpAddress::new(self.resource_group.clone(), self.name(&PUBLIC_IP, path))
    }

    /// The gateway of a subnet, where it has one.
    pub(super) fn way_out(&self, tier: Tier, zone: Option<u8>) -> Option<Output<NatGatewayId>> {
        if !self.choice.choices.goes_out(tier) {
            return None;
        }
        let of_zone = self.ways.zonal.get(usize::from(zone.unwrap_or_default()));
        self.ways.whole.as_ref().or(of_zone).or(self.ways.zonal.first()).cloned()
    }
}
