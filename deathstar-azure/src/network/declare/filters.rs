//! The network security groups of a virtual network and their rules.

use super::{Parts, derived};
use crate::networking::{NetworkSecurityGroup, Protocol, RulePeer, RulePorts, SecurityRule};
use deathstar_core::{
    component::network::{explained, place},
    model::{
        Tier,
        name::azure::{NETWORK_SECURITY_GROUP, SECURITY_RULE},
        traffic::{AddressRange, Direction, Packets, Peer, TierRule, TierRules},
    },
};

/// The number of the rule that closes: the last one before Azure's own.
const LAST: u16 = 4096;
/// The most characters of a description.
///
/// Source: Azure REST API, "Security Rules - Create Or Update".
const LONGEST: usize = 140;

impl Parts<'_, '_> {
    /// Declares the network security group of a tier, closed in both directions. Azure's own rules, which come after, count for
    /// nothing then.
    pub(super) fn filter(&mut self, tier: Tier) {
        let name = self.name(&NETWORK_SECURITY_GROUP, tier.as_str());
        let group = NetworkSecurityGroup::new(self.resource_group.clone(), name);
        let group = self.add(place(tier, None, "security-group/group"), group).id();
        let closed = [Direction::In, Direction::Out].map(|direction| {
            let name = format!("{}_nothing-else", direction.as_str());
            let rule = match direction {
                Direction::In => SecurityRule::inbound(group.clone(), name, LAST),
                Direction::Out => SecurityRule::outbound(group.clone(), name, LAST),
            };
            let path = place(tier, None, &format!("security-group/{}/nothing-else", direction.as_str()));
            self.add(path, rule.deny().description("what nobody declares is closed"))
        });
        self.filters.insert(tier, (group, closed));
    }

    /// Declares the rules of all tiers.
    pub(super) fn rules(&mut self, made: &TierRules) {
        for rule in &made.rules {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &TierRule) {
        let TierRule { tier, direction, group, number, opening, .. } = rule;
        let Some((filter, _)) = self.filters.get(tier) else { return };
        let own = match group {
            Some(group) => self.group_peer(group),
            // Only what stands in the tier's subnets is filtered.
            None => Some(RulePeer::Any),
        };
        // What is missing is a finding.
        let (Some(own), Some(peer)) = (own, self.peer(&opening.peer)) else { return };
        let (way, slug) = (direction.as_str(), opening.slug());
        let whose = group.as_ref().map(|group| format!("{group}_")).unwrap_or_default();
        let name = derived(&SECURITY_RULE, &format!("{way}_{whose}{slug}"));
        let spec = match direction {
            Direction::In => SecurityRule::inbound(filter.clone(), name, *number).from(peer).to(own),
            Direction::Out => SecurityRule::outbound(filter.clone(), name, *number).from(own).to(peer),
        };
        let (protocol, ports) = packets(opening.packets);
        let first = opening.reasons.first().map(|reason| reason.declaration.as_str()).unwrap_or_default();
        let description: String = first.chars().take(LONGEST).collect();
        let spec = spec.on(protocol, ports).description(description);
        let path = match group {
            Some(group) => format!("groups/{group}/{way}/{slug}"),
            None => place(*tier, None, &format!("security-group/{way}/{slug}")),
        };
        self.add(path, explained(spec, opening));
    }

    fn peer(&self, peer: &Peer) -> Option<RulePeer> {
        match peer {
            Peer::Group(name) => self.group_peer(name),
            Peer::Range(AddressRange::Known(range)) => Some(RulePeer::ranges([*range])),
            Peer::Range(_) => None, // Azure chooses no ranges.
            Peer::ObjectStorage => Some(RulePeer::tag(match &self.location {
                Some(location) => format!("Storage.{location}"),
                None => "Storage".to_owned(),
            })),
            Peer::Probes => Some(RulePeer::tag(RulePeer::AZURE_LOAD_BALANCER)),
        }
    }

    fn group_peer(&self, name: &str) -> Option<RulePeer> {
        self.groups.get(name).map(|group| RulePeer::groups([group.clone()]))
    }
}

/// Packets as rules write them. What they have no word for is a finding.
fn packets(packets: Packets) -> (Protocol, RulePorts) {
    match packets {
        Packets::Tcp(ports) => (Protocol::Tcp, RulePorts::ranges([ports])),
        Packets::Udp(ports) => (Protocol::Udp, RulePorts::ranges([ports])),
        Packets::Icmp(_) | Packets::Icmpv6(_) => (Protocol::Icmp, RulePorts::Any),
        Packets::Other(50) => (Protocol::Esp, RulePorts::Any),
        Packets::Other(51) => (Protocol::Ah, RulePorts::Any),
        Packets::All | Packets::Other(_) => (Protocol::Any, RulePorts::Any),
    }
}
