//! Manifests of many kinds, with what makes comparison hard: defaults, quantities, lists by key, empty values.

use deathstar_core::kube::Object;
use serde_json::{Value, json};

/// Manifests without a namespace, each at its address.
pub fn mixed() -> Vec<(&'static str, Value)> {
    let workload = |spec: Value| json!({ "metadata": { "labels": { "app": "web" } }, "spec": spec });
    let web = json!({
        "automountServiceAccountToken": false,
        "volumes": [
            { "name": "settings", "configMap": { "name": "settings" } },
            { "name": "scratch", "emptyDir": {} },
        ],
        "tolerations": [{ "key": "spot", "operator": "Exists" }],
        "containers": [{
            "name": "web",
            "image": "example.com/web:1",
            "ports": [{ "containerPort": 8080 }],
            "env": [{ "name": "HOST", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } }],
            "resources": {
                "requests": { "cpu": "0.5", "memory": "1024Mi" },
                "limits": { "memory": "1.5Gi" },
            },
            "readinessProbe": { "httpGet": { "path": "/", "port": 8080 } },
            "volumeMounts": [{ "name": "settings", "mountPath": "/etc/web" }],
        }],
    });
    let tidy = json!({
        "restartPolicy": "Never",
        "containers": [{ "name": "tidy", "image": "example.com/tidy:1" }],
    });
    let selector = json!({ "matchLabels": { "app": "web" } });
    let scaled = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "web" });
    let named = |api_version: &str, kind: &str, name: &str, rest: Value| {
        let mut manifest = rest;
        manifest["apiVersion"] = api_version.into();
        manifest["kind"] = kind.into();
        manifest["metadata"]["name"] = name.into();
        manifest
    };
    vec![
        ("settings", named("v1", "ConfigMap", "settings", json!({ "data": { "a": "1", "b": "2" } }))),
        ("secret", named("v1", "Secret", "db", json!({ "data": { "password": "aHVudGVyMg==" } }))),
        ("account", named("v1", "ServiceAccount", "web", json!({ "automountServiceAccountToken": false }))),
        (
            "web",
            named(
                "apps/v1",
                "Deployment",
                "web",
                json!({
                    "metadata": { "labels": { "app": "web" } },
                    "spec": { "replicas": 0, "selector": selector, "template": workload(web) },
                }),
            ),
        ),
        (
            "service",
            named(
                "v1",
                "Service",
                "web",
                json!({ "spec": { "selector": { "app": "web" }, "ports": [{ "port": 80, "targetPort": 8080 }] } }),
            ),
        ),
        (
            "scaler",
            named(
                "autoscaling/v1",
                "HorizontalPodAutoscaler",
                "web",
                json!({ "spec": { "maxReplicas": 3, "scaleTargetRef": scaled } }),
            ),
        ),
        (
            "closed",
            named(
                "networking.k8s.io/v1",
                "NetworkPolicy",
                "closed",
                json!({
                    "spec": {
                        "podSelector": {},
                        "policyTypes": ["Ingress", "Egress"],
                        "egress": [{ "ports": [{ "port": 53 }] }],
                    },
                }),
            ),
        ),
        (
            "role",
            named(
                "rbac.authorization.k8s.io/v1",
                "Role",
                "reader",
                json!({ "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }] }),
            ),
        ),
        (
            "budget",
            named(
                "policy/v1",
                "PodDisruptionBudget",
                "web",
                json!({ "spec": { "minAvailable": 1, "selector": selector } }),
            ),
        ),
        (
            "job",
            named(
                "batch/v1",
                "CronJob",
                "tidy",
                json!({
                    "spec": {
                        "schedule": "0 0 * * *",
                        "suspend": true,
                        "jobTemplate": { "spec": { "template": { "spec": tidy } } },
                    },
                }),
            ),
        ),
    ]
}

/// The same as objects.
pub fn mixed_objects() -> Vec<(&'static str, Object)> {
    mixed().into_iter().map(|(at, manifest)| (at, Object::from_value(manifest))).collect()
}
