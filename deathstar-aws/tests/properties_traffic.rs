//! Random declared traffic, the network that the component makes of it on the in-memory cloud, and what AWS's documentation says
//! about the rules that stand there then: exactly what is declared is open.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panic, and its numbers are small"
)]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

mod semantics;

use deathstar_aws::{Account, Nat, VpcRefs, kinds};
use deathstar_core::{
    Engine, Memory, PlanError, Stack,
    apply::{Quiet, Report},
    component::NetworkRefs,
    model::{
        Tier, Traffic,
        traffic::{ClientPorts, Family, Group, Packets, Party, Ports},
    },
    state::MemoryStore,
};
use proptest::prelude::*;
use semantics::{
    AclEntry, End, Match, Probe, RulePeer, World,
    case::{AWS, Case, cases, ends, has_way, probes, stack},
    declared::is_declared,
    memory,
};

async fn made(stack: &Stack) -> Option<(Memory, Report)> {
    let cloud = Memory::seeded(7).with(kinds());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let plan = match engine.plan(stack).await {
        Ok(plan) => plan,
        Err(PlanError::Findings(findings)) => {
            let quota = |code: &str| code == "traffic.quota";
            assert!(findings.0.iter().all(|finding| quota(&finding.code)), "{findings}");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    assert!(engine.plan(stack).await.unwrap().is_empty());
    Some((cloud, report))
}

/// The network of a case on the in-memory cloud, with as few rules as there can be where it is tight.
fn network(case: &Case) -> (World, VpcRefs, Report) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limits = if case.tight { &[3, 6, 10, 20, 40, 10_000][..] } else { &[10_000][..] };
    limits
        .iter()
        .find_map(|limit| {
            let (stack, refs) = stack(case, Account::region("eu-west-1"), *limit);
            let (cloud, report) = runtime.block_on(made(&stack))?;
            Some((memory::world(&cloud), refs, report))
        })
        .expect("some limit is wide enough")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn exactly_what_is_declared_is_open(case in cases(AWS)) {
        let traffic = case.traffic();
        let (world, refs, report) = network(&case);
        let ends = ends(&case, &world.subnets, &refs, &report);
        let probes = probes(&traffic);
        for from in &ends {
            for to in &ends {
                let (a, b) = (from.end.address, to.end.address);
                if a == b || a.is_ipv4() != b.is_ipv4() {
                    continue;
                }
                for probe in &probes {
                    let declared = is_declared(&traffic, (&from.who, a), (&to.who, b), *probe)
                        && has_way(&case, from, to, *probe);
                    let open = world.is_open(&from.end, &to.end, *probe, &from.client_ports);
                    prop_assert_eq!(
                        open, declared,
                        "{:?} at {} to {:?} at {}, {:?}", from.who, a, to.who, b, probe
                    );
                }
            }
        }
    }

    #[test]
    fn no_rule_is_wider_than_its_declaration(case in cases(AWS)) {
        let case = Case { tight: false, ..case };
        let traffic = case.traffic();
        let (world, refs, report) = network(&case);
        let width = Width { case: &case, world: &world, refs: &refs, report: &report, traffic: &traffic };
        for (name, tier, _) in case.groups() {
            let group = report.value(&refs.group(name).unwrap()).unwrap().to_string();
            for rule in world.group_rules.get(&group).into_iter().flatten() {
                let asked = traffic.declarations().iter().any(|one| {
                    let (own, other) = if rule.egress { (&one.from, &one.to) } else { (&one.to, &one.from) };
                    has_member(own, name, tier)
                        && one.services.0.iter().any(|service| about(service.packets()) == rule.about)
                        && match &rule.peer {
                            RulePeer::Group(id) => width.is_group(other, id),
                            RulePeer::Range(range) => width.is_range(other, *range),
                            RulePeer::PrefixList(_) => *other == Party::ObjectStorage,
                        }
                });
                prop_assert!(asked, "{} has {:?}", name, rule);
            }
        }
        for tier in case.tiers() {
            for subnet in refs.tier(tier) {
                let id = report.value(&subnet.id).unwrap().to_string();
                for entry in &world.acls[&id] {
                    prop_assert!(entry.allow);
                    prop_assert!(width.is_asked(tier, entry), "{} has {:?}", tier, entry);
                }
            }
        }
    }
}

fn about(packets: Packets) -> Match {
    match packets {
        Packets::All => Match::All,
        Packets::Tcp(ports) => Match::Tcp(ports.first, ports.last),
        Packets::Udp(ports) => Match::Udp(ports.first, ports.last),
        Packets::Icmp(kind) => Match::Icmp(kind.kind, kind.code),
        Packets::Icmpv6(kind) => Match::Icmpv6(kind.kind, kind.code),
        Packets::Other(number) => Match::Other(number),
    }
}

fn has_member(party: &Party, name: &str, tier: Tier) -> bool {
    match party {
        Party::Group(own) => own == name,
        Party::Tier(own) => *own == tier,
        Party::Network => true,
        _ => false,
    }
}

/// What a declaration may at most have as rules.
struct Width<'a> {
    case: &'a Case,
    world: &'a World,
    refs: &'a VpcRefs,
    report: &'a Report,
    traffic: &'a Traffic,
}

