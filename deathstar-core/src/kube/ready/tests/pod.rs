//! Pods, by themselves.

use super::{condition, container, event, pod, told};
use crate::kube::ready::{Around, Readiness, Rules, readiness};
use serde_json::{Value, json};

#[test]
fn pods() {
    let is = |status: &Value| told(&pod(status), &Around::default());
    assert_eq!(is(&json!({"phase": "Running", "conditions": [condition("Ready", "True", "")]})), "ready");
    assert_eq!(is(&json!({"phase": "Running", "conditions": [condition("Ready", "False", "")]})), "pending");
    assert_eq!(is(&json!({"phase": "Succeeded"})), "ready");
    assert_eq!(is(&json!({"phase": "Failed", "reason": "Evicted"})), "Evicted!");
    assert_eq!(is(&json!({})), "pending");
    assert_eq!(
        is(&json!({"conditions": [condition("PodScheduled", "False", "SchedulingGated")]})),
        "pending"
    );
    for (reason, stays) in [
        ("ErrImagePull", false),
        ("ImagePullBackOff", false),
        ("RegistryUnavailable", false),
        ("SignatureValidationFailed", true),
        ("ErrImageNeverPull", true),
        ("InvalidImageName", true),
        ("ImageInspectError", false),
        ("CreateContainerConfigError", false),
        ("CreateContainerError", false),
        ("RunContainerError", false),
        ("PostStartHookError", false),
        ("CrashLoopBackOff", false),
    ] {
        let expected = if stays { format!("{reason}!") } else { reason.into() };
        assert_eq!(is(&container(&json!({"waiting": {"reason": reason}}), &json!({}))), expected);
    }
    assert_eq!(is(&container(&json!({"waiting": {"reason": "ContainerCreating"}}), &json!({}))), "pending");
    let init = json!({"initContainerStatuses": [{"name": "first", "state": {"waiting": {"reason": "ErrImagePull"}}}], "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "PodInitializing"}}}]});
    assert_eq!(is(&init), "ErrImagePull");
}

fn cause(object: &Value, around: &Around<'_>) -> String {
    match readiness(object, around, &Rules::default()) {
        Readiness::Failed(cause) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_crash_is_told_with_its_end_and_what_to_do() {
    let crash = |last: &Value| {
        cause(&pod(&container(&json!({"waiting": {"reason": "CrashLoopBackOff"}}), last)), &Around::default())
    };
    assert_eq!(
        crash(&json!({"terminated": {"exitCode": 1, "reason": "Error", "message": "no config\n"}})),
        "CrashLoopBackOff: pod `o`: container `c` ended with exit code 1: no config, restarted 5 times\n  hint: it ends again and again: read its log with `kubectl logs --previous`"
    );
    assert!(crash(&json!({"terminated": {"exitCode": 127}})).contains("its command was not found"));
    let memory = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}});
    assert!(crash(&memory).contains("raise `resources.limits.memory` (now `64Mi`)"));
    for (state, last) in [(&memory, &json!({})), (&json!({"running": {}}), &memory)] {
        let text = cause(&pod(&container(state, last)), &Around::default());
        assert!(text.starts_with("OOMKilled: ") && text.contains("now `64Mi`"), "{text}");
    }
    let mut again = container(&json!({"running": {}}), &memory);
    again["containerStatuses"][0]["ready"] = json!(true);
    assert_eq!(told(&pod(&again), &Around::default()), "pending", "it is over");
}

#[test]
fn a_pod_without_a_node_tells_what_is_lacking() {
    let text = |message: &str| {
        let unscheduled =
            json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message});
        cause(&pod(&json!({"conditions": [unscheduled]})), &Around::default())
    };
    let lacks =
        text("0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient nvidia.com/gpu. preemption: none");
    assert!(lacks.contains("nodes lack cpu (`c` asks for 4), nvidia.com/gpu: add capacity"), "{lacks}");
    assert!(text("0/1 nodes are available: 1 Too many pods.").contains("nodes lack pods"));
    let both = text("1 node(s) had untolerated taint {a: b}, 1 Insufficient cpu.");
    assert!(both.contains("nodes lack cpu") && both.contains("tolerate the taint"), "{both}");
}

#[test]
fn the_last_warning_tells_why_a_pod_does_not_start() {
    for reason in ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"] {
        let events = [
            event("Unhealthy", "Pod", "Warning", "1"),
            event(reason, "Pod", "Warning", "2"),
            event("Pulled", "Pod", "Normal", "3"),
        ];
        assert_eq!(told(&pod(&json!({})), &Around { events: &events, ..Around::default() }), reason);
        assert_eq!(
            told(&pod(&json!({"phase": "Running"})), &Around { events: &events, ..Around::default() }),
            "pending"
        );
    }
    let other =
        json!({"reason": "FailedMount", "type": "Warning", "involvedObject": {"kind": "Pod", "name": "p"}});
    let namesake = json!({"reason": "FailedMount", "type": "Warning", "involvedObject": {"kind": "Pod", "name": "o", "uid": "older"}});
    assert_eq!(
        told(&pod(&json!({})), &Around { events: &[other, namesake], ..Around::default() }),
        "pending"
    );
}
