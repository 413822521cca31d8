//! kubectl as the foreign judge: what it would change after us, and what we would change after it.

use deathstar_core::apply::Quiet;
use deathstar_core::kube::Object;
use deathstar_core::plan::Action;
use deathstar_core::{PlanOptions, Stack};
use serde_json::{Value, json};

use crate::bench;
use crate::samples::{mixed, mixed_objects};
use crate::world::World;

/// What `kubectl diff` says of manifests: its exit code, and the differences.
fn diff(world: &World, manifests: &[Value]) -> (Option<i32>, String) {
    let file = bench::file(manifests);
    let path = file.path().display().to_string();
    // Another manager would conflict over the same value with another text: `500m` is what `0.5` becomes.
    let how = ["diff", "--server-side", "--force-conflicts", "--filename", &path];
    let output = world.ask_kubectl(&how);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn manifests() -> Vec<Value> {
    mixed().into_iter().map(|(_, manifest)| manifest).collect()
}

#[tokio::test]
async fn after_our_apply_kubectl_has_nothing_to_change() {
    let Some(world) = World::of("judged").await else { return };
    world.settle(&world.stack(mixed_objects())).await;
    assert_eq!(diff(&world, &manifests()), (Some(0), String::new()));
    // It would have said so.
    let mut other = manifests();
    other[0]["data"]["a"] = "3".into();
    let (code, said) = diff(&world, &other);
    assert!(code == Some(1) && said.contains("+  a: \"3\""), "{said}");
}

/// Takes over everything that kubectl has made from manifests, in one of its ways; answers the plan's text and the
/// fields that it would change.
async fn adopt(name: &str, manifests: &[(&'static str, Value)], how: &[&str]) -> (String, Vec<String>) {
    let Some(world) = World::of(name).await else { return Default::default() };
    let file = bench::file(&manifests.iter().map(|(_, manifest)| manifest.clone()).collect::<Vec<_>>());
    let path = file.path().display().to_string();
    world.kubectl(&[&["apply", "--filename", &path], how].concat());
    let before = world.kubectl(&["get", "all,configmaps,secrets", "--output=name"]);

    let objects = || manifests.iter().map(|(at, manifest)| (*at, Object::from_value(manifest.clone())));
    let stack = world.stack(objects());
    let plan = world.engine.plan_with(&stack, imports(&world, objects())).await.unwrap();
    assert!(plan.steps.iter().all(|step| !matches!(step.action, Action::Create | Action::Delete)), "{plan}");
    let changed =
        plan.steps.iter().flat_map(|step| &step.changes).map(|change| change.field.clone()).collect();
    let text = plan.to_string();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    empty(&world, &stack).await;
    assert_eq!(world.kubectl(&["get", "all,configmaps,secrets", "--output=name"]), before);
    (text, changed)
}

fn imports<'a>(world: &World, objects: impl IntoIterator<Item = (&'a str, Object)>) -> PlanOptions {
    objects.into_iter().fold(PlanOptions::default(), |options, (at, object)| {
        options.import(at, object.within(&*world.namespace).id().to_string())
    })
}

async fn empty(world: &World, stack: &Stack) {
    let plan = world.plan(stack).await;
    assert!(plan.is_empty(), "{plan}");
}

/// The samples, with values that the server leaves out because they are empty.
fn with_empty_values() -> Vec<(&'static str, Value)> {
    let mut all = mixed();
    let (_, web) = all.iter_mut().find(|(at, _)| *at == "web").unwrap();
    let spec = &mut web["spec"]["template"]["spec"];
    spec["hostNetwork"] = false.into();
    spec["containers"][0]["env"].as_array_mut().unwrap().push(json!({ "name": "EMPTY", "value": "" }));
    all
}

#[tokio::test]
async fn what_kubectl_applied_client_side_is_adopted_without_a_difference() {
    let (plan, changed) = adopt("client-side", &mixed(), &[]).await;
    // A secret is never compared with what is read.
    assert!(changed.iter().all(|field| field == "secrets"), "{plan}");
}

#[tokio::test]
async fn what_kubectl_applied_server_side_is_adopted_without_a_difference() {
    let (plan, changed) = adopt("server-side", &with_empty_values(), &["--server-side"]).await;
    assert!(changed.iter().all(|field| field == "secrets"), "{plan}");
}

#[tokio::test]
async fn what_kubectl_created_is_adopted_without_a_difference() {
    let Some(world) = World::of("created").await else { return };
    world.kubectl(&["create", "configmap", "a", "--from-literal=key=value"]);
    let object = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "key": "value" } });
    let objects = || [("a", Object::from_value(object.clone()))];
    let stack = world.stack(objects());
    let plan = world.engine.plan_with(&stack, imports(&world, objects())).await.unwrap();
    assert!(plan.steps.iter().all(|step| step.changes.is_empty()), "{plan}");
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    empty(&world, &stack).await;
}
