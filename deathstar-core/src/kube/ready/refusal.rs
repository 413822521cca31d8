//! Pods that the API server refuses: they never come to be, and only their controller tells.
//!
//! A Deployment and a `ReplicaSet` tell it in the condition `ReplicaFailure`; a `StatefulSet`, a `DaemonSet` and a Job have no
//! such condition, and tell it in events. A controller goes on trying, and quota may become free: it may pass. Text is
//! all that there is here; no code says which admission refused. Source: Kubernetes 1.35
//! (`pkg/controller/replicaset`, admission plugins `resourcequota` and `podsecurity`).

use super::{Around, Cause, events};
use crate::kube::view::View;

/// What a refusal says, the word for it, and what to do.
const REFUSALS: &[(&str, &str, &str)] = &[
    ("exceeded quota: ", "QuotaExceeded", "raise the quota of the namespace, or request less"),
    (
        "failed quota: ",
        "QuotaExceeded",
        "state the requests and limits that the quota of the namespace counts",
    ),
    (
        "status unknown for quota: ",
        "QuotaUnknown",
        "the quota is new and not counted yet: its controller has to answer first",
    ),
    (
        "violates PodSecurity ",
        "PodSecurity",
        "change the `securityContext` as the message says, or the namespace's level (label `pod-security.kubernetes.io/enforce`)",
    ),
    (
        "error looking up service account ",
        "NoServiceAccount",
        "declare the service account that `serviceAccountName` names",
    ),
    (
        "failed calling webhook ",
        "WebhookUnavailable",
        "an admission webhook does not answer: look at the service behind it",
    ),
    ("denied the request", "AdmissionDenied", "an admission webhook or policy refuses it: see the message"),
    (
        "no PriorityClass with name ",
        "NoPriorityClass",
        "declare the priority class that `priorityClassName` names",
    ),
    (
        "maximum ",
        "LimitRange",
        "the namespace's limit range does not allow so much, or so little: see the message",
    ),
    (
        "minimum ",
        "LimitRange",
        "the namespace's limit range does not allow so much, or so little: see the message",
    ),
];

/// Why the pods of this controller are refused, if they are.
pub(super) fn of_pods(object: View<'_>, around: &Around<'_>) -> Option<Cause> {
    let condition = object.condition("ReplicaFailure").filter(|condition| condition.is_true());
    let told = match condition {
        Some(condition) => condition.message(),
        None => events::refused_pod(object, around)?,
    };
    let known = REFUSALS.iter().find(|(phrase, ..)| told.contains(phrase));
    let (reason, fix) = known.map_or(("FailedCreate", ""), |(_, reason, fix)| (*reason, *fix));
    Some(Cause::may_pass(reason, format!("its pods are refused: {told}")).fix(fix))
}
