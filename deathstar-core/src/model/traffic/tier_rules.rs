//! Rules of a tier that keep state and know groups: one list for both.

use super::{
    Declaration, Direction, Family, IcmpType, Opening, Packets, Party, Peer, Purpose, Reason, RuleLimits,
    Service, Terrain, Traffic, aggregate, check, compile::too_many, ground::Ground, number::number,
};
use crate::{Diagnostic, model::Tier};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The protocols by number that rules of tiers can name: ESP and AH.
const BY_NUMBER: [u8; 2] = [50, 51];

/// A rule of a tier. It keeps state: answers need no rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct TierRule {
    /// The tier.
    pub tier: Tier,
    /// The direction, as the tier sees it.
    pub direction: Direction,
    /// For whom in the tier: the members of a group, or everything with an address there.
    pub group: Option<String>,
    /// Its number, different from those of the tier's other rules in this direction.
    pub number: u16,
    /// What it opens.
    pub opening: Opening,
}

/// The rules of tiers that follow from declared traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TierRules {
    /// The rules.
    pub rules: Vec<TierRule>,
    /// What is wrong with what is declared.
    pub findings: Vec<Diagnostic>,
    /// What is open that nobody asked for, or closed that somebody asked for, since the rules have no words for it.
    pub remarks: Vec<String>,
}

impl Traffic {
    /// The rules that follow from it in a cloud whose filters stand before tiers, keep state and know groups.
    ///
    /// They are as [`compile`](Self::compile) makes those of groups, with two words less: of ICMP they know no types, so that a type
    /// that is declared opens all of it, and they have none for ICMPv6 and most protocols by number.
    ///
    /// A declaration that is added adds rules, and changes none of the others, as long as no limit is reached.
    pub fn tier_rules(&self, terrain: &Terrain, limits: &RuleLimits) -> TierRules {
        let ground = Ground { traffic: self, terrain };
        let mut made = TierRules { findings: check::check(ground), ..TierRules::default() };
        let mut places: BTreeMap<(Tier, Direction), Vec<Owned<'_>>> = BTreeMap::new();
        for declaration in self.declarations().iter().filter(|declaration| !declaration.to.is_unfiltered()) {
            for packets in expressible(declaration, terrain, &mut made) {
                open(ground, declaration, packets, &mut places);
            }
        }
        for ((tier, direction), mut all) in places {
            if all.len() > limits.filter_entries {
                all = joined(all);
            }
            if all.len() > limits.filter_entries {
                let what = format!("the rules of tier {tier}");
                made.findings.push(too_many(&what, direction, all.len(), limits.filter_entries));
            }
            // In the order of declarations, so that the rare rule whose number is taken already is the new one.
            let mut taken = BTreeSet::new();
            made.rules.extend(all.into_iter().filter_map(|Owned { group, opening }| {
                let key = format!("{}/{}", group.unwrap_or_default(), opening.slug());
                let number = number(&key, &limits.numbers, &mut taken)?;
                Some(TierRule { tier, direction, group: group.map(str::to_owned), number, opening })
            }));
        }
        made
    }
}

/// What is opened for the members of a group, or for everything in the tier.
struct Owned<'a> {
    group: Option<&'a str>,
    opening: Opening,
}

