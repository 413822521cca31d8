//! The rules of pods.

use super::{
    AddressRange, Declaration, Direction, Family, GroupRule, Opening, Party, Peer, Purpose, Reason, Terrain,
    Traffic, aggregate, check, ground::Ground,
};
use crate::{
    Diagnostic,
    model::name::{NameError, kubernetes},
};
use std::collections::BTreeMap;

impl Traffic {
    /// The rules of each group of pods in its cluster, and what is wrong with them there.
    ///
    /// They keep state, name other pods exactly, and everything else by its addresses. Of the declarations, those count that name a
    /// group of pods; what a group says that only carries pods is the network's business. Where the terrain has no ranges, the
    /// internet is that of both address families.
    ///
    /// A declaration that is added adds rules, and changes none of the others.
    pub fn pod_rules(&self, terrain: &Terrain) -> (Vec<GroupRule>, Vec<Diagnostic>) {
        let ground = Ground { traffic: self, terrain };
        let mut findings = check::pods(ground);
        let mut all: BTreeMap<(&str, Direction), Vec<Opening>> = BTreeMap::new();
        for declaration in self.declarations() {
            let Declaration { from, to, services, .. } = declaration;
            for (own, direction, other) in [(from, Direction::Out, to), (to, Direction::In, from)] {
                let Some(pods) = ground.pods(own) else { continue };
                let peers = match peers(ground, other) {
                    Ok(peers) => peers,
                    Err((code, why, fix)) => {
                        let why = format!("declared traffic `{declaration}`: {why}");
                        findings.push(Diagnostic::new(code, why).fix(fix));
                        continue;
                    }
                };
                let reasons =
                    vec![Reason { declaration: declaration.to_string(), purpose: Purpose::Request }];
                let packets = services.0.iter().map(|service| service.packets());
                for packets in packets.filter(|packets| !packets.is_empty()) {
                    let exist = |peer: &&Peer| {
                        Family::ALL
                            .into_iter()
                            .any(|family| peer.counts_in(family) && packets.exist_in(family))
                    };
                    let openings = peers.iter().filter(exist).cloned();
                    let openings = openings.map(|peer| Opening { packets, peer, reasons: reasons.clone() });
                    all.entry((&pods.name, direction)).or_default().extend(openings);
                }
            }
        }
        let rules = all.into_iter().flat_map(|((group, direction), openings)| {
            let group = group.to_owned();
            aggregate::unique(openings).into_iter().map(move |opening| GroupRule {
                group: group.clone(),
                direction,
                opening,
            })
        });
        (rules.collect(), findings)
    }
}

type Wrong = (&'static str, String, &'static str);

/// The other side of a rule of pods.
fn peers(ground: Ground<'_>, other: &Party) -> Result<Vec<Peer>, Wrong> {
    let ranges = match other {
        _ if ground.pods(other).is_some() => {
            return Ok(ground.pods(other).map(|pods| Peer::Group(pods.name.clone())).into_iter().collect());
        }
        Party::Internet if ground.terrain.network.is_empty() => {
            Family::ALL.map(AddressRange::anywhere).to_vec()
        }
        Party::Resolver | Party::Clock | Party::Probes => {
            let why = format!("rules of pods hold for {other} too, and name it by addresses only");
            return Err(("traffic.no-range", why, "name its addresses, by `Party::Range`"));
        }
        _ => ground.ranges(other),
    };
    if ranges.is_empty() {
        let why = format!("the addresses of {other} are not known in the cluster");
        let fix = "say in which network the cluster stands, or name the addresses by `Party::Range`";
        return Err(("traffic.no-range", why, fix));
    }
    Ok(ranges.into_iter().map(Peer::Range).collect())
}

/// What is wrong with groups of pods.
pub(super) fn findings(traffic: &Traffic) -> Vec<Diagnostic> {
    let mut findings = vec![];
    for (index, pods) in traffic.pods().iter().enumerate() {
        let name = &pods.name;
        let mut push = |code: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new(code, why).fix(fix));
        };
        let taken = traffic.groups().iter().any(|group| group.name == *name)
            || traffic.pods()[..index].iter().any(|other| other.name == *name);
        if taken {
            let why = format!("two groups have the name `{name}`, and differ");
            push("traffic.group-duplicate", why, "give one of them another name, or make them equal");
        }
        let mut illegal = |what: &str, error: NameError| {
            push("traffic.pods", format!("{what} of pods `{name}`: {error}"), &error.hint());
        };
        for (what, checked) in [
            ("the name", kubernetes::DNS_LABEL.check(name)),
            ("the namespace", kubernetes::DNS_LABEL.check(&pods.namespace)),
        ] {
            if let Err(error) = checked {
                illegal(what, error);
            }
        }
        for (key, value) in &pods.labels {
            let checked =
                kubernetes::LABEL_KEY.check(key).and_then(|()| kubernetes::LABEL_VALUE.check(value));
            if let Err(error) = checked {
                illegal("a label", error);
            }
        }
    }
    findings
}
