//! The power fails while a stack is applied: of what was not synced a random part is gone. Then the next run goes on.
//!
//! The disk is simulated, the cloud is in memory and keeps what it was told. What real disks do beyond that cannot be shown.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use async_trait::async_trait;
use deathstar_core::{
    Engine, Memory,
    apply::Quiet,
    driver::tags,
    state::{
        Encoded, FileStore, Loaded, Position, Recorded, Session, Store, StoreError,
        log::{CrashOrder, PowerLossDisk, SkippedSync},
    },
};
use deathstar_tests::{
    crash::{Blueprint, Part},
    kinds::kinds,
};
use fastrand::Rng;
use std::{collections::BTreeMap, sync::Arc};

/// A journal that is compacted after every apply, worth it or not.
#[derive(Debug)]
struct Compacting(FileStore);

#[derive(Debug)]
struct CompactingSession(Box<dyn Session>);

#[async_trait]
impl Store for Compacting {
    async fn read(&self) -> Result<Loaded, StoreError> {
        self.0.read().await
    }
    async fn lock(&self, known: Option<Loaded>) -> Result<(Box<dyn Session>, Loaded), StoreError> {
        let (session, loaded) = self.0.lock(known).await?;
        Ok((Box::new(CompactingSession(session)), loaded))
    }
    async fn secret_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(None)
    }
    async fn make_secret_key(&self) -> Result<[u8; 32], StoreError> {
        Err(StoreError::Other("these stacks have no secrets".into()))
    }
}

#[async_trait]
impl Session for CompactingSession {
    fn lineage(&self) -> String {
        self.0.lineage()
    }
    fn append(&self, records: &[Encoded]) -> Result<Position, StoreError> {
        self.0.append(records)
    }
    async fn durable(&self, position: Position) -> Result<(), StoreError> {
        self.0.durable(position).await
    }
    fn compact(&self, recorded: &Recorded, _: bool) -> Result<bool, StoreError> {
        self.0.compact(recorded, true)
    }
}

/// A stack with every identity; the edition changes what is replaced either way, updated, added and removed.
fn stack(edition: u8) -> Blueprint {
    let net = |range: &str| Part::Net { range: range.into(), label: format!("label-{edition}") };
    let all = Blueprint::default()
        .with("net", net(if edition & 1 == 0 { "10.0.0.0/16" } else { "10.1.0.0/16" }))
        .with("table", Part::Table { net: "net".into() })
        .with("gateway", Part::Gateway { net: "net".into() })
        .with(
            "route",
            Part::Route { table: "table".into(), destination: "0.0.0.0/0".into(), via: "gateway".into() },
        )
        .with(
            "segment",
            Part::Segment {
                net: "net".into(),
                range: "10.0.1.0/24".into(),
                zone: format!("zone-{}", edition / 2 % 2),
                public: edition & 4 == 0,
            },
        );
    let machine = Part::Machine { segment: "segment".into(), size: 1, image: "a".into(), peer: None };
    match edition & 8 {
        0 => all.with("machine", machine),
        _ => all.with("cluster", Part::Cluster { name: "shop".into(), net: "net".into(), version: 30 }),
    }
}

/// One stack, its disk and its cloud.
struct Trial {
    disk: PowerLossDisk,
    cloud: Memory,
    rng: Rng,
    order: CrashOrder,
}

impl Trial {
    fn new(seed: u64, skipped: Option<SkippedSync>) -> Self {
        Self {
            disk: skipped.map_or_else(PowerLossDisk::new, PowerLossDisk::skipping),
            cloud: Memory::seeded(seed).with(kinds()),
            rng: Rng::with_seed(seed),
            order: if seed.is_multiple_of(2) { CrashOrder::Any } else { CrashOrder::Kept },
        }
    }

    fn engine(&self) -> Engine {
        let store = FileStore::open("/no/such/directory").unwrap().on(Arc::new(self.disk.clone()));
        Engine::new(Compacting(store), self.cloud.clone())
    }

