//! Kinds of Azure on the in-memory cloud: no account, no SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;

use deathstar_azure::{
    Subscription,
    id::NatGatewayId,
    kinds,
    networking::{Subnet, VirtualNetwork},
    resources::{ResourceGroup, ResourceGroupOutputs},
};
use deathstar_core::{
    Stack,
    apply::Quiet,
    memory::{Call, Fault},
};
use expectations::{acts, apply, in_memory};

/// What a test changes.
#[derive(Clone, Copy)]
struct Choice {
    space: &'static str,
    nodes: &'static [&'static str],
    gateway: Option<&'static str>,
    minutes: u8,
}

const FIRST: Choice =
    Choice { space: "10.0.0.0/16", nodes: &["10.0.0.0/24"], gateway: Some("first"), minutes: 4 };

fn stack(choice: Choice) -> Stack {
    let mut stack = Stack::new("webshop");
    let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
    let group = stack.add(&azure, "group", ResourceGroup::new("webshop"));
    let network = VirtualNetwork::new(group.group_id(), "net", [choice.space.parse().unwrap()]);
    let network = stack.add(&azure, "network", network.flow_timeout_in_minutes(choice.minutes));
    let ranges = choice.nodes.iter().map(|range| range.parse().unwrap());
    let gateway = choice.gateway.map(|name| {
        NatGatewayId::new(format!(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/natGateways/{name}"
        ))
    });
    stack.add(&azure, "nodes", Subnet::new(network.id(), "nodes", ranges).nat_gateway(gateway));
    stack.add(&azure, "pods", Subnet::new(network.id(), "pods", ["10.0.8.0/24".parse().unwrap()]));
    stack
}

#[tokio::test]
async fn it_lives_and_leaves_nothing() {
    let (engine, memory) = in_memory(kinds());
    let stack = stack(FIRST);
    apply(&engine, &stack).await;
    assert_eq!(memory.objects().len(), stack.len());
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    for (first, then) in [("nodes", "network"), ("pods", "network"), ("network", "group")] {
        assert!(plan.order(first, then), "{first} {then}");
    }
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(memory.objects().is_empty());
}

#[tokio::test]
async fn each_of_these_fields_changes_in_place() {
    for (choice, expected) in [
        (Choice { minutes: 9, ..FIRST }, "Update network flow_timeout_in_minutes"),
        (Choice { space: "10.0.0.0/15", ..FIRST }, "Update network address_prefixes"),
        (Choice { nodes: &["10.0.0.0/24", "10.0.1.0/24"], ..FIRST }, "Update nodes address_prefixes"),
        (Choice { gateway: Some("second"), ..FIRST }, "Update nodes nat_gateway"),
        (Choice { gateway: None, ..FIRST }, "Update nodes nat_gateway"),
    ] {
        let (engine, _) = in_memory(kinds());
        apply(&engine, &stack(FIRST)).await;
        assert_eq!(acts(&engine.plan(&stack(choice)).await.unwrap()), [expected]);
        apply(&engine, &stack(choice)).await;
    }
}

#[tokio::test]
async fn a_range_that_goes_replaces_its_subnet_alone() {
    let (engine, _) = in_memory(kinds());
    apply(&engine, &stack(FIRST)).await;
    let moved = stack(Choice { nodes: &["10.0.1.0/24"], ..FIRST });
    let steps = acts(&engine.plan(&moved).await.unwrap());
    assert_eq!(steps, ["Delete nodes", "Create nodes address_prefixes"]);
    apply(&engine, &moved).await;
}

#[tokio::test]
async fn two_of_one_name_are_found_before_any_call() {
    let (engine, memory) = in_memory(kinds());
    let mut stack = Stack::new("webshop");
    let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
    stack.add(&azure, "group", ResourceGroup::new("webshop"));
    stack.add(&azure, "again", ResourceGroup::new("webshop"));
    let error = engine.plan(&stack).await.unwrap_err().to_string();
    assert!(error.contains("again") && error.contains("group"), "{error}");
    assert!(memory.calls().is_empty());
}

#[tokio::test]
async fn what_has_failed_is_written_once_more() {
    let (engine, memory) = in_memory(kinds());
    memory.on("azure.network.virtual-network", Call::Create, Fault::FailsAfter("no capacity".into()));
    let stack = stack(FIRST);
    let plan = engine.plan(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> = report.failures().map(|(step, _)| step.address.to_string()).collect();
    assert_eq!(failures, ["network"]);
    let steps = acts(&engine.plan(&stack).await.unwrap());
    assert_eq!(steps, ["Update network", "Create nodes", "Create pods"]);
    apply(&engine, &stack).await;
}
