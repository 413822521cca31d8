//! The journal in a directory, and what an engine makes of one that is damaged, foreign, newer or older.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_core::{
    ApplyError, Class, Fields, Identity, Input, Meaning, Output, PlanError, Provider, Resource, Result,
    apply::{Quiet, Report},
    fields,
    memory::{Call, Fault},
    plan::Action,
    prelude::*,
    state::{Phase, Store},
};
use deathstar_tests::kinds::{Gateway, Imagined, MachineId, Net, NetId, Region, Table, kinds};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

fn cloud() -> Memory {
    Memory::seeded(5).with(kinds())
}

fn stack(label: &str) -> Stack {
    let mut stack = Stack::new("kept");
    let on = stack.on(Region::new("north"));
    let network = stack.add(&on, "net", Net { range: "10.0.0.0/16".into(), label: Some(label.into()) });
    stack.add(&on, "gateway", Gateway { net: network.id().into() });
    stack.add(&on, "table", Table { net: network.id().into() });
    stack.export("net", &network.id());
    stack
}

async fn apply(engine: &Engine, stack: &Stack) -> Report {
    let plan = engine.plan(stack).await.unwrap();
    engine.apply(plan.consent_to_all(), Quiet).await.unwrap()
}

fn message(error: &PlanError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}; {cause}");
        source = cause.source();
    }
    format!("{text}; hint: {}", error.hint().unwrap_or_default())
}

fn bytes(directory: &Path) -> Vec<u8> {
    fs::read(directory.join("journal")).unwrap()
}

#[tokio::test]
async fn a_directory_keeps_the_state_and_its_exports() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = cloud();
    let engine = Engine::new(FileStore::open(directory.path()).unwrap(), cloud.clone());
    assert!(apply(&engine, &stack("a")).await.is_success());
    let again = Engine::new(FileStore::open(directory.path()).unwrap(), cloud.clone());
    assert!(again.plan(&stack("a")).await.unwrap().is_empty());
    let exports = again.exports().await.unwrap();
    assert!(exports["net"].as_str().unwrap().starts_with("net-"), "{exports:?}");
}

#[tokio::test]
async fn a_compacted_journal_says_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = cloud();
    let store = FileStore::open(directory.path()).unwrap();
    let engine = Engine::new(store.clone(), cloud.clone());
    assert!(apply(&engine, &stack("a")).await.is_success());
    cloud.remove("imagined.table", cloud.objects()[2].id.as_str().unwrap()).unwrap();
    assert!(apply(&engine, &stack("b")).await.is_success());
    let before = store.read().await.unwrap().recorded;
    {
        let (session, loaded) = store.lock(None).await.unwrap();
        assert!(session.compact(&loaded.recorded, true).unwrap());
    }
    assert!(directory.path().join("snapshot").exists());
    let after = store.read().await.unwrap().recorded;
    assert_eq!((after.serial, after.digest()), (before.serial, before.digest()));
    assert_eq!(after.rows().collect::<Vec<_>>(), before.rows().collect::<Vec<_>>());
    assert_eq!(after.exports, before.exports);
    for address in ["net", "gateway", "table", "never-used"] {
        let (after, before) = (after.next_generation(address), before.next_generation(address));
        assert!(after >= before, "{address}: a generation would come twice ({after} after {before})");
    }
    assert!(engine.plan(&stack("b")).await.unwrap().is_empty());
}

#[tokio::test]
async fn damage_is_refused_and_named_and_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::new(FileStore::open(directory.path()).unwrap(), cloud());
    assert!(apply(&engine, &stack("a")).await.is_success());
    let whole = bytes(directory.path());
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x40;
    fs::write(directory.path().join("journal"), &damaged).unwrap();
    let text = message(&engine.plan(&stack("a")).await.unwrap_err());
    assert!(text.contains("journal") && text.contains("record"), "{text}");
    assert_eq!(bytes(directory.path()), damaged);

    fs::write(directory.path().join("journal"), b"something else entirely, and long enough to be a header")
        .unwrap();
    let text = message(&engine.plan(&stack("a")).await.unwrap_err());
    assert!(text.contains("journal"), "{text}");

    let torn = &whole[..whole.len() - 3];
    fs::write(directory.path().join("journal"), torn).unwrap();
    let declared = stack("a");
    let plan = engine.plan(&declared).await.unwrap();
    assert!(plan.notes.iter().any(|note| note.contains("cut off")), "{:?}", plan.notes);
    drop(plan);
    assert!(apply(&engine, &stack("a")).await.is_success());
}