impl Width<'_> {
    fn is_group(&self, party: &Party, id: &str) -> bool {
        let name = match party {
            Party::Group(name) => name.as_str(),
            Party::Endpoints => Group::ENDPOINTS,
            _ => return false,
        };
        self.report.value(&self.refs.group(name).unwrap()).unwrap().as_str() == id
    }

    /// Whether a range has no address that is not the party's, as far as subnets have addresses.
    fn is_range(&self, party: &Party, range: ipnet::IpNet) -> bool {
        let everywhere = range.prefix_len() == 0;
        match party {
            Party::Internet => everywhere,
            Party::InternetOf(family) => everywhere && range.addr().is_ipv4() == (*family == Family::Ipv4),
            Party::Range(own) => own.net() == range,
            Party::Network => self.world.ranges.contains(&range),
            Party::Tier(tier) => self.lies_in(&[*tier], range),
            Party::Group(_) | Party::Endpoints => {
                self.tiers(party).iter().any(|tier| self.lies_in(&[*tier], range))
            }
            Party::ObjectStorage => everywhere && range.addr().is_ipv4(),
            _ => false,
        }
    }

    fn tiers(&self, party: &Party) -> Vec<Tier> {
        match party {
            Party::Tier(tier) => vec![*tier],
            Party::Network => self.case.tiers(),
            Party::Endpoints => vec![Tier::Private],
            Party::Group(name) => {
                self.case.groups().filter(|(own, ..)| own == name).map(|(_, tier, _)| tier).collect()
            }
            _ => vec![],
        }
    }

    fn lies_in(&self, tiers: &[Tier], range: ipnet::IpNet) -> bool {
        self.world.ranges.iter().any(|own| own.contains(&range))
            && self.case.tiers().into_iter().filter(|tier| !tiers.contains(tier)).all(|other| {
                self.refs.tier(other).into_iter().all(|subnet| {
                    let id = self.report.value(&subnet.id).unwrap().to_string();
                    self.world.subnets[&id].iter().all(|own| !own.contains(&range) && !range.contains(own))
                })
            })
    }

    /// Whether some declaration asks for an entry: as its request, its answers, or either on its way through a gateway.
    fn is_asked(&self, tier: Tier, entry: &AclEntry) -> bool {
        self.traffic.declarations().iter().any(|one| {
            let clients = self.clients(&one.from);
            one.services.0.iter().any(|service| {
                let packets = service.packets();
                let answer =
                    |ports: ClientPorts| packets.answers(ports.ports()).map(about) == Some(entry.about);
                let request = about(packets) == entry.about;
                let answer_to_client =
                    clients.iter().any(|ports| packets.answers(*ports).map(about) == Some(entry.about));
                let (sends, takes) =
                    (self.tiers(&one.from).contains(&tier), self.tiers(&one.to).contains(&tier));
                let (from, to) = (self.is_range(&one.from, entry.range), self.is_range(&one.to, entry.range));
                let own = if entry.egress {
                    request && sends && to || answer_to_client && takes && from
                } else {
                    request && takes && from || answer_to_client && sends && to
                };
                let far_tiers: Vec<Tier> = [self.tiers(&one.from), self.tiers(&one.to)].concat();
                let translated: Vec<Tier> =
                    far_tiers.into_iter().filter(|tier| matches!(tier, Tier::Private | Tier::Pods)).collect();
                let near = translated.iter().any(|tier| self.lies_in(&[*tier], entry.range));
                let gateway = tier == Tier::Public
                    && self.case.nat != Nat::None
                    && (request && (from || to || near)
                        || answer(ClientPorts::Any) && to && !entry.egress
                        || answer_to_client && near && entry.egress);
                own || gateway
            })
        })
    }

    /// The ports from which a party sends: those of its groups, together.
    fn clients(&self, party: &Party) -> Vec<Ports> {
        let of = |wanted: &dyn Fn(&str, Tier) -> bool| {
            let groups = self.case.groups().filter(|(name, tier, _)| wanted(name, *tier));
            groups.map(|(.., ports)| ports.ports()).reduce(Ports::around)
        };
        let any = ClientPorts::Any.ports();
        match party {
            Party::Group(name) => of(&|own, _| own == name).into_iter().collect(),
            Party::Tier(tier) if *tier != Tier::Public => of(&|_, own| own == *tier).into_iter().collect(),
            _ => vec![any],
        }
    }
}

