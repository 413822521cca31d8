use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn services() -> impl Strategy<Value = Services> {
    prop_oneof![
        (1u16..40, 0u16..6).prop_map(|(first, more)| Service::tcp(first..=first + more).into()),
        (1u16..40).prop_map(|port| Service::udp(port).into()),
        Just(Service::dns()),
        Just(Service::ping()),
        Just(Service::all().into()),
    ]
}

fn inside() -> impl Strategy<Value = Party> {
    prop_oneof![
        prop::sample::select(vec!["web", "shop", "database"]).prop_map(Party::group),
        prop::sample::select(Tier::ALL.to_vec()).prop_map(Party::Tier),
        Just(Party::Network),
    ]
}

fn asked() -> impl Strategy<Value = Party> {
    prop_oneof![5 => inside(), 1 => Just(Party::Endpoints)]
}

fn outside() -> impl Strategy<Value = Party> {
    (0u8..8, 25u8..28).prop_map(|(low, prefix)| {
        let text = format!("10.99.0.{}/{prefix}", u32::from(low) * 32);
        Party::Range(crate::model::IpCidr::truncated(text.parse().unwrap()))
    })
}

fn sides() -> impl Strategy<Value = (Party, Party)> {
    prop_oneof![
        4 => (inside(), asked()),
        1 => (inside(), outside()),
        1 => (outside(), inside()),
    ]
}

fn traffic(most: usize) -> impl Strategy<Value = Traffic> {
    prop::collection::vec((sides(), services()), 0..most).prop_map(|all| {
        all.into_iter().enumerate().fold(groups(), |traffic, (index, ((from, to), services))| {
            traffic.allow(from, to, services, index.to_string())
        })
    })
}

fn wide() -> RuleLimits {
    RuleLimits::AWS.filter_entries(10_000).group_rules(10_000)
}

/// Rules by place and name: what their addresses are made of.
fn named(rules: &Rules) -> BTreeMap<String, (Opening, u16)> {
    let groups = rules.groups.iter().map(|rule| {
        let name = format!("{}/{}/{}", rule.group, rule.direction.as_str(), rule.opening.slug());
        (name, (Opening { reasons: vec![], ..rule.opening.clone() }, 0))
    });
    let filters = rules.filters.iter().map(|entry| {
        let name = format!("{}/{}/{}", entry.tier, entry.direction.as_str(), entry.opening.slug());
        (name, (Opening { reasons: vec![], ..entry.opening.clone() }, entry.number))
    });
    groups.chain(filters).collect()
}

proptest! {
    #[test]
    fn a_declaration_more_changes_no_rule((before, more) in (traffic(8), traffic(3))) {
        let (first, findings) = before.compile(&terrain(), &wide());
        prop_assert_eq!(findings, []);
        let (then, _) = before.and(more).compile(&terrain(), &wide());
        let then = named(&then);
        for (name, rule) in named(&first) {
            prop_assert_eq!(then.get(&name), Some(&rule), "{}", name);
        }
    }

    #[test]
    fn a_declaration_more_changes_no_rule_of_tiers((before, more) in (traffic(8), traffic(3))) {
        let first = before.tier_rules(&terrain(), &RuleLimits::AZURE);
        let then = before.and(more).tier_rules(&terrain(), &RuleLimits::AZURE);
        let place = |rule: &TierRule| (rule.tier, rule.direction, rule.group.clone(), rule.opening.slug());
        let all: BTreeMap<_, _> = then.rules.iter().map(|rule| (place(rule), rule.number)).collect();
        prop_assert_eq!(all.len(), then.rules.len(), "names are different");
        for rule in &first.rules {
            prop_assert_eq!(all.get(&place(rule)), Some(&rule.number), "{:?}", rule);
        }
        let numbers: std::collections::BTreeSet<_> =
            then.rules.iter().map(|rule| (rule.tier, rule.direction, rule.number)).collect();
        prop_assert_eq!(numbers.len(), then.rules.len(), "numbers are different");
        prop_assert!(then.rules.iter().all(|rule| (100..4096).contains(&rule.number)));
    }

    #[test]
    fn names_and_numbers_are_different(traffic in traffic(10)) {
        let (rules, _) = traffic.compile(&terrain(), &wide());
        prop_assert_eq!(named(&rules).len(), rules.groups.len() + rules.filters.len());
        let numbers: std::collections::BTreeSet<_> =
            rules.filters.iter().map(|entry| (entry.tier, entry.direction, entry.number)).collect();
        prop_assert_eq!(numbers.len(), rules.filters.len());
    }

    #[test]
    fn fewer_rules_open_the_same(traffic in traffic(10)) {
        let (loose, _) = traffic.compile(&terrain(), &wide());
        let (tight, _) = traffic.compile(&terrain(), &RuleLimits::AWS.filter_entries(1).group_rules(1));
        prop_assert!(tight.filters.len() <= loose.filters.len());
        for (place, filter) in by_place(&loose) {
            let tight = by_place(&tight).remove(&place).unwrap_or_default();
            for port in [1u16, 20, 45, 52, 53, 54, 1024, 32768, 49151, 49152, 60999, 61000, 65535] {
                for packets in [Packets::Tcp(port.into()), Packets::Udp(port.into()), Packets::Other(50)] {
                    for peer in peers(&filter) {
                        let opens = |all: &[Opening]| {
                            all.iter().any(|one| one.packets.covers(packets) && one.peer.covers(&peer))
                        };
                        prop_assert_eq!(opens(&filter), opens(&tight), "{} {} {:?}", place, packets, peer);
                    }
                }
            }
        }
    }

    #[test]
    fn every_rule_says_who_asked_for_it(traffic in traffic(10)) {
        let (rules, _) = traffic.compile(&terrain(), &RuleLimits::AWS.filter_entries(1).group_rules(1));
        let all: Vec<_> = traffic.declarations().iter().map(ToString::to_string).collect();
        let openings = rules.groups.iter().map(|rule| &rule.opening).chain(rules.filters.iter().map(|e| &e.opening));
        for opening in openings {
            prop_assert!(!opening.reasons.is_empty());
            prop_assert!(opening.reasons.iter().all(|reason| all.contains(&reason.declaration)));
        }
    }
}

fn by_place(rules: &Rules) -> BTreeMap<String, Vec<Opening>> {
    let mut all: BTreeMap<String, Vec<Opening>> = BTreeMap::new();
    for rule in &rules.groups {
        all.entry(format!("{}/{:?}", rule.group, rule.direction)).or_default().push(rule.opening.clone());
    }
    for entry in &rules.filters {
        all.entry(format!("{}/{:?}", entry.tier, entry.direction)).or_default().push(entry.opening.clone());
    }
    all
}

/// The peers of a list; in the place of ranges outside, single addresses at all their edges: one rule may open the range that two
/// others open together.
fn peers(all: &[Opening]) -> Vec<Peer> {
    let outside = Peer::Range(known("10.99.0.0/24"));
    let peers = all.iter().map(|opening| opening.peer.clone()).filter(|peer| !outside.covers(peer));
    // Ranges outside begin and end at multiples of 32.
    let edges = (0..8).flat_map(|block| [block * 32, block * 32 + 31]);
    let addresses = edges.map(|low| format!("10.99.0.{low}/32")).chain(["10.98.0.1/32".to_owned()]);
    peers.chain(addresses.map(|text| Peer::Range(known(&text)))).collect()
}
