//! What runs pods, and jobs.

use super::{alone, condition, object};
use crate::kube::ready::{Around, Readiness, Rules, readiness};
use serde_json::{Value, json};

#[test]
fn deployments() {
    let is = |spec: &Value, status: &Value| alone("apps/v1", "Deployment", spec, status);
    let status = |all: u32, updated: u32, available: u32| json!({"observedGeneration": 2, "replicas": all, "updatedReplicas": updated, "availableReplicas": available});
    let three = json!({"replicas": 3});
    assert_eq!(is(&three, &status(3, 3, 3)), "ready");
    assert_eq!(is(&three, &status(3, 2, 3)), "pending");
    assert_eq!(is(&three, &status(4, 3, 3)), "pending");
    assert_eq!(is(&three, &status(3, 3, 2)), "pending");
    assert_eq!(is(&json!({}), &status(0, 0, 0)), "pending", "the default is one");
    assert_eq!(is(&json!({"replicas": 0}), &status(0, 0, 0)), "ready");
    assert_eq!(is(&json!({"replicas": 3, "paused": true}), &status(3, 1, 3)), "ready");
    assert_eq!(
        is(
            &three,
            &json!({"observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3})
        ),
        "pending"
    );
    assert_eq!(
        is(&three, &json!({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3})),
        "pending",
        "nobody has seen it"
    );
    let with = |mut status: Value, condition: Value| {
        status["conditions"] = json!([condition]);
        status
    };
    assert_eq!(is(&three, &with(status(3, 3, 3), condition("Available", "False", ""))), "pending");
    let late = condition("Progressing", "False", "ProgressDeadlineExceeded");
    assert_eq!(is(&three, &with(status(3, 3, 2), late.clone())), "ProgressDeadlineExceeded!");
    assert_eq!(is(&three, &with(status(3, 3, 3), late)), "ready", "it came after all");
}

#[test]
fn stateful_sets() {
    let is = |spec: &Value, status: &Value| alone("apps/v1", "StatefulSet", spec, status);
    let status = |all: u32, updated: u32, available: u32| json!({"observedGeneration": 2, "replicas": all, "updatedReplicas": updated, "availableReplicas": available});
    let three = json!({"replicas": 3});
    assert_eq!(is(&three, &status(3, 3, 3)), "ready");
    assert_eq!(is(&three, &status(2, 3, 3)), "pending");
    assert_eq!(is(&three, &status(4, 3, 3)), "pending");
    assert_eq!(is(&three, &status(3, 2, 3)), "pending");
    assert_eq!(is(&three, &status(3, 3, 2)), "pending");
    let partition = json!({"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}});
    assert_eq!(
        (is(&partition, &status(3, 1, 3)), is(&partition, &status(3, 0, 3))),
        ("ready".into(), "pending".into())
    );
    let on_delete = json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}});
    assert_eq!(
        (is(&on_delete, &status(3, 0, 3)), is(&on_delete, &status(3, 0, 2))),
        ("ready".into(), "pending".into())
    );
}

#[test]
fn daemon_sets_and_replica_sets() {
    let daemons = |spec: &Value, wanted: u32, updated: u32, available: u32| {
        let status = json!({"observedGeneration": 2, "desiredNumberScheduled": wanted, "updatedNumberScheduled": updated, "numberAvailable": available});
        alone("apps/v1", "DaemonSet", spec, &status)
    };
    let none = json!({});
    assert_eq!(daemons(&none, 2, 2, 2), "ready");
    assert_eq!(daemons(&none, 0, 0, 0), "ready");
    assert_eq!(daemons(&none, 2, 1, 2), "pending");
    assert_eq!(daemons(&none, 2, 2, 1), "pending");
    assert_eq!(daemons(&json!({"updateStrategy": {"type": "OnDelete"}}), 2, 1, 2), "ready");
    assert_eq!(alone("apps/v1", "DaemonSet", &none, &json!({"observedGeneration": 2})), "pending");
    for (version, kind) in [("apps/v1", "ReplicaSet"), ("v1", "ReplicationController")] {
        let is = |all: u32, available: u32| {
            alone(
                version,
                kind,
                &json!({"replicas": 2}),
                &json!({"observedGeneration": 2, "replicas": all, "availableReplicas": available}),
            )
        };
        assert_eq!(
            (is(2, 2), is(3, 2), is(2, 1)),
            ("ready".into(), "pending".into(), "pending".into()),
            "{kind}"
        );
    }
}

#[test]
fn jobs() {
    let is = |spec: &Value, status: &Value| alone("batch/v1", "Job", spec, status);
    let conditions = |condition: Value| json!({"conditions": [condition]});
    assert_eq!(is(&json!({}), &json!({"active": 1})), "pending");
    assert_eq!(is(&json!({}), &conditions(condition("Complete", "True", ""))), "ready");
    assert_eq!(is(&json!({"suspend": true}), &json!({})), "ready");
    for r#type in ["Failed", "FailureTarget"] {
        assert_eq!(
            is(&json!({}), &conditions(condition(r#type, "True", "BackoffLimitExceeded"))),
            "BackoffLimitExceeded!"
        );
    }
    let failed = json!({"metadata": {"name": "o-1"}, "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 3}}}]}});
    let job = object(
        "batch/v1",
        "Job",
        &json!({}),
        &conditions(condition("Failed", "True", "BackoffLimitExceeded")),
    );
    let Readiness::Failed(cause) =
        readiness(&job, &Around { pods: &[failed], ..Around::default() }, &Rules::default())
    else {
        panic!()
    };
    assert!(
        cause.what.contains("container `c` ended with exit code 3") && cause.fix.contains("log"),
        "{cause}"
    );
    assert_eq!(alone("batch/v1", "CronJob", &json!({}), &json!({})), "ready");
}
