//! Objects on the in-memory cloud: the same program, and no server.

use super::*;
use crate::{Engine, Memory, Stack, apply::Quiet, plan::Action, state::MemoryStore};
use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Namespace, Secret, Service},
};
use serde_json::json;

mod border;

fn cluster() -> Cluster {
    Cluster::at("shop", "https://shop.example.com")
}

fn engine() -> Engine {
    Engine::new(MemoryStore::new(), Memory::seeded(7).with(kinds()))
}

fn shop(message: &str) -> Stack {
    let mut stack = Stack::new("webshop");
    let cluster = stack.on(cluster());
    let namespace = stack.add(&cluster, "namespace", Object::of(Namespace::default()).named("shop"));
    let service = Object::of(Service::default())
        .named("web")
        .within("shop")
        .tell("/status/loadBalancer/ingress/0/hostname");
    let service = stack.add(&cluster, "service", service);
    let settings = Object::of(ConfigMap::default())
        .named("settings")
        .within("shop")
        .set("/data/message", message.to_owned())
        .set("/data/namespace", namespace.uid())
        .set(
            "/metadata/annotations/example.com~1host",
            service.told::<String>("/status/loadBalancer/ingress/0/hostname"),
        );
    stack.add(&cluster, "settings", settings);
    stack
}

#[tokio::test]
async fn objects_live_on_the_in_memory_cloud() {
    let engine = engine();
    let stack = shop("hello");
    let report = engine.apply(engine.plan(&stack).await.unwrap(), Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    assert!(engine.plan(&stack).await.unwrap().is_empty());
    let stack = shop("good bye");
    let plan = engine.plan(&stack).await.unwrap();
    let text = plan.to_string();
    assert!(text.contains("good bye") && text.contains("ConfigMap") && !text.contains("host"), "{text}");
    assert_eq!(plan.steps.iter().filter(|step| step.action == Action::Update).count(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let mut stack = Stack::new("webshop");
    let cluster = stack.on(cluster());
    let wrong =
        Object::of(Deployment::default()).set("spec/replicas", 2).set("/metadata/name", "x".to_owned());
    stack.add(&cluster, "wrong", wrong);
    let error = engine().plan(&stack).await.unwrap_err().to_string();
    for part in
        ["object.pointer", "must begin with `/`", "set with `named`", "object.incomplete", "`metadata.name`"]
    {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[tokio::test]
async fn one_object_cannot_be_declared_twice() {
    let mut stack = Stack::new("webshop");
    let cluster = stack.on(cluster());
    for name in ["a", "b"] {
        stack.add(&cluster, name, Object::of(Namespace::default()).named("shop"));
    }
    let error = engine().plan(&stack).await.unwrap_err().to_string();
    assert!(error.contains("hold.duplicate") && error.contains("Namespace/shop"), "{error}");
}

/// A stack with a definition and an object of it.
fn fleet(ships: &serde_json::Value) -> Stack {
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "fleets.example.com"},
        "spec": {
            "group": "example.com", "scope": "Cluster", "names": {"kind": "Fleet", "plural": "fleets"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object",
                "properties": {"spec": {"type": "object", "properties": {"ships": {
                    "type": "integer", "x-kubernetes-validations": [{"rule": "self > 0"}],
                }}}},
            }}}],
        },
    });
    let mut stack = Stack::new("webshop");
    let cluster = stack.on(cluster());
    let definition = stack.add(&cluster, "definition", Object::from_value(definition));
    let spec = json!({"ships": ships});
    let first =
        json!({"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {"name": "first"}, "spec": spec});
    let first = Object::from_value(first).set("/metadata/annotations/of", definition.uid());
    stack.add(&cluster, "fleet", first);
    stack
}

#[tokio::test]
async fn custom_resources_are_checked_without_a_server_and_others_say_that_there_is_none() {
    use crate::driver::Check;
    let engine = engine();
    let stack = fleet(&3.into());
    let plan = engine.plan(&stack).await.unwrap();
    let check = |at: &str| plan.at(at).next().unwrap().check.clone();
    assert_eq!(check("definition"), Some(Check::not("the in-memory cloud has nobody to ask")));
    let unchecked = vec!["/spec/ships: not checked: `self > 0`".to_owned()];
    assert_eq!(check("fleet"), Some(Check::CheckedOffline { unchecked }), "what is not known is left open");
    let wrong = fleet(&"many".into());
    let plan = engine.plan(&wrong).await.unwrap();
    let [blocker] = &plan.blockers[..] else { panic!("{plan}") };
    assert!(blocker.address.as_str() == "fleet" && blocker.why.starts_with("/spec/ships: must be"), "{plan}");
    let plan = engine.plan_with(&wrong, crate::PlanOptions::default().rehearse(false)).await.unwrap();
    assert!(plan.blockers.is_empty() && plan.steps.iter().all(|step| step.check.is_none()), "{plan}");
}

#[tokio::test]
async fn no_secret_is_told() {
    let mut stack = Stack::new("webshop");
    let cluster = stack.on(cluster());
    let secret = Object::of(Secret::default()).named("db").within("shop").tell("/data/password");
    stack.add(&cluster, "secret", secret);
    let map = Object::of(ConfigMap::default()).named("db").within("shop");
    stack.add(&cluster, "map", map.set_sensitive("/data/password", "x".to_owned()).tell("/data"));
    let error = engine().plan(&stack).await.unwrap_err().to_string();
    assert_eq!(error.matches("object.secret").count(), 2, "{error}");
}

#[tokio::test]
async fn the_values_of_a_secret_are_shown_nowhere() {
    let engine = engine();
    let declare = |password: &str| {
        let mut stack = Stack::new("webshop");
        let cluster = stack.on(cluster());
        let manifest = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "stringData": {"user": "hunter1"}});
        let secret = Object::from_value(manifest)
            .within("shop")
            .set_sensitive("/stringData/password", password.to_owned());
        assert!(!format!("{secret:?}").contains("hunter"), "{secret:?}");
        stack.add(&cluster, "secret", secret);
        stack
    };
    let stack = declare("hunter2");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(!plan.to_json().contains("hunter"));
    engine.apply(plan, Quiet).await.unwrap();
    assert!(engine.plan(&stack).await.unwrap().is_empty());
    let stack = declare("hunter3");
    let plan = engine.plan(&stack).await.unwrap();
    assert!(!plan.is_empty() && !plan.to_string().contains("hunter"), "{plan}");
}

