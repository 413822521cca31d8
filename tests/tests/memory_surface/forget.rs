//! Rows that are dropped while their objects stay.

use super::*;
use deathstar_core::{ApplyError, Forget, PlanError, driver::tags, memory::Fault};

async fn made() -> (Memory, Engine, Stack) {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    cloud.forget_calls();
    (cloud, engine, stack)
}

#[tokio::test]
async fn a_forgotten_object_stays_with_its_tags() {
    let (cloud, engine, stack) = made().await;
    let before = cloud.objects();
    let plan = engine.forget(&stack, Forget::at("one").and("pool")).await.unwrap();
    insta::assert_snapshot!(plan.to_string());
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert_eq!((cloud.calls(), cloud.objects()), (vec![], before));
    let recorded = engine.recorded().await.unwrap().recorded;
    assert!(recorded.newest("one").is_none() && recorded.newest("pool").is_none());
    assert_eq!(recorded.len(), 8);
}

#[tokio::test]
async fn a_released_object_carries_no_tags_of_ours() {
    let (cloud, engine, stack) = made().await;
    let of_one = at(&cloud, "one").id;
    let plan = engine.forget(&stack, Forget::at("one").release()).await.unwrap();
    assert_eq!(actions(&plan), [("one", &Action::Release)]);
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    let machine = cloud.objects().into_iter().find(|object| object.id == of_one).unwrap();
    assert_eq!(machine.tags.keys().collect::<Vec<_>>(), ["team"], "the user's own tags stay");
    assert_eq!((changes(&cloud), cloud.count("imagined.machine", Call::Retag)), (1, 1));
    assert!(engine.recorded().await.unwrap().recorded.newest("one").is_none());
    // Nobody owns it now, so that it can become ours again.
    let report = carry_out(&engine, engine.import(&stack, [("one", id(&machine))]).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(at(&cloud, "one").id, of_one);
}

#[tokio::test]
async fn a_release_that_was_cut_off_is_done_again() {
    let (cloud, engine, stack) = made().await;
    for fault in [Fault::LostAnswer, Fault::LostRequest] {
        cloud.on("imagined.machine", Call::Retag, fault);
        let report =
            carry_out(&engine, engine.forget(&stack, Forget::at("two").release()).await.unwrap()).await;
        assert!(report.is_success(), "{report}");
        let plan = engine.plan(&stack).await.unwrap();
        assert_eq!(actions(&plan), [("two", &Action::Create)]);
        assert!(carry_out(&engine, plan).await.is_success());
    }
    let owned = |object: &MemoryObject| object.tags.get(tags::ADDRESS).is_some_and(|at| at == "two");
    assert_eq!(cloud.objects().iter().filter(|object| owned(object)).count(), 1);
}

#[tokio::test]
async fn what_others_need_is_not_forgotten_alone() {
    let (_, engine, stack) = made().await;
    let plan = engine.forget(&stack, Forget::at("network/segment")).await.unwrap();
    let why: Vec<_> = plan.blockers.iter().map(|blocker| blocker.why.as_str()).collect();
    assert_eq!(why, ["it cannot be forgotten alone: one, two need it"]);
    assert!(matches!(engine.apply(plan, Quiet).await.unwrap_err(), ApplyError::Blocked(_)));
    let plan = engine.forget(&stack, Forget::at("network/segment").and("one").and("two")).await.unwrap();
    assert!(plan.blockers.is_empty() && carry_out(&engine, plan).await.is_success());
    // A whole scope, with all that stands on it.
    let plan = engine.forget(&stack, Forget::at("network").and("cluster").and("pool")).await.unwrap();
    assert!(plan.blockers.is_empty(), "{plan}");
    assert!(carry_out(&engine, plan).await.is_success());
    assert_eq!(engine.recorded().await.unwrap().recorded.len(), 1, "the look-up is left");
}

#[tokio::test]
async fn nothing_is_forgotten_where_nothing_is_recorded() {
    let (_, engine, stack) = made().await;
    let error = engine.forget(&stack, Forget::at("nowhere").and("net")).await.unwrap_err();
    let PlanError::Findings(findings) = error else { unreachable!() };
    assert_eq!(
        findings.0.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
        ["forget.unknown"; 2]
    );
}
