//! Plans for a part of a stack, and replacements that are asked for.

use super::*;
use deathstar_core::{PlanError, PlanOptions};

fn target(address: &str) -> PlanOptions {
    PlanOptions::default().target(address)
}

async fn two_changes(cloud: &Memory) -> (Engine, Stack) {
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    (engine, Shop { label: "b", size: 2, ..Shop::default() }.stack())
}

#[tokio::test]
async fn a_target_leaves_everything_else_and_says_so() {
    let cloud = cloud();
    let (engine, stack) = two_changes(&cloud).await;
    let plan = engine.plan_with(&stack, target("network")).await.unwrap();
    assert_eq!(actions(&plan), [("network/net", &Action::Update)]);
    assert_eq!(plan.targets[0].as_str(), "network");
    assert!(plan.to_string().contains("This plan is partial: it is about network"), "{plan}");
    assert!(carry_out(&engine, plan).await.is_success());
    let rest = engine.plan(&stack).await.unwrap();
    assert_eq!(actions(&rest), [("one", &Action::Update), ("two", &Action::Update)]);
}

#[tokio::test]
async fn a_target_takes_along_what_it_needs() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    let plan = engine.plan_with(&stack, target("one")).await.unwrap();
    let made: Vec<_> = actions(&plan).into_iter().map(|(address, _)| address).collect();
    assert_eq!(made, ["zones", "network/net", "network/segment", "one"]);
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert!(engine.exports().await.unwrap().is_empty());
    apply(&engine, &stack).await;
}

#[tokio::test]
async fn a_replaced_target_takes_along_what_stands_on_it() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    let stack = Shop { zone: 1, label: "b", ..Shop::default() }.stack();
    let plan = engine.plan_with(&stack, target("network/segment")).await.unwrap();
    let touched: std::collections::BTreeSet<_> =
        actions(&plan).into_iter().map(|(address, _)| address).collect();
    assert!(touched.contains("one") && touched.contains("two") && !touched.contains("cluster"), "{plan}");
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    apply(&engine, &stack).await;
}

#[tokio::test]
async fn a_part_of_a_stack_is_destroyed_with_what_stands_on_it_and_without_a_proof() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let plan = engine.plan_with(&stack, target("network/segment").destroy(true)).await.unwrap();
    let gone: std::collections::BTreeSet<_> =
        actions(&plan).into_iter().map(|(address, _)| address).collect();
    assert_eq!(gone.into_iter().collect::<Vec<_>>(), ["network/segment", "one", "two"]);
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success() && report.proof.is_none(), "{report}");
    assert_eq!(cloud.len(), 6);
    apply(&engine, &stack).await;
    destroy(&engine, &stack, &cloud).await;
}

#[tokio::test]
async fn what_forbids_something_else_does_not_forbid_a_part() {
    let protected = |size: u32| {
        let mut stack = Stack::new("shop");
        let on = stack.on(Region::new("north"));
        stack.add(&on, "kept", Net { range: format!("10.{size}.0.0/16"), label: None }.protect());
        stack.add(&on, "free", Net { range: "10.100.0.0/16".into(), label: Some(size.to_string()) });
        stack
    };
    let engine = Engine::new(MemoryStore::new(), cloud());
    apply(&engine, &protected(1)).await;
    let stack = protected(2);
    let whole = engine.plan(&stack).await.unwrap();
    assert_eq!(whole.blockers.len(), 1);
    let plan = engine.plan_with(&stack, target("free")).await.unwrap();
    assert!(plan.blockers.is_empty() && carry_out(&engine, plan).await.is_success());
    let plan = engine.plan_with(&stack, target("kept")).await.unwrap();
    assert_eq!(plan.blockers.len(), 1);
}

#[tokio::test]
async fn an_asked_replacement_is_made_once() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let before = engine.recorded().await.unwrap().recorded.newest("one").unwrap().phase.id().cloned();
    let plan = engine.plan_with(&stack, PlanOptions::default().replace("one")).await.unwrap();
    assert_eq!(actions(&plan), [("one", &Action::Create), ("one", &Action::Delete)]);
    assert_eq!(plan.steps[0].notes, ["its replacement is asked for"]);
    assert!(plan.refuse(&[deathstar_core::plan::Risk::DataLoss]).is_err());
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    let after = engine.recorded().await.unwrap().recorded.newest("one").unwrap().phase.id().cloned();
    assert_ne!(before, after);
    assert!(engine.plan(&stack).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_asked_replacement_drags_along_what_cannot_let_go() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let plan = engine.plan_with(&stack, PlanOptions::default().replace("network/segment")).await.unwrap();
    let segment: Vec<_> = plan.at("network/segment").map(|step| &step.action).collect();
    assert_eq!(segment, [&Action::Delete, &Action::Create], "its range is held for life");
    assert_eq!(plan.at("one").count(), 2);
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert!(engine.plan(&stack).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_meant_is_a_finding() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    for (options, code) in [
        (target("nowhere"), "target.unknown"),
        (target("net"), "target.unknown"),
        (PlanOptions::default().replace("nowhere"), "replace.unknown"),
        (PlanOptions::default().replace("zones"), "replace.unknown"),
        (PlanOptions::default().refresh_only(true).destroy(true), "plan.options"),
        (PlanOptions::default().refresh_only(true).refresh(false), "plan.options"),
        (PlanOptions::default().refresh_only(true).replace("one"), "plan.options"),
        (PlanOptions::default().destroy(true).replace("one"), "plan.options"),
    ] {
        let error = engine.plan_with(&stack, options.clone()).await.unwrap_err();
        let PlanError::Findings(findings) = error else { unreachable!("{options:?}") };
        assert_eq!((findings.0.len(), findings.0[0].code.as_str()), (1, code), "{options:?}");
    }
    assert_eq!(cloud.calls(), []);
}
