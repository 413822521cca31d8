//! Removal: what holds an object that goes is named, with who has to act.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deathstar_core::apply::{Patience, Quiet};
use deathstar_core::kube::Object;
use deathstar_core::state::MemoryStore;
use deathstar_core::{Engine, Stack, Stakes};
use serde_json::{Value, json};

use crate::front::{Asked, Front};
use crate::world::{World, engine, failure, map};

/// An engine that gives a step little time, in seconds.
fn hasty(seconds: u64) -> Engine {
    engine().patience(Patience::default().step(Duration::from_secs(seconds)))
}

#[tokio::test]
async fn a_finalizer_that_nobody_takes_away_is_named_with_its_controller() {
    let Some(mut world) = World::of("stuck").await else { return };
    world.engine = hasty(2);
    let stack = world.stack([("settings", map("settings", &[]))]);
    world.settle(&stack).await;
    let patch = json!({ "metadata": { "finalizers": ["example.com/clean-up"] } }).to_string();
    world.kubectl(&[
        "patch",
        "configmap",
        "settings",
        "--type=merge",
        "--field-manager=tidy",
        "--patch",
        &patch,
    ]);
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let text = failure(&report).to_string();
    for part in ["example.com/clean-up", "settings", "which writes as `tidy`"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Nothing is lost: when the controller has done its work, the same destroy ends.
    world.kubectl(&[
        "patch",
        "configmap",
        "settings",
        "--type=merge",
        "--patch={\"metadata\":{\"finalizers\":null}}",
    ]);
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

#[tokio::test]
async fn a_namespace_that_does_not_end_names_the_object_that_holds_it() {
    let Some(mut world) = World::of("half").await else { return };
    // Its controller begins after five seconds.
    world.engine = hasty(9);
    let name = format!("{}-own", world.namespace);
    let mut stack = Stack::new(&name);
    let cluster = stack.on(world.control_plane.cluster());
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    stack.add(&cluster, "namespace", Object::from_value(namespace));
    world.settle(&stack).await;
    let held = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "foreign", "namespace": name, "finalizers": ["example.com/keep"] } });
    let file = crate::bench::file(&[held]);
    crate::bench::kubectl(&world.control_plane, &["apply", "--filename", &file.path().display().to_string()]);
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let text = failure(&report).to_string();
    for part in ["ConfigMap", "foreign", "example.com/keep", "has to act"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let free = [
        "patch",
        "configmap",
        "foreign",
        "--namespace",
        &name,
        "--type=merge",
        "--patch={\"metadata\":{\"finalizers\":null}}",
    ];
    crate::bench::kubectl(&world.control_plane, &free);
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

/// What a destroy says of the step at an address: what is at stake, and the notes.
async fn at_stake(world: &World, stack: &Stack, address: &str) -> (Stakes, String) {
    let plan = world.engine.destroy(stack).await.unwrap();
    let step = plan.steps.iter().find(|step| step.address.as_str() == address).unwrap();
    let stakes = step.stakes;
    let notes = step.notes.join("\n");
    let refused = world.engine.apply(plan, Quiet).await.is_err();
    assert_eq!(refused, stakes != Stakes::None, "what is at stake needs consent: {notes}");
    (stakes, notes)
}

fn apply(world: &World, manifests: &[Value]) {
    let file = crate::bench::file(manifests);
    crate::bench::kubectl(&world.control_plane, &["apply", "--filename", &file.path().display().to_string()]);
}

#[tokio::test]
async fn a_namespace_that_others_use_goes_by_consent_and_names_what_is_in_it() {
    let Some(world) = World::of("used").await else { return };
    let name = format!("{}-own", world.namespace);
    let declare = || {
        let mut stack = Stack::new(&name);
        let cluster = stack.on(world.control_plane.cluster());
        let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        stack.add(&cluster, "namespace", Object::from_value(namespace));
        stack.add(&cluster, "own", map("own", &[]).within(&*name));
        stack
    };
    let stack = declare();
    world.settle(&stack).await;
    apply(
        &world,
        &[
            json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "foreign", "namespace": name } }),
        ],
    );
    let (stakes, notes) = at_stake(&world, &stack, "namespace").await;
    assert_eq!(stakes, Stakes::Data);
    assert!(notes.contains(&format!("ConfigMap `{name}/foreign`")) && !notes.contains("/own`"), "{notes}");
    assert!(!notes.contains("kube-root-ca") && !notes.contains("ServiceAccount"), "{notes}");
    let place = ["delete", "configmap", "foreign", "--namespace", &name];
    crate::bench::kubectl(&world.control_plane, &place);
    let (stakes, notes) = at_stake(&world, &stack, "namespace").await;
    assert_eq!((stakes, notes.as_str()), (Stakes::None, ""));
}

