//! What a VPC is for declared traffic, and what is declared in it.

use super::{Nat, Vpc, layout::Layout};
use deathstar_core::model::{
    IpCidr, Tier, Traffic,
    traffic::{AddressRange, Family, KubernetesTraffic, Party, Terrain, Way},
};

impl Vpc {
    /// The network that its traffic crosses.
    pub(super) fn terrain(&self, layout: &Layout) -> Terrain {
        let known = |range| AddressRange::Known(IpCidr::from(range));
        let mut terrain = Terrain {
            network: std::iter::once(layout.range).chain(layout.pods).map(known).collect(),
            routed: self.routes.iter().map(|(range, _)| *range).collect(),
            // The private route to S3 is one of IPv4.
            object_storage: self.tiers.iter().any(|tier| *tier != Tier::Public && self.has_ipv4(*tier)),
            endpoints: self.interfaces().next().and(self.endpoint_tier()),
            ..Terrain::default()
        };
        let ipv6 = self.families.has_ipv6();
        if ipv6 {
            terrain.network.push(AddressRange::OfNetwork(Family::Ipv6));
        }
        for tier in &self.tiers {
            let mut ranges = vec![];
            if self.has_ipv4(*tier) {
                ranges.extend(layout.room(*tier).into_iter().map(known));
            }
            if ipv6 {
                ranges.push(AddressRange::OfTier(*tier, Family::Ipv6));
            }
            terrain.tiers.insert(*tier, ranges);
            let mut way = |family, way| terrain.internet.insert((*tier, family), way);
            if *tier == Tier::Public {
                way(Family::Ipv4, Way::Both);
                way(Family::Ipv6, Way::Both);
            } else if self.goes_out(*tier) {
                if self.nat_zones(layout.zones) > 0 {
                    way(Family::Ipv4, Way::Translated(Tier::Public));
                }
                if self.egress_only() {
                    way(Family::Ipv6, Way::Out);
                }
            }
        }
        terrain
    }

    /// All that may be said to each other in it.
    pub(super) fn declared_traffic(&self, terrain: &Terrain) -> Traffic {
        let of_cluster = if self.cluster_traffic && self.has(Tier::Private) {
            let control_plane = if self.has(Tier::Intra) { Tier::Intra } else { Tier::Private };
            KubernetesTraffic::new()
                .control_plane(control_plane)
                .pods(self.has(Tier::Pods))
                .ingress(self.has(Tier::Public))
                .internet(self.internet(terrain))
                .endpoints(terrain.endpoints.is_some())
                .object_storage(terrain.object_storage && self.has_ipv4(Tier::Private))
                .into()
        } else {
            Traffic::new()
        };
        of_cluster.and(self.traffic.clone())
    }

    /// The part of the internet that the private tier reaches.
    fn internet(&self, terrain: &Terrain) -> Option<Party> {
        if self.nat == Nat::None {
            return None;
        }
        let own = |family: &Family| terrain.has(Tier::Private, *family);
        let reached = |family: &Family| terrain.internet.contains_key(&(Tier::Private, *family));
        let all: Vec<Family> = Family::ALL.into_iter().filter(own).collect();
        let there: Vec<Family> = all.iter().copied().filter(reached).collect();
        match there.as_slice() {
            [] => None,
            some if some.len() == all.len() => Some(Party::Internet),
            some => some.first().map(|family| Party::InternetOf(*family)),
        }
    }
}
