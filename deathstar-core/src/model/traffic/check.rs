//! What is wrong with declared traffic.

use super::{
    AddressRange, Carried, Declaration, Gateways, Group, Party, Service, Services, Traffic, Way,
    ground::Ground, pod_rules,
};
use crate::{Diagnostic, graph::Address, model::Tier};

/// All findings about declared traffic in a network.
pub(super) fn check(ground: Ground<'_>) -> Vec<Diagnostic> {
    let mut findings = vec![];
    groups(ground, &mut findings);
    let traffic = ground.traffic;
    findings.extend(pod_rules::findings(traffic));
    carriers(ground, &mut findings);
    for (index, declaration) in traffic.declarations().iter().enumerate() {
        let mut one = Findings { of: declaration.to_string(), all: &mut findings };
        let Declaration { from, to, services, .. } = declaration;
        if traffic.declarations()[..index].contains(declaration) {
            one.push("traffic.duplicate", "it is declared twice", "declare it once");
        }
        empty(services, &mut one);
        let known = party(ground, from, &mut one) & party(ground, to, &mut one);
        let sensible = sides(from, to, &mut one);
        if known && sensible && services.0.iter().all(|service| !service.packets().is_empty()) {
            routes(ground, declaration, &mut one);
        }
        contradictions(ground, declaration, &mut one);
    }
    for refusal in traffic.refusals() {
        let mut one = Findings { of: refusal.to_string(), all: &mut findings };
        empty(&refusal.services, &mut one);
        party(ground, &refusal.from, &mut one);
        party(ground, &refusal.to, &mut one);
    }
    findings
}

impl Traffic {
    /// Declarations that open nothing, since another opens all of it: harmless, and worth a look. Those of pods open something in
    /// the cluster all the same.
    pub fn shadowed(&self) -> Vec<(&Declaration, &Declaration)> {
        let terrain = super::Terrain::default();
        let ground = Ground { traffic: self, terrain: &terrain };
        let all = self.declarations();
        let shadow = |wide: &Declaration, narrow: &Declaration| {
            let services = &wide.services.0;
            covers(ground, &wide.from, &narrow.from)
                && covers(ground, &wide.to, &narrow.to)
                && narrow.services.0.iter().all(|b| services.iter().any(|a| a.packets().covers(b.packets())))
        };
        let mut found = vec![];
        let of_pods = |declaration: &Declaration| {
            [&declaration.from, &declaration.to].into_iter().any(|party| ground.pods(party).is_some())
        };
        for (index, narrow) in all.iter().enumerate().filter(|(_, narrow)| !of_pods(narrow)) {
            let wider = all.iter().enumerate().find(|(other, wide)| {
                // Of two that open the same, the later one is in the shadow.
                *other != index && shadow(wide, narrow) && (!shadow(narrow, wide) || *other < index)
            });
            found.extend(wider.map(|(_, wide)| (narrow, wide)));
        }
        found
    }
}

/// What is declared of pods, and refused.
pub(super) fn pods(ground: Ground<'_>) -> Vec<Diagnostic> {
    let mut findings = pod_rules::findings(ground.traffic);
    for declaration in ground.traffic.declarations() {
        if [&declaration.from, &declaration.to].into_iter().any(|party| ground.pods(party).is_some()) {
            let mut one = Findings { of: declaration.to_string(), all: &mut findings };
            contradictions(ground, declaration, &mut one);
        }
    }
    findings
}

fn contradictions(ground: Ground<'_>, declaration: &Declaration, one: &mut Findings<'_>) {
    let Declaration { from, to, services, .. } = declaration;
    for refusal in ground.traffic.refusals() {
        let overlap = |a: &Service| refusal.services.0.iter().any(|b| a.packets().overlaps(b.packets()));
        let against = meet(ground, from, &refusal.from)
            && meet(ground, to, &refusal.to)
            && services.0.iter().any(overlap);
        if against {
            let why = format!("it contradicts what is refused, `{refusal}`");
            one.push("traffic.contradiction", &why, "take one of them back");
        }
    }
}

struct Findings<'a> {
    of: String,
    all: &'a mut Vec<Diagnostic>,
}

impl Findings<'_> {
    fn push(&mut self, code: &str, why: &str, fix: &str) {
        let why = format!("declared traffic `{}`: {why}", self.of);
        let finding = Diagnostic::new(code, why).fix(fix);
        if !self.all.contains(&finding) {
            self.all.push(finding);
        }
    }
}

