//! Readiness: an apply ends when its objects do what they are for, and early when they cannot.
//!
//! No image is pulled and no container crashes here: pods run because kwok says so. What keeps them back is the scheduler, the
//! quota and Pod Security, which are real.

use std::time::Duration;

use deathstar_core::apply::{Patience, Quiet};
use deathstar_core::kube::ready::Rule;
use deathstar_core::kube::{Access, Object};
use deathstar_core::state::MemoryStore;
use deathstar_core::testing::WAITING_FOR;
use deathstar_core::{Engine, Error, Stack};
use serde_json::{Value, json};

use crate::world::{World, failure};

fn web(replicas: u32, pod: &Value) -> Object {
    let mut spec = json!({ "containers": [{ "name": "web", "image": "example.com/web:1" }] });
    for (field, value) in pod.as_object().unwrap() {
        spec[field] = value.clone();
    }
    Object::from_value(
        json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" }, "spec": {
        "replicas": replicas,
        "selector": { "matchLabels": { "app": "web" } },
        "template": { "metadata": { "labels": { "app": "web" } }, "spec": spec },
    } }),
    )
}

/// Why an apply of this failed, by an engine that believes a failure soon.
async fn fails(world: &World, stack: &Stack) -> Error {
    let access = Access::of_kubeconfigs().poll(Duration::from_millis(50)).grace(Duration::from_millis(200));
    let engine = Engine::new(MemoryStore::new(), access);
    let report = engine.apply(engine.plan(stack).await.unwrap(), Quiet).await.unwrap();
    let error = failure(&report);
    let plan = engine.plan(stack).await.unwrap();
    assert!(!plan.is_empty(), "what failed is to be repaired: {plan}");
    let report = engine.apply(engine.destroy(stack).await.unwrap().consent_to_all(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let _ = world;
    error
}

#[tokio::test]
async fn an_apply_ends_when_all_replicas_are_available() {
    let Some(world) = World::of("available").await else { return };
    world.settle(&world.stack([("web", web(3, &json!({})))])).await;
    let told = world.kubectl(&["get", "deployment", "web", "--output=jsonpath={.status.availableReplicas}"]);
    assert_eq!(told, "3");
}

#[tokio::test]
async fn a_pod_that_fits_nowhere_is_told_in_the_words_of_the_scheduler() {
    let Some(world) = World::of("nowhere").await else { return };
    let error =
        fails(&world, &world.stack([("web", web(1, &json!({ "nodeSelector": { "disk": "fast" } })))])).await;
    let text = error.to_string();
    assert!(text.contains("Unschedulable") && text.contains("node affinity/selector"), "{text}");
}

#[tokio::test]
async fn a_quota_that_refuses_pods_is_told_in_the_words_of_the_server() {
    let Some(world) = World::of("quota").await else { return };
    let quota = json!({ "apiVersion": "v1", "kind": "ResourceQuota", "metadata": { "name": "small" }, "spec": { "hard": { "pods": "1" } } });
    let stack = world.stack([("quota", Object::from_value(quota)), ("web", web(2, &json!({})))]);
    let text = fails(&world, &stack).await.to_string();
    assert!(text.contains("exceeded quota: small") && text.contains("pods=1"), "{text}");
}

#[tokio::test]
async fn pods_that_pod_security_refuses_are_told_with_what_they_violate() {
    let Some(world) = World::of("restricted").await else { return };
    world.kubectl(&["label", "namespace", &world.namespace, "pod-security.kubernetes.io/enforce=restricted"]);
    let text =
        fails(&world, &world.stack([("web", web(1, &json!({ "hostNetwork": true })))])).await.to_string();
    assert!(text.contains("PodSecurity") && text.contains("hostNetwork=true"), "{text}");
}

/// kwok says what a kubelet would say: no image is pulled here.
#[tokio::test]
async fn an_image_that_cannot_be_pulled_is_told_with_its_container() {
    let Some(world) = World::of("image").await else { return };
    let web = web(1, &json!({}))
        .set("/spec/template/metadata/annotations", json!({ WAITING_FOR: "ImagePullBackOff" }));
    let text = fails(&world, &world.stack([("web", web)])).await.to_string();
    assert!(text.contains("ImagePullBackOff") && text.contains("web") && text.contains("hint"), "{text}");
}

/// Nobody answers behind the service: what would be judged has to wait, and the error says for what.
#[tokio::test]
async fn a_webhook_is_ready_when_somebody_answers_behind_it() {
    let Some(world) = World::of("webhook").await else { return };
    let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "judge" }, "spec": {
        "selector": { "app": "judge" }, "ports": [{ "port": 443 }],
    } });
    let own = json!({ "matchLabels": { "kubernetes.io/metadata.name": world.namespace } });
    let webhook = json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": { "name": world.namespace },
        "webhooks": [{
            "name": "judge.example.com",
            "clientConfig": { "service": { "namespace": world.namespace, "name": "judge" } },
            "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"] }],
            "namespaceSelector": own,
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": 1,
        }],
    });
    let engine = |patience: Patience| {
        let access = Access::of_kubeconfigs().poll(Duration::from_millis(50));
        Engine::new(MemoryStore::new(), access).patience(patience)
    };
    let hasty = engine(Patience::default().step(Duration::from_secs(2)).conflict(Duration::from_secs(1)));
    let declare = |webhook: Value| {
        let mut stack = world.stack([("service", Object::from_value(service.clone()))]);
        let cluster = stack.connect("again", world.control_plane.cluster());
        stack.add(&cluster, "webhook", Object::from_value(webhook));
        stack
    };
    let stack = declare(webhook);
    let report = hasty.apply(hasty.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    let text = failure(&report).to_string();
    assert!(text.contains(&format!("no endpoint of service `{}/judge` is ready", world.namespace)), "{text}");

    // What it judges is refused while it does not answer, and the plan has said so: it was asked.
    let judged = world.stack([("map", crate::world::map("judged", &[]))]);
    let other = engine(Patience::default().conflict(Duration::from_secs(1)));
    let plan = other.plan(&judged).await.unwrap();
    let check = format!("{:?}", plan.steps[0].check);
    assert!(check.contains("judge.example.com"), "{check}");
    let report = other.apply(plan, Quiet).await.unwrap();
    let error = failure(&report);
    assert!(error.to_string().contains("failed calling webhook \"judge.example.com\""), "{error}");

    let plan = hasty.destroy(&stack).await.unwrap().consent_to_all();
    assert!(hasty.apply(plan, Quiet).await.unwrap().is_success());
    // And when it is gone, the same plan goes through.
    let report = other.apply(other.plan(&judged).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

#[tokio::test]
async fn a_rule_of_the_user_decides_when_a_custom_resource_is_ready() {
    let Some(world) = World::of("ruled").await else { return };
    let group = "ready.example.com";
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("ships.{group}") },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": { "kind": "Ship", "plural": "ships" },
            "versions": [{ "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": schema }, "subresources": { "status": {} } }],
        },
    });
    let ship =
        json!({ "apiVersion": format!("{group}/v1"), "kind": "Ship", "metadata": { "name": "first" } });
    let ship =
        Object::from_value(ship).within(&*world.namespace).ready_when(Rule::equals("/status/crew", "aboard"));
    let mut stack = Stack::new(&world.namespace);
    let cluster = stack.on(world.control_plane.cluster());
    stack.add(&cluster, "definition", Object::from_value(definition));
    stack.add(&cluster, "ship", ship);
    let after = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "after" } });
    stack.add(&cluster, "after", Object::from_value(after).within(&*world.namespace));

    let plan = world.plan(&stack).await;
    let apply = world.engine.apply(plan, Quiet);
    let crew = async {
        crate::bench::eventually("the ship is there", async || {
            world.ask_kubectl(&["get", "ships.ready.example.com", "first"]).status.success()
        })
        .await;
        world.kubectl(&[
            "patch",
            "ship",
            "first",
            "--subresource=status",
            "--type=merge",
            "--patch={\"status\":{\"crew\":\"aboard\"}}",
        ]);
    };
    let (report, ()) = tokio::join!(apply, crew);
    let report = report.unwrap();
    assert!(report.is_success(), "{report}");
    let report = world
        .engine
        .apply(world.engine.destroy(&stack).await.unwrap().consent_to_all(), Quiet)
        .await
        .unwrap();
    assert!(report.is_success(), "{report}");
}
