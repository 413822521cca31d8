//! The subnets of a VPC.

use super::{
    Parts,
    tags::{DISCOVERY, PRIVATE_ROLE, PUBLIC_ROLE},
};
use crate::ec2::{RouteTable, RouteTableAssociation, Subnet, ipv6_subnet};
use deathstar_core::{
    Handle,
    component::{
        ResourceExt, SubnetRefs, With,
        network::{ipv6::subnet_number, place},
    },
    model::{Tier, cidr::IpNet},
};

impl Parts<'_, '_> {
    /// Declares the subnets of a tier with their route tables.
    pub(super) fn tier(&mut self, tier: Tier) {
        // Tables of their own, so that the ways out of zones can change alone.
        let shared = match tier {
            Tier::Public | Tier::Intra => Some(self.table(tier, None)),
            Tier::Private | Tier::Pods => None,
        };
        for zone in 0..self.layout.zones {
            let table = match &shared {
                Some(table) => table.clone(),
                None => self.table(tier, Some(zone)),
            };
            let subnet = self.subnet(tier, zone, &table);
            if tier == Tier::Public {
                self.nat_gateway(zone, &subnet);
            }
        }
    }

    fn subnet(&mut self, tier: Tier, zone: u8, table: &Handle<RouteTable>) -> Handle<Subnet> {
        let (vpc, name) = (self.vpc.id(), self.zones.nth(zone.into()));
        let range = self.layout.subnet(tier, Some(zone));
        let ipv6 = self.ipv6.as_ref().map(|block| ipv6_subnet(block, subnet_number(tier, zone)));
        let (spec, ipv4) = match ipv6 {
            Some(block) if !self.choice.choices.has_ipv4(tier) => {
                (Subnet::ipv6_only(vpc, block, name), false)
            }
            Some(block) => (Subnet::new(vpc, range, name).ipv6_cidr_block(block), true),
            None => (Subnet::new(vpc, range, name), true),
        };
        let mut spec = if ipv4 { spec.map_public_ip_on_launch(tier == Tier::Public) } else { spec };
        if self.ipv6.is_some() {
            spec = spec.assign_ipv6_address_on_creation(true);
        }
        let path = place(tier, Some(zone), "subnet");
        let tagged = self.tagged(tier, spec);
        let subnet = self.named(&path, tagged);
        let association = RouteTableAssociation::new(subnet.id(), table.id());
        self.plain(place(tier, Some(zone), "association"), association);
        let range = ipv4.then(|| IpNet::V4(range.net()));
        self.refs.parts.subnets.push(SubnetRefs { tier, zone: Some(zone), range, id: subnet.id() });
        self.subnets.push((tier, subnet.clone()));
        subnet
    }

    /// A subnet with what others find it by, after the range in which it lies.
    fn tagged(&self, tier: Tier, spec: Subnet) -> With<Subnet> {
        match (tier, &self.pods) {
            (Tier::Public, _) => spec.tag(PUBLIC_ROLE, "1"),
            (Tier::Private, _) => {
                let tagged = spec.tag(PRIVATE_ROLE, "1");
                match &self.choice.cluster {
                    Some(cluster) => tagged.tag(DISCOVERY, cluster),
                    None => tagged,
                }
            }
            (Tier::Pods, Some(range)) => spec.after(range),
            (Tier::Intra | Tier::Pods, _) => spec.with(),
        }
    }
}