fn groups(ground: Ground<'_>, findings: &mut Vec<Diagnostic>) {
    let all = ground.traffic.groups();
    for (index, group) in all.iter().enumerate() {
        let name = &group.name;
        let mut push =
            |code: &str, why: String, fix: &str| findings.push(Diagnostic::new(code, why).fix(fix));
        if let Some(error) = Address::parse(name).err().map(|error| error.to_string()) {
            push("traffic.group-name", format!("`{name}` is no name for a group: {error}"), "rename it");
        } else if name.contains('/') {
            let why = format!("`{name}` is no name for a group: it has a `/`");
            push("traffic.group-name", why, "rename it");
        }
        if name == Group::ENDPOINTS {
            let why = format!("`{name}` is the group of the network's own endpoints");
            push("traffic.group-name", why, "choose another name, or use `Party::Endpoints`");
        }
        if all[..index].iter().any(|other| other.name == *name) {
            let why = format!("two groups have the name `{name}`, and differ");
            push("traffic.group-duplicate", why, "give one of them another name, or make them equal");
        }
        let same_tier = |other: &&Group| other.tier == group.tier;
        if let (true, Some(other)) =
            (ground.terrain.ungrouped.contains(&group.tier), all[..index].iter().find(same_tier))
        {
            let why = format!(
                "what stands in tier {} carries no group, so that `{name}` and `{}` cannot be told apart",
                group.tier, other.name
            );
            push("traffic.ungrouped", why, "put one of them into another tier");
        }
        if !ground.terrain.tiers.contains_key(&group.tier) {
            let why = format!("group `{name}` stands in tier {}, which the network has not", group.tier);
            push("traffic.unknown-party", why, "take the tier in, or put the group into another");
        }
    }
}

/// Pods share the interfaces of a group that is there.
fn carriers(ground: Ground<'_>, findings: &mut Vec<Diagnostic>) {
    for pods in ground.traffic.pods() {
        if !ground.all_groups().any(|(name, _)| name == pods.carrier) {
            let why = format!(
                "pods `{}` share the interfaces of group `{}`, which is not there",
                pods.name, pods.carrier
            );
            findings.push(
                Diagnostic::new("traffic.unknown-party", why).fix("name the group, or correct `Pods::on`"),
            );
        }
    }
}

fn empty(services: &Services, one: &mut Findings<'_>) {
    if services.0.is_empty() {
        one.push("traffic.empty", "it names no service", "name what is offered, such as `Service::tcp(443)`");
    }
    let no_port = |service: &Service| {
        service.packets().is_empty() || service.sent_from.is_some_and(super::Ports::is_empty)
    };
    for service in services.0.iter().filter(|service| no_port(service)) {
        let why = format!("`{service}` has no port in it");
        one.push("traffic.empty", &why, "write the lower port first");
    }
}

/// Whether a party is there.
fn party(ground: Ground<'_>, party: &Party, one: &mut Findings<'_>) -> bool {
    let terrain = ground.terrain;
    let mut missing = |why: String, fix: &str| {
        one.push("traffic.unknown-party", &why, fix);
        false
    };
    match party {
        // That the group is missing which carries pods is told of the pods.
        Party::Group(_) if ground.groups(party).is_empty() && ground.pods(party).is_some() => false,
        Party::Group(name) if ground.groups(party).is_empty() => {
            let pods = ground.traffic.pods().iter().map(|pods| pods.name.as_str());
            let all: Vec<_> = ground.all_groups().map(|(name, _)| name).chain(pods).collect();
            missing(
                format!("there is no group `{name}`, only {}", all.join(", ")),
                "name the group, or correct it",
            )
        }
        Party::Group(_) => ground.tiers(party).iter().all(|tier| terrain.tiers.contains_key(tier)),
        Party::Tier(tier) if !terrain.tiers.contains_key(tier) => {
            missing(format!("the network has no tier {tier}"), "take the tier in, or name another")
        }
        Party::Endpoints if terrain.endpoints.is_none() => missing(
            "the network has no private endpoints".into(),
            "choose endpoints, or take the declaration back",
        ),
        Party::ObjectStorage if !terrain.object_storage => missing(
            "the network has no private route to object storage".into(),
            "choose it, or name the internet",
        ),
        Party::Probes if !terrain.probes => missing(
            "load balancers ask from addresses in the network here".into(),
            "name the group of the load balancers",
        ),
        Party::InternetOf(family) if !terrain.families().any(|own| own == *family) => {
            let why = format!("the network has no {} addresses", family.as_str());
            one.push("traffic.family", &why, "give the network addresses of that family, or name the other");
            false
        }
        Party::Range(range) => {
            let range = AddressRange::Known(*range);
            let overlaps = |own: &&AddressRange| own.covers(range) || range.covers(**own);
            if let Some(own) = terrain.network.iter().find(overlaps) {
                let why = format!("`{range}` shares addresses with the network's own `{own}`");
                let fix = "name a tier, a group or the network; or a range outside of it";
                one.push("traffic.range", &why, fix);
                return false;
            }
            let family = range.family();
            if !terrain.families().any(|own| own == family) {
                let why = format!("the network has no {} addresses", family.as_str());
                one.push("traffic.family", &why, "give the network addresses of that family");
                return false;
            }
            true
        }
        _ => true,
    }
}

