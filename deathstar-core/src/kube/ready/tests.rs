//! Objects as servers show them, and what is read from them.

use super::{Around, Outlook, Readiness, Rule, Rules, readiness};
use crate::driver::SeenState;
use serde_json::{Value, json};
use std::time::Duration;

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

fn event(reason: &str, kind: &str, r#type: &str, at: &str) -> Value {
    json!({"reason": reason, "type": r#type, "message": "told", "lastTimestamp": at, "involvedObject": {"kind": kind, "name": "o"}})
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

#[test]
fn claims_and_volumes() {
    let spec = json!({"resources": {"requests": {"storage": "2Gi"}}});
    let claim = |status: &Value| object("v1", "PersistentVolumeClaim", &spec, status);
    let is = |status: &Value| told(&claim(status), &Around::default());
    assert_eq!(is(&json!({"phase": "Bound", "capacity": {"storage": "2Gi"}})), "ready");
    assert_eq!(is(&json!({"phase": "Bound", "capacity": {"storage": "1Gi"}})), "pending");
    let with = |r#type: &str| {
        is(
            &json!({"phase": "Bound", "capacity": {"storage": "1Gi"}, "conditions": [condition(r#type, "True", "")]}),
        )
    };
    assert_eq!(with("FileSystemResizePending"), "ready", "a pod has to mount it first");
    for failed in ["ControllerResizeError", "NodeResizeError", "ModifyVolumeError"] {
        assert_eq!(with(failed), failed);
    }
    for r#type in ["Resizing", "ModifyingVolume"] {
        let status = json!({"phase": "Bound", "capacity": {"storage": "2Gi"}, "conditions": [condition(r#type, "True", "")]});
        assert_eq!(is(&status), "pending");
    }
    assert_eq!(is(&json!({"phase": "Lost"})), "ClaimLost!");
    assert_eq!(is(&json!({"phase": "Pending"})), "pending");
    let waiting = claim(&json!({"phase": "Pending"}));
    let class = |mode: &str| json!({"volumeBindingMode": mode});
    let by = |class: &Value, pods: &[Value]| {
        told(&waiting, &Around { storage_class: Some(class), pods, ..Around::default() })
    };
    assert_eq!(by(&class("WaitForFirstConsumer"), &[]), "ready");
    assert_eq!(by(&class("Immediate"), &[]), "pending");
    let user = json!({"spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "o"}}]}});
    assert_eq!(by(&class("WaitForFirstConsumer"), &[user]), "pending");
    let mut chosen = waiting.clone();
    chosen["metadata"]["annotations"] = json!({"volume.kubernetes.io/selected-node": "a"});
    assert_eq!(
        told(&chosen, &Around { storage_class: Some(&class("WaitForFirstConsumer")), ..Around::default() }),
        "pending"
    );
    let after = |reason: &str| {
        told(
            &waiting,
            &Around { events: &[event(reason, "PersistentVolumeClaim", "Normal", "1")], ..Around::default() },
        )
    };
    assert_eq!(after("WaitForFirstConsumer"), "ready");
    for reason in ["ProvisioningFailed", "FailedBinding", "VolumeResizeFailed"] {
        assert_eq!(after(reason), reason);
    }
    for (phase, expected) in [
        ("Available", "ready"),
        ("Bound", "ready"),
        ("Released", "ready"),
        ("Pending", "pending"),
        ("Failed", "VolumeFailed!"),
    ] {
        assert_eq!(alone("v1", "PersistentVolume", &json!({}), &json!({"phase": phase})), expected);
    }
}

#[test]
fn services_and_ingresses() {
    let balancer = json!({"type": "LoadBalancer"});
    let address = json!({"loadBalancer": {"ingress": [{"hostname": "h"}]}});
    assert_eq!(alone("v1", "Service", &json!({"type": "ClusterIP"}), &json!({})), "ready");
    assert_eq!(alone("v1", "Service", &balancer, &json!({"loadBalancer": {"ingress": [{}]}})), "pending");
    assert_eq!(alone("v1", "Service", &balancer, &address), "ready");
    assert_eq!(alone("networking.k8s.io/v1", "Ingress", &json!({}), &json!({})), "pending");
    assert_eq!(alone("networking.k8s.io/v1", "Ingress", &json!({}), &address), "ready");
    for reason in ["SyncLoadBalancerFailed", "FailedBuildModel", "FailedDeployModel"] {
        let service = object("v1", "Service", &balancer, &json!({}));
        assert_eq!(
            told(
                &service,
                &Around { events: &[event(reason, "Service", "Warning", "1")], ..Around::default() }
            ),
            reason
        );
    }
}

#[test]
fn gateways_and_routes() {
    let is =
        |kind: &str, spec: &Value, status: &Value| alone("gateway.networking.k8s.io/v1", kind, spec, status);
    let yes = |r#type: &str| condition(r#type, "True", "");
    let none = json!({});
    assert_eq!(is("GatewayClass", &none, &json!({"conditions": [yes("Accepted")]})), "ready");
    assert_eq!(is("Gateway", &none, &json!({"conditions": [yes("Accepted")]})), "pending");
    assert_eq!(is("Gateway", &none, &json!({"conditions": [yes("Accepted"), yes("Programmed")]})), "ready");
    assert_eq!(
        is(
            "Gateway",
            &none,
            &json!({"conditions": [yes("Accepted"), condition("Programmed", "False", "AddressNotAssigned")]})
        ),
        "AddressNotAssigned"
    );
    assert_eq!(
        is("Gateway", &none, &json!({"conditions": [condition("Accepted", "False", "Pending")]})),
        "pending"
    );
    let old = json!({"type": "Accepted", "status": "True", "observedGeneration": 1});
    assert_eq!(is("GatewayClass", &none, &json!({"conditions": [old]})), "pending");
    let parents = json!({"parentRefs": [{"name": "a"}, {"name": "b", "sectionName": "s"}]});
    let answer = |name: &str, resolved: &str| json!({"parentRef": {"name": name, "sectionName": "s"}, "conditions": [yes("Accepted"), condition("ResolvedRefs", resolved, "BackendNotFound")]});
    assert_eq!(is("HTTPRoute", &parents, &json!({"parents": [answer("a", "True")]})), "pending");
    assert_eq!(
        is("HTTPRoute", &parents, &json!({"parents": [answer("a", "True"), answer("b", "True")]})),
        "ready"
    );
    assert_eq!(
        is("HTTPRoute", &parents, &json!({"parents": [answer("a", "True"), answer("b", "False")]})),
        "BackendNotFound"
    );
}

#[test]
fn what_extends_the_api() {
    let crd = |conditions: &[Value]| {
        alone(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            &json!({}),
            &json!({"conditions": conditions}),
        )
    };
    let yes = |r#type: &str| condition(r#type, "True", "");
    assert_eq!(crd(&[yes("NamesAccepted"), yes("Established")]), "ready");
    assert_eq!(crd(&[yes("NamesAccepted")]), "pending");
    assert_eq!(crd(&[yes("Established")]), "pending");
    assert_eq!(crd(&[condition("NamesAccepted", "False", "ListKindConflict")]), "ListKindConflict!");
    let api = |status: &str| {
        alone(
            "apiregistration.k8s.io/v1",
            "APIService",
            &json!({}),
            &json!({"conditions": [condition("Available", status, "MissingEndpoints")]}),
        )
    };
    assert_eq!(
        (api("True"), api("False"), api("Unknown")),
        ("ready".into(), "MissingEndpoints".into(), "pending".into())
    );
}

#[test]
fn webhooks_wait_for_their_authority_and_backend() {
    let mut hook =
        object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", &json!({}), &json!({}));
    hook["webhooks"] = json!([{"clientConfig": {"url": "https://x"}}, {"clientConfig": {"service": {"namespace": "ops", "name": "s"}}}]);
    let slice = |namespace: &str, ready: &Value| json!({"metadata": {"namespace": namespace, "labels": {"kubernetes.io/service-name": "s"}}, "endpoints": [{"conditions": ready}]});
    let with = |hook: &Value, slices: &[Value]| {
        told(hook, &Around { endpoint_slices: Some(slices), ..Around::default() })
    };
    assert_eq!(told(&hook, &Around::default()), "ready", "nobody asked for endpoints");
    assert_eq!(with(&hook, &[]), "pending");
    assert_eq!(with(&hook, &[slice("ops", &json!({"ready": false}))]), "pending");
    assert_eq!(with(&hook, &[slice("other", &json!({"ready": true}))]), "pending");
    assert_eq!(with(&hook, &[slice("ops", &json!({"ready": true}))]), "ready");
    assert_eq!(with(&hook, &[slice("ops", &json!({}))]), "ready", "unknown counts as ready");
    for key in [
        "cert-manager.io/inject-ca-from",
        "cert-manager.io/inject-ca-from-secret",
        "cert-manager.io/inject-apiserver-ca",
    ] {
        hook["metadata"]["annotations"] = json!({key: "x"});
        assert_eq!(told(&hook, &Around::default()), "pending", "{key}");
    }
    for webhook in hook["webhooks"].as_array_mut().unwrap() {
        webhook["clientConfig"]["caBundle"] = json!("YQ==");
    }
    assert_eq!(told(&hook, &Around::default()), "ready");
}

#[test]
fn what_governs() {
    for (phase, expected) in [("Active", "ready"), ("Terminating", "pending"), ("", "pending")] {
        assert_eq!(alone("v1", "Namespace", &json!({}), &json!({"phase": phase})), expected);
    }
    let quota = |status: &Value| {
        alone("v1", "ResourceQuota", &json!({"hard": {"pods": 4, "requests.cpu": "2"}}), status)
    };
    assert_eq!(quota(&json!({})), "pending");
    assert_eq!(quota(&json!({"hard": {"pods": "4", "requests.cpu": "1"}})), "pending");
    assert_eq!(quota(&json!({"hard": {"pods": "4", "requests.cpu": "2000m"}})), "ready");
    let budget = |reason: &str| {
        alone(
            "policy/v1",
            "PodDisruptionBudget",
            &json!({}),
            &json!({"observedGeneration": 2, "conditions": [condition("DisruptionAllowed", "False", reason)]}),
        )
    };
    assert_eq!((budget("InsufficientPods"), budget("SyncFailed")), ("ready".into(), "SyncFailed".into()));
    let scaler = |able: &Value, active: &Value| {
        alone("autoscaling/v2", "HorizontalPodAutoscaler", &json!({}), &json!({"conditions": [able, active]}))
    };
    let able = condition("AbleToScale", "True", "");
    assert_eq!(scaler(&able, &condition("ScalingActive", "True", "")), "ready");
    assert_eq!(scaler(&able, &condition("ScalingActive", "False", "ScalingDisabled")), "ready");
    assert_eq!(
        scaler(&able, &condition("ScalingActive", "False", "FailedGetResourceMetric")),
        "FailedGetResourceMetric"
    );
    assert_eq!(scaler(&condition("AbleToScale", "False", "FailedGetScale"), &json!({})), "FailedGetScale");
    assert_eq!(scaler(&able, &json!({})), "ready", "its controller has not come round");
    let mut secret = object("v1", "Secret", &json!({}), &json!({}));
    assert_eq!(told(&secret, &Around::default()), "ready");
    secret["type"] = json!("kubernetes.io/service-account-token");
    assert_eq!(told(&secret, &Around::default()), "pending");
    secret["data"] = json!({"token": "dA=="});
    assert_eq!(told(&secret, &Around::default()), "ready");
}

#[test]
fn common_conditions() {
    let is = |conditions: &[Value]| {
        alone("g.example/v1", "Widget", &json!({}), &json!({"conditions": conditions}))
    };
    assert_eq!(is(&[]), "ready");
    assert_eq!(is(&[condition("Ready", "True", "")]), "ready");
    assert_eq!(is(&[condition("Ready", "False", "Waits")]), "pending");
    assert_eq!(is(&[json!({"type": "Ready", "status": "True", "observedGeneration": 1})]), "pending");
    assert_eq!(is(&[condition("Ready", "True", ""), condition("Reconciling", "True", "")]), "pending");
    assert_eq!(is(&[condition("Stalled", "True", "BadSpec")]), "BadSpec!");
    assert_eq!(alone("g.example/v1", "Widget", &json!({}), &json!({"observedGeneration": 1})), "pending");
    assert_eq!(alone("v1", "ConfigMap", &json!({}), &json!({})), "ready");
}

#[test]
fn a_user_says_when_a_kind_is_ready() {
    let by = |rule: Rule, status: &Value| {
        let rules = Rules::default().kind("g.example", "Widget", rule);
        matches!(
            readiness(&object("g.example/v1", "Widget", &json!({}), status), &Around::default(), &rules),
            Readiness::Ready
        )
    };
    let status = |status: &str| json!({"phase": "Up", "conditions": [condition("Healthy", status, "")]});
    assert!(
        by(Rule::condition("Healthy"), &status("True")) && !by(Rule::condition("Healthy"), &status("False"))
    );
    assert!(
        by(Rule::NoCondition("Healthy".into()), &status("False"))
            && !by(Rule::NoCondition("Healthy".into()), &status("True"))
    );
    assert!(!by(Rule::NoCondition("Other".into()), &status("False")));
    assert!(
        by(Rule::equals("/status/phase", "Up"), &status(""))
            && !by(Rule::equals("/status/phase", "Down"), &status(""))
    );
    assert!(!by(Rule::equals("/status/other", "Up"), &status("")));
    let all = || Rule::All(vec![Rule::condition("Healthy"), Rule::equals("/status/phase", "Up")]);
    assert!(by(all(), &status("True")) && !by(all(), &status("False")));
    assert!(
        by(Rule::Exists, &json!({"conditions": [condition("Ready", "False", "")]})),
        "in place of what is known"
    );
    assert!(!by(Rule::Exists, &json!({"observedGeneration": 1})), "generations count all the same");
    assert!(!by(Rule::Exists, &json!({"conditions": [condition("Stalled", "True", "")]})));
}

#[test]
fn what_is_being_deleted_is_not_ready() {
    let mut going = object("v1", "ConfigMap", &json!({}), &json!({}));
    going["metadata"]["deletionTimestamp"] = json!("2001");
    going["metadata"]["finalizers"] = json!(["karpenter.sh/termination"]);
    let Readiness::Pending(why) = readiness(&going, &Around::default(), &Rules::default()) else { panic!() };
    assert!(why.contains("Karpenter"), "{why}");
}

#[test]
fn a_failure_that_may_pass_has_its_grace() {
    let failed = |reason: &str| {
        readiness(
            &pod(&container(&json!({"waiting": {"reason": reason}}), &json!({}))),
            &Around::default(),
            &Rules::default(),
        )
    };
    let grace = super::GRACE;
    assert!(
        matches!(failed("ErrImagePull").after(Duration::ZERO, grace), SeenState::Pending(why) if why.contains("ErrImagePull"))
    );
    assert!(matches!(failed("ErrImagePull").after(grace, grace), SeenState::Failed(_)));
    assert!(matches!(failed("InvalidImageName").after(Duration::ZERO, grace), SeenState::Failed(_)));
    assert_eq!(Readiness::Ready.after(grace, grace), SeenState::Ready);
}
