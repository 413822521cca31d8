//! Journals that are rebuilt from the cloud.

use super::*;
use deathstar_core::{
    ApplyError, Forget, Meaning, PlanError, PlanOptions, Recover, apply::Patience, driver::tags,
    memory::Fault,
};
use std::{collections::BTreeMap, time::Duration};

/// Rebuilds the journal of a stack in a new store.
async fn recovered(cloud: &Memory, stack: &Stack, how: Recover) -> (Engine, Report) {
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let plan = engine.recover(stack, how).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.action == Action::Recover), "{plan}");
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    (engine, report)
}

async fn tokens(engine: &Engine) -> BTreeMap<String, String> {
    let recorded = engine.recorded().await.unwrap().recorded;
    let tagged = |family: &str| !matches!(family, "imagined.route" | "imagined.quota");
    let rows = recorded.rows().filter(|row| tagged(&row.family));
    rows.map(|row| (row.address.to_string(), row.token.to_string())).collect()
}

#[tokio::test]
async fn a_lost_journal_is_rebuilt_and_the_next_plan_is_empty() {
    let cloud = cloud();
    let lost = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&lost, &stack).await;
    let before = cloud.objects();
    cloud.forget_calls();
    let (engine, report) = recovered(&cloud, &stack, Recover::default()).await;
    assert_eq!(changes(&cloud), 0, "the cloud is not touched");
    let lists = cloud.calls().iter().filter(|call| call.ids.is_empty() && call.call == Call::Find).count();
    assert_eq!(lists, 7, "one list for each family with tags");
    let hidden: Vec<_> = report.unseen.iter().map(|one| (one.address.as_str(), one.field.as_str())).collect();
    assert_eq!(hidden, [("one", "password")]);
    assert!(report.to_string().contains("not seen: one (imagined.machine machine-"), "{report}");
    assert_eq!(tokens(&engine).await, tokens(&lost).await, "tokens are what the objects carry");
    assert_ne!(
        engine.recorded().await.unwrap().recorded.stack.unwrap().lineage,
        lost.recorded().await.unwrap().recorded.stack.unwrap().lineage,
    );
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty() && plan.drift.is_empty(), "{plan}");
    assert_eq!(engine.exports().await.unwrap(), lost.exports().await.unwrap());
    assert_eq!(cloud.objects(), before);
    apply(&engine, &Shop { label: "b", size: 2, password: "other", ..Shop::default() }.stack()).await;
    destroy(&engine, &Shop { label: "b", size: 2, ..Shop::default() }.stack(), &cloud).await;
}

#[tokio::test]
async fn the_plan_says_what_comes_next_and_what_cannot_be_told() {
    let cloud = cloud();
    let stack = Shop::default().stack();
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &stack).await;
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    insta::assert_snapshot!(engine.recover(&stack, Recover::default()).await.unwrap().to_string());
    let changed = Shop { label: "b", ..Shop::default() }.stack();
    let plan = engine.recover(&changed, Recover::default()).await.unwrap();
    assert_eq!(plan.notes, ["The plan after this one: 1 to update."]);
    let nothing = Engine::new(MemoryStore::new(), Memory::seeded(7).with(kinds()));
    let stack = Shop { machines: false, ..Shop::default() }.stack();
    let plan = nothing.recover(&stack, Recover::default()).await;
    assert_eq!(
        actions(&plan.unwrap()),
        [("zones", &Action::Recover)],
        "a look-up has its answer without objects"
    );
}

#[tokio::test]
async fn a_journal_with_rows_is_never_overwritten() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    let empty = engine.recover(&stack, Recover::default()).await.unwrap();
    apply(&engine, &stack).await;
    let refused = engine.recover(&stack, Recover::default()).await.unwrap_err();
    assert!(matches!(refused, PlanError::Recorded { rows: 10 }), "{refused}");
    let refused = engine.apply(empty, Quiet).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Stale(_)), "{refused}");
}