#[tokio::test]
async fn a_journal_of_a_newer_record_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::open(directory.path()).unwrap();
    {
        use deathstar_core::state::{Encoded, Record, StackRecord};
        let (session, _) = store.lock(None).await.unwrap();
        let stack = StackRecord {
            version: 99,
            name: "kept".into(),
            lineage: "0".into(),
            serial: 0,
            restated: 0,
            digest: "".into(),
            generations: 0,
        };
        let position = session.append(&[Encoded::new(Record::Stack(stack)).unwrap()]).unwrap();
        session.durable(position).await.unwrap();
    }
    let engine = Engine::new(store, cloud());
    let text = message(&engine.plan(&stack("a")).await.unwrap_err());
    assert!(text.contains("99") && text.contains("newer"), "{text}");
}

#[tokio::test]
async fn one_applies_and_the_other_is_told_who() {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::open(directory.path()).unwrap().holder("alice deploys");
    let _session = store.lock(None).await.unwrap();
    let engine = Engine::new(FileStore::open(directory.path()).unwrap(), cloud());
    let stack = stack("a");
    let plan = engine.plan(&stack).await.unwrap();
    let Err(error @ ApplyError::Store(_)) = engine.apply(plan, Quiet).await else {
        panic!("it was not locked")
    };
    let text = error.to_string();
    assert!(text.contains("alice deploys") && text.contains(&std::process::id().to_string()), "{text}");
}

/// A kind as it was once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct OldDisk {
    net: Input<NetId>,
    gigabytes: u32,
}

/// The same kind today: another unit, another name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Disk {
    net: Input<NetId>,
    mebibytes: u64,
}

impl Resource for OldDisk {
    type Provider = Imagined;
    type Id = MachineId;
    type Outputs = ();
    const FAMILY: &'static str = "imagined.disk";
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(OldDisk { net: Replace, gigabytes: Update });
    fn simulate(&self, serial: u64) -> (MachineId, ()) {
        (MachineId(format!("disk-{serial}")), ())
    }
}

impl Resource for Disk {
    type Provider = Imagined;
    type Id = MachineId;
    type Outputs = ();
    const FAMILY: &'static str = "imagined.disk";
    const VERSION: u16 = 2;
    const IDENTITY: Identity = Identity::Token;
    const FIELDS: Fields<Self> = fields!(Disk { net: Replace, mebibytes: Class::Update });
    fn migrate(version: u16, mut spec: serde_json::Value) -> Result<serde_json::Value> {
        assert_eq!(version, 1);
        let gigabytes = spec["gigabytes"].as_u64().unwrap_or_default();
        spec.as_object_mut().map(|spec| spec.remove("gigabytes"));
        spec["mebibytes"] = (gigabytes * 1024).into();
        Ok(spec)
    }
    fn simulate(&self, serial: u64) -> (MachineId, ()) {
        (MachineId(format!("disk-{serial}")), ())
    }
}

fn with<R: Resource<Provider = Imagined>>(disk: impl FnOnce(Input<NetId>) -> R) -> Stack
where
    R::Provider: Provider,
{
    let mut stack = Stack::new("kept");
    let on = stack.on(Region::new("north"));
    let network = stack.add(&on, "net", Net { range: "10.0.0.0/16".into(), label: None });
    stack.add(&on, "disk", disk(network.id().into()));
    stack
}

#[tokio::test]
async fn an_older_spec_is_lifted_and_touches_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let cloud = cloud();
    let engine = Engine::new(FileStore::open(directory.path()).unwrap(), cloud.clone());
    assert!(apply(&engine, &with(|net| OldDisk { net, gigabytes: 8 })).await.is_success());
    // The cloud shows the object as today's driver would.
    let id = cloud.objects()[1].id.as_str().unwrap().to_owned();
    cloud
        .tamper("imagined.disk", &id, |disk| {
            disk.spec.as_object_mut().unwrap().remove("gigabytes");
            disk.spec["mebibytes"] = 8192.into();
        })
        .unwrap();
    let newer = with(|net| Disk { net, mebibytes: 8192 });
    let plan = engine.plan(&newer).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.action == Action::Record), "{}", plan.to_json());
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(engine.plan(&newer).await.unwrap().is_empty());
    assert_eq!(cloud.count("imagined.disk", Call::Change), 0);
    let older = with(|net| OldDisk { net, gigabytes: 8 });
    let text = message(&engine.plan(&older).await.unwrap_err());
    assert!(text.contains("version 2") && text.contains("newer"), "{text}");
    let gone = Stack::new("kept");
    let cleaner = Engine::new(FileStore::open(directory.path()).unwrap(), cloud.clone());
    let text = message(&cleaner.plan(&gone).await.unwrap_err());
    assert!(text.contains("imagined.disk") && text.contains("catalogue"), "{text}");
}

