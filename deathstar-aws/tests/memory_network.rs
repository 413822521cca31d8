//! The network on the in-memory cloud: no account, no SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;

use deathstar_aws::{Account, Aws, Nat, Vpc, VpcRefs, kinds};
use deathstar_core::{
    ApplyError, Engine, PlanError, Stack,
    apply::{Quiet, Report},
    component::{NetworkRefs, NetworkSpec, PortableNetwork},
    model::{Tier, TierSize},
    plan::Action,
};
use expectations::{in_memory, settle};

fn stack(vpc: Vpc) -> (Stack, VpcRefs) {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let refs = stack.add(&aws, "network", vpc);
    (stack, refs)
}

/// Applies what needs no consent, and expects that nothing is left to do then.
async fn apply(engine: &Engine, stack: &Stack) -> Report {
    settle(engine, stack, engine.plan(stack).await.unwrap()).await
}

#[tokio::test]
async fn it_lives_and_leaves_nothing() {
    let (engine, memory) = in_memory(kinds());
    let (stack, refs) = stack(Vpc::new("10.20.0.0/16"));
    let report = apply(&engine, &stack).await;
    assert_eq!(memory.objects().len(), stack.len() - 3, "all but the facts");
    let zones: Vec<_> = refs.zones().iter().map(|zone| report.value(zone).unwrap().to_string()).collect();
    assert_eq!(zones, ["memory-1a", "memory-1b", "memory-1c"]);

    let plan = engine.destroy(&stack).await.unwrap();
    assert!(
        matches!(engine.apply(plan, Quiet).await, Err(ApplyError::NoConsent(steps)) if steps.len() == 11)
    );
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(memory.objects().is_empty());
}

#[tokio::test]
async fn gateways_come_after_and_go_before_what_they_need() {
    let (engine, _) = in_memory(kinds());
    let (stack, _) = stack(Vpc::new("10.20.0.0/16").zones(1));
    let plan = engine.plan(&stack).await.unwrap();
    for part in ["network/public/0/nat-gateway", "network/public/0/nat-address"] {
        assert!(plan.order("network/internet-gateway", part), "{part}");
    }
    apply(&engine, &stack).await;
    let plan = engine.destroy(&stack).await.unwrap();
    assert!(plan.order("network/public/0/nat-gateway", "network/internet-gateway"));
    assert!(plan.order("network/public/0/nat-address", "network/internet-gateway"));
}

#[tokio::test]
async fn growth_replaces_nothing() {
    let (engine, _) = in_memory(kinds());
    let steps = [
        Vpc::new("10.20.0.0/16").zones(2).nat(Nat::None).without(Tier::Intra),
        Vpc::new("10.20.0.0/16").zones(2).nat(Nat::Single).without(Tier::Intra),
        Vpc::new("10.20.0.0/16").zones(3).nat(Nat::PerZone),
        Vpc::new("10.20.0.0/16").zones(4).nat(Nat::PerZone),
    ];
    for vpc in steps {
        let (stack, _) = stack(vpc);
        let plan = engine.plan(&stack).await.unwrap();
        let gone: Vec<_> = plan.data().steps.iter().filter(|step| step.action == Action::Delete).collect();
        let ways = |step: &&deathstar_core::plan::Step| !step.address.as_str().contains("/acl/");
        assert!(!gone.iter().any(ways), "{gone:?}");
        apply(&engine, &stack).await;
    }
}

#[tokio::test]
async fn all_findings_come_at_once_and_before_any_call() {
    let (engine, memory) = in_memory(kinds());
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    stack.add(&aws, "host-bits", Vpc::new("10.20.3.7/16"));
    stack.add(&aws, "too-wide", Vpc::new("10.0.0.0/8"));
    stack.add(&aws, "too-small", Vpc::new("10.0.0.0/24").size(Tier::Private, TierSize::Prefix(26)));
    stack.add(&aws, "too-many", Vpc::new("10.0.0.0/16").zones(7).growth_room(7));
    stack.add(&aws, "none", Vpc::new("10.0.0.0/16").zones(0));
    stack.add(&aws, "no-public", Vpc::new("10.0.0.0/16").without(Tier::Public));
    let Err(PlanError::Findings(findings)) = engine.plan(&stack).await else { panic!("there are findings") };
    let mut told: Vec<_> = findings.0.iter().map(|finding| (&*finding.address, &*finding.code)).collect();
    told.sort_unstable();
    let expected = [
        ("host-bits", "cidr.host-bits"),
        ("no-public", "network.nat"),
        ("none/zones", "zones.count"),
        ("too-many/zones", "zones.count"),
        ("too-small", "cidr.block-too-small"),
        ("too-wide/vpc", "cidr.block-size"),
    ];
    assert_eq!(told, expected);
    assert!(memory.calls().is_empty());
}

#[tokio::test]
async fn a_program_may_be_generic_over_the_cloud() {
    fn platform<P: PortableNetwork>(stack: &mut Stack, config: P::Config) -> usize {
        let on = stack.on(config);
        let network = P::Network::from(NetworkSpec::new("10.20.0.0/16"));
        stack.add(&on, "network", network).subnets().len()
    }
    let mut stack = Stack::new("webshop");
    assert_eq!(platform::<Aws>(&mut stack, Account::region("eu-west-1")), 9);
    let (engine, _) = in_memory(kinds());
    apply(&engine, &stack).await;
}
