//! Random declared traffic, the network that the component makes of it on the in-memory cloud, and what Azure's documentation says
//! about the rules that stand there then: exactly what is declared is open.
//!
//! Types of ICMP are left out: rules of Azure do not know them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panic, and its numbers are small"
)]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;
#[path = "../../tests/shared/life.rs"]
mod life;
mod semantics;

use deathstar_azure::{VnetRefs, kinds};
use deathstar_core::{apply::Report, model::traffic::Group};
use life::Life;
use proptest::prelude::*;
use semantics::{
    Access, End, Match, Peer, Probe, Rule, World,
    case::{AZURE, Case, cases, ends, has_way, probes, stack},
    declared::{Who, is_declared},
    memory,
};

fn network(case: &Case) -> (World, VnetRefs, Report) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let life = Life::of(kinds());
    let (stack, refs) = stack(case);
    let report = runtime.block_on(life.apply(&stack));
    (memory::world(&life.cloud), refs, report)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn exactly_what_is_declared_is_open(case in cases(AZURE)) {
        let traffic = case.traffic();
        let (world, refs, report) = network(&case);
        let ends = ends(&case, &world.subnets, &refs, &report);
        for from in &ends {
            for to in &ends {
                let (a, b) = (from.end.address, to.end.address);
                if a == b || a.is_ipv4() != b.is_ipv4() || never_begins(&from.who) {
                    continue;
                }
                for probe in probes(&traffic) {
                    let declared = is_declared(&traffic, (&from.who, a), (&to.who, b), probe)
                        && has_way(&case, from, to, probe);
                    let open = world.is_open(&from.end, &to.end, probe);
                    prop_assert_eq!(
                        open, declared,
                        "{:?} at {} to {:?} at {}, {:?}", from.who, a, to.who, b, probe
                    );
                }
            }
        }
    }

    #[test]
    fn azures_own_rules_decide_nothing(case in cases(AZURE)) {
        let (world, ..) = network(&case);
        for (filter, rules) in &world.rules {
            for inbound in [true, false] {
                let mut own: Vec<_> = rules.iter().filter(|rule| rule.inbound == inbound).collect();
                own.sort_by_key(|rule| rule.priority);
                let last = own.last().unwrap();
                prop_assert_eq!((last.priority, last.access), (4096, Access::Deny), "{}", filter);
                prop_assert!(last.about == [Match::All] && last.source == Peer::Any && last.destination == Peer::Any);
                let before = &own[..own.len() - 1];
                prop_assert!(before.iter().all(|rule| rule.access == Access::Allow && rule.priority < 4096));
                let numbers: std::collections::BTreeSet<_> = own.iter().map(|rule| rule.priority).collect();
                prop_assert_eq!(numbers.len(), own.len());
            }
        }
    }
}

/// Storage and private endpoints answer alone.
///
/// Source: Azure Private Link, "What is a private endpoint".
fn never_begins(who: &Who) -> bool {
    match who {
        Who::ObjectStorage => true,
        Who::Member { group, .. } => group == Group::ENDPOINTS,
        Who::Outside => false,
    }
}

/// A network with one subnet, a machine in it, and rules.
fn world(rules: Vec<Rule>) -> (World, End) {
    let mut world = World { ranges: vec!["10.20.0.0/16".parse().unwrap()], ..World::default() };
    world.subnets.insert("subnet".into(), vec!["10.20.0.0/24".parse().unwrap()]);
    world.filters.insert("subnet".into(), "filter".into());
    world.public.insert("subnet".into());
    world.rules.insert("filter".into(), rules);
    (world, inside("10.20.0.7", "shop"))
}

fn inside(address: &str, group: &str) -> End {
    End { address: address.parse().unwrap(), inside: Some(("subnet".into(), vec![group.into()])) }
}

fn outside(address: &str) -> End {
    End { address: address.parse().unwrap(), inside: None }
}

fn rule(priority: u16, access: Access, about: Match, source: Peer) -> Rule {
    Rule { inbound: true, priority, access, about: vec![about], source, destination: Peer::Any }
}

#[test]
fn without_rules_the_network_talks_and_sends_out_and_nothing_comes_in() {
    let (world, machine) = world(vec![]);
    assert!(world.is_open(&machine, &inside("10.20.0.8", "web"), Probe::Tcp(22)));
    assert!(world.is_open(&machine, &outside("198.51.100.7"), Probe::Tcp(443)));
    assert!(!world.is_open(&outside("198.51.100.7"), &machine, Probe::Tcp(443)));
    assert!(world.is_open(&outside(semantics::PLATFORM), &machine, Probe::Tcp(10256)), "load balancers ask");
}

#[test]
fn the_first_rule_decides_and_groups_are_members() {
    let office = || Peer::Ranges(vec!["198.51.100.0/24".parse().unwrap()]);
    let rules = vec![
        rule(200, Access::Allow, Match::Tcp(0, 65535), office()),
        rule(100, Access::Deny, Match::Tcp(22, 22), Peer::Any),
        Rule {
            destination: Peer::Groups(vec!["shop".into()]),
            ..rule(300, Access::Allow, Match::All, Peer::Tag("Internet".into()))
        },
        rule(4096, Access::Deny, Match::All, Peer::Any),
    ];
    let (world, machine) = world(rules);
    let open = |from: &str, to: &End, probe| world.is_open(&outside(from), to, probe);
    assert!(!open("198.51.100.7", &machine, Probe::Tcp(22)), "the lower number decides");
    assert!(open("198.51.100.7", &inside("10.20.0.8", "web"), Probe::Tcp(23)));
    assert!(open("203.0.113.7", &machine, Probe::Udp(53)));
    assert!(!open("203.0.113.7", &inside("10.20.0.8", "web"), Probe::Udp(53)), "not of the group");
    assert!(!open(semantics::PLATFORM, &machine, Probe::Tcp(10256)), "probes are closed as well");
    assert!(!world.is_open(&inside("10.20.0.8", "web"), &machine, Probe::Tcp(1)), "inside of a subnet too");
}
