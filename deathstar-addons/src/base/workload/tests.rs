#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use super::{check::Check, pods::Beside, *};
use crate::base::{Environment, Namespace, PlatformBase};
use deathstar_core::{Engine, Memory, Stack, kube::Cluster, state::MemoryStore};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, StatefulSet};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const POD: &str = "/spec/template/spec";
const CONTAINER: &str = "/spec/template/spec/containers/0";

/// A workload at which nothing is found.
fn careful() -> Value {
    let labels = json!({"app": "web"});
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": "web",
                    "automountServiceAccountToken": false,
                    "priorityClassName": "standard",
                    "terminationGracePeriodSeconds": 30,
                    "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
                    "topologySpreadConstraints": [{
                        "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule",
                        "labelSelector": {"matchLabels": labels},
                    }],
                    "containers": [{
                        "name": "web",
                        "image": "registry.example.com/web:1",
                        "readinessProbe": {"httpGet": {"port": 8080}},
                        "livenessProbe": {"httpGet": {"port": 8080}},
                        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
                        "securityContext": {
                            "allowPrivilegeEscalation": false,
                            "readOnlyRootFilesystem": true,
                            "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
                        },
                    }],
                },
            },
        },
    })
}

/// The careful workload with something else at a place, or nothing.
fn with(at: &str, value: Value) -> Value {
    let mut workload = careful();
    let (parent, field) = at.rsplit_once('/').unwrap();
    workload.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(field.into(), value);
    workload
}

fn found(kind: &WorkloadKind) -> BTreeSet<Check> {
    found_with(kind, Beside { budget: true, scaled: None })
}

fn found_with(kind: &WorkloadKind, beside: Beside) -> BTreeSet<Check> {
    pods::check(kind, beside).into_iter().map(|finding| finding.check).collect()
}

fn deployment(value: Value) -> WorkloadKind {
    serde_json::from_value::<Deployment>(value).unwrap().into()
}

#[test]
fn at_a_careful_workload_nothing_is_found() {
    assert_eq!(found(&deployment(careful())), BTreeSet::new());
    let set: StatefulSet = serde_json::from_value(careful()).unwrap();
    assert_eq!(found(&set.into()), BTreeSet::new());
    let set: DaemonSet = serde_json::from_value(careful()).unwrap();
    assert_eq!(found(&set.into()), BTreeSet::new());
}

#[test]
fn each_check_finds_its_own_fault_and_no_other() {
    let own = |at: &str| format!("{POD}/{at}");
    let of = |at: &str| format!("{CONTAINER}/{at}");
    let none = Value::Null;
    let faults = [
        (Check::ReadinessProbe, of("readinessProbe"), none.clone()),
        (Check::LivenessProbe, of("livenessProbe"), none.clone()),
        (Check::Requests, of("resources/requests"), json!({"memory": "1Gi"})),
        (Check::Requests, of("resources/requests"), json!({"cpu": "1"})),
        (Check::Limits, of("resources/limits"), json!({"cpu": "1"})),
        (Check::Replicas, "/spec/replicas".into(), json!(1)),
        (Check::Replicas, "/spec/replicas".into(), none.clone()),
        (Check::Image, of("image"), json!("registry.example.com/web:latest")),
        (Check::Image, of("image"), none.clone()),
        (Check::NonRoot, own("securityContext/runAsNonRoot"), none.clone()),
        (Check::NonRoot, own("securityContext/runAsUser"), json!(0)),
        (Check::NonRoot, of("securityContext/runAsNonRoot"), json!(false)),
        (Check::ReadOnlyRoot, of("securityContext/readOnlyRootFilesystem"), none.clone()),
        (Check::Capabilities, of("securityContext/capabilities"), none.clone()),
        (Check::Capabilities, of("securityContext/capabilities"), json!({"drop": ["NET_RAW"]})),
        (Check::Capabilities, of("securityContext/capabilities/add"), json!(["NET_ADMIN"])),
        (Check::Privileges, of("securityContext/privileged"), json!(true)),
        (Check::Privileges, of("securityContext/allowPrivilegeEscalation"), none.clone()),
        (Check::Seccomp, own("securityContext/seccompProfile"), none.clone()),
        (Check::Seccomp, of("securityContext/seccompProfile"), json!({"type": "Unconfined"})),
        (Check::Priority, own("priorityClassName"), none.clone()),
        (Check::Spread, own("topologySpreadConstraints"), none.clone()),
        (Check::Account, own("serviceAccountName"), none.clone()),
        (Check::Account, own("serviceAccountName"), json!("default")),
        (Check::Token, own("automountServiceAccountToken"), none.clone()),
        (Check::Token, own("automountServiceAccountToken"), json!(true)),
        (Check::Termination, own("terminationGracePeriodSeconds"), none),
        (Check::Termination, own("terminationGracePeriodSeconds"), json!(0)),
    ];
    let mut tried: BTreeSet<Check> = [Check::Budget].into();
    for (check, at, value) in faults {
        assert_eq!(found(&deployment(with(&at, value.clone()))), [check].into(), "{at}: {value}");
        tried.insert(check);
    }
    let without_budget = Beside { budget: false, scaled: None };
    assert_eq!(found_with(&deployment(careful()), without_budget), [Check::Budget].into());
    assert_eq!(tried, Check::ALL.into(), "every check is tried");
}