/// Whether one side can begin, and the other be asked.
fn sides(from: &Party, to: &Party, one: &mut Findings<'_>) -> bool {
    let before = one.all.len();
    if !from.is_inside() && !to.is_inside() {
        let why = "neither side stands in the network, so that nothing of it passes here";
        one.push("traffic.outside", why, "name a group, a tier or the network on one side");
    }
    if from.is_unfiltered() || matches!(from, Party::ObjectStorage | Party::Endpoints) {
        let why = format!("{from} answers, and never begins");
        one.push("traffic.direction", &why, "turn the declaration round");
    }
    if *to == Party::Probes {
        one.push(
            "traffic.direction",
            "the cloud's probes begin, and are never asked",
            "turn the declaration round",
        );
    }
    one.all.len() == before
}

/// Whether there is a way for it.
fn routes(ground: Ground<'_>, declaration: &Declaration, one: &mut Findings<'_>) {
    let Declaration { from, to, services, .. } = declaration;
    let terrain = ground.terrain;
    if to.is_unfiltered() || from.is_unfiltered() {
        return;
    }
    let exists = |service: &Service| terrain.families().any(|family| service.packets().exist_in(family));
    if !services.0.is_empty() && !services.0.iter().any(exists) {
        let why = "none of its services exists in the network's address families";
        one.push(
            "traffic.family",
            why,
            "name the services of the other family, or give the network its addresses",
        );
    }
    if *to == Party::ObjectStorage || *from == Party::Probes {
        return;
    }
    let notices = services.0.iter().all(|service| service.is_notice());
    let inbound = !from.is_inside();
    let (inside, outside) = if inbound { (to, from) } else { (from, to) };
    if outside.is_inside() {
        return;
    }
    for tier in ground.tiers(inside) {
        let ranges: Vec<_> =
            ground.ranges(outside).into_iter().filter(|range| terrain.has(tier, range.family())).collect();
        if ranges.is_empty() {
            let why = format!("tier {tier} and {outside} have no address family in common");
            one.push("traffic.family", &why, "name a tier that has it");
        }
        for range in ranges {
            let way = terrain.way(tier, range);
            let balanced = inbound && terrain.balanced.contains(&tier) && terrain.is_outside(range);
            match way {
                _ if balanced => {}
                None => no_way(tier, range, inbound, one),
                Some(Way::Out | Way::Translated(_)) if inbound && !notices => {
                    no_way(tier, range, inbound, one);
                }
                Some(Way::Translated(Gateways { carry, .. })) if inbound && carry != Carried::Icmp => {
                    no_way(tier, range, inbound, one);
                }
                Some(Way::Translated(Gateways { carry, .. })) => {
                    let lost = |service: &&Service| {
                        let packets = service.packets();
                        packets.exist_in(range.family()) && !carry.carries(packets)
                    };
                    if let Some(service) = services.0.iter().find(lost) {
                        let why = format!(
                            "tier {tier} reaches {outside} by translated addresses, and {service} does not pass there"
                        );
                        one.push("traffic.no-route", &why, "use TCP or UDP, or another tier");
                    }
                }
                Some(_) => {}
            }
        }
    }
}

fn no_way(tier: Tier, range: AddressRange, inbound: bool, one: &mut Findings<'_>) {
    let why = if inbound {
        format!("nothing at {range} can reach tier {tier}: no route leads in")
    } else {
        format!("tier {tier} cannot reach {range}: no route leads there")
    };
    let fix = "name a tier that has the way, give this one a way, or take the declaration back";
    one.push("traffic.no-route", &why, fix);
}

/// Whether all of a party certainly belongs to another.
fn covers(ground: Ground<'_>, wide: &Party, narrow: &Party) -> bool {
    let tier_of = |party: &Party| match party {
        Party::Group(_) | Party::Endpoints => ground.groups(party).first().map(|(_, tier)| *tier),
        Party::Tier(tier) => Some(*tier),
        _ => None,
    };
    match (wide, narrow) {
        _ if wide == narrow => true,
        (Party::Tier(tier), Party::Group(_) | Party::Endpoints) => tier_of(narrow) == Some(*tier),
        (Party::Group(group), Party::Group(_)) => {
            ground.pods(narrow).is_some_and(|pods| pods.carrier == *group)
        }
        (Party::Network, inside) => inside.is_inside(),
        (Party::Internet, Party::InternetOf(_) | Party::Range(_)) => true,
        (Party::InternetOf(family), Party::Range(range)) => AddressRange::Known(*range).family() == *family,
        (Party::Range(wide), Party::Range(narrow)) => wide.net().contains(&narrow.net()),
        _ => false,
    }
}

/// Whether what is declared of one party is refused to the other. What is declared of a group is no word of the pods that it
/// carries: the cluster's own rules keep them apart.
fn meet(ground: Ground<'_>, declared: &Party, refused: &Party) -> bool {
    let wide = covers(ground, declared, refused) && ground.pods(refused).is_none();
    wide || covers(ground, refused, declared)
}
