//! The life of stacks on the in-memory cloud. It shows the engine's own rules; it cannot show how a real API behaves.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::{
    apply::{Quiet, Report},
    component::Gate,
    memory::{Call, Fault},
    plan::Action,
    prelude::*,
};
use deathstar_tests::kinds::{
    Cluster, Gateway, Machine, MachineOutputs, Net, Pool, Quota, Region, Route, Segment, Table, kinds,
};

fn cloud() -> Memory {
    Memory::seeded(7).with(kinds())
}

fn net(range: &str) -> Net {
    Net { range: range.into(), label: Some("a".into()) }
}

struct Shop {
    segment_zone: usize,
    range: &'static str,
    version: u32,
    image: &'static str,
}

impl Default for Shop {
    fn default() -> Self {
        Self { segment_zone: 0, range: "10.0.0.0/16", version: 30, image: "a" }
    }
}

impl Shop {
    fn stack(&self) -> Stack {
        let mut stack = Stack::new("shop");
        stack.tag("team", "shop");
        let on = stack.on(Region::new("north"));
        let zones = stack.add(&on, "zones", Gate(Quota { needed: 3 }));
        let network = stack.add(&on, "net", net(self.range));
        let segment = stack.add(
            &on,
            "segment",
            Segment {
                net: network.id().into(),
                range: "10.0.1.0/24".into(),
                zone: zones.nth(self.segment_zone).into(),
                public: false,
            },
        );
        let gateway = stack.add(&on, "gateway", Gateway { net: network.id().into() });
        let table = stack.add(&on, "table", Table { net: network.id().into() });
        stack.add(
            &on,
            "route",
            Route { table: table.id().into(), destination: "0.0.0.0/0".into(), via: gateway.id().into() },
        );
        let one = stack.add(&on, "one", Machine { image: self.image.into(), ..Machine::new(segment.id()) });
        stack.add(&on, "two", Machine { peer: Some(one.revision().into()), ..Machine::new(segment.id()) });
        let cluster = stack.add(
            &on,
            "cluster",
            Cluster { name: "shop".into(), net: network.id().into(), version: self.version },
        );
        stack.add(
            &on,
            "pool",
            Pool { cluster: cluster.id().into(), version: cluster.output("/spec/version").into(), nodes: 3 },
        );
        stack.export("address", &one.address());
        stack
    }
}

async fn apply(engine: &Engine, stack: &Stack) -> Report {
    let plan = engine.plan(stack).await.unwrap();
    let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty(), "{}", again.to_json());
    report
}

async fn destroy(engine: &Engine, stack: &Stack, cloud: &Memory) {
    let plan = engine.destroy(stack).await.unwrap();
    let report = engine.apply(plan.consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert!(report.proof.unwrap().leftovers.is_empty());
    assert_eq!(cloud.objects(), []);
    assert!(engine.recorded().await.unwrap().recorded.is_empty());
}

#[tokio::test]
async fn a_stack_is_made_kept_and_destroyed() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!((plan.creates(), plan.updates(), plan.deletes()), (9, 0, 0));
    assert!(plan.order("net", "segment") && plan.order("segment", "one") && plan.order("one", "two"));
    let report = apply(&engine, &stack).await;
    assert_eq!(cloud.len(), 9);
    let exports = report.exports();
    assert!(exports["address"].as_str().unwrap().starts_with("10.0."), "{exports:?}");
    assert_eq!(engine.exports().await.unwrap(), exports);
    destroy(&engine, &stack, &cloud).await;
}

#[tokio::test]
async fn a_change_of_a_zone_replaces_what_holds_the_range_and_what_stands_on_it() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    let changed = Shop { segment_zone: 1, ..Shop::default() }.stack();
    let plan = engine.plan(&changed).await.unwrap();
    let segment: Vec<_> = plan.at("segment").collect();
    assert_eq!(segment.len(), 2);
    assert_eq!(segment[0].action, Action::Delete, "the range is held for life: the old one goes first");
    assert!(plan.at("one").any(|step| step.action == Action::Delete));
    apply(&engine, &changed).await;
    destroy(&engine, &changed, &cloud).await;
}

#[tokio::test]
async fn a_change_of_the_network_creates_first() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    let changed = Shop { range: "10.9.0.0/16", ..Shop::default() }.stack();
    let plan = engine.plan(&changed).await.unwrap();
    let net: Vec<_> = plan.at("net").collect();
    assert_eq!(net[0].action, Action::Create, "nothing is held: the new one comes first");
    apply(&engine, &changed).await;
    destroy(&engine, &changed, &cloud).await;
}

