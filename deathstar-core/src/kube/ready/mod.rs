//! Whether an object does what it is for: ready, pending (and why), or failed (why, and what to do).
//!
//! [`readiness`] reads an object as the server shows it, and what stands around it: its pods, its events, the storage
//! class of a claim, the endpoints behind a webhook. It is a pure function; nothing here waits or calls.
//!
//! | file | whose readiness |
//! |---|---|
//! | `workload` | Deployment, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `ReplicationController` |
//! | `job` | Job |
//! | `pod`, `container`, `scheduling` | Pod, and what keeps its owner back |
//! | `refusal`, `events` | pods that the API server refuses, and what events tell |
//! | `storage` | `PersistentVolumeClaim`, `PersistentVolume` |
//! | `network` | Service, Ingress, and the Gateway API |
//! | `api` | `CustomResourceDefinition`, `APIService`, webhook configurations |
//! | `governance` | Namespace, `ResourceQuota`, `PodDisruptionBudget`, `HorizontalPodAutoscaler`, token secrets |
//! | `conditions` | everything else, by the common conditions |
//! | `rule` | what a user says of a kind |
//!
//! Everything that has no rule is ready when it exists. Sources: Kubernetes documentation and the source of its
//! controllers at 1.35; compared with kstatus, `kubectl rollout status`, kapp and Pulumi's await logic. Where these
//! disagree, the file says what is done and why.

mod api;
mod cause;
mod conditions;
mod container;
mod events;
mod governance;
mod job;
mod network;
mod pod;
mod refusal;
mod rule;
mod scheduling;
mod storage;
#[cfg(test)]
mod tests;
mod workload;

use super::removal;
use super::view::View;
use crate::driver::SeenState;
use serde_json::Value;
use std::time::Duration;

pub use cause::{Cause, GRACE, Outlook};
#[cfg(feature = "kube-client")]
pub(super) use conditions::generation_behind;
pub use rule::{Rule, Rules};

/// Whether an object does what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It does.
    Ready,
    /// Not yet, and why.
    Pending(String),
    /// It does not, and why.
    Failed(Cause),
}

impl Readiness {
    /// Pending when there is a reason, else ready.
    fn unless(why: Option<String>) -> Self {
        why.map_or(Self::Ready, Self::Pending)
    }

    /// What the engine is told when this has been so for `unchanged_for`: a failure that may pass is pending for that `grace`
    /// ([`GRACE`] unless somebody knows better).
    pub fn after(self, unchanged_for: Duration, grace: Duration) -> SeenState {
        match self {
            Self::Ready => SeenState::Ready,
            Self::Pending(why) => SeenState::Pending(why),
            Self::Failed(cause) if cause.outlook == Outlook::MayPass && unchanged_for < grace => {
                SeenState::Pending(cause.to_string())
            }
            Self::Failed(cause) => SeenState::Failed(cause.to_string()),
        }
    }
}

/// What stands around an object, as far as it was asked for; each is of the object's own namespace, or for all.
///
/// Items of lists need neither `kind` nor `apiVersion`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// The pods that the object's controller made. Those of a former revision, and those that are being deleted, are
    /// left out of account.
    pub pods: &'a [Value],
    /// Events (`v1`) about the object, what it owns, or its pods.
    pub events: &'a [Value],
    /// The storage class of a claim.
    pub storage_class: Option<&'a Value>,
    /// The `EndpointSlice`s of the services that a webhook configuration or an API service names; without them nobody
    /// says whether a backend answers, and it is not waited for.
    pub endpoint_slices: Option<&'a [Value]>,
}

/// Whether an object does what it is for.
///
/// A status that speaks of an older generation says nothing: the object is pending until its controller has seen it.
///
/// ```
/// use deathstar_core::kube::ready::{Around, Readiness, Rules, readiness};
/// use serde_json::json;
///
/// let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Bound"}});
/// assert_eq!(readiness(&claim, &Around::default(), &Rules::default()), Readiness::Ready);
/// ```
pub fn readiness(object: &Value, around: &Around<'_>, rules: &Rules) -> Readiness {
    let object = View(object);
    if object.is_being_deleted() {
        let blockers = removal::blockers(object.0);
        let who = blockers.first().map_or_else(String::new, |blocker| format!(": {blocker}"));
        return Readiness::Pending(format!("is being deleted{who}"));
    }
    if let Some(why) = conditions::generation_behind(object) {
        return Readiness::Pending(why);
    }
    if let Some(rule) = rules.rule(object.group(), object.kind()) {
        return rule::apply(rule, object);
    }
    built_in(object, around)
}

fn built_in(object: View<'_>, around: &Around<'_>) -> Readiness {
    match (object.group(), object.kind()) {
        ("apps", "Deployment") => workload::deployment(object, around),
        ("apps", "StatefulSet") => workload::stateful_set(object, around),
        ("apps", "DaemonSet") => workload::daemon_set(object, around),
        ("apps", "ReplicaSet") | ("", "ReplicationController") => workload::replica_set(object, around),
        ("batch", "Job") => job::job(object, around),
        ("batch", "CronJob") => Readiness::Ready,
        ("", "Pod") => pod::pod(object, around),
        ("", "PersistentVolumeClaim") => storage::claim(object, around),
        ("", "PersistentVolume") => storage::volume(object),
        ("", "Service") => network::service(object, around),
        ("networking.k8s.io", "Ingress") => network::ingress(object, around),
        ("gateway.networking.k8s.io", kind) => network::gateway_api(kind, object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => api::definition(object),
        ("apiregistration.k8s.io", "APIService") => api::service(object, around),
        (
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
        ) => api::webhooks(object, around),
        ("", "Namespace") => governance::namespace(object),
        ("", "ResourceQuota") => governance::quota(object),
        ("", "Secret") => governance::token(object),
        ("policy", "PodDisruptionBudget") => governance::disruption_budget(object),
        ("autoscaling", "HorizontalPodAutoscaler") => governance::autoscaler(object),
        _ => conditions::common(object),
    }
}
