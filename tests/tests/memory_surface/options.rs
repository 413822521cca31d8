//! What a user says about one resource, or about the tags of others.

use super::*;
use deathstar_core::{
    PlanError, Verb,
    graph::IgnoredTags,
    memory::{Fault, Latency},
    plan::PlanData,
};
use std::time::Duration;

fn one(
    edit: impl FnOnce(&mut Stack),
    size: u32,
    image: &str,
    with: impl FnOnce(Machine) -> deathstar_core::component::With<Machine>,
) -> Stack {
    let mut stack = Stack::new("shop");
    let on = stack.on(Region::new("north"));
    edit(&mut stack);
    let segment = "seg-1".to_owned();
    let segment: deathstar_core::Input<_> = deathstar_tests::kinds::SegmentId(segment).into();
    let machine = Machine { size, image: image.into(), ..Machine::new(segment) };
    stack.add(&on, "one", with(machine));
    stack
}

fn none(_: &mut Stack) {}

#[tokio::test]
async fn an_ignored_field_is_no_drift_and_is_left_as_it_is_by_other_changes() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &one(none, 1, "a", |machine| machine.ignore("size"))).await;
    let machine = object(&cloud, "imagined.machine");
    assert_eq!(machine.spec["size"], 1, "what is made has what is declared");
    cloud.tamper("imagined.machine", id(&machine), |machine| machine.spec["size"] = 9.into()).unwrap();
    let stack = one(none, 2, "b", |machine| machine.ignore("/size"));
    let plan = engine.plan(&stack).await.unwrap();
    let fields: Vec<_> = plan.steps[0].changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((fields, plan.drift.len()), (vec!["image"], 0), "{plan}");
    apply(&engine, &stack).await;
    let machine = object(&cloud, "imagined.machine");
    assert_eq!((&machine.spec["size"], &machine.spec["image"]), (&9.into(), &"b".into()));
    // No longer ignored, it is brought to what is declared.
    let stack = one(none, 2, "b", |machine| machine.ignore("peer"));
    apply(&engine, &stack).await;
    assert_eq!(object(&cloud, "imagined.machine").spec["size"], 2);
}

#[tokio::test]
async fn an_ignored_field_is_not_sent_back_either_when_an_update_is_finished() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    apply(&engine, &one(none, 1, "a", |machine| machine.ignore("size"))).await;
    let machine = object(&cloud, "imagined.machine");
    cloud.tamper("imagined.machine", id(&machine), |machine| machine.spec["size"] = 9.into()).unwrap();
    cloud.on("imagined.machine", Call::Change, Fault::LostRequest);
    apply(&engine, &one(none, 1, "b", |machine| machine.ignore("size"))).await;
    assert_eq!(object(&cloud, "imagined.machine").spec["size"], 9);
}

#[tokio::test]
async fn a_part_that_no_spec_has_is_a_finding() {
    let engine = Engine::new(MemoryStore::new(), cloud());
    for wrong in ["height", "/height", "/size/x", "/image/0"] {
        let stack = one(none, 1, "a", |machine| machine.ignore(wrong));
        let PlanError::Findings(findings) = engine.plan(&stack).await.unwrap_err() else { unreachable!() };
        assert_eq!((findings.0[0].code.as_str(), findings.0.len()), ("options.ignore", 1), "{wrong}");
    }
    for verb in [Verb::Find, Verb::Retag, Verb::Ask, Verb::Over] {
        let stack = one(none, 1, "a", |machine| machine.time_out_of(verb, Duration::from_secs(1)));
        let PlanError::Findings(findings) = engine.plan(&stack).await.unwrap_err() else { unreachable!() };
        assert_eq!(findings.0[0].code, "options.time-out", "{verb:?}");
    }
}

#[tokio::test]
async fn each_verb_has_its_own_time_and_nothing_is_lost_when_it_is_over() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let limited = |size| {
        one(none, size, "a", |machine| {
            let machine = machine.time_out(Duration::from_hours(1));
            let machine = machine.time_out_of(Verb::Create, Duration::from_mins(1));
            machine.time_out_of(Verb::Change, Duration::from_secs(90))
        })
    };
    for (size, call, text) in [
        (1, Call::Create, "creating it took longer than 60 s; the last that it waited for: pending"),
        (2, Call::Change, "changing it took longer than 90 s; the last that it waited for: pending"),
    ] {
        let stack = limited(size);
        cloud.on("imagined.machine", call, Fault::Pending(1000));
        let report = carry_out(&engine, engine.plan(&stack).await.unwrap()).await;
        assert!(report.to_string().contains(text) && report.to_string().contains("hint: "), "{report}");
        let recorded = engine.recorded().await.unwrap().recorded;
        assert_eq!(recorded.newest("one").unwrap().phase.name(), "settling");
        let calls = cloud.count("*", call);
        let patient = one(none, size, "a", |machine| machine.time_out(Duration::from_hours(10)));
        apply(&engine, &patient).await;
        assert_eq!(cloud.count("*", call), calls, "what the cloud does already is waited for");
    }
    assert_eq!(cloud.len(), 1);
}