#[tokio::test]
async fn an_upgrade_takes_dependents_along_one_version_at_a_time() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    let newer = Shop { version: 33, ..Shop::default() }.stack();
    let plan = engine.plan(&newer).await.unwrap();
    let cluster: Vec<_> = plan.at("cluster").collect();
    let pool: Vec<_> = plan.at("pool").collect();
    assert_eq!((cluster.len(), pool.len()), (3, 3));
    for pass in 0..3 {
        assert!(plan.waits(pool[pass].id, cluster[pass].id));
        if pass > 0 {
            assert!(
                plan.waits(cluster[pass].id, pool[pass - 1].id),
                "a pass waits for the dependents of the one before"
            );
        }
    }
    apply(&engine, &newer).await;
    assert_eq!(cloud.count("imagined.cluster", Call::Change), 3);
    destroy(&engine, &newer, &cloud).await;
}

#[tokio::test]
async fn a_dependent_of_a_moved_output_is_conditional() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &Shop::default().stack()).await;
    let changed = Shop { image: "b", ..Shop::default() }.stack();
    let plan = engine.plan(&changed).await.unwrap();
    assert!(plan.at("two").all(|step| step.conditional && step.action == Action::Update));
    apply(&engine, &changed).await;
    destroy(&engine, &changed, &cloud).await;
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_object() {
    for fault in
        [Fault::LostAnswer, Fault::LostRequest, Fault::Hidden(3), Fault::Throttled, Fault::Pending(4)]
    {
        let cloud = cloud();
        let engine = Engine::new(MemoryStore::new(), cloud.clone());
        for family in
            ["imagined.net", "imagined.segment", "imagined.machine", "imagined.route", "imagined.cluster"]
        {
            cloud.on(family, Call::Create, fault.clone());
        }
        let stack = Shop::default().stack();
        apply(&engine, &stack).await;
        assert_eq!(cloud.len(), 9, "{fault:?}");
        destroy(&engine, &stack, &cloud).await;
    }
}

#[tokio::test]
async fn a_frozen_list_keeps_its_order_when_more_is_asked_for() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = |needed: u32, used: usize| {
        let mut stack = Stack::new("zones");
        let on = stack.on(Region::new("north"));
        let zones = stack.add(&on, "zones", Gate(Quota { needed }));
        let network = stack.add(&on, "net", net("10.0.0.0/16"));
        for zone in 0..used {
            let range = format!("10.0.{zone}.0/24");
            let zone = zones.nth(zone).into();
            stack.add(
                &on,
                format!("segment-{range}").replace('/', "-"),
                Segment { net: network.id().into(), range, zone, public: false },
            );
        }
        stack
    };
    cloud.answer("imagined.quota", &["a", "c"]).unwrap();
    apply(&engine, &stack(2, 2)).await;
    cloud.answer("imagined.quota", &["a", "b", "c"]).unwrap();
    let more = stack(3, 3);
    let plan = engine.plan(&more).await.unwrap();
    assert_eq!((plan.creates(), plan.deletes()), (1, 0), "{}", plan.to_json());
    apply(&engine, &more).await;
    destroy(&engine, &more, &cloud).await;
}

#[tokio::test]
async fn drift_is_found_per_field_and_repaired() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = Shop::default().stack();
    apply(&engine, &stack).await;
    let net = cloud.objects().into_iter().find(|object| object.family == "imagined.net").unwrap();
    let id = net.id.as_str().unwrap().to_owned();
    cloud.tamper("imagined.net", &id, |net| net.spec["label"] = "b".into()).unwrap();
    cloud.tamper("imagined.net", &id, |net| net.tags.retain(|key, _| key != "team")).unwrap();
    let machine = cloud.objects().into_iter().find(|object| object.family == "imagined.machine").unwrap();
    assert!(cloud.remove("imagined.machine", machine.id.as_str().unwrap()).unwrap());
    let plan = engine.plan(&stack).await.unwrap();
    let drift: Vec<_> =
        plan.drift.iter().map(|drift| (drift.address.as_str(), drift.field.as_str())).collect();
    assert_eq!(drift, [("net", "label"), ("net", "tags.team"), ("one", "")]);
    apply(&engine, &stack).await;
    destroy(&engine, &stack, &cloud).await;
}
