//! The rules that follow from declared traffic.

use super::{
    Declaration, Direction, Family, Group, Opening, Packets, Peer, Purpose, Reason, Terrain, Traffic,
    aggregate, check, filter, ground::Ground, number::number,
};
use crate::{Diagnostic, model::Tier};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

/// How many rules a cloud takes, and which numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleLimits {
    /// How many entries a filter may have in a direction, all families together.
    pub filter_entries: usize,
    /// How many rules a group may have in a direction, for each address family.
    pub group_rules: usize,
    /// The numbers that a filter's entries may have.
    pub numbers: RangeInclusive<u16>,
}

impl RuleLimits {
    /// A network ACL has 20 entries in a direction (40 on request) with numbers up to 32766, a security group 60 rules in a
    /// direction and family.
    ///
    /// Sources: Amazon VPC User Guide, "Amazon VPC quotas" and "Network ACL rules".
    pub const AWS: Self = Self { filter_entries: 20, group_rules: 60, numbers: 1..=32766 };

    /// A network security group has 1000 rules in both directions together, of which each direction gets its half but for the one
    /// that closes it; priorities are 100 to 4096, and the last is that of the rule that closes. It knows both groups and ranges,
    /// so that there are no rules of groups beside it.
    ///
    /// Sources: Azure subscription and service limits, "Networking limits"; Azure Virtual Network, "Network security groups".
    pub const AZURE: Self = Self { filter_entries: 499, group_rules: 0, numbers: 100..=4095 };

    /// With another number of entries in a filter, when the cloud has granted it.
    #[must_use]
    pub fn filter_entries(mut self, entries: usize) -> Self {
        self.filter_entries = entries;
        self
    }

    /// With another number of rules in a group, when the cloud has granted it.
    #[must_use]
    pub fn group_rules(mut self, rules: usize) -> Self {
        self.group_rules = rules;
        self
    }
}

/// A rule of a group. Groups keep state: answers need no rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct GroupRule {
    /// The group's name.
    pub group: String,
    /// The direction, as its members see it.
    pub direction: Direction,
    /// What it opens.
    pub opening: Opening,
}

/// An entry of a tier's filter. Filters keep no state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct FilterEntry {
    /// The tier.
    pub tier: Tier,
    /// The direction, as the tier sees it.
    pub direction: Direction,
    /// Its number, different from those of the tier's other entries in this direction.
    pub number: u16,
    /// What it opens.
    pub opening: Opening,
}

/// All rules that follow from declared traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Rules {
    /// The rules of groups.
    pub groups: Vec<GroupRule>,
    /// The entries of filters.
    pub filters: Vec<FilterEntry>,
}

impl Traffic {
    /// All rules that follow from it in a network, and what is wrong with it.
    ///
    /// A declaration that is added adds rules, and changes none of the others, as long as no limit is reached.
    pub fn compile(&self, terrain: &Terrain, limits: &RuleLimits) -> (Rules, Vec<Diagnostic>) {
        let ground = Ground { traffic: self, terrain };
        let mut findings = check::check(ground);
        let mut groups = GroupOpenings::new();
        let mut filters = filter::Openings::new();
        for declaration in self.declarations().iter().filter(|declaration| !declaration.to.is_unfiltered()) {
            let services = declaration.services.0.iter().filter(|service| !service.packets().is_empty());
            for service in services {
                filter::open(ground, declaration, *service, &mut filters);
                open_groups(ground, declaration, service.packets(), &mut groups);
            }
        }
        let mut rules = Rules::default();
        for ((group, direction), openings) in groups {
            let count = |all: &[Opening], family: Family| {
                all.iter().filter(|opening| opening.peer.counts_in(family)).count()
            };
            let fits = |all: &[Opening]| {
                Family::ALL.into_iter().all(|family| count(all, family) <= limits.group_rules)
            };
            let openings = aggregate::fit(aggregate::unique(openings), fits);
            if !fits(&openings) {
                let most = Family::ALL.map(|family| count(&openings, family)).into_iter().max().unwrap_or(0);
                let limit = limits.group_rules;
                findings.push(too_many(&format!("group `{group}`"), direction, most, limit));
            }
            rules.groups.extend(openings.into_iter().map(|opening| GroupRule {
                group: group.to_owned(),
                direction,
                opening,
            }));
        }
        for ((tier, direction), openings) in filters {
            let fits = |all: &[Opening]| all.len() <= limits.filter_entries;
            let openings = aggregate::fit(aggregate::uncovered(openings), fits);
            if !fits(&openings) {
                let what = format!("the filter of tier {tier}");
                findings.push(too_many(&what, direction, openings.len(), limits.filter_entries));
            }
            let mut taken = BTreeSet::new();
            rules.filters.extend(openings.into_iter().filter_map(|opening| {
                let number = number(&opening.slug(), &limits.numbers, &mut taken)?;
                Some(FilterEntry { tier, direction, number, opening })
            }));
        }
        (rules, findings)
    }
}