#[test]
fn every_container_is_asked_also_those_that_come_first() {
    let careless = json!([{"name": "migrate", "image": "migrate"}]);
    let found = found(&deployment(with(&format!("{POD}/initContainers"), careless)));
    assert!(found.contains(&Check::Image) && found.contains(&Check::Requests), "{found:?}");
    assert!(!found.contains(&Check::ReadinessProbe), "what ends takes no requests: {found:?}");
}

#[test]
fn an_autoscaler_says_how_many_there_are() {
    let one = deployment(with("/spec/replicas", json!(1)));
    let scaled = |size| found_with(&one, Beside { budget: true, scaled: Some(size) });
    assert_eq!(scaled(Size::Between(2, 6)), BTreeSet::new());
    assert_eq!(scaled(Size::Between(1, 6)), [Check::Replicas].into());
}

#[test]
fn what_runs_on_each_node_has_no_number() {
    let mut daemon = with(&format!("{POD}/topologySpreadConstraints"), Value::Null);
    daemon["spec"]["replicas"] = Value::Null;
    let daemon: DaemonSet = serde_json::from_value(daemon).unwrap();
    assert_eq!(found_with(&daemon.into(), Beside { budget: false, scaled: None }), BTreeSet::new());
}

/// What a plan says: its text, or its findings.
async fn plan(
    environment: Environment,
    workload: impl FnOnce(&NamespaceRefs) -> Workload,
) -> Result<String, String> {
    let mut stack = Stack::new("shop");
    let cluster = stack.on(Cluster::at("shop", "https://shop.example.com"));
    let base = PlatformBase::new(environment).namespace(Namespace::new("shop"));
    let base = stack.add(&cluster, "base", base);
    stack.add(&cluster, "web", workload(&base.namespace("shop")));
    let engine = Engine::new(MemoryStore::new(), Memory::seeded(7).with(deathstar_core::kube::kinds()));
    let planned = engine.plan(&stack).await;
    planned.map(|plan| plan.to_string()).map_err(|error| error.to_string())
}

fn careless(namespace: &NamespaceRefs) -> Workload {
    let pods = json!({"containers": [{"name": "web", "image": "web"}]});
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": pods});
    let spec = json!({"selector": {"matchLabels": {"app": "web"}}, "template": template});
    let deployment = json!({"metadata": {"name": "web"}, "spec": spec});
    Workload::new(namespace, serde_json::from_value::<Deployment>(deployment).unwrap())
}

#[tokio::test]
async fn all_findings_refuse_the_plan_at_once() {
    let text = plan(Environment::Production, careless).await.unwrap_err();
    insta::assert_snapshot!(text);
    assert_eq!(text, plan(Environment::Staging, careless).await.unwrap_err());
}

#[tokio::test]
async fn in_development_findings_are_remarks() {
    let text = plan(Environment::Development, careless).await.unwrap();
    for check in Check::ALL {
        assert!(text.contains(&format!("[{check}]")), "{check}: {text}");
    }
}

#[tokio::test]
async fn a_check_is_waived_with_a_reason_that_the_plan_shows() {
    let waived = |namespace: &NamespaceRefs| {
        let one = deployment(with("/spec/replicas", json!(1)));
        Workload::new(namespace, one).budget(Disruption::ONE)
    };
    let text =
        plan(Environment::Production, |shop| waived(shop).waive(Check::Replicas, "it has one writer")).await;
    assert!(text.unwrap().contains("the check `workload.replicas` is waived: it has one writer"));
    let text = plan(Environment::Production, |shop| waived(shop).waive(Check::Replicas, " ")).await;
    assert!(text.unwrap_err().contains("waived without a reason"));
    let needless = |shop: &NamespaceRefs| {
        let waived = waived(shop).waive(Check::Replicas, "it has one writer");
        waived.waive(Check::Seccomp, "it was needed once")
    };
    let text = plan(Environment::Production, needless).await.unwrap();
    assert!(text.contains("`workload.seccomp` finds nothing any more"), "{text}");
}

#[tokio::test]
async fn a_workload_stands_where_the_base_has_a_namespace() {
    let text = plan(Environment::Production, |shop| {
        let elsewhere = NamespaceRefs { name: "nowhere".into(), object: None, ..shop.clone() };
        Workload::new(&elsewhere, deployment(careful())).budget(Disruption::ONE)
    });
    assert!(text.await.unwrap_err().contains("does not declare the namespace `nowhere`"));
    let other = with("/metadata/namespace", json!("other"));
    let text =
        plan(Environment::Production, |shop| Workload::new(shop, deployment(other)).budget(Disruption::ONE));
    assert!(text.await.unwrap_err().contains("stands in namespace `other`, and is added to `shop`"));
}

#[tokio::test]
async fn its_budget_knows_its_pods() {
    let text = plan(Environment::Production, |shop| {
        Workload::new(shop, deployment(careful())).budget(Disruption::ONE)
    });
    assert!(text.await.unwrap().contains("PodDisruptionBudget"));
    let budget = Budget::of("web", deployment(careful()).labels(), Disruption::ONE).object("shop");
    let budget = serde_json::to_value(budget).unwrap();
    assert_eq!(budget["body"]["spec"]["selector"]["matchLabels"], json!({"app": "web"}));
    assert_eq!(budget["body"]["spec"]["maxUnavailable"], 1);
    assert_eq!(budget["body"]["spec"]["unhealthyPodEvictionPolicy"], "AlwaysAllow");
}
