//! Finalizers, and whose they are.
//!
//! Sources: Kubernetes 1.35 (API constants and controllers) and the documentation of the projects named.

use super::{Blocker, named};
use crate::kube::view::View;

/// A finalizer or its beginning, whose it is, and what it waits for.
const KNOWN: &[(&str, &str, &str)] = &[
    ("foregroundDeletion", COLLECTOR, "waits until the dependents that block it are gone"),
    ("orphan", COLLECTOR, "takes the object out of its dependents' owners"),
    ("kubernetes.io/pvc-protection", CONTROLLERS, "waits until no pod uses the claim"),
    ("kubernetes.io/pv-protection", CONTROLLERS, "waits until no claim is bound to the volume"),
    ("batch.kubernetes.io/job-tracking", CONTROLLERS, "the job controller has to count the pod"),
    ("resource.kubernetes.io/delete-protection", CONTROLLERS, "waits until no pod uses the resource claim"),
    (
        "customresourcecleanup.apiextensions.k8s.io",
        "the API server",
        "deletes the instances first: look for finalizers on them",
    ),
    (
        "service.kubernetes.io/load-balancer-cleanup",
        "the cloud controller manager, or the load balancer controller",
        "deletes the load balancer in the cloud",
    ),
    ("service.k8s.aws/resources", AWS_BALANCERS, "deletes the load balancer in the cloud"),
    ("ingress.k8s.aws/resources", AWS_BALANCERS, "deletes the load balancer in the cloud"),
    (
        "group.ingress.k8s.aws/",
        AWS_BALANCERS,
        "deletes the load balancer in the cloud, or takes the ingress out of its group",
    ),
    ("elbv2.k8s.aws/resources", AWS_BALANCERS, "takes the targets out of the target group"),
    (
        "external-attacher/",
        "the CSI attacher of the driver in the finalizer's name",
        "detaches the volume from its node",
    ),
    (
        "external-provisioner.volume.kubernetes.io/finalizer",
        "the CSI provisioner",
        "deletes the volume in the cloud",
    ),
    (
        "snapshot.storage.kubernetes.io/",
        "the snapshot controller",
        "deletes the snapshot, or waits until nobody uses it",
    ),
    ("karpenter.sh/termination", "Karpenter", "drains and ends the machines"),
    (
        "karpenter.k8s.aws/termination",
        "Karpenter",
        "waits until no machine uses the class, and deletes what it made for it",
    ),
    ("resources-finalizer.argocd.argoproj.io", "Argo CD", "deletes the objects of the application"),
    ("finalizers.fluxcd.io", "the Flux controller of this kind", "deletes what it applied"),
];

const COLLECTOR: &str = "the garbage collector (kube-controller-manager)";
const CONTROLLERS: &str = "kube-controller-manager";
const AWS_BALANCERS: &str = "the AWS load balancer controller";

/// Who has to act on a finalizer of the object.
pub(super) fn blocker(object: View<'_>, finalizer: &str) -> Blocker {
    let known = KNOWN
        .iter()
        .find(|(name, ..)| finalizer == *name || (name.ends_with('/') && finalizer.starts_with(name)));
    let (who, what) = match known {
        Some((_, who, what)) => ((*who).to_owned(), (*what).to_owned()),
        None => unknown(object, finalizer),
    };
    Blocker { object: named(object), finalizer: Some(finalizer.into()), who, what }
}

/// The domain says whose it is; the field manager, who wrote it.
fn unknown(object: View<'_>, finalizer: &str) -> (String, String) {
    let what = "take the finalizer away only when that controller is gone for good, and look after what it would have cleaned up";
    let who = match (writer(object, finalizer), finalizer.split_once('/')) {
        (Some(manager), Some((domain, _))) => {
            format!("the controller of `{domain}`, which writes as `{manager}`,")
        }
        (Some(manager), None) => format!("the controller that writes as `{manager}`"),
        (None, Some((domain, _))) => format!("the controller of `{domain}`"),
        (None, None) => "the controller that put it there".into(),
    };
    (who, what.into())
}

/// The field manager that has put the finalizer there.
fn writer<'a>(object: View<'a>, finalizer: &str) -> Option<&'a str> {
    let key = format!("v:{}", serde_json::Value::from(finalizer));
    let mut entries = object.list("/metadata/managedFields");
    let entry = entries.find(|entry| {
        entry.at("/fieldsV1/f:metadata/f:finalizers").is_some_and(|finalizers| finalizers.get(&key).is_some())
    })?;
    entry.text("/manager")
}

/// A pod without finalizers goes when the kubelet of its node says that it has ended.
pub(super) fn node(pod: View<'_>) -> Option<Blocker> {
    let node = pod.text("/spec/nodeName")?;
    let who = format!("the kubelet of node `{node}`");
    let what = "has to end the containers; if the node is gone, delete its `Node` object".into();
    Some(Blocker { object: named(pod), finalizer: None, who, what })
}
