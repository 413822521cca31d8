//! What pods, and the API server that refuses them, tell of their owner.

use super::{alone, condition, event, object, told};
use crate::kube::ready::Around;
use serde_json::json;

#[test]
fn an_owner_tells_what_is_wrong_with_pods_of_its_revision() {
    let member = |name: &str, revision: &str, created: &str, reason: &str| {
        json!({
            "metadata": {"name": name, "creationTimestamp": created, "labels": {"pod-template-hash": revision, "controller-revision-hash": revision}},
            "status": {"phase": "Pending", "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": reason}}}]},
        })
    };
    let old = member("old", "1", "2001", "CrashLoopBackOff");
    let new = member("new", "2", "2002", "ErrImagePull");
    let status = |updated: u32| json!({"observedGeneration": 2, "replicas": 1, "updatedReplicas": updated, "desiredNumberScheduled": 1, "updatedNumberScheduled": updated});
    for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
        let owner = |updated: u32| object("apps/v1", kind, &json!({"replicas": 1}), &status(updated));
        let both = [old.clone(), new.clone()];
        assert_eq!(told(&owner(1), &Around { pods: &both, ..Around::default() }), "ErrImagePull", "{kind}");
        let former = [old.clone()];
        assert_eq!(
            told(&owner(0), &Around { pods: &former, ..Around::default() }),
            "pending",
            "{kind}: the old one says nothing"
        );
        let mut ending = new.clone();
        ending["metadata"]["deletionTimestamp"] = json!("2003");
        assert_eq!(told(&owner(1), &Around { pods: &[ending], ..Around::default() }), "pending", "{kind}");
    }
    let mut set = object("apps/v1", "StatefulSet", &json!({"replicas": 1}), &status(1));
    set["status"]["updateRevision"] = json!("1");
    assert_eq!(
        told(&set, &Around { pods: &[old.clone(), new.clone()], ..Around::default() }),
        "CrashLoopBackOff",
        "it says its revision"
    );
    let mut late = object("apps/v1", "Deployment", &json!({"replicas": 1}), &status(1));
    late["status"]["conditions"] = json!([condition("Progressing", "False", "ProgressDeadlineExceeded")]);
    assert_eq!(
        told(&late, &Around { pods: std::slice::from_ref(&new), ..Around::default() }),
        "ErrImagePull!",
        "the pod's reason, for good"
    );
    let job = object("batch/v1", "Job", &json!({}), &json!({}));
    assert_eq!(told(&job, &Around { pods: &[new], ..Around::default() }), "ErrImagePull");
}

#[test]
fn refused_pods_are_told_by_the_controller() {
    for (message, reason) in [
        (
            "pods \"o-1\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1",
            "QuotaExceeded",
        ),
        ("pods \"o-1\" is forbidden: failed quota: q: must specify cpu", "QuotaExceeded"),
        ("pods \"o-1\" is forbidden: status unknown for quota: q, resources: pods", "QuotaUnknown"),
        (
            "pods \"o-1\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",
            "PodSecurity",
        ),
        (
            "pods \"o-\" is forbidden: error looking up service account n/a: serviceaccount \"a\" not found",
            "NoServiceAccount",
        ),
        ("Internal error occurred: failed calling webhook \"w\": refused", "WebhookUnavailable"),
        ("admission webhook \"w\" denied the request: no", "AdmissionDenied"),
        ("pods \"o\" is forbidden: no PriorityClass with name p was found", "NoPriorityClass"),
        ("pods \"o\" is forbidden: maximum cpu usage per Container is 1, but limit is 2", "LimitRange"),
        ("pods \"o\" is forbidden: minimum cpu usage per Container is 1, but request is 0", "LimitRange"),
        ("something else", "FailedCreate"),
    ] {
        let failure =
            json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message});
        for kind in ["Deployment", "ReplicaSet"] {
            let status = json!({"observedGeneration": 2, "conditions": [failure]});
            assert_eq!(alone("apps/v1", kind, &json!({}), &status), reason, "{message}");
        }
    }
    let set = object("apps/v1", "StatefulSet", &json!({}), &json!({"observedGeneration": 2}));
    let refused = event("FailedCreate", "StatefulSet", "Warning", "2");
    assert_eq!(
        told(&set, &Around { events: std::slice::from_ref(&refused), ..Around::default() }),
        "FailedCreate"
    );
    let since = event("SuccessfulCreate", "StatefulSet", "Normal", "3");
    assert_eq!(
        told(&set, &Around { events: &[since, refused], ..Around::default() }),
        "pending",
        "it went on since"
    );
}