    async fn apply(&self, edition: u8, destroy: bool) -> Result<(), String> {
        let (engine, stack) = (self.engine(), stack(edition).stack());
        let plan = if destroy { engine.destroy(&stack).await } else { engine.plan(&stack).await };
        let plan = plan.map_err(|error| format!("no plan: {error}"))?;
        let report = engine.apply(plan.consent_to_all(), Quiet).await;
        let report = report.map_err(|error| format!("not applied: {error}"))?;
        if report.is_success() { Ok(()) } else { Err(report.to_string()) }
    }

    /// Some lives that end with the power, and one that does not; the error says what was lost or doubled.
    async fn run(mut self) -> Result<(), String> {
        let mut edition = 0;
        for _ in 0..self.rng.u8(1..=4) {
            if self.rng.bool() {
                edition = self.rng.u8(0..16);
            }
            if self.rng.u8(0..4) > 0 {
                self.disk.fail_after(self.rng.u64(0..60));
            }
            // What went wrong while the disk failed is for the next life to mend.
            let destroy = self.rng.u8(0..6) == 0;
            let _ = self.apply(edition, destroy).await;
            match self.rng.u8(0..4) {
                0 => self.disk.kill(),
                _ => self.disk.crash(self.order, self.rng.u64(..)),
            }
        }
        self.apply(edition, false).await?;
        self.compare(edition).await?;
        self.apply(edition, true).await?;
        match self.cloud.len() {
            0 => Ok(()),
            left => Err(format!("{left} objects are left after the destroy")),
        }
    }

    async fn compare(&self, edition: u8) -> Result<(), String> {
        let declared = stack(edition);
        let engine = self.engine();
        let stack = declared.stack();
        let plan = engine.plan(&stack).await.map_err(|error| format!("no plan: {error}"))?;
        if !plan.is_empty() {
            return Err(format!("the plan is not empty: {}", plan.to_json()));
        }
        let mut objects: BTreeMap<(String, String), String> = BTreeMap::new();
        for object in self.cloud.objects() {
            let address = object.tags.get(tags::ADDRESS).cloned().unwrap_or_default();
            objects.insert((object.family.clone(), object.id.to_string()), address);
        }
        let recorded = engine.recorded().await.map_err(|error| error.to_string())?.recorded;
        for row in recorded.rows() {
            let id = row.phase.id().map(ToString::to_string).unwrap_or_default();
            if objects.remove(&(row.family.to_string(), id)).is_none() {
                return Err(format!("{} is recorded and does not exist", row.address));
            }
        }
        if let Some((object, address)) = objects.pop_first() {
            return Err(format!("{object:?} of `{address}` exists and is not recorded"));
        }
        if recorded.len() != declared.parts.len() {
            return Err(format!("{} rows for {} parts", recorded.len(), declared.parts.len()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn no_loss_of_power_loses_or_doubles_anything() {
    for seed in 0..200 {
        Trial::new(seed, None).run().await.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
    }
}

/// Syncs without which an apply loses something. The others make durable what an opened journal shows; an apply writes a synced
/// intent of its own before it calls, so that only the journal's own test can tell whether they are done.
const NEEDED: [SkippedSync; 7] = [
    SkippedSync::NewDirectory,
    SkippedSync::NewJournal,
    SkippedSync::FirstJournalName,
    SkippedSync::Records,
    SkippedSync::NewSnapshot,
    SkippedSync::SnapshotName,
    SkippedSync::JournalName,
];

/// A trial that cannot fail proves nothing: without any of these syncs something is lost.
#[tokio::test]
async fn every_sync_keeps_something_from_being_lost() {
    for skipped in NEEDED {
        let mut broken = false;
        for seed in 0..1_000 {
            broken = Trial::new(seed, Some(skipped)).run().await.is_err();
            if broken {
                break;
            }
        }
        assert!(broken, "without {skipped:?} nothing breaks");
    }
}