#[tokio::test]
async fn half_made_objects_get_the_phase_in_which_they_are() {
    for (family, address, fault, phase, more) in [
        ("imagined.cluster", "cluster", Fault::Pending(400), "settling", 0),
        ("imagined.pool", "pool", Fault::FailsAfter("no power".into()), "broken", 1),
    ] {
        let cloud = cloud();
        let lost = Engine::new(MemoryStore::new(), cloud.clone());
        let stack = Shop::default().stack();
        cloud.on(family, Call::Create, fault);
        let hasty = lost.clone().patience(Patience::default().step(Duration::from_secs(30)));
        let report = carry_out(&hasty, lost.plan(&stack).await.unwrap()).await;
        assert!(!report.is_success());
        let (engine, _) = recovered(&cloud, &stack, Recover::default()).await;
        let recorded = engine.recorded().await.unwrap().recorded;
        assert_eq!(recorded.newest(address).unwrap().phase.name(), phase);
        let creates = cloud.count(family, Call::Create);
        apply(&engine, &stack).await;
        assert_eq!(cloud.count(family, Call::Create), creates + more, "what is under way is finished");
        destroy(&engine, &stack, &cloud).await;
    }
}

/// A machine whose replacement stopped between its halves: two objects carry the tags of one address.
async fn half_replaced(cloud: &Memory) -> Engine {
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    cloud.on("imagined.machine", Call::Delete, Fault::Fails(Meaning::Denied { action: String::new() }));
    let stack = Shop::default().stack();
    let options = PlanOptions::default().replace("one");
    let report = carry_out(&engine, engine.plan_with(&stack, options).await.unwrap()).await;
    assert!(!report.is_success());
    assert_eq!(cloud.objects().iter().filter(|object| object.family == "imagined.machine").count(), 3);
    engine
}

#[tokio::test]
async fn two_objects_at_one_address_are_told_apart_by_the_lineage_alone() {
    let cloud = cloud();
    let lost = half_replaced(&cloud).await;
    let stack = Shop::default().stack();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let plan = engine.recover(&stack, Recover::default()).await.unwrap();
    let ids: Vec<String> = cloud
        .objects()
        .iter()
        .filter(|object| object.tags.get(tags::ADDRESS).is_some_and(|at| at == "one"))
        .map(|object| id(object).to_owned())
        .collect();
    assert_eq!((ids.len(), plan.blockers.len()), (2, 1), "{plan}");
    assert!(ids.iter().all(|id| plan.blockers[0].why.contains(id.as_str())), "{plan}");
    assert!(matches!(engine.apply(plan, Quiet).await.unwrap_err(), ApplyError::Blocked(_)));

    let lineage = lost.recorded().await.unwrap().recorded.stack.unwrap().lineage;
    let (engine, _) = recovered(&cloud, &stack, Recover::default().lineage(&*lineage)).await;
    let recorded = engine.recorded().await.unwrap().recorded;
    let generations: Vec<_> = recorded.at("one").map(|row| row.generation).collect();
    assert_eq!(generations, [1, 2]);
    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!(actions(&plan), [("one", &Action::Delete)]);
    assert_eq!(plan.steps[0].object.as_ref().unwrap().value(), ids[0].as_str(), "the older one goes");
    apply(&engine, &stack).await;
}

#[tokio::test]
async fn two_objects_with_one_token_are_an_error_even_with_the_lineage() {
    let cloud = cloud();
    let lost = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&lost, &stack).await;
    let machines: Vec<_> =
        cloud.objects().into_iter().filter(|object| object.family == "imagined.machine").collect();
    let of_one = machines[0].tags.clone();
    assert!(cloud.tamper("imagined.machine", id(&machines[1]), |object| object.tags = of_one).unwrap());
    let lineage = lost.recorded().await.unwrap().recorded.stack.unwrap().lineage;
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let plan = engine.recover(&stack, Recover::default().lineage(&*lineage)).await.unwrap();
    assert_eq!(plan.blockers.len(), 1, "{plan}");
    assert!(machines.iter().all(|machine| plan.blockers[0].why.contains(id(machine))), "{plan}");
}