#[test]
fn the_evaluator_reads_entries_by_number_and_takes_the_first() {
    let entry = |number, allow, about, range: &str| AclEntry {
        egress: false,
        number,
        allow,
        about,
        range: range.parse().unwrap(),
    };
    let mut world = World::default();
    let entries = vec![
        entry(200, true, Match::Tcp(0, 65535), "0.0.0.0/0"),
        entry(100, false, Match::Tcp(22, 22), "10.99.0.0/16"),
        entry(300, false, Match::All, "0.0.0.0/0"),
        AclEntry { egress: true, ..entry(100, true, Match::Tcp(1024, 65535), "0.0.0.0/0") },
    ];
    world.acls.insert("subnet".into(), entries);
    let routes = vec![("0.0.0.0/0".parse().unwrap(), semantics::Via::Internet)];
    world.routes.insert("subnet".into(), routes);
    let inside = End { address: "10.20.0.7".parse().unwrap(), inside: Some(("subnet".into(), vec![])) };
    let from = |text: &str| End { address: text.parse().unwrap(), inside: None };
    let open = |address, probe| world.passes(&from(address), &inside, probe, &[1024]);
    assert!(open("198.51.100.7", Probe::Tcp(22)));
    assert!(!open("10.99.0.1", Probe::Tcp(22)), "the lower number decides");
    assert!(open("10.99.0.1", Probe::Tcp(23)));
    assert!(!open("198.51.100.7", Probe::Udp(53)), "an entry that denies");
    assert!(
        !world.passes(&from("198.51.100.7"), &inside, Probe::Tcp(22), &[1023]),
        "answers are packets too"
    );
}

#[test]
fn the_evaluator_takes_the_longest_prefix() {
    let mut world = World { ranges: vec!["10.20.0.0/16".parse().unwrap()], ..World::default() };
    let routes = vec![
        ("0.0.0.0/0".parse().unwrap(), semantics::Via::Internet),
        ("10.0.0.0/8".parse().unwrap(), semantics::Via::Nat("none".into())),
    ];
    world.routes.insert("subnet".into(), routes);
    let all = |egress| AclEntry {
        egress,
        number: 1,
        allow: true,
        about: Match::All,
        range: "0.0.0.0/0".parse().unwrap(),
    };
    world.acls.insert("subnet".into(), vec![all(true), all(false)]);
    let inside = End { address: "10.20.0.7".parse().unwrap(), inside: Some(("subnet".into(), vec![])) };
    let to = |text: &str| End { address: text.parse().unwrap(), inside: None };
    let open = |address| world.passes(&inside, &to(address), Probe::Tcp(443), &[1024]);
    assert!(open("198.51.100.7"));
    assert!(!open("10.99.0.1"), "its route leads to a gateway that is not there");
}
