//! What is refused, and what is not lost when something goes wrong, on the in-memory cloud.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::{
    ApplyError, Expr, Meaning, Output, PlanError, Sensitive,
    apply::{Event, Events, Outcome, Quiet, Report, Stop},
    graph::Reference,
    memory::{Call, Fault},
    plan::{Action, Consent, PlanData, Risk},
    prelude::*,
};
use deathstar_tests::kinds::{
    Cluster, Gateway, Machine, MachineOutputs, Net, NetId, Region, Route, Segment, Table, kinds,
};

fn net(range: &str) -> Net {
    Net { range: range.into(), label: None }
}

fn cloud() -> Memory {
    Memory::seeded(11).with(kinds())
}

fn small() -> Stack {
    let mut stack = Stack::new("small");
    let on = stack.on(Region::new("north"));
    let network = stack.add(&on, "net", net("10.0.0.0/16"));
    stack.add(&on, "gateway", Gateway { net: network.id().into() });
    stack.add(&on, "table", Table { net: network.id().into() });
    stack
}

async fn apply(engine: &Engine, stack: &Stack) -> Report {
    let plan = engine.plan(stack).await.unwrap();
    engine.apply(plan.consent_to_all(), Quiet).await.unwrap()
}

async fn done(engine: &Engine, stack: &Stack) -> Report {
    let report = apply(engine, stack).await;
    assert!(report.is_success(), "{report}");
    assert!(engine.plan(stack).await.unwrap().is_empty());
    report
}

#[tokio::test]
async fn all_findings_come_at_once_and_before_any_call() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let mut other = Stack::new("other");
    let elsewhere = other.on(Region::new("south"));
    let foreign = other.add(&elsewhere, "net", net("10.8.0.0/16"));

    let mut stack = Stack::new("Bad Name");
    let on = stack.on(Region::new("north"));
    stack.on(Region::new("north"));
    stack.tag("deathstar:stack", "mine");
    let network = stack.add(&on, "net", net("10.0.0.0/16"));
    stack.add(&on, "net", net("10.1.0.0/16"));
    stack.add(&on, "Upper/case", net("10.2.0.0/16"));
    stack.add(&on, "same-range", net("10.0.0.0/16"));
    stack.add(&on, "two-gateways-a", Gateway { net: network.id().into() });
    stack.add(&on, "two-gateways-b", Gateway { net: network.id().into() });
    stack.add(&on, "foreign", Table { net: foreign.id().into() });
    stack.add(&elsewhere, "lost", net("10.3.0.0/16"));
    let later = |at: &str, path: &str| -> Output<NetId> {
        Output::from_expr(Expr::Ref(Reference {
            stack: "Bad Name".into(),
            import: false,
            at: serde_json::from_value(at.into()).unwrap(),
            path: path.into(),
        }))
    };
    stack.add(&on, "circle-a", Table { net: later("circle-b", "/id").into() });
    stack.add(&on, "circle-b", Table { net: later("circle-a", "/id").into() });
    stack.add(&on, "nowhere", Table { net: later("missing", "/id").into() });
    stack.add(&on, "no-path", Table { net: later("net", "/spec/width").into() });
    stack.add(&on, "calls", Table { net: network.id().call("unknown", []).into() });
    stack.add(&on, "ignores", net("10.4.0.0/16").ignore("height"));
    stack.export("one", &network.id());
    stack.export("one", &network.id());

    let Err(PlanError::Findings(findings)) = engine.plan(&stack).await else { panic!("no findings") };
    for code in [
        "stack.name",
        "connection.duplicate",
        "tag.reserved",
        "address.duplicate",
        "address.form",
        "hold.duplicate",
        "reference.foreign-stack",
        "stack.foreign-connection",
        "graph.cycle",
        "reference.unknown",
        "reference.path",
        "call.unknown",
        "options.ignore",
        "export.duplicate",
    ] {
        assert!(findings.has(code), "{code} is missing in {findings}");
    }
    let circle = findings.0.iter().find(|finding| finding.code == "graph.cycle").unwrap();
    assert!(circle.why.contains("circle-a -> circle-b -> circle-a"), "{circle}");
    let twice: Vec<_> = findings.0.iter().filter(|finding| finding.code == "hold.duplicate").collect();
    assert!(twice.iter().any(|finding| finding.why.contains("10.0.0.0/16")), "{findings}");
    assert!(twice.iter().any(|finding| finding.why.contains("net.id")), "{findings}");
    assert!(!findings.to_string().contains("$deathstar"), "{findings}");
    assert_eq!(cloud.calls(), []);
}

