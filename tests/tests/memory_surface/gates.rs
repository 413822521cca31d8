//! Facts that have to be over before what they stand on goes.

use super::*;
use deathstar_core::{Catalogue, Fact, Input, memory::Fault};
use deathstar_tests::kinds::{Imagined, NetId, SegmentId};
use serde::{Deserialize, Serialize};

/// Nothing foreign is left in a network and its segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unused {
    net: Input<NetId>,
    segment: Input<SegmentId>,
}

impl Fact for Unused {
    type Provider = Imagined;
    type Answer = ();
    const FAMILY: &'static str = "imagined.unused";
    fn simulate(&self) {}
}

fn catalogue() -> Catalogue {
    kinds().fact::<Unused>()
}

#[derive(Clone, Copy)]
struct Site {
    gate: bool,
    public_range: u32,
    zone: &'static str,
    segment: bool,
}

const SITE: Site = Site { gate: true, public_range: 1, zone: "a", segment: true };

fn stack(site: Site) -> Stack {
    let mut stack = Stack::new("shop");
    let on = stack.on(Region::new("north"));
    let net = stack.add(&on, "net", Net { range: "10.0.0.0/16".into(), label: None });
    if !site.segment {
        return stack;
    }
    let segment = Segment {
        net: net.id().into(),
        range: format!("10.0.{}.0/24", site.public_range),
        zone: site.zone.to_owned().into(),
        public: false,
    };
    let segment = stack.add(&on, "segment", segment);
    if site.gate {
        stack.add(&on, "unused", Gate(Unused { net: net.id().into(), segment: segment.id().into() }));
    }
    stack
}

/// A site that is made, on a cloud whose gate says that something foreign is left.
async fn in_use(made: Site) -> (Memory, Engine) {
    let cloud = Memory::seeded(7).with(catalogue());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &stack(made)).await;
    cloud.on("imagined.unused", Call::Over, Fault::FailsAfter("eni-1 of somebody else is in it".into()));
    cloud.forget_calls();
    (cloud, engine)
}

/// Nothing that the gate guards goes while it is not over; afterwards everything does.
async fn guarded(made: Site, plan_for: Site, destroys: bool, gone: &[&str]) {
    let (cloud, engine) = in_use(made).await;
    let next = stack(plan_for);
    let planned = async || {
        if destroys { engine.destroy(&next).await.unwrap() } else { engine.plan(&next).await.unwrap() }
    };
    let report = carry_out(&engine, planned().await).await;
    assert!(report.to_string().contains("eni-1 of somebody else is in it"), "{report}");
    assert_eq!(cloud.count("*", Call::Delete), 0, "{report}");
    let plan = planned().await;
    let asked = plan.steps.iter().find(|step| step.action == Action::Over).unwrap().id;
    for address in gone {
        let end = plan.at(address).find(|step| step.action == Action::Delete).unwrap().id;
        assert!(plan.waits(end, asked), "{plan}");
    }
    let report = carry_out(&engine, plan).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(cloud.count("*", Call::Delete), gone.len());
    if !destroys {
        assert!(engine.plan(&next).await.unwrap().is_empty());
        let recorded = engine.recorded().await.unwrap().recorded;
        assert_eq!(recorded.newest("unused").is_some(), plan_for.gate && plan_for.segment);
    }
}

#[tokio::test]
async fn a_destroy_waits_for_a_recorded_gate() {
    guarded(SITE, SITE, true, &["net", "segment"]).await;
}

#[tokio::test]
async fn a_destroy_waits_for_a_gate_that_a_newer_program_declares() {
    guarded(Site { gate: false, ..SITE }, SITE, true, &["net", "segment"]).await;
}

#[tokio::test]
async fn a_deletion_waits_for_the_gate_that_goes_with_it() {
    guarded(SITE, Site { segment: false, ..SITE }, false, &["segment"]).await;
}

#[tokio::test]
async fn a_replacement_that_creates_first_waits_for_the_gate_that_stays() {
    guarded(SITE, Site { public_range: 2, ..SITE }, false, &["segment"]).await;
}

#[tokio::test]
async fn a_replacement_that_deletes_first_waits_for_the_gate_that_stays() {
    guarded(SITE, Site { zone: "b", ..SITE }, false, &["segment"]).await;
}

#[tokio::test]
async fn a_gate_is_asked_about_the_object_that_goes() {
    let cloud = Memory::seeded(7).with(catalogue());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &stack(SITE)).await;
    let old = object(&cloud, "imagined.segment");
    let next = stack(Site { public_range: 2, ..SITE });
    let plan = engine.plan(&next).await.unwrap();
    let over = plan.steps.iter().find(|step| step.action == Action::Over).unwrap();
    assert_eq!(over.target.as_ref().unwrap().value()["segment"], old.id);
    assert_eq!(over.notes, ["before segment goes"]);
}

#[tokio::test]
async fn a_gate_without_a_row_is_asked_before_a_replacement_too() {
    guarded(Site { gate: false, ..SITE }, Site { zone: "b", ..SITE }, false, &["segment"]).await;
}

#[tokio::test]
async fn a_gate_that_is_no_longer_declared_bars_nothing_when_nothing_goes() {
    let (cloud, engine) = in_use(SITE).await;
    let without = stack(Site { gate: false, ..SITE });
    let plan = engine.plan(&without).await.unwrap();
    assert_eq!(actions(&plan), [("unused", &Action::Forget)]);
    assert!(carry_out(&engine, plan).await.is_success());
    assert_eq!((cloud.count("*", Call::Over), cloud.len()), (0, 2));
}