#[test]
fn what_is_seen_of_a_secret_prints_and_encodes_without_its_values() {
    use object::shown;
    let last = json!({"data": {"password": "aHVudGVyMg=="}}).to_string();
    let annotations = json!({"kubectl.kubernetes.io/last-applied-configuration": last, "deathstar.dev/told": "[\"/data/password\"]"});
    let answer = json!({
        "metadata": {"name": "db", "namespace": "shop", "uid": "1", "annotations": annotations},
        "data": {"password": "aHVudGVyMg=="},
    });
    let seen = shown(answer, "v1", "Secret", &ready::Rules::default());
    let text =
        format!("{:?} {:?} {}", seen.object, seen.values, serde_json::to_string(&seen.object).unwrap());
    assert!(!text.contains("aHVudGVyMg") && text.contains("password"), "{text}");
}

#[test]
fn values_of_a_secret_are_encoded_as_its_api_wants_them() {
    let manifest = |object: Object| object.named("a").within("b").manifest(&crate::Tags::new()).unwrap();
    let data =
        json!({"apiVersion": "v1", "kind": "Secret", "data": {"a/b": "aGk="}, "stringData": {"c": "hi"}});
    assert_eq!(manifest(Object::from_value(data))["data"], json!({"a/b": "aGk=", "c": "aGk="}));
    let set = Object::of(Secret::default()).set_sensitive("/data/d", "hi".to_owned());
    assert_eq!(manifest(set)["data"], json!({"d": "aGk="}));
}

#[test]
fn results_in_a_secret_stand_where_the_server_shows_them() {
    let result = crate::Output::<String>::import("other", "role");
    let object = Object::of(Secret::default()).named("a").within("b");
    let object = object.set("/stringData/c", &result).set("/stringData/d", "hunter2".to_owned());
    assert_eq!(object.field("/stringData"), None);
    let encoded = crate::Expr::Call("base64".into(), vec![result.expr().clone()]);
    let Some(value) = object.field("/data/c") else { panic!("{object:?}") };
    assert_eq!(crate::graph::Encoded::of(value), crate::graph::Encoded::Expression(encoded));
    assert!(!format!("{object:?}").contains("hunter2"));
}