#[tokio::test]
async fn a_plan_of_another_state_or_declaration_is_stale() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = small();
    let first = engine.plan(&stack).await.unwrap();
    let second = engine.plan(&stack).await.unwrap();
    assert!(engine.apply(first, Quiet).await.unwrap().is_success());
    assert!(matches!(engine.apply(second, Quiet).await, Err(ApplyError::Stale(_))));

    let file = engine.plan(&stack).await.unwrap().to_json();
    let mut changed = small();
    let on = changed.connect("extra", Region::new("north"));
    changed.add(&on, "more", net("10.7.0.0/16"));
    let stale = PlanData::read(&file).unwrap().with(&changed);
    assert!(matches!(engine.apply(stale, Quiet).await, Err(ApplyError::Stale(_))));

    let other = Stack::new("other");
    let of_another = PlanData::read(&file).unwrap().with(&other);
    assert!(matches!(engine.apply(of_another, Quiet).await, Err(ApplyError::Stale(_))));
    assert!(matches!(engine.plan(&other).await, Err(PlanError::OtherStack { .. })));
}

#[tokio::test]
async fn a_plan_goes_through_a_file() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = small();
    let planned = engine.plan(&stack).await.unwrap();
    let read = PlanData::read(&planned.to_json()).unwrap();
    assert_eq!(read, *planned.data());
    assert!(engine.apply(read.with(&stack), Quiet).await.unwrap().is_success());
    assert_eq!(cloud.len(), 3);
    let newer = planned.to_json().replacen("\"version\": 1", "\"version\": 99", 1);
    assert!(PlanData::read(&newer).unwrap_err().to_string().contains("99"));
    assert!(PlanData::read("{}").is_err());
}

#[tokio::test]
async fn what_has_stakes_ends_only_with_consent() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let mut stack = small();
    let on = stack.connect("more", Region::new("north"));
    let network = stack.add(&on, "own", net("10.9.0.0/16"));
    stack.add(&on, "cluster", Cluster { name: "c".into(), net: network.id().into(), version: 30 });
    done(&engine, &stack).await;
    let plan = engine.destroy(&stack).await.unwrap();
    assert!(plan.refuse(&[Risk::Outage]).unwrap_err().to_string().contains("cluster"));
    plan.refuse(&[Risk::DataLoss]).unwrap();
    let before = cloud.calls().len();
    let Err(ApplyError::NoConsent(steps)) = engine.apply(plan, Quiet).await else {
        panic!("no consent was asked for")
    };
    assert_eq!(steps.len(), 1);
    assert_eq!(cloud.calls().len(), before);
    let plan = engine.destroy(&stack).await.unwrap().consent(Consent::object("cluster"));
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(cloud.is_empty());
}

#[tokio::test]
async fn what_is_protected_stays_and_what_is_retained_is_let_go() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = |protect: bool, retain: bool| {
        let mut stack = Stack::new("kept");
        let on = stack.on(Region::new("north"));
        let spec = net("10.0.0.0/16").with();
        let spec = if protect { spec.protect() } else { spec };
        stack.add(&on, "net", if retain { spec.retain() } else { spec });
        stack
    };
    done(&engine, &stack(true, false)).await;
    let declared = stack(true, false);
    let plan = engine.destroy(&declared).await.unwrap();
    assert!(matches!(engine.apply(plan, Quiet).await, Err(ApplyError::Blocked(_))));
    let empty = Stack::new("kept");
    let plan = engine.plan(&empty).await.unwrap();
    assert_eq!(plan.blockers.len(), 1, "the row remembers the protection when the declaration is gone");
    drop(plan);
    let declared = stack(false, true);
    let plan = engine.plan(&declared).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.action == Action::Record));
    done(&engine, &declared).await;
    let plan = engine.destroy(&declared).await.unwrap();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert_eq!(report.proof.unwrap().retained, ["net"]);
    assert_eq!(cloud.len(), 1);
}

