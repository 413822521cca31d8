//! Objects that exist already and become ours.

use super::*;
use deathstar_core::PlanError::Findings;
use deathstar_core::{ApplyError, Engine, PlanError, PlanOptions, driver::tags, memory::Fault};

/// A cloud with the objects of a shop that nobody owns.
async fn nobodys() -> Memory {
    let cloud = cloud();
    apply(&Engine::new(MemoryStore::new(), cloud.clone()), &Shop::default().stack()).await;
    for object in cloud.objects() {
        let id = object.id.as_str().map_or_else(|| object.id.to_string(), str::to_owned);
        cloud.tamper(&object.family, &id, |object| object.tags.retain(|key, _| !tags::is_ours(key))).unwrap();
    }
    cloud.forget_calls();
    cloud
}

fn ids(cloud: &Memory) -> Vec<(&'static str, String)> {
    [
        ("network/net", "imagined.net"),
        ("network/segment", "imagined.segment"),
        ("network/gateway", "imagined.gateway"),
        ("network/table", "imagined.table"),
        ("network/route", "imagined.route"),
        ("cluster", "imagined.cluster"),
        ("pool", "imagined.pool"),
    ]
    .into_iter()
    .map(|(address, family)| {
        let id = object(cloud, family).id;
        (address, id.as_str().map_or_else(|| id.to_string(), str::to_owned))
    })
    .collect()
}

fn pairs<'p>(ids: &'p [(&'static str, String)]) -> impl Iterator<Item = (&'p str, &'p str)> {
    ids.iter().map(|(address, id)| (*address, id.as_str()))
}

#[tokio::test]
async fn objects_of_nobody_become_ours_and_the_next_plan_is_empty() {
    let cloud = nobodys().await;
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop { machines: false, ..Shop::default() }.stack();
    let ids = ids(&cloud);
    let plan = engine.import(&stack, pairs(&ids)).await.unwrap();
    let of_objects: Vec<_> = plan.steps.iter().filter(|step| step.action != Action::Ask).collect();
    assert!(of_objects.iter().all(|step| step.action == Action::Import && step.changes.is_empty()), "{plan}");
    assert_eq!((of_objects.len(), plan.at("zones").count()), (7, 1), "and what they need: {plan}");
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success() && report.to_string().contains("7 imported"), "{report}");
    assert_eq!(cloud.count("*", Call::Retag), 6, "owner tags are written, on what carries tags");
    assert_eq!(changes(&cloud), 6, "and nothing else is");
    let recorded = engine.recorded().await.unwrap().recorded;
    for (address, _) in ids.iter().filter(|(address, _)| *address != "network/route") {
        let object = at(&cloud, address);
        assert_eq!(object.tags[tags::TOKEN], *recorded.newest(address).unwrap().token);
        assert_eq!(object.tags[tags::STACK], "shop");
    }
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.steps.is_empty() && plan.exports, "a partial plan leaves the exports: {plan}");
    apply(&engine, &stack).await;
}

#[tokio::test]
async fn differences_are_updates() {
    let cloud = nobodys().await;
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop { label: "b", version: 32, ..Shop::default() }.stack();
    let (net, cluster) = (object(&cloud, "imagined.net"), object(&cloud, "imagined.cluster"));
    let plan = engine.import(&stack, [("network/net", id(&net)), ("cluster", id(&cluster))]).await.unwrap();
    insta::assert_snapshot!(plan.to_string());
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(object(&cloud, "imagined.net").spec["label"], "b");
    assert_eq!(object(&cloud, "imagined.cluster").spec["version"], 32);
    assert_eq!(object(&cloud, "imagined.net").id, net.id);
}

/// Plans an import of one object and answers why it is refused.
async fn refused(cloud: &Memory, shop: &Shop, address: &str, id: &str) -> String {
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = shop.stack();
    let plan = engine.import(&stack, [(address, id)]).await.unwrap();
    let why = plan
        .blockers
        .iter()
        .map(|blocker| format!("{}: {}", blocker.address, blocker.why))
        .collect::<Vec<_>>();
    assert!(matches!(engine.apply(plan, Quiet).await.unwrap_err(), ApplyError::Blocked(_)));
    assert_eq!(changes(cloud), 0);
    why.join("\n")
}

#[tokio::test]
async fn what_would_have_to_be_replaced_is_refused() {
    let cloud = nobodys().await;
    let net = object(&cloud, "imagined.net");
    let other = Shop { range: "10.9.0.0/16", ..Shop::default() };
    let why = refused(&cloud, &other, "network/net", id(&net)).await;
    assert!(why.contains("range is \"10.0.0.0/16\" and is declared as \"10.9.0.0/16\""), "{why}");
}

