//! Fields that the server fixes: a difference in one is a replacement, and nothing else is.

use deathstar_core::kube::Object;
use deathstar_core::plan::Action;
use serde_json::{Value, json};

use crate::world::World;

fn web(app: &str, message: &str) -> Vec<(&'static str, Object)> {
    let of = |value: Value| Object::from_value(value);
    let labels = json!({ "app": app });
    vec![
        (
            "settings",
            of(
                json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "settings" }, "immutable": true, "data": { "message": message } }),
            ),
        ),
        (
            "secret",
            of(
                json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "secret" }, "immutable": true, "stringData": { "message": message } }),
            ),
        ),
        (
            "web",
            of(
                json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "annotations": { "message": message } }, "spec": {
                "selector": { "matchLabels": labels },
                "template": { "metadata": { "labels": labels }, "spec": {
                    "volumes": [
                        { "name": "settings", "configMap": { "name": "settings" } },
                        { "name": "secret", "secret": { "secretName": "secret" } },
                    ],
                    "containers": [{ "name": "web", "image": "example.com/web:1" }],
                } },
            } }),
            ),
        ),
    ]
}

#[tokio::test]
async fn what_names_a_fixed_object_is_changed_while_that_is_replaced() {
    let Some(world) = World::of("fixed").await else { return };
    world.settle(&world.stack(web("web", "hello"))).await;
    let stack = world.stack(web("web", "good bye"));
    let plan = world.plan(&stack).await;
    let done = |at: &str| -> Vec<_> {
        let steps = plan.steps.iter().filter(|step| step.address.as_str() == at);
        steps.map(|step| step.action.clone()).collect()
    };
    assert_eq!(done("settings").len(), 2, "{plan}");
    assert_eq!(done("secret").len(), 2, "{plan}");
    assert_eq!(done("web"), [Action::Update], "{plan}");
    world.settle(&stack).await;
    assert_eq!(world.data("settings")["message"], "good bye");
}

#[tokio::test]
async fn another_selector_is_another_deployment() {
    let Some(world) = World::of("selector").await else { return };
    world.settle(&world.stack(web("web", "hello"))).await;
    let before = world.kubectl(&["get", "deployment", "web", "--output=jsonpath={.metadata.uid}"]);
    let stack = world.stack(web("site", "hello"));
    let plan = world.plan(&stack).await;
    assert_eq!((plan.creates(), plan.deletes(), plan.steps.len()), (1, 1, 2), "{plan}");
    world.settle(&stack).await;
    assert_ne!(world.kubectl(&["get", "deployment", "web", "--output=jsonpath={.metadata.uid}"]), before);
}

/// Nothing provisions volumes here, so one is made by hand, and who resizes it is missing: the claim is only asked to grow.
#[tokio::test]
async fn a_bound_claim_that_grows_keeps_its_data() {
    let Some(world) = World::of("claim").await else { return };
    let class = json!({ "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": { "name": world.namespace }, "provisioner": "example.com/none", "allowVolumeExpansion": true });
    let volume = json!({ "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": world.namespace }, "spec": {
        "capacity": { "storage": "1Gi" }, "accessModes": ["ReadWriteOnce"], "storageClassName": world.namespace, "hostPath": { "path": "/none" },
    } });
    let file = crate::bench::file(&[class, volume]);
    world.kubectl(&["apply", "--filename", &file.path().display().to_string()]);
    let claim = |size: &str| {
        let claim = json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": "data" }, "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": world.namespace, "resources": { "requests": { "storage": size } },
        } });
        world.stack([("data", Object::from_value(claim))])
    };
    world.settle(&claim("1Gi")).await;
    let (more, less) = (claim("2Gi"), claim("512Mi"));
    let plan = world.plan(&more).await;
    assert!(plan.steps.iter().all(|step| step.action == Action::Update) && !plan.is_empty(), "{plan}");
    let plan = world.plan(&less).await;
    assert_eq!((plan.creates(), plan.deletes()), (1, 1), "{plan}");
}