#[tokio::test]
async fn a_rename_does_not_touch_the_cloud() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    done(&engine, &small()).await;
    let mutations = |cloud: &Memory| cloud.calls().iter().filter(|call| call.call != Call::Find).count();
    let before = mutations(&cloud);
    let mut renamed = Stack::new("small");
    renamed.renamed("gateway", "edge/gateway");
    let on = renamed.on(Region::new("north"));
    let network = renamed.add(&on, "network", net("10.0.0.0/16").renamed_from("net"));
    renamed.add(&on, "edge/gateway", Gateway { net: network.id().into() });
    renamed.add(&on, "table", Table { net: network.id().into() });
    let plan = engine.plan(&renamed).await.unwrap();
    assert_eq!(plan.summary().rename, 2, "{}", plan.to_json());
    assert_eq!((plan.creates(), plan.deletes()), (0, 0));
    done(&engine, &renamed).await;
    assert_eq!(mutations(&cloud), before);
    let plan = engine.destroy(&renamed).await.unwrap();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(cloud.is_empty());
}

#[tokio::test]
async fn a_failure_skips_its_dependents_only_and_the_next_run_goes_on() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = small();
    cloud.on("imagined.gateway", Call::Create, Fault::Fails(Meaning::Quota));
    let report = apply(&engine, &stack).await;
    assert_eq!((report.count("done"), report.count("failed"), report.exit_code()), (2, 1, 1));
    assert_eq!(engine.recorded().await.unwrap().recorded.len(), 2, "a definite failure leaves no row");
    cloud.on("imagined.net", Call::Create, Fault::Fails(Meaning::Quota));
    done(&engine, &stack).await;

    let cloud = self::cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    cloud.on("imagined.net", Call::Create, Fault::Fails(Meaning::Denied { action: "net:Create".into() }));
    let report = apply(&engine, &stack).await;
    assert_eq!((report.count("failed"), report.count("skipped")), (1, 2));
    assert!(cloud.is_empty());
}

#[tokio::test]
async fn what_exists_and_failed_is_replaced() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = small();
    cloud.on("imagined.table", Call::Create, Fault::FailsAfter("no capacity".into()));
    let report = apply(&engine, &stack).await;
    assert!(report.failures().any(|(_, error)| error.to_string().contains("no capacity")));
    let plan = engine.plan(&stack).await.unwrap();
    assert_eq!(plan.summary().replace, 1);
    assert!(plan.at("table").any(|step| step.notes.iter().any(|note| note.contains("no capacity"))));
    drop(plan);
    done(&engine, &stack).await;
    assert_eq!(cloud.len(), 3);
}

#[tokio::test]
async fn a_stop_waits_for_calls_and_not_for_settling() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = small();
    cloud.on("imagined.gateway", Call::Create, Fault::Pending(1_000_000));
    let plan = engine.plan(&stack).await.unwrap();
    let stop = Stop::new();
    let observer = {
        let stop = stop.clone();
        Events(move |event: &Event<'_>| {
            if let Event::StepWaiting { step, .. } = event
                && step.address.as_str() == "gateway"
            {
                stop.stop();
            }
        })
    };
    let report = engine.apply_until(plan, observer, &stop).await.unwrap();
    assert_eq!(report.exit_code(), 130);
    assert!(report.steps.iter().any(|step| matches!(step.outcome, Outcome::InProgress(_))));
    let recorded = engine.recorded().await.unwrap().recorded;
    assert_eq!(recorded.newest("gateway").unwrap().phase.name(), "settling");
    let gateway = cloud.objects().into_iter().find(|object| object.family == "imagined.gateway").unwrap();
    cloud.tamper("imagined.gateway", gateway.id.as_str().unwrap(), |_| ()).unwrap();
    cloud.on("imagined.gateway", Call::Find, Fault::Throttled);
    let plan = engine.plan(&stack).await.unwrap();
    assert!(!plan.is_empty());
    drop(plan);
}

#[tokio::test]
async fn a_secret_is_nowhere_and_its_change_is_seen() {
    let cloud = cloud();
    let store = MemoryStore::new();
    let engine = Engine::new(store.clone(), cloud.clone());
    let stack = |password: &str, version: u32| {
        let mut stack = Stack::new("secret");
        let on = stack.on(Region::new("north"));
        let network = stack.add(&on, "net", net("10.0.0.0/16"));
        let segment = stack.add(
            &on,
            "segment",
            Segment {
                net: network.id().into(),
                range: "10.0.1.0/24".into(),
                zone: "z".into(),
                public: false,
            },
        );
        let password = Some(Sensitive::new(password.to_owned()));
        stack.add(&on, "db", Machine { password, size: version, ..Machine::new(segment.id()) });
        stack
    };
    done(&engine, &stack("hunter2", 1)).await;
    let one = stack("hunter3", 1);
    let plan = engine.plan(&one).await.unwrap();
    assert_eq!(plan.updates(), 1);
    let text = plan.to_json();
    assert!(!text.contains("hunter"), "{text}");
    let read = PlanData::read(&text).unwrap();
    let other = stack("hunter4", 1);
    assert!(matches!(engine.apply(read.clone().with(&other), Quiet).await, Err(ApplyError::Stale(_))));
    assert!(engine.apply(read.with(&one), Quiet).await.unwrap().is_success());
    assert!(engine.plan(&one).await.unwrap().is_empty());
    let rows = format!("{:?}", engine.recorded().await.unwrap().recorded.rows().collect::<Vec<_>>());
    assert!(!rows.contains("hunter"));
}