#[tokio::test]
async fn what_belongs_to_somebody_is_refused() {
    let cloud = nobodys().await;
    let net = object(&cloud, "imagined.net");
    let own = |stack: &str, address: &str| {
        let tags = [(tags::STACK, stack), (tags::ADDRESS, address), (tags::TOKEN, "t")];
        cloud.tamper("imagined.net", id(&net), |object| {
            object.tags.extend(tags.map(|(key, value)| (key.to_owned(), value.to_owned())));
        })
    };
    assert!(own("theirs", "network/net").unwrap());
    let why = refused(&cloud, &Shop::default(), "network/net", id(&net)).await;
    assert!(why.contains("belongs to stack `theirs`"), "{why}");
    own("shop", "elsewhere").unwrap();
    let why = refused(&cloud, &Shop::default(), "network/net", id(&net)).await;
    assert!(why.contains("belongs to `elsewhere` of this stack"), "{why}");
    // It was ours, and only the record was lost: its token stays.
    own("shop", "network/net").unwrap();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    let report = carry_out(&engine, engine.import(&stack, [("network/net", id(&net))]).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    assert_eq!((changes(&cloud), object(&cloud, "imagined.net").tags[tags::TOKEN].as_str()), (0, "t"));
}

#[tokio::test]
async fn what_is_not_there_or_has_another_key_is_refused() {
    let cloud = nobodys().await;
    let why = refused(&cloud, &Shop::default(), "network/net", "net-nowhere").await;
    assert!(why.contains("there is no imagined.net \"net-nowhere\" on connection `imagined`"), "{why}");
    // What its key is follows from its declaration, once the network that it names is known.
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let (stack, net) = (Shop::default().stack(), object(&cloud, "imagined.net"));
    let plan = engine.import(&stack, [("network/net", id(&net)), ("cluster", "other")]).await.unwrap();
    let why = &plan.blockers[0].why;
    assert!(why.contains("its declaration says that its id is \"shop\""), "{why}");
    let why = refused(&cloud, &Shop::default(), "network/route", r#"["tab-1","0.0.0.0/0"]"#).await;
    assert!(why.contains("what it stands on is not known yet"), "{why}");
}

#[tokio::test]
async fn what_cannot_be_meant_is_a_finding_before_any_call() {
    let cloud = nobodys().await;
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    let net = object(&cloud, "imagined.net");
    let report = carry_out(&engine, engine.import(&stack, [("network/net", id(&net))]).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    cloud.forget_calls();
    let options = [
        ("nowhere", "x"),
        ("zones", "x"),
        ("network/net", "net-2"),
        ("one", "machine-1"),
        ("two", "machine-1"),
        ("pool", "machine-1"),
        ("network/route", "no json"),
    ]
    .iter()
    .fold(PlanOptions::default(), |all, (address, id)| all.import(address, *id));
    let Err(Findings(findings)) = engine.plan_with(&stack, options).await else { unreachable!() };
    let codes: Vec<_> =
        findings.0.iter().map(|finding| (finding.code.as_str(), finding.address.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("import.unknown", "nowhere"),
            ("import.unknown", "zones"),
            ("import.recorded", "network/net"),
            ("import.taken", "two"),
            ("import.id", "network/route"),
        ]
    );
    assert_eq!(cloud.calls(), []);
    // An object that is recorded at one address cannot be given to another one.
    let mut twice = Shop::default().stack();
    let on = twice.connect("second", Region::new("north"));
    twice.add(&on, "again", Net { range: "10.7.0.0/16".into(), label: None });
    let error = engine.import(&twice, [("again", id(&net))]).await.unwrap_err();
    assert!(
        matches!(&error, PlanError::Findings(all) if all.0[0].why.contains("`network/net` has it")),
        "{error}"
    );
    // In another place the same id is another object.
    let mut elsewhere = Shop::default().stack();
    let on = elsewhere.connect("second", Region::new("south"));
    elsewhere.add(&on, "again", Net { range: "10.7.0.0/16".into(), label: None });
    assert!(engine.import(&elsewhere, [("again", id(&net))]).await.is_ok());
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_finished_by_the_next_run() {
    for call in [Call::Retag, Call::Change] {
        let cloud = nobodys().await;
        let engine = Engine::new(MemoryStore::new(), cloud.clone());
        let stack = Shop { label: "b", ..Shop::default() }.stack();
        let net = object(&cloud, "imagined.net");
        cloud.on("imagined.net", call, Fault::Hangs);
        let plan = engine.import(&stack, [("network/net", id(&net))]).await.unwrap();
        let mut work = Box::pin(engine.apply(plan, Quiet));
        let cut_off = std::future::poll_fn(|context| {
            use std::{future::Future as _, task::Poll};
            let ready = work.as_mut().poll(context).is_ready();
            if ready || cloud.hung() { Poll::Ready(ready) } else { Poll::Pending }
        });
        assert!(!cut_off.await, "it hangs");
        drop(work);
        cloud.heal();
        let rest = engine.plan_with(&stack, PlanOptions::default().target("network/net")).await.unwrap();
        let report = carry_out(&engine, rest).await;
        assert!(report.is_success(), "{report}");
        let after = object(&cloud, "imagined.net");
        assert_eq!((&after.id, after.tags[tags::ADDRESS].as_str()), (&net.id, "network/net"));
        assert_eq!(cloud.count("imagined.net", Call::Create), 0);
    }
}

#[tokio::test]
async fn an_object_that_changes_between_plan_and_apply_is_not_taken() {
    let cloud = nobodys().await;
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    let net = object(&cloud, "imagined.net");
    let plan = engine.import(&stack, [("network/net", id(&net))]).await.unwrap();
    cloud
        .tamper("imagined.net", id(&net), |object| {
            object.tags.insert(tags::STACK.into(), "theirs".into());
        })
        .unwrap();
    let report = carry_out(&engine, plan).await;
    assert!(report.to_string().contains("belongs to stack `theirs`"), "{report}");
    assert!(engine.recorded().await.unwrap().recorded.newest("network/net").is_none());
    assert_eq!(changes(&cloud), 0);
}
