//! Objects as servers show them, and what is read from them.

mod api;
mod governance;
mod network;
mod owner;
mod pod;
mod rule;
mod storage;
mod workload;

use super::{Around, Outlook, Readiness, Rules, readiness};
use serde_json::{Value, json};

fn object(api_version: &str, kind: &str, spec: &Value, status: &Value) -> Value {
    json!({
        "apiVersion": api_version, "kind": kind, "metadata": {"name": "o", "namespace": "n", "uid": "u", "generation": 2},
        "spec": spec, "status": status,
    })
}

/// `ready`, `pending`, or the reason of a failure: with `!` when it stays.
fn told(object: &Value, around: &Around<'_>) -> String {
    match readiness(object, around, &Rules::default()) {
        Readiness::Ready => "ready".into(),
        Readiness::Pending(why) => {
            assert!(!why.is_empty());
            "pending".into()
        }
        Readiness::Failed(cause) if cause.outlook == Outlook::Stays => format!("{}!", cause.reason),
        Readiness::Failed(cause) => cause.reason,
    }
}

fn alone(api_version: &str, kind: &str, spec: &Value, status: &Value) -> String {
    told(&object(api_version, kind, spec, status), &Around::default())
}

fn condition(r#type: &str, status: &str, reason: &str) -> Value {
    json!({"type": r#type, "status": status, "reason": reason, "message": "why"})
}

/// A pod with one container in this state.
fn pod(status: &Value) -> Value {
    let mut pod = object(
        "v1",
        "Pod",
        &json!({"containers": [{"name": "c", "resources": {"limits": {"memory": "64Mi"}, "requests": {"cpu": "4"}}}]}),
        &json!({"phase": "Pending"}),
    );
    for (key, value) in status.as_object().unwrap() {
        pod["status"][key] = value.clone();
    }
    pod
}

fn container(state: &Value, last: &Value) -> Value {
    json!({"containerStatuses": [{"name": "c", "image": "i", "ready": false, "restartCount": 5, "state": state, "lastState": last}]})
}

fn event(reason: &str, kind: &str, r#type: &str, at: &str) -> Value {
    json!({"reason": reason, "type": r#type, "message": "told", "lastTimestamp": at, "involvedObject": {"kind": kind, "name": "o"}})
}