/// As few rules as there can be without opening more.
fn joined(all: Vec<Owned<'_>>) -> Vec<Owned<'_>> {
    let mut owners: BTreeMap<Option<&str>, Vec<Opening>> = BTreeMap::new();
    for Owned { group, opening } in all {
        owners.entry(group).or_default().push(opening);
    }
    let fewest = |openings| aggregate::fit(openings, |_| false);
    let all = owners.into_iter().map(|(group, openings)| (group, fewest(openings)));
    all.flat_map(|(group, all)| all.into_iter().map(move |opening| Owned { group, opening })).collect()
}

/// What of a declaration the rules have words for.
fn expressible(declaration: &Declaration, terrain: &Terrain, made: &mut TierRules) -> Vec<Packets> {
    let mut all = vec![];
    let exist = |service: &&Service| {
        let packets = service.packets();
        !packets.is_empty() && terrain.families().any(|family| packets.exist_in(family))
    };
    let services: Vec<_> = declaration.services.0.iter().filter(exist).collect();
    let mut lost = vec![];
    for service in &services {
        match service.packets() {
            Packets::Icmp(kind) if kind != IcmpType::ALL => {
                made.remark(format!(
                    "declared traffic `{declaration}` opens all of ICMP: its rules know no types"
                ));
                all.push(Packets::Icmp(IcmpType::ALL));
            }
            packets @ Packets::Icmpv6(_) => lost.push(packets),
            packets @ Packets::Other(number) if !BY_NUMBER.contains(&number) => lost.push(packets),
            packets => all.push(packets),
        }
    }
    for packets in lost {
        let why = format!("declared traffic `{declaration}`: rules have no word for {packets}");
        // One that only fails in part is worth a remark.
        if all.is_empty() || matches!(packets, Packets::Other(_)) {
            let fix = "name TCP, UDP, ICMP, protocol 50 or 51, or everything";
            made.findings.push(Diagnostic::new("traffic.no-word", why).fix(fix));
        } else {
            made.remark(format!("{why}, so that it does not pass"));
        }
    }
    all
}

impl TierRules {
    fn remark(&mut self, text: String) {
        if !self.remarks.contains(&text) {
            self.remarks.push(text);
        }
    }

    /// The rules of one tier in one direction, as it reads them: by number.
    pub fn of(&self, tier: Tier, direction: Direction) -> Vec<&TierRule> {
        let wanted = |rule: &&TierRule| rule.tier == tier && rule.direction == direction;
        let mut all: Vec<_> = self.rules.iter().filter(wanted).collect();
        all.sort_by_key(|rule| rule.number);
        all
    }
}

/// Adds what a declaration needs in the tiers of both sides.
fn open<'a>(
    ground: Ground<'a>,
    declaration: &'a Declaration,
    packets: Packets,
    places: &mut BTreeMap<(Tier, Direction), Vec<Owned<'a>>>,
) {
    let Declaration { from, to, .. } = declaration;
    let of_pods = [from, to].into_iter().any(|party| ground.pods(party).is_some());
    let reason = Reason { declaration: declaration.to_string(), purpose: Purpose::Request };
    for (own, direction, other) in [(from, Direction::Out, to), (to, Direction::In, from)] {
        for (tier, group) in owners(ground, own) {
            let possible = |peer: &Peer| {
                Family::ALL.into_iter().any(|family| {
                    ground.terrain.has(tier, family) && peer.counts_in(family) && packets.exist_in(family)
                })
            };
            let place = places.entry((tier, direction)).or_default();
            for peer in ground.peers(other).into_iter().filter(possible) {
                let opening = Opening { packets, peer, reasons: vec![reason.clone()] };
                // Of pods, the network needs only what those who carry them have not declared for themselves.
                let same = |earlier: &Opening| {
                    of_pods && earlier.covers(&opening)
                        || earlier.packets == opening.packets && earlier.peer == opening.peer
                };
                match place.iter_mut().find(|earlier| earlier.group == group && same(&earlier.opening)) {
                    Some(earlier) => earlier.opening.take(opening.reasons),
                    None => place.push(Owned { group, opening }),
                }
            }
        }
    }
}

/// In which tiers a party stands, and as the members of which group there.
fn owners<'a>(ground: Ground<'a>, party: &Party) -> Vec<(Tier, Option<&'a str>)> {
    match party {
        Party::Group(_) | Party::Endpoints => {
            let groups = ground.groups(party).into_iter();
            let groups = groups.filter(|(_, tier)| ground.terrain.tiers.contains_key(tier));
            let ungrouped = |tier: &Tier| ground.terrain.ungrouped.contains(tier);
            groups.map(|(name, tier)| (tier, (!ungrouped(&tier)).then_some(name))).collect()
        }
        _ => ground.tiers(party).into_iter().map(|tier| (tier, None)).collect(),
    }
}
