//! What the parties of a declaration are in one network.

use super::{AddressRange, ClientPorts, Family, Group, Party, Peer, Pods, Ports, Service, Terrain, Traffic};
use crate::model::Tier;

/// Traffic in a network.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) traffic: &'a Traffic,
    pub(super) terrain: &'a Terrain,
}

impl<'a> Ground<'a> {
    /// All groups with their tiers, the network's own among them.
    pub(super) fn all_groups(&self) -> impl Iterator<Item = (&'a str, Tier)> {
        let own = self.terrain.endpoints.map(|tier| (Group::ENDPOINTS, tier));
        self.traffic.groups().iter().map(|group| (group.name.as_str(), group.tier)).chain(own)
    }

    /// The pods that a party is.
    pub(super) fn pods(&self, party: &Party) -> Option<&'a Pods> {
        let Party::Group(name) = party else { return None };
        self.traffic.pods().iter().find(|pods| pods.name == *name)
    }

    /// The group that stands in the network for one of this name: of pods, the one whose interfaces they share.
    fn carrier<'b>(&self, name: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.traffic.pods().iter().find(|pods| pods.name == name).map_or(name, |pods| &pods.carrier)
    }

    /// The groups that a party has as members.
    pub(super) fn groups(&self, party: &Party) -> Vec<(&'a str, Tier)> {
        let all = self.all_groups();
        match party {
            Party::Group(name) => {
                let name = self.carrier(name);
                all.filter(|(other, _)| *other == name).collect()
            }
            Party::Tier(tier) => all.filter(|(_, of)| of == tier).collect(),
            Party::Network => all.collect(),
            Party::Endpoints => all.filter(|(name, _)| *name == Group::ENDPOINTS).collect(),
            _ => vec![],
        }
    }

    /// The tiers in which a party stands.
    pub(super) fn tiers(&self, party: &Party) -> Vec<Tier> {
        match party {
            Party::Tier(tier) => vec![*tier],
            Party::Network => self.terrain.tiers.keys().copied().collect(),
            _ => self.groups(party).into_iter().map(|(_, tier)| tier).collect(),
        }
    }

    /// The addresses of a party, as a filter can name them.
    pub(super) fn ranges(&self, party: &Party) -> Vec<AddressRange> {
        match party {
            Party::Network => self.terrain.network.clone(),
            Party::Internet => self.terrain.families().map(AddressRange::anywhere).collect(),
            Party::InternetOf(family) => vec![AddressRange::anywhere(*family)],
            Party::Range(range) => vec![AddressRange::Known(*range)],
            Party::ObjectStorage => vec![AddressRange::anywhere(Family::Ipv4)],
            Party::Resolver | Party::Clock | Party::Probes => vec![],
            Party::Tier(_) | Party::Group(_) | Party::Endpoints => {
                let tiers = self.tiers(party).into_iter();
                tiers.filter_map(|tier| self.terrain.tiers.get(&tier)).flatten().copied().collect()
            }
        }
    }

    /// A party as the other side of a group's rule.
    pub(super) fn peers(&self, party: &Party) -> Vec<Peer> {
        let named = |name: &str| vec![Peer::Group(name.to_owned())];
        match party {
            Party::Group(_) if self.tiers(party).iter().any(|tier| self.terrain.ungrouped.contains(tier)) => {
                self.ranges(party).into_iter().map(Peer::Range).collect()
            }
            Party::Group(name) => named(self.carrier(name)),
            Party::Endpoints => named(Group::ENDPOINTS),
            Party::ObjectStorage => vec![Peer::ObjectStorage],
            Party::Probes => vec![Peer::Probes],
            _ => self.ranges(party).into_iter().map(Peer::Range).collect(),
        }
    }

    /// From which ports a party sends to a service.
    pub(super) fn client_ports(&self, party: &Party, service: Service) -> Ports {
        if let Some(ports) = service.sent_from {
            return ports;
        }
        let of = |wanted: &dyn Fn(&Group) -> bool| {
            let ports = self.traffic.groups().iter().filter(|group| wanted(group));
            ports.map(|group| group.client_ports.ports()).reduce(Ports::around)
        };
        let known = match party {
            Party::Group(name) => of(&|group| group.name == self.carrier(name)),
            // Load balancers and gateways stand in the public tier.
            Party::Tier(Tier::Public) => None,
            Party::Tier(tier) => Some(of(&|group| group.tier == *tier).unwrap_or(ClientPorts::Linux.ports())),
            _ => None,
        };
        known.unwrap_or(ClientPorts::Any.ports())
    }
}
