//! Removal: what holds an object that goes is named, with who has to act.

use std::time::Duration;

use deathstar_core::apply::{Patience, Quiet};
use deathstar_core::kube::Object;
use deathstar_core::{Engine, Stack};
use serde_json::json;

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
