//! Order by meaning: what has to be there first is there first, however the objects were declared.

use deathstar_core::Stack;
use deathstar_core::apply::Quiet;
use deathstar_core::kube::Object;
use serde_json::{Value, json};

use crate::bench::{self, kubectl};
use crate::world::engine;

pub fn definition(group: &str) -> Value {
    let fleet = json!({ "type": "object", "properties": { "spec": {
        "type": "object", "properties": { "ships": { "type": "integer" }, "settings": { "type": "string" } },
    } } });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("fleets.{group}") },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": { "kind": "Fleet", "plural": "fleets" },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": fleet } }],
        },
    })
}

/// Everything that a workload with a custom resource needs, the last first.
fn backwards(namespace: &str, group: &str) -> Vec<(&'static str, Value)> {
    let place = |name: &str| json!({ "name": name, "namespace": namespace });
    let pod = json!({
        "serviceAccountName": "web",
        "volumes": [{ "name": "settings", "configMap": { "name": "settings" } }],
        "containers": [{ "name": "web", "image": "example.com/web:1" }],
    });
    let role = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web" });
    vec![
        (
            "fleet",
            json!({ "apiVersion": format!("{group}/v1"), "kind": "Fleet", "metadata": place("first"), "spec": { "ships": 3, "settings": "settings" } }),
        ),
        (
            "web",
            json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": place("web"), "spec": {
            "selector": { "matchLabels": { "app": "web" } },
            "template": { "metadata": { "labels": { "app": "web" } }, "spec": pod },
        } }),
        ),
        (
            "binding",
            json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": place("web"), "roleRef": role, "subjects": [{ "kind": "ServiceAccount", "name": "web" }] }),
        ),
        (
            "role",
            json!({ "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": place("web"), "rules": [] }),
        ),
        ("settings", json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": place("settings") })),
        ("account", json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": place("web") })),
        ("definition", definition(group)),
        ("namespace", json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } })),
    ]
}

#[tokio::test]
async fn a_plan_on_an_empty_cluster_needs_no_order_of_declaration() {
    let Some(control_plane) = bench::shared().await else { return };
    let name = "backwards";
    let group = "order.example.com";
    let mut stack = Stack::new(name);
    let cluster = stack.on(control_plane.cluster());
    for (at, manifest) in backwards(name, group) {
        stack.add(&cluster, at, Object::from_value(manifest));
    }
    let engine = engine();
    let plan = engine.plan(&stack).await.unwrap();
    let at = |address: &str| plan.steps.iter().find(|step| step.address.as_str() == address).unwrap();
    for (who, what) in [
        ("fleet", "definition"),
        ("fleet", "namespace"),
        ("fleet", "settings"),
        ("web", "binding"),
        ("web", "settings"),
        ("web", "account"),
        ("binding", "role"),
        ("role", "namespace"),
    ] {
        assert!(at(who).after.contains(&at(what).id), "{who} after {what}: {plan}");
    }
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    // Nothing was tried before its time.
    let plan = engine.plan(&stack).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let told =
        ["get", "fleets.order.example.com", "--namespace", name, "--output=jsonpath={.items[*].spec.ships}"];
    assert_eq!(kubectl(&control_plane, &told), "3");

    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let end = |address: &str| plan.steps.iter().find(|step| step.address.as_str() == address).unwrap();
    for (last, first) in
        [("namespace", "web"), ("definition", "fleet"), ("account", "web"), ("role", "binding")]
    {
        assert!(end(last).after.contains(&end(first).id), "{last} after {first}: {plan}");
    }
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

#[tokio::test]
async fn objects_that_need_each_other_are_a_finding_that_shows_the_circle() {
    let service = |name: &str, other: &str| {
        json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": name, "namespace": "a" },
            "spec": { "dataSource": { "kind": "PersistentVolumeClaim", "name": other } } })
    };
    let mut stack = Stack::new("circle");
    let cluster = stack.on(deathstar_core::kube::Cluster::of_kubeconfig("none", "none"));
    for (one, other) in [("x", "y"), ("y", "x")] {
        stack.add(&cluster, one, Object::from_value(service(one, other)));
    }
    let error = engine().plan(&stack).await.unwrap_err().to_string();
    assert!(
        error.contains("object.cycle") && error.contains("PersistentVolumeClaim/a/x (`/spec/dataSource`)"),
        "{error}"
    );
}
