//! What a VPC is for declared traffic.

use super::Vpc;
use deathstar_core::{
    component::network::{LayoutRules, NetworkLayout},
    model::{
        Tier,
        cidr::Limits,
        traffic::{Carried, Family, Gateways, Terrain, Way},
    },
};

/// What EC2 allows for the layout of a VPC. No region has more than six zones.
pub(super) const LAYOUT: LayoutRules =
    LayoutRules { limits: Limits::AWS, most_zones: 6, network: "the VPC", told_by_kinds: true };

/// NAT gateways, which carry TCP, UDP and ICMP.
///
/// Source: Amazon VPC User Guide, "NAT gateway basics".
const NAT: Way = Way::Translated(Gateways { tier: Some(Tier::Public), carry: Carried::Icmp });

impl Vpc {
    /// The network that its traffic crosses.
    pub(super) fn terrain(&self, layout: &NetworkLayout) -> Terrain {
        let choices = &self.choices;
        let mut terrain = choices.terrain(layout, |tier, family| match (tier, family) {
            (Tier::Public, _) => Some(Way::Both),
            (_, Family::Ipv4) if choices.goes_out(tier) && self.nat_zones(layout.zones) > 0 => Some(NAT),
            (_, Family::Ipv6) if choices.goes_out(tier) && self.egress_only() => Some(Way::Out),
            _ => None,
        });
        terrain.routed = self.routes.iter().map(|(range, _)| *range).collect();
        // The private route to S3 is one of IPv4.
        terrain.object_storage =
            choices.tiers.iter().any(|tier| *tier != Tier::Public && choices.has_ipv4(*tier));
        terrain.endpoints = self.interfaces().next().and(self.endpoint_tier());
        terrain
    }
}
