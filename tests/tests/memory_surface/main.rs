//! What the engine offers beside plan, apply and destroy, on the in-memory cloud: journals that are rebuilt, objects that are taken
//! over and let go, parts of plans, and options of resources. It cannot show how a real API lists and tags.
#![allow(clippy::unwrap_used, reason = "a test")]

mod catch_up;
mod foreign;
mod forget;
mod gates;
mod import;
mod options;
mod partial;
mod recover;
mod refresh;

use deathstar_core::{
    apply::{Quiet, Report},
    component::Gate,
    memory::{Call, MemoryObject},
    plan::{Action, Plan, PlanData},
    prelude::*,
};
use deathstar_tests::kinds::{
    Cluster, Gateway, Machine, Net, Pool, Quota, Region, Route, Segment, Table, kinds,
};

/// A stack with every kind; what differs from it is said by each test.
#[derive(Clone)]
struct Shop {
    label: &'static str,
    range: &'static str,
    zone: usize,
    version: u32,
    size: u32,
    password: &'static str,
    machines: bool,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            label: "a",
            range: "10.0.0.0/16",
            zone: 0,
            version: 30,
            size: 1,
            password: "s3cret",
            machines: true,
        }
    }
}

impl Shop {
    fn stack(&self) -> Stack {
        let mut stack = Stack::new("shop");
        stack.tag("team", "shop");
        let on = stack.on(Region::new("north"));
        let zones = stack.add(&on, "zones", Gate(Quota { needed: 3 }));
        let net = Net { range: self.range.into(), label: Some(self.label.into()) };
        let net = stack.add(&on, "network/net", net);
        let segment = Segment {
            net: net.id().into(),
            range: "10.0.1.0/24".into(),
            zone: zones.nth(self.zone).into(),
            public: false,
        };
        let segment = stack.add(&on, "network/segment", segment);
        let gateway = stack.add(&on, "network/gateway", Gateway { net: net.id().into() });
        let table = stack.add(&on, "network/table", Table { net: net.id().into() });
        let route =
            Route { table: table.id().into(), destination: "0.0.0.0/0".into(), via: gateway.id().into() };
        stack.add(&on, "network/route", route);
        if self.machines {
            let machine = Machine {
                size: self.size,
                password: Some(self.password.to_owned().into()),
                ..Machine::new(segment.id())
            };
            stack.add(&on, "one", machine.clone());
            stack.add(&on, "two", Machine { password: None, ..machine });
        }
        let cluster = Cluster { name: "shop".into(), net: net.id().into(), version: self.version };
        let cluster = stack.add(&on, "cluster", cluster);
        let version = cluster.output("/spec/version").into();
        stack.add(&on, "pool", Pool { cluster: cluster.id().into(), version, nodes: 3 });
        stack.export("net", &net.id());
        stack
    }
}

fn cloud() -> Memory {
    Memory::seeded(7).with(kinds())
}

/// Carries a plan out, whatever comes of it.
async fn carry_out(engine: &Engine, plan: Plan<'_>) -> Report {
    engine.apply(plan.consent_to_all(), Quiet).await.unwrap()
}

async fn apply(engine: &Engine, stack: &Stack) -> Report {
    let report = carry_out(engine, engine.plan(stack).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty(), "{again}");
    report
}

async fn destroy(engine: &Engine, stack: &Stack, cloud: &Memory) {
    let report = carry_out(engine, engine.destroy(stack).await.unwrap()).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(cloud.objects(), []);
}

/// What is done at which address.
fn actions(plan: &PlanData) -> Vec<(&str, &Action)> {
    plan.steps.iter().map(|step| (step.address.as_str(), &step.action)).collect()
}

/// How many calls changed the cloud.
fn changes(cloud: &Memory) -> usize {
    [Call::Create, Call::Change, Call::Retag, Call::Delete]
        .into_iter()
        .map(|call| cloud.count("*", call))
        .sum()
}

fn object(cloud: &Memory, family: &str) -> MemoryObject {
    cloud.objects().into_iter().find(|object| object.family == family).unwrap()
}

/// The object that carries the tags of an address.
fn at(cloud: &Memory, address: &str) -> MemoryObject {
    let at = |object: &MemoryObject| object.tags.get("deathstar:address").is_some_and(|at| at == address);
    cloud.objects().into_iter().find(at).unwrap()
}

fn id(object: &MemoryObject) -> &str {
    object.id.as_str().unwrap()
}
