//! What an apply leaves that ends in the middle, and what the next one makes of it, on the in-memory cloud.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::{
    Engine, Memory,
    apply::Quiet,
    memory::{Call, Fault},
    state::MemoryStore,
};
use deathstar_tests::{
    crash::{Blueprint, Part},
    kinds::kinds,
};

fn net() -> Blueprint {
    Blueprint::default().with("net", Part::Net { range: "10.0.0.0/16".into(), label: "a".into() })
}

async fn apply(engine: &Engine, blueprint: &Blueprint) -> bool {
    let stack = blueprint.stack();
    let plan = engine.plan(&stack).await.unwrap();
    engine.apply(plan.consent_to_all(), Quiet).await.unwrap().is_success()
}

#[tokio::test]
async fn an_operation_that_goes_on_does_not_bar_what_has_to_come_before_its_end() {
    let cloud = Memory::seeded(7).with(kinds());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let mut all = net()
        .with("cluster", Part::Cluster { name: "shop".into(), net: "net".into(), version: 30 })
        .with("one", Part::Pool { cluster: "cluster".into(), nodes: 1 })
        .with("two", Part::Pool { cluster: "cluster".into(), nodes: 1 });
    assert!(apply(&engine, &all).await);
    *all.part("cluster").unwrap() = Part::Cluster { name: "shop".into(), net: "net".into(), version: 31 };
    cloud.on("imagined.cluster", Call::Change, Fault::Hangs);
    assert!(!apply(&engine, &all).await, "nobody is told how the update went");
    // The pools go before the cluster, whose update held the lane that they need.
    let stack = all.stack();
    let plan = engine.destroy(&stack).await.unwrap();
    let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert_eq!(cloud.objects(), []);
}

#[tokio::test]
async fn what_an_interrupted_update_came_to_name_outlives_it() {
    let cloud = Memory::seeded(7).with(kinds());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let route =
        |via: &str| Part::Route { table: "table".into(), destination: "0.0.0.0/0".into(), via: via.into() };
    let mut all = net()
        .with("other", Part::Net { range: "10.1.0.0/16".into(), label: "a".into() })
        .with("before", Part::Gateway { net: "net".into() })
        .with("after", Part::Gateway { net: "other".into() })
        .with("table", Part::Table { net: "net".into() })
        .with("route", route("before"));
    assert!(apply(&engine, &all).await);
    *all.part("route").unwrap() = route("after");
    cloud.on("imagined.route", Call::Change, Fault::Hangs);
    assert!(!apply(&engine, &all).await, "nobody is told how the update went");
    let stack = all.stack();
    let plan = engine.destroy(&stack).await.unwrap();
    assert!(plan.order("route", "after"), "the route may name it already");
    assert!(plan.order("route", "before"), "the route may name it still");
}

/// An untagged object is ours by equal value, and an interrupted update leaves one of two values, or a mixture.
#[tokio::test]
async fn what_an_interrupted_update_left_is_still_ours_to_delete() {
    for fault in [Fault::Hangs, Fault::HangsBefore] {
        let cloud = Memory::seeded(7).with(kinds());
        let engine = Engine::new(MemoryStore::new(), cloud.clone());
        let route = |via: &str| Part::Route {
            table: "table".into(),
            destination: "0.0.0.0/0".into(),
            via: via.into(),
        };
        let mut all = net()
            .with("other", Part::Net { range: "10.1.0.0/16".into(), label: "a".into() })
            .with("before", Part::Gateway { net: "net".into() })
            .with("after", Part::Gateway { net: "other".into() })
            .with("table", Part::Table { net: "net".into() })
            .with("route", route("before"));
        assert!(apply(&engine, &all).await);
        *all.part("route").unwrap() = route("after");
        cloud.on("imagined.route", Call::Change, fault.clone());
        assert!(!apply(&engine, &all).await, "nobody is told how the update went");
        // The first destroy is interrupted too, after it marked the row.
        cloud.on("imagined.route", Call::Delete, Fault::HangsBefore);
        let stack = all.stack();
        for succeeds in [false, true] {
            let plan = engine.destroy(&stack).await.unwrap();
            let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
            assert_eq!(report.is_success(), succeeds, "{fault:?}: {report}");
        }
        assert_eq!(cloud.objects(), []);
    }
}

/// Of two generations each is ordered by those that name it, not by those that name the other.
#[tokio::test]
async fn a_replacement_that_was_interrupted_can_be_taken_back() {
    let cloud = Memory::seeded(7).with(kinds());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = |range: &str| {
        let segment =
            Part::Segment { net: "net".into(), range: "10.0.1.0/24".into(), zone: "a".into(), public: false };
        Blueprint::default()
            .with("net", Part::Net { range: range.into(), label: "a".into() })
            .with("gateway", Part::Gateway { net: "net".into() })
            .with("table", Part::Table { net: "net".into() })
            .with("segment", segment)
    };
    assert!(apply(&engine, &stack("10.0.0.0/16")).await);
    // The second network is made; nothing has moved into it.
    for family in ["imagined.segment", "imagined.table"] {
        cloud.on(family, Call::Create, Fault::HangsBefore);
    }
    cloud.on("imagined.gateway", Call::Change, Fault::HangsBefore);
    assert!(!apply(&engine, &stack("10.1.0.0/16")).await);
    assert_eq!(cloud.objects().iter().filter(|object| object.family == "imagined.net").count(), 2);
    // The third network takes the range of the first, on which everything still stands.
    let back = stack("10.0.0.0/16");
    assert!(apply(&engine, &back).await);
    assert_eq!(cloud.len(), 4);
    assert!(engine.plan(&back.stack()).await.unwrap().is_empty());
}
