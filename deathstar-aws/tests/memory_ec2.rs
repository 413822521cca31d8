//! Every kind of EC2 on the in-memory cloud: no account, no SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(unreachable_pub, dead_code, reason = "the declaration is shared with tests that need more of it")]

mod every_kind;
#[path = "../../tests/shared/expectations.rs"]
mod expectations;

use deathstar_aws::{Account, kinds};
use deathstar_core::{
    Stack,
    apply::Quiet,
    memory::{Call, Fault},
};
use every_kind::{Choice, EveryKind, changes, declare, range};
use expectations::{acts, apply, in_memory};

fn stack(choice: &Choice) -> (Stack, EveryKind) {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let refs = declare(&mut stack, &aws, choice);
    (stack, refs)
}

#[tokio::test]
async fn it_lives_and_leaves_nothing() {
    let (engine, memory) = in_memory(kinds());
    let (stack, refs) = stack(&Choice { ipv6_only: true, ..Choice::default() });
    let report = apply(&engine, &stack).await;
    assert_eq!(memory.objects().len(), stack.len() - 1, "all but the fact");
    let six = report.value(&refs.ipv6).unwrap().net();
    let subnet: deathstar_core::model::Ipv6Cidr =
        report.value(&refs.subnets[3].output("/spec/ipv6_cidr_block")).unwrap();
    assert!(six.contains(&subnet.net()) && subnet.net() != six);
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    assert!(memory.objects().is_empty());
}

#[tokio::test]
async fn each_of_these_fields_changes_in_place() {
    for (choice, expected) in changes() {
        let (engine, _) = in_memory(kinds());
        apply(&engine, &stack(&Choice::default()).0).await;
        let (changed, _) = stack(&choice);
        assert_eq!(acts(&engine.plan(&changed).await.unwrap()), [expected]);
        apply(&engine, &changed).await;
    }
}

#[tokio::test]
async fn another_sort_of_peer_replaces_a_rule_and_nothing_else() {
    let (engine, _) = in_memory(kinds());
    apply(&engine, &stack(&Choice::default()).0).await;
    let (changed, _) = stack(&Choice { web_peer: range("2001:db8::/32"), ..Choice::default() });
    assert_eq!(acts(&engine.plan(&changed).await.unwrap()), ["Create rules/web peer", "Delete rules/web"]);
    apply(&engine, &changed).await;
}

#[tokio::test]
async fn two_rules_that_say_the_same_are_found_before_any_call() {
    let (engine, memory) = in_memory(kinds());
    let (stack, _) = stack(&Choice { web_peer: range("::/0"), ..Choice::default() });
    let error = engine.plan(&stack).await.unwrap_err().to_string();
    assert!(error.contains("rules/web") && error.contains("rules/web-ipv6"), "{error}");
    assert!(memory.calls().is_empty());
}

#[tokio::test]
async fn the_gate_is_asked_before_anything_goes_that_it_stands_on() {
    let (engine, memory) = in_memory(kinds());
    let (stack, _) = stack(&Choice::default());
    apply(&engine, &stack).await;
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    for guarded in ["subnets/first", "subnets/pods", "groups/web", "groups/controllers", "vpc"] {
        assert!(plan.order("gate", guarded), "{guarded}");
    }
    let foreign = Fault::FailsAfter("eni-1 is of others".into());
    memory.on("aws.ec2.no-foreign-network-interfaces", Call::Over, foreign);
    let report = engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> = report.failures().map(|(step, _)| step.address.to_string()).collect();
    assert_eq!(failures, ["gate"]);
    let left: Vec<_> = memory.objects().into_iter().map(|object| object.family).collect();
    let count = |family: &str| left.iter().filter(|left| *left == family).count();
    let kept = ["aws.ec2.vpc", "aws.ec2.subnet", "aws.ec2.security-group"].map(count);
    assert_eq!(kept, [1, 3, 3], "what it stands on is all there: {left:?}");

    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(memory.objects().is_empty());
}