#[tokio::test]
async fn an_older_spec_can_be_changed_and_deleted_at_once() {
    for change in [true, false] {
        let cloud = Memory::seeded(5).with(kinds().kind::<Disk>());
        let engine = Engine::new(MemoryStore::new(), cloud.clone());
        assert!(apply(&engine, &with(|net| OldDisk { net, gigabytes: 8 })).await.is_success());
        let id = cloud.objects()[1].id.as_str().unwrap().to_owned();
        cloud
            .tamper("imagined.disk", &id, |disk| {
                disk.spec.as_object_mut().unwrap().remove("gigabytes");
                disk.spec["mebibytes"] = 8192.into();
            })
            .unwrap();
        if change {
            let newer = with(|net| Disk { net, mebibytes: 9000 });
            let report = apply(&engine, &newer).await;
            assert!(report.is_success(), "{report}");
            assert!(engine.plan(&newer).await.unwrap().is_empty());
        } else {
            let report = apply(&engine, &Stack::new("kept")).await;
            assert!(report.is_success(), "{report}");
            assert!(cloud.is_empty());
        }
    }
}

#[tokio::test]
async fn an_edit_after_a_death_finishes_the_recorded_spec_first() {
    {
        let cloud = cloud();
        let engine = Engine::new(MemoryStore::new(), cloud.clone());
        cloud.on("imagined.net", Call::Create, Fault::Hangs);
        let first = stack("first");
        {
            let plan = engine.plan(&first).await.unwrap();
            let mut work = std::pin::pin!(engine.apply(plan, Quiet));
            std::future::poll_fn(|cx| match work.as_mut().poll(cx) {
                std::task::Poll::Pending if !cloud.hung() => std::task::Poll::Pending,
                _ => std::task::Poll::Ready(()),
            })
            .await;
        }
        cloud.heal();
        let recorded = engine.recorded().await.unwrap().recorded;
        assert!(matches!(recorded.newest("net").unwrap().phase, Phase::Creating { .. }));
        let edited = stack("edited");
        let plan = engine.plan(&edited).await.unwrap();
        let steps: Vec<_> = plan.at("net").map(|step| step.action.clone()).collect();
        assert_eq!(steps, [Action::Create, Action::Update], "{}", plan.to_json());
        let report = engine.apply(plan, Quiet).await.unwrap();
        assert!(report.is_success(), "{report}");
        assert!(engine.plan(&edited).await.unwrap().is_empty());
        assert_eq!(cloud.count("imagined.net", Call::Create), 1);
        assert_eq!(cloud.count("imagined.net", Call::Change), 1);
        assert_eq!(cloud.len(), 3);
    }
}

#[tokio::test]
async fn a_denied_create_says_what_it_needs() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    cloud.on("imagined.net", Call::Create, Fault::Fails(Meaning::Denied { action: "net:Create".into() }));
    let report = apply(&engine, &stack("a")).await;
    let (_, error) = report.failures().next().unwrap();
    assert!(error.to_string().contains("net:Create"), "{error}");
}

#[tokio::test]
async fn a_stack_reads_the_exports_of_another() {
    let cloud = cloud();
    let (network, shop) = (MemoryStore::new(), MemoryStore::new());
    let mut consumer = Stack::new("shop");
    let on = consumer.on(Region::new("north"));
    consumer.add(&on, "table", Table { net: Output::<NetId>::import("kept", "net").into() });

    let alone = Engine::new(shop.clone(), cloud.clone());
    let Err(PlanError::Findings(findings)) = alone.plan(&consumer).await else { panic!("no findings") };
    assert!(findings.has("import.unknown-stack"), "{findings}");
    let engine = alone.reading("kept", network.clone());
    let Err(PlanError::Findings(findings)) = engine.plan(&consumer).await else { panic!("no findings") };
    assert!(findings.has("import.unknown-export"), "{findings}");

    let producer = Engine::new(network, cloud.clone());
    assert!(apply(&producer, &stack("a")).await.is_success());
    assert!(apply(&engine, &consumer).await.is_success());
    assert!(engine.plan(&consumer).await.unwrap().is_empty());
    let table = cloud.objects().into_iter().rfind(|object| object.family == "imagined.table").unwrap();
    assert!(table.spec["net"].as_str().unwrap().starts_with("net-"));
    let plan = producer.destroy(&Stack::new("kept")).await.map(|plan| plan.steps.len());
    assert_eq!(plan.unwrap(), 3);
}
