//! Lives: made, changed in place, destroyed in an order that Azure takes.

use crate::{
    acts, apply, declared,
    every_kind::{Choice, changes, declare},
    world,
};
use deathstar_core::{Stack, apply::Quiet};

fn stack(choice: Choice) -> Stack {
    declared(|stack, azure| declare(stack, azure, choice))
}

/// What of two Azure has to delete first: it refuses to delete what is in use, or what has something in it.
const ORDER: [(&str, &str); 20] = [
    ("network-nodes", "network-web"),
    ("network-nodes", "network-table"),
    ("network-nodes", "network-gateway"),
    ("network-nodes", "network-net"),
    ("network-gateway", "network-address"),
    ("network-gateway", "network-prefix"),
    ("network-web-https", "network-web"),
    ("network-out", "network-table"),
    ("network-endpoint", "network-nodes"),
    ("network-endpoint", "logs-account"),
    ("network-endpoint-zones", "network-endpoint"),
    ("network-endpoint-zones", "dns-blob"),
    ("dns-link", "dns-zone"),
    ("dns-link", "network-net"),
    ("dns-api", "dns-zone"),
    ("logs-flows", "logs-watcher"),
    ("logs-flows", "logs-account"),
    ("logs-flows", "network-net"),
    ("identity-credential", "identity-web"),
    ("identity-role", "identity-web"),
];

#[tokio::test]
async fn every_kind_lives_and_leaves_nothing() {
    let (engine, memory) = world();
    let stack = stack(Choice::default());
    apply(&engine, &stack).await;
    assert_eq!(memory.objects().len(), stack.len() - 1, "all but the gate");
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    for (first, then) in ORDER {
        assert!(plan.order(first, then), "{first} before {then}");
    }
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    assert!(memory.objects().is_empty());
}

#[tokio::test]
async fn each_of_these_fields_changes_in_place() {
    let (engine, _) = world();
    apply(&engine, &stack(Choice::default())).await;
    for (choice, expected) in changes() {
        assert_eq!(acts(&engine.plan(&stack(choice)).await.unwrap()), [expected]);
        apply(&engine, &stack(choice)).await;
        apply(&engine, &stack(Choice::default())).await;
    }
}
