#![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]

mod findings;
mod pods;
mod properties;
mod rules;
mod tier_rules;

use super::*;
use crate::model::Tier;

fn known(text: &str) -> AddressRange {
    AddressRange::Known(text.parse().unwrap())
}

const NAT: Way = Way::Translated(Gateways { tier: Some(Tier::Public), carry: Carried::Icmp });

/// A dual-stack network with all tiers, NAT in the public one, endpoints in the private one.
fn terrain() -> Terrain {
    let tier = |tier: Tier, four: &[&str]| {
        let six = AddressRange::OfTier(tier, Family::Ipv6);
        (tier, four.iter().copied().map(known).chain([six]).collect())
    };
    Terrain {
        network: vec![known("10.20.0.0/16"), known("100.64.0.0/16"), AddressRange::OfNetwork(Family::Ipv6)],
        tiers: [
            tier(Tier::Public, &["10.20.48.0/22"]),
            tier(Tier::Private, &["10.20.0.0/19", "10.20.32.0/20", "10.20.64.0/20"]),
            tier(Tier::Intra, &["10.20.52.0/22"]),
            tier(Tier::Pods, &["100.64.0.0/16"]),
        ]
        .into(),
        internet: [
            ((Tier::Public, Family::Ipv4), Way::Both),
            ((Tier::Public, Family::Ipv6), Way::Both),
            ((Tier::Private, Family::Ipv4), NAT),
            ((Tier::Private, Family::Ipv6), Way::Out),
            ((Tier::Pods, Family::Ipv4), NAT),
            ((Tier::Pods, Family::Ipv6), Way::Out),
        ]
        .into(),
        routed: vec!["10.99.0.0/16".parse().unwrap()],
        object_storage: true,
        endpoints: Some(Tier::Private),
        ..Terrain::default()
    }
}

/// The same with IPv4 alone, and without pods in a tier of their own.
fn plain() -> Terrain {
    let mut plain = terrain();
    plain.network = vec![known("10.20.0.0/16")];
    plain.tiers.remove(&Tier::Pods);
    for ranges in plain.tiers.values_mut() {
        ranges.retain(|range| range.family() == Family::Ipv4);
    }
    plain.internet.retain(|(tier, family), _| *tier != Tier::Pods && *family == Family::Ipv4);
    plain
}

fn groups() -> Traffic {
    Traffic::new()
        .group(Group::new("web", Tier::Public))
        .group(Group::new("shop", Tier::Private))
        .group(Group::new("database", Tier::Intra).client_ports(ClientPorts::Windows))
}