type GroupOpenings<'a> = BTreeMap<(&'a str, Direction), Vec<Opening>>;

/// Adds what a declaration needs in the groups of both sides.
fn open_groups<'a>(
    ground: Ground<'a>,
    declaration: &Declaration,
    packets: Packets,
    all: &mut GroupOpenings<'a>,
) {
    let Declaration { from, to, .. } = declaration;
    let of_pods = [from, to].into_iter().any(|party| ground.pods(party).is_some());
    for (own, direction, other) in [(from, Direction::Out, to), (to, Direction::In, from)] {
        // An endpoint answers, and never begins.
        let begins = |group: &str| direction == Direction::In || group != Group::ENDPOINTS;
        for (group, tier) in ground.groups(own).into_iter().filter(|(group, _)| begins(group)) {
            let possible = |peer: &Peer| {
                let mut families = Family::ALL.into_iter();
                families.any(|family| {
                    ground.terrain.has(tier, family) && peer.counts_in(family) && packets.exist_in(family)
                })
            };
            let reason = Reason { declaration: declaration.to_string(), purpose: Purpose::Request };
            let openings = ground.peers(other).into_iter().filter(possible);
            let openings = openings.map(|peer| Opening { packets, peer, reasons: vec![reason.clone()] });
            let place = all.entry((group, direction)).or_default();
            for opening in openings {
                // Of pods, the network needs only what those who carry them have not declared for themselves.
                match place.iter_mut().find(|earlier| of_pods && earlier.covers(&opening)) {
                    Some(earlier) => earlier.take(opening.reasons),
                    None => place.push(opening),
                }
            }
        }
    }
}

pub(super) fn too_many(what: &str, direction: Direction, count: usize, limit: usize) -> Diagnostic {
    let way = match direction {
        Direction::In => "comes in",
        Direction::Out => "goes out",
    };
    let why = format!(
        "{what} needs {count} rules for what {way}, and {limit} are allowed, however they are joined"
    );
    let fix = "declare wider ranges of ports or addresses, or have the limit raised and say so";
    Diagnostic::new("traffic.quota", why).fix(fix)
}

impl Rules {
    /// The entries of one filter in one direction, as it reads them: by number.
    pub fn filter(&self, tier: Tier, direction: Direction) -> Vec<&FilterEntry> {
        let mut all: Vec<_> =
            self.filters.iter().filter(|entry| entry.tier == tier && entry.direction == direction).collect();
        all.sort_by_key(|entry| entry.number);
        all
    }

    /// The rules of one group in one direction.
    pub fn group(&self, group: &str, direction: Direction) -> Vec<&GroupRule> {
        self.groups.iter().filter(|rule| rule.group == group && rule.direction == direction).collect()
    }

    /// Whether a rule names the cloud's object storage.
    pub fn name_object_storage(&self) -> bool {
        self.groups.iter().any(|rule| rule.opening.peer == Peer::ObjectStorage)
    }
}