#[tokio::test]
async fn a_definition_with_instances_of_others_goes_by_consent() {
    let Some(world) = World::of("instances").await else { return };
    let group = "removal.example.com";
    let stack = || {
        let mut stack = Stack::new(&world.namespace);
        let cluster = stack.on(world.control_plane.cluster());
        stack.add(&cluster, "definition", Object::from_value(crate::order::definition(group)));
        let own = json!({ "apiVersion": format!("{group}/v1"), "kind": "Fleet", "metadata": { "name": "own", "namespace": world.namespace } });
        stack.add(&cluster, "own", Object::from_value(own));
        stack
    };
    world.settle(&stack()).await;
    let foreign = json!({ "apiVersion": format!("{group}/v1"), "kind": "Fleet", "metadata": { "name": "foreign", "namespace": world.namespace } });
    apply(&world, &[foreign]);
    let (stakes, notes) = at_stake(&world, &stack(), "definition").await;
    assert_eq!(stakes, Stakes::Data);
    assert!(
        notes.contains(&format!("Fleet `{}/foreign`", world.namespace)) && !notes.contains("/own`"),
        "{notes}"
    );
    let stack = stack();
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

/// Who cannot be asked what goes along is not taken for somebody with whom nothing goes.
#[tokio::test]
async fn what_cannot_be_asked_may_lose_anything() {
    let Some(mut world) = World::of("unasked").await else { return };
    let group = "unasked.example.com";
    let silent = Arc::new(AtomicBool::new(false));
    let away = Arc::clone(&silent);
    let passage = move |asked: &mut Asked| {
        if away.load(Ordering::Relaxed) && asked.path.ends_with("/fleets") {
            // The server refuses the question, and so gives no answer.
            asked.replace("limit", "none");
        }
    };
    let front = Front::with(&world.control_plane, passage).await;
    world.engine =
        Engine::new(MemoryStore::new(), Front::access()).patience(Patience::default().transient(2));
    let mut stack = Stack::new(&world.namespace);
    let cluster = stack.on(front.cluster());
    stack.add(&cluster, "definition", Object::from_value(crate::order::definition(group)));
    world.settle(&stack).await;
    silent.store(true, Ordering::Relaxed);
    let (stakes, notes) = at_stake(&world, &stack, "definition").await;
    assert_eq!(stakes, Stakes::Data, "{notes}");
    assert!(notes.contains("could not be asked"), "{notes}");
}

#[tokio::test]
async fn a_claim_goes_by_consent_unless_its_volume_is_retained() {
    let Some(world) = World::of("data").await else { return };
    for (policy, stakes) in [("Delete", Stakes::Data), ("Retain", Stakes::None)] {
        let name = format!("{}-{}", world.namespace, policy.to_lowercase());
        apply(
            &world,
            &[
                json!({ "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": name }, "spec": {
            "capacity": { "storage": "1Gi" }, "accessModes": ["ReadWriteOnce"], "storageClassName": name,
            "persistentVolumeReclaimPolicy": policy, "hostPath": { "path": "/none" },
        } }),
            ],
        );
        let claim = json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "data" }, "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": name, "resources": { "requests": { "storage": "1Gi" } },
        } });
        let stack = world.stack([("data", Object::from_value(claim))]);
        world.settle(&stack).await;
        let (found, notes) = at_stake(&world, &stack, "data").await;
        assert_eq!(found, stakes, "{policy}: {notes}");
        assert_eq!(notes.contains(&name), stakes == Stakes::Data, "{notes}");
        if stakes == Stakes::Data {
            let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
            assert!(world.engine.apply(plan, Quiet).await.unwrap().is_success());
        }
    }
}