#[tokio::test]
async fn who_shares_a_look_does_not_share_the_time_of_who_makes_it() {
    // Both look at once.
    let cloud = cloud().latency(Latency::none());
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let mut stack = Stack::new("shop");
    let on = stack.on(Region::new("north"));
    let segment = || deathstar_tests::kinds::SegmentId("seg-1".to_owned());
    let machine =
        || Machine { size: 1, image: "a".into(), ..Machine::new(deathstar_core::Input::from(segment())) };
    stack.add(&on, "hasty", machine().time_out(Duration::from_mins(1)));
    stack.add(&on, "patient", machine());
    // The first look is made for both of them, and never answered.
    cloud.on("imagined.machine", Call::Find, Fault::Hangs);
    let report = carry_out(&engine, engine.plan(&stack).await.unwrap()).await;
    let failed: Vec<_> = report.failures().map(|(step, _)| step.address.to_string()).collect();
    assert_eq!(failed, ["hasty"], "{report}");
    assert_eq!(engine.recorded().await.unwrap().recorded.newest("patient").unwrap().phase.name(), "live");
}

#[tokio::test]
async fn a_delete_that_takes_too_long_goes_on_in_the_next_run() {
    let cloud = cloud();
    let engine = Engine::new(MemoryStore::new(), cloud.clone());
    let stack = one(none, 1, "a", |machine| machine.time_out_of(Verb::Delete, Duration::from_secs(30)));
    apply(&engine, &stack).await;
    cloud.on_each("imagined.machine", Call::Delete, Fault::Fails(deathstar_core::Meaning::Conflict), 20);
    let report = carry_out(&engine, engine.destroy(&stack).await.unwrap()).await;
    assert!(report.to_string().contains("deleting it took longer than 30 s"), "{report}");
    cloud.heal();
    destroy(&engine, &stack, &cloud).await;
}

fn tagged(ignored: Option<IgnoredTags>, on_connection: bool, tags: &[(&str, &str)]) -> Stack {
    let mut stack = Stack::new("shop");
    for (key, value) in tags {
        stack.tag(*key, *value);
    }
    let (on, other) = (stack.on(Region::new("north")), stack.connect("other", Region::new("south")));
    if let Some(ignored) = ignored {
        if on_connection { stack.ignore_tags_on(&on, &ignored) } else { stack.ignore_tags(&ignored) }
    }
    stack.add(&on, "net", Net { range: "10.0.0.0/16".into(), label: None });
    stack.add(&other, "far", Net { range: "10.1.0.0/16".into(), label: None });
    stack
}

/// Writes a tag on both networks behind our back.
fn write_tag(cloud: &Memory, key: &str, value: &str) {
    for object in cloud.objects() {
        cloud
            .tamper(&object.family, id(&object), |object| {
                object.tags.insert(key.into(), value.into());
            })
            .unwrap();
    }
}

fn touched(plan: &PlanData) -> Vec<&str> {
    plan.steps.iter().map(|step| step.address.as_str()).collect()
}

#[tokio::test]
async fn tags_that_others_write_are_no_drift_and_are_never_removed() {
    for on_connection in [false, true] {
        let cloud = cloud();
        let engine = Engine::new(MemoryStore::new(), cloud.clone());
        let ignored = || Some(IgnoredTags::new().key("centre").prefix("policy:"));
        let stack = |tags: &[(&str, &str)]| tagged(ignored(), on_connection, tags);
        apply(&engine, &stack(&[("centre", "1"), ("policy:a", "1"), ("own", "1")])).await;
        assert!(
            cloud.objects().iter().all(|object| object.tags["centre"] == "1"),
            "a create writes what is declared"
        );
        write_tag(&cloud, "centre", "2");
        write_tag(&cloud, "policy:a", "2");
        let far: &[&str] = if on_connection { &["far"] } else { &[] };
        let same = stack(&[("centre", "1"), ("policy:a", "1"), ("own", "1")]);
        let plan = engine.plan(&same).await.unwrap();
        assert_eq!((touched(&plan), plan.drift.len()), (far.to_vec(), far.len() * 2), "{plan}");
        assert!(carry_out(&engine, plan).await.is_success());
        // A tag that is no longer declared stays where it is left alone, and goes where it is ours.
        apply(&engine, &stack(&[])).await;
        for object in cloud.objects() {
            let left = object.tags.contains_key("centre") && object.tags.contains_key("policy:a");
            assert_eq!(
                left,
                !(on_connection && object.tags["deathstar:address"] == "far"),
                "{:?}",
                object.tags
            );
            assert!(!object.tags.contains_key("own"));
        }
    }
}

#[tokio::test]
async fn our_own_tags_cannot_be_left_alone() {
    let engine = Engine::new(MemoryStore::new(), cloud());
    for (ignored, on_connection) in
        [(IgnoredTags::new().prefix("death"), false), (IgnoredTags::new().key("deathstar:token"), true)]
    {
        let error = engine.plan(&tagged(Some(ignored), on_connection, &[])).await.unwrap_err();
        let PlanError::Findings(findings) = error else { unreachable!() };
        assert_eq!(findings.0[0].code, "tag.reserved");
    }
}
