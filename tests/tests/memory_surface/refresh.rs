//! Drift that is accepted into the record.

use super::*;
use deathstar_core::PlanOptions;

fn only() -> PlanOptions {
    PlanOptions::default().refresh_only(true)
}

#[tokio::test]
async fn accepted_drift_is_recorded_and_the_cloud_is_not_touched() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let quiet = engine.plan_with(&stack, only()).await.unwrap();
    assert!(quiet.is_empty() && quiet.to_string().contains("The record is as the cloud is."), "{quiet}");
    let (net, pool) = (object(&cloud, "imagined.net"), object(&cloud, "imagined.pool"));
    cloud
        .tamper("imagined.net", id(&net), |net| {
            net.spec["label"] = "theirs".into();
            net.outputs["main_table"] = "tab-new".into();
            net.tags.remove("team");
        })
        .unwrap();
    cloud.remove("imagined.pool", id(&pool)).unwrap();
    cloud.forget_calls();
    let plan = engine.plan_with(&stack, only()).await.unwrap();
    assert_eq!(actions(&plan), [("network/net", &Action::Record), ("pool", &Action::Forget)]);
    insta::assert_snapshot!(plan.to_string());
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(changes(&cloud), 0);
    let recorded = engine.recorded().await.unwrap().recorded;
    let row = recorded.newest("network/net").unwrap();
    assert_eq!(row.phase.spec().value()["label"], "theirs");
    assert_eq!(row.phase.outputs().unwrap().value()["main_table"], "tab-new");
    assert!(row.tags.is_empty() && recorded.newest("pool").is_none());
    assert!(engine.plan_with(&stack, only()).await.unwrap().is_empty());
    // What is declared is still for the next plan.
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.drift.is_empty(), "{plan}");
    assert_eq!(actions(&plan), [("network/net", &Action::Update), ("pool", &Action::Create)]);
    apply(&engine, &stack).await;
    destroy(&engine, &stack, &cloud).await;
}

#[tokio::test]
async fn accepted_drift_keeps_what_the_api_never_tells() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let machine = object(&cloud, "imagined.machine");
    cloud
        .tamper("imagined.machine", id(&machine), |machine| {
            machine.spec["size"] = 9.into();
            machine.spec["password"] = serde_json::Value::Null;
        })
        .unwrap();
    let report = carry_out(&engine, engine.plan_with(&stack, only()).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    let plan = engine.plan(&stack).await.unwrap();
    let fields: Vec<_> = plan.steps[0].changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((plan.steps.len(), fields), (1, vec!["size"]), "the password is as it was recorded: {plan}");
}

#[tokio::test]
async fn a_part_can_be_refreshed() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    for family in ["imagined.net", "imagined.pool"] {
        let object = object(&cloud, family);
        let field = if family == "imagined.net" { "label" } else { "nodes" };
        let value = if field == "nodes" { 9.into() } else { "theirs".into() };
        cloud.tamper(family, id(&object), |object| object.spec[field] = value).unwrap();
    }
    let plan = engine.plan_with(&stack, only().target("network")).await.unwrap();
    assert_eq!(actions(&plan), [("network/net", &Action::Record)]);
    assert_eq!(plan.drift.len(), 1, "{plan}");
}