#[tokio::test]
async fn what_is_not_provably_ours_is_not_deleted() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let mut stack = Stack::new("small");
    let on = stack.on(Region::new("north"));
    let network = stack.add(&on, "net", net("10.0.0.0/16"));
    let gateway = stack.add(&on, "gateway", Gateway { net: network.id().into() });
    let table = stack.add(&on, "table", Table { net: network.id().into() });
    let destination = "0.0.0.0/0".to_owned();
    stack.add(&on, "route", Route { table: table.id().into(), destination, via: gateway.id().into() });
    done(&engine, &stack).await;
    let of = |family: &str| cloud.objects().into_iter().find(|object| object.family == family).unwrap();
    let (route, gateway) = (of("imagined.route"), of("imagined.gateway"));
    let failed = async || {
        let plan = engine.destroy(&stack).await.unwrap();
        let report = engine.apply(plan, Quiet).await.unwrap();
        assert_eq!(report.exit_code(), 1);
        report.failures().map(|(step, _)| step.address.to_string()).collect::<Vec<_>>()
    };
    cloud
        .tamper("imagined.route", &route.id.to_string(), |route| route.spec["via"] = "gw-foreign".into())
        .unwrap();
    assert_eq!(failed().await, ["route"]);
    assert_eq!(cloud.len(), 4);
    done(&engine, &stack).await;
    cloud.tamper("imagined.gateway", gateway.id.as_str().unwrap(), |gateway| gateway.tags.clear()).unwrap();
    assert_eq!(failed().await, ["gateway"]);
    assert_eq!(cloud.len(), 2, "what stands on nothing foreign is gone");
    done(&engine, &stack).await;
    let plan = engine.destroy(&stack).await.unwrap();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(cloud.is_empty());
}

#[tokio::test]
async fn values_come_out_typed() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let mut stack = small();
    let on = stack.connect("more", Region::new("north"));
    let network = stack.add(&on, "own", net("10.9.0.0/16"));
    let segment = stack.add(
        &on,
        "segment",
        Segment { net: network.id().into(), range: "10.9.1.0/24".into(), zone: "z".into(), public: false },
    );
    let machine = stack.add(&on, "machine", Machine::new(segment.id()));
    let report = done(&engine, &stack).await;
    let id: NetId = report.value(&network.id()).unwrap();
    assert!(id.0.starts_with("net-"));
    assert!(report.value(&machine.address()).unwrap().starts_with("10.0."));
    assert!(report.value(&machine.output::<u8>("/outputs/address")).is_err());
    assert!(report.value(&machine.output::<u8>("/outputs/none")).is_err());
}

#[tokio::test]
async fn a_foreign_object_with_our_key_is_not_taken_over() {
    let cloud = cloud();
    let stack = |name: &str| {
        let mut stack = Stack::new(name);
        let on = stack.on(Region::new("north"));
        let network = stack.add(&on, "net", net(if name == "one" { "10.0.0.0/16" } else { "10.1.0.0/16" }));
        stack.add(&on, "cluster", Cluster { name: "shop".into(), net: network.id().into(), version: 30 });
        stack
    };
    let (one, two) =
        (Engine::new(MemoryStore::new(), cloud.clone()), Engine::new(MemoryStore::new(), cloud.clone()));
    done(&one, &stack("one")).await;
    let report = apply(&two, &stack("two")).await;
    let (step, error) = report.failures().next().unwrap();
    assert_eq!(step.address.as_str(), "cluster");
    assert_eq!(*error.meaning(), Meaning::AlreadyExists);
    assert_eq!(cloud.len(), 3);
    let second = stack("two");
    let plan = two.destroy(&second).await.unwrap();
    assert!(two.apply(plan, Quiet).await.unwrap().is_success());
    assert_eq!(cloud.len(), 2, "the other stack's objects stay");
}
