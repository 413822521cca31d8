//! What a virtual network is for declared traffic.

use super::{Nat, Vnet};
use deathstar_core::{
    Diagnostic,
    component::{
        IpFamilies, PrivateEndpoints,
        network::{Ipv6Space, LayoutRules, NetworkLayout, ipv6},
    },
    model::{
        Ipv6Cidr, Tier,
        cidr::Limits,
        traffic::{Carried, Family, Gateways, Terrain, Way},
    },
};

/// What Azure allows for the layout of a virtual network. A region with zones has three.
pub(super) const LAYOUT: LayoutRules = LayoutRules {
    limits: Limits::AZURE,
    most_zones: 3,
    network: "the virtual network",
    told_by_kinds: false,
};

/// A gateway stands in no subnet: subnets name it.
const fn translated(carry: Carried) -> Way {
    Way::Translated(Gateways { tier: None, carry })
}

impl Vnet {
    /// The network that its traffic crosses.
    pub(super) fn terrain(&self, layout: &NetworkLayout) -> Terrain {
        let choices = &self.choices;
        let goes_out = |tier| choices.goes_out(tier) && choices.egress != Nat::None;
        let mut terrain = choices.terrain(layout, |tier, family| match (tier, family) {
            (_, Family::Ipv6) if layout.ipv6 == Ipv6Space::None => None,
            (Tier::Public, _) => Some(Way::Both),
            // Source: Azure NAT Gateway, "SKUs".
            (tier, _) if goes_out(tier) && self.is_zone_redundant() => Some(translated(Carried::Echo)),
            (tier, Family::Ipv4) if goes_out(tier) => Some(translated(Carried::Nothing)),
            _ => None,
        });
        terrain.routed = self.routes.iter().map(|(range, _)| *range).collect();
        terrain.object_storage = choices.tiers.iter().any(|tier| *tier != Tier::Public);
        terrain.endpoints = (!self.targets.is_empty()).then(|| self.endpoint_tier()).flatten();
        // Source: Azure Load Balancer, "Components": back ends see the client's address, and probes come from one of Azure's.
        terrain.balanced = [Tier::Private].into_iter().filter(|tier| choices.has(*tier)).collect();
        terrain.probes = true;
        terrain.ungrouped = self.delegations.keys().copied().collect();
        terrain
    }

    /// The IPv6 range, and what is wrong with it. `unique` is different for each network.
    pub(super) fn ipv6(&self, unique: &str, findings: &mut Vec<Diagnostic>) -> Ipv6Space {
        // Room for all tiers, whichever are there.
        const NARROWEST: u8 = ipv6::TIER_LENGTH - 2;
        if !self.choices.families.has_ipv6() {
            if self.ipv6_range.is_some() {
                let why = "an IPv6 range is given, and the network has IPv4 alone";
                let fix = "say `families(IpFamilies::DualStack)`, or take the range back";
                findings.push(Diagnostic::new("network.families", why).fix(fix));
            }
            return Ipv6Space::None;
        }
        let own = ipv6::unique_local(unique);
        let Some(text) = &self.ipv6_range else { return Ipv6Space::Known(own) };
        let wrong = match text.parse::<Ipv6Cidr>() {
            Ok(range) if range.net().prefix_len() <= NARROWEST => return Ipv6Space::Known(range),
            Ok(_) => format!("`{text}` has no room for all tiers"),
            Err(error) => error.to_string(),
        };
        let fix = format!("give a range of /{NARROWEST} or wider, or leave it out");
        findings.push(Diagnostic::new("cidr.ipv6", wrong).fix(fix));
        Ipv6Space::Known(own)
    }

    /// Choices that do not go together, or that Azure cannot make.
    pub(super) fn contradictions(&self) -> Vec<Diagnostic> {
        let choices = &self.choices;
        let mut findings = choices.contradictions();
        if choices.tiers.is_empty() {
            return findings;
        }
        let mut push = |code: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new(code, why).fix(fix));
        };
        if !(1..=LAYOUT.most_zones).contains(&choices.zones) {
            let why = format!("no region has {} zones to choose from", choices.zones);
            push("zones.count", why, "ask for 1 to 3 zones");
        }
        if choices.families == IpFamilies::Ipv6Only {
            let why = "Azure has no virtual networks without IPv4";
            push("network.families", why.into(), "say `families(IpFamilies::DualStack)`");
        }
        let out = choices.egress != Nat::None && choices.needs_gateways();
        if out && choices.families.has_ipv6() && !self.is_zone_redundant() {
            let why = "gateways that stand in one zone translate no IPv6";
            let fix = "say `nat(Nat::PerZone)` without `subnets_per_zone`, whose gateway spans all zones and costs the same";
            push("network.nat", why.into(), fix);
        }
        if !self.targets.is_empty() && self.endpoint_tier().is_none() {
            let why = "private endpoints stand in the private tier or in the intra tier, which are left out or delegated";
            push("network.endpoints", why.into(), "keep one of the two, or leave the endpoints out");
        }
        let registry = self.targets.values().any(|target| target.part == super::PrivateTarget::REGISTRY);
        if self.endpoints == PrivateEndpoints::Cluster && !registry {
            let why = "a private endpoint of Azure leads to one resource, so that all that a cluster calls has to be named, \
                       and no container registry is";
            let fix = "name it: `private_endpoint(\"images\", PrivateTarget::registry(..))`; or say \
                       `PrivateEndpoints::ObjectStorage` and keep a way out";
            push("network.endpoints", why.into(), fix);
        }
        for tier in self.delegations.keys().filter(|tier| !choices.has(**tier)) {
            let why = format!("tier {tier} is left out, and delegated");
            push("network.delegation", why, "say one of the two");
        }
        findings
    }
}