#[tokio::test]
async fn an_object_without_tags_is_ours_only_with_the_declared_values() {
    let cloud = cloud();
    let stack = Shop::default().stack();
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &stack).await;
    let route = object(&cloud, "imagined.route");
    cloud
        .tamper("imagined.route", &route.id.to_string(), |route| route.spec["via"] = "gw-elsewhere".into())
        .unwrap();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let plan = engine.recover(&stack, Recover::default()).await.unwrap();
    assert_eq!(plan.at("network/route").count(), 0);
    let unseen = plan.unseen.iter().find(|one| one.address == "network/route").unwrap();
    assert!(unseen.why.contains("via is \"gw-elsewhere\"") && unseen.id == route.id, "{unseen}");
}

#[tokio::test]
async fn what_is_not_declared_any_more_is_found_by_listing_every_kind() {
    let cloud = cloud();
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &Shop::default().stack()).await;
    let less = Shop { machines: false, ..Shop::default() }.stack();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let plan = engine.recover(&less, Recover::default()).await.unwrap();
    assert_eq!(plan.at("one").count(), 0, "nobody lists machines");
    let (engine, _) = recovered(&cloud, &less, Recover::default().all_kinds(true)).await;
    let recorded = engine.recorded().await.unwrap().recorded;
    let needs: Vec<_> = recorded.newest("one").unwrap().needs.iter().map(ToString::to_string).collect();
    assert_eq!(needs, ["network/segment"], "it stands on what its spec names");
    let plan = engine.plan(&less).await.unwrap();
    assert_eq!(actions(&plan), [("two", &Action::Delete), ("one", &Action::Delete)]);
    apply(&engine, &less).await;
    destroy(&engine, &less, &cloud).await;
}

#[tokio::test]
async fn an_object_that_moved_is_found_where_it_stands_now() {
    let cloud = cloud();
    let net = |address: &str, from: Option<&str>| {
        let mut stack = Stack::new("shop");
        let on = stack.on(Region::new("north"));
        let net = Net { range: "10.0.0.0/16".into(), label: None };
        match from {
            Some(from) => stack.add(&on, address, net.renamed_from(from)),
            None => stack.add(&on, address, net),
        };
        stack
    };
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &net("old", None)).await;
    let (engine, _) = recovered(&cloud, &net("new", Some("old")), Recover::default()).await;
    assert!(engine.plan(&net("new", Some("old"))).await.unwrap().is_empty());
    let (engine, _) = recovered(&cloud, &net("new", None), Recover::default()).await;
    let recorded = engine.recorded().await.unwrap().recorded;
    assert!(recorded.newest("old").is_some() && recorded.newest("new").is_none());
}

#[tokio::test]
async fn an_object_of_the_stack_without_an_address_is_left_alone_and_listed() {
    let cloud = cloud();
    let stack = Shop::default().stack();
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &stack).await;
    let gateway = object(&cloud, "imagined.gateway");
    cloud
        .tamper("imagined.gateway", id(&gateway), |object| object.tags.remove(tags::TOKEN).map_or((), drop))
        .unwrap();
    let (engine, report) = recovered(&cloud, &stack, Recover::default()).await;
    assert!(report.unseen.iter().any(|one| one.id == gateway.id && one.address.is_empty()), "{report}");
    assert!(engine.recorded().await.unwrap().recorded.newest("network/gateway").is_none());
}

#[tokio::test]
async fn an_emptied_journal_knows_its_own_lineage() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let options = PlanOptions::default().replace("two");
    let report = carry_out(&engine, engine.plan_with(&stack, options).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    let all = ["zones", "network", "one", "two", "cluster", "pool"];
    let all = all.iter().fold(Forget::default(), |all, address| all.and(address));
    let report = carry_out(&engine, engine.forget(&stack, all).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    let report = carry_out(&engine, engine.recover(&stack, Recover::default()).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    let recorded = engine.recorded().await.unwrap().recorded;
    assert_eq!(recorded.newest("two").unwrap().generation, 2, "its token says so");
    assert!(engine.plan(&stack).await.unwrap().is_empty());
}
