//! The evaluator against moto's stored rules: the component is applied over HTTP, its rules are read back by AWS's own SDK, and
//! every path is as open as the in-memory cloud's rules say.
//!
//! It shows that the rules arrive in EC2's own terms as they were meant. It cannot show what EC2 lets pass, since moto carries no
//! packet; nor entries about ICMP, of which moto loses type and code, and routes to peers, which are not there.

#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

#[path = "../../tests/shared/counterpart.rs"]
mod counterpart;
mod semantics;
#[path = "moto_drivers/server.rs"]
mod server;

use deathstar_aws::{Account, Nat, VpcRefs, kinds};
use deathstar_core::{
    Engine, Memory, Stack,
    apply::{Quiet, Report},
    component::{IpFamilies, NetworkRefs},
    model::{
        Tier,
        traffic::{Party, Service, Services},
    },
    state::MemoryStore,
};
use semantics::{
    case::{AWS, Case, ends, probes, stack as stack_of},
    memory,
    neutral::case::Probed,
    sdk,
};

fn case(families: IpFamilies, endpoints: bool) -> Case {
    let office = Party::Range("203.0.113.0/25".parse().unwrap());
    let all: Vec<(Party, Party, Services)> = vec![
        ("shop".into(), "database".into(), Service::tcp(5432).into()),
        ("shop".into(), Party::Internet, Service::tcp(443).into()),
        (Party::Internet, "web".into(), [Service::tcp(443), Service::udp(443)].into()),
        (office, Tier::Public.into(), Service::tcp(8000..=8010).into()),
        (Tier::Private.into(), Tier::Private.into(), Service::dns()),
        ("worker".into(), "cache".into(), Service::all().into()),
        ("shop".into(), Party::ObjectStorage, Service::tcp(443).into()),
    ];
    let mut declarations = all;
    if endpoints {
        declarations.push((Party::Network, Party::Endpoints, Service::tcp(443).into()));
    }
    Case {
        families,
        pods: false,
        nat: Nat::Single,
        endpoints,
        tight: false,
        routed: false,
        cloud: AWS,
        declarations,
    }
}

async fn applied(engine: &Engine, stack: &Stack) -> Report {
    let plan = engine.plan(stack).await.unwrap();
    let report = engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> =
        report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty(), "{}", again.data().to_json());
    report
}

/// Who stands where, in words that mean the same in both clouds.
fn name(refs: &VpcRefs, report: &Report, one: &Probed) -> String {
    let zone = one.end.inside.as_ref().map(|(subnet, _)| {
        let of = refs.subnets().iter().find(|refs| report.value(&refs.id).unwrap().as_str() == subnet);
        of.map(|refs| (refs.tier, refs.zone))
    });
    let family = if one.end.address.is_ipv4() { 4 } else { 6 };
    let outside = if zone.is_none() { one.end.address.to_string() } else { String::new() };
    format!("{:?} {zone:?} ipv{family} {outside}", one.who)
}

async fn compare(case: &Case) {
    let Some(moto) = server::moto() else { return };
    let account = moto.account();
    let (stack, refs) = stack_of(case, account.declared(), 10_000);
    let engine = Engine::new(MemoryStore::new(), account.credentials());
    let report = applied(&engine, &stack).await;
    let vpc = report.value(&refs.id()).unwrap();
    let stored = sdk::world(&account.outside().await, vpc.as_str()).await;

    let cloud = Memory::seeded(7).with(kinds());
    let (imagined, imagined_refs) = stack_of(case, Account::region("eu-west-1"), 10_000);
    let imagined_report = applied(&Engine::new(MemoryStore::new(), cloud.clone()), &imagined).await;
    let meant = memory::world(&cloud);

    let of_moto = ends(case, &stored.subnets, &refs, &report);
    let of_memory = ends(case, &meant.subnets, &imagined_refs, &imagined_report);
    let names = |refs: &VpcRefs, report: &Report, ends: &[Probed]| -> Vec<String> {
        ends.iter().map(|one| name(refs, report, one)).collect()
    };
    let expected = names(&imagined_refs, &imagined_report, &of_memory);
    assert_eq!(names(&refs, &report, &of_moto), expected);

    let mut open = 0;
    for (from, from_meant) in of_moto.iter().zip(&of_memory) {
        for (to, to_meant) in of_moto.iter().zip(&of_memory) {
            if from.end.address == to.end.address || from.end.address.is_ipv4() != to.end.address.is_ipv4() {
                continue;
            }
            for probe in probes(&case.traffic()) {
                let stored = stored.is_open(&from.end, &to.end, probe, &from.client_ports);
                let meant = meant.is_open(&from_meant.end, &to_meant.end, probe, &from.client_ports);
                assert_eq!(stored, meant, "{:?} to {:?}, {probe:?}", from.end, to.end);
                open += usize::from(stored);
            }
        }
    }
    assert!(open > 50, "{open} paths are open");
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
}

#[tokio::test]
async fn the_rules_of_ipv4_arrive_as_they_were_meant() {
    Box::pin(compare(&case(IpFamilies::Ipv4, true))).await;
}

#[tokio::test]
async fn the_rules_of_both_families_arrive_as_they_were_meant() {
    Box::pin(compare(&case(IpFamilies::DualStack, false))).await;
}
