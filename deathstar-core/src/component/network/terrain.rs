//! What a network is for declared traffic, and what is declared in it.

use super::{Egress, NetworkChoices, NetworkLayout};
use crate::{
    Diagnostic, Resource,
    component::{ResourceExt, With},
    graph::{Provider, Scope},
    model::{
        Tier, Traffic,
        traffic::{Family, KubernetesTraffic, Opening, Party, Terrain, Way},
    },
};

impl NetworkChoices {
    /// The network that its traffic crosses, with the ways that a tier has in this cloud. What else a cloud has (routes, private
    /// endpoints, a private way to object storage) the backend adds.
    pub fn terrain(&self, layout: &NetworkLayout, way: impl Fn(Tier, Family) -> Option<Way>) -> Terrain {
        let room = |tier: &Tier| (*tier, layout.room(*tier, self.has_ipv4(*tier)));
        let ways = self.tiers.iter().flat_map(|tier| Family::ALL.map(|family| (*tier, family)));
        Terrain {
            network: layout.ranges(),
            tiers: self.tiers.iter().map(room).collect(),
            internet: ways.filter_map(|(tier, family)| Some(((tier, family), way(tier, family)?))).collect(),
            ..Terrain::default()
        }
    }

    /// All that may be said to each other in it: what every cluster needs, unless that is left out, and what is declared.
    ///
    /// `notices` says whether the cloud tells messages about the path of a packet from others.
    pub fn declared_traffic(&self, terrain: &Terrain, notices: bool) -> Traffic {
        let of_cluster = if self.cluster_traffic && self.has(Tier::Private) {
            let control_plane = if self.has(Tier::Intra) { Tier::Intra } else { Tier::Private };
            KubernetesTraffic::new()
                .control_plane(control_plane)
                .pods(self.has(Tier::Pods))
                .ingress(self.has(Tier::Public))
                .internet(self.internet(terrain))
                .notices(notices)
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
        if self.egress == Egress::None {
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

/// Tells what is wrong with a network, and what of its traffic opens nothing.
pub fn tell<P: Provider>(scope: &mut Scope<'_, P>, findings: Vec<Diagnostic>, traffic: &Traffic) {
    for finding in findings {
        scope.finding(finding);
    }
    for (narrow, wide) in traffic.shadowed() {
        scope.remark(format!("declared traffic `{narrow}` opens nothing beside `{wide}`"));
    }
}

/// A rule with everyone who asked for it.
pub fn explained<R: ResourceExt>(rule: R, opening: &Opening) -> With<R::Kind>
where
    R::Kind: Resource,
{
    opening.reasons.iter().fold(rule.with(), |rule, reason| rule.because(reason.to_string()))
}

/// The address of a part of a tier, or of one of its zones, below the network's.
pub fn place(tier: Tier, zone: Option<u8>, part: &str) -> String {
    match zone {
        Some(zone) => format!("{tier}/{zone}/{part}"),
        None => format!("{tier}/{part}"),
    }
}
