//! Workloads that keep pods: ready when all replicas are of the wanted revision and available.
//!
//! Source: Kubernetes documentation ("Deployment status", "`StatefulSet`: Rolling updates", "`DaemonSet`"), and
//! `kubectl rollout status`, which agree with kstatus but for the cases named below.

use super::{Around, Cause, Readiness, pod, refusal};
use crate::kube::view::View;
use serde_json::Value;

/// A label with the revision of a Deployment's pods, and one for those of a `StatefulSet` or `DaemonSet`.
const REVISION_LABELS: [&str; 2] = ["pod-template-hash", "controller-revision-hash"];

/// A Deployment that is paused does what it was told, and is ready.
pub(super) fn deployment(object: View<'_>, around: &Around<'_>) -> Readiness {
    if object.flag("/spec/paused") {
        return Readiness::Ready;
    }
    let count = |field: &str| object.number(&format!("/status/{field}")).unwrap_or_default();
    let (wanted, updated, all) = (wanted(object), count("updatedReplicas"), count("replicas"));
    let why = if updated < wanted {
        Some(format!("{updated} of {wanted} replicas are of the new revision"))
    } else if all > updated {
        Some(format!("{} replicas of the old revision have not ended", all - updated))
    } else {
        unavailable(count("availableReplicas"), wanted)
            .or_else(|| (wanted > 0 && !is_available(object)).then(|| "is not available".into()))
    };
    let deadline = object.condition("Progressing").filter(|c| c.reason() == "ProgressDeadlineExceeded");
    match (why, deadline) {
        (None, _) => Readiness::Ready,
        (Some(why), None) => held_back(object, around, updated, why),
        (Some(why), Some(deadline)) => match held_back(object, around, updated, why.clone()) {
            Readiness::Failed(cause) => Readiness::Failed(Cause { outlook: super::Outlook::Stays, ..cause }),
            _ => Readiness::Failed(
                Cause::stays(deadline.reason(), format!("{}; {why}", deadline.message()))
                    .fix("look at its pods: they start, and do not become ready"),
            ),
        },
    }
}

fn is_available(object: View<'_>) -> bool {
    object.condition("Available").is_none_or(super::super::view::Condition::is_true)
}

/// With the strategy `OnDelete` an update waits for somebody to delete pods: only their number counts. With a partition,
/// only those above it are updated.
pub(super) fn stateful_set(object: View<'_>, around: &Around<'_>) -> Readiness {
    let count = |field: &str| object.number(&format!("/status/{field}")).unwrap_or_default();
    let (wanted, updated, all) = (wanted(object), count("updatedReplicas"), count("replicas"));
    let partition = object.number("/spec/updateStrategy/rollingUpdate/partition").unwrap_or_default();
    let to_update = if updates_on_delete(object) { 0 } else { (wanted - partition).max(0) };
    let why = if all < wanted {
        Some(format!("{all} of {wanted} replicas are there"))
    } else if all > wanted {
        Some(format!("{} replicas too many have not ended", all - wanted))
    } else if updated < to_update {
        Some(format!("{updated} of {to_update} replicas are of the new revision"))
    } else {
        unavailable(count("availableReplicas"), wanted)
    };
    why.map_or(Readiness::Ready, |why| held_back(object, around, updated, why))
}

/// Ready with no pod when no node is wanted for it.
pub(super) fn daemon_set(object: View<'_>, around: &Around<'_>) -> Readiness {
    let count = |field: &str| object.number(&format!("/status/{field}"));
    let Some(wanted) = count("desiredNumberScheduled") else {
        return Readiness::Pending("its controller has not counted the nodes yet".into());
    };
    let updated = count("updatedNumberScheduled").unwrap_or_default();
    let why = if updated < wanted && !updates_on_delete(object) {
        Some(format!("{updated} of {wanted} pods are of the new revision"))
    } else {
        unavailable(count("numberAvailable").unwrap_or_default(), wanted)
    };
    why.map_or(Readiness::Ready, |why| held_back(object, around, updated, why))
}

/// A `ReplicaSet` has one revision for ever; so has a `ReplicationController`, as far as it can tell.
pub(super) fn replica_set(object: View<'_>, around: &Around<'_>) -> Readiness {
    let count = |field: &str| object.number(&format!("/status/{field}")).unwrap_or_default();
    let (wanted, all) = (wanted(object), count("replicas"));
    let why = if all > wanted {
        Some(format!("{} replicas too many have not ended", all - wanted))
    } else {
        unavailable(count("availableReplicas"), wanted)
    };
    why.map_or(Readiness::Ready, |why| held_back(object, around, all, why))
}

/// The server's default is one.
fn wanted(object: View<'_>) -> i64 {
    object.number("/spec/replicas").unwrap_or(1)
}

fn updates_on_delete(object: View<'_>) -> bool {
    object.word("/spec/updateStrategy/type") == "OnDelete"
}

fn unavailable(available: i64, wanted: i64) -> Option<String> {
    (available < wanted).then(|| format!("{available} of {wanted} replicas are available"))
}

/// Pending for this reason, unless somebody says what is wrong: the API server that refuses pods, or a pod.
fn held_back(object: View<'_>, around: &Around<'_>, updated: i64, why: String) -> Readiness {
    if let Some(cause) = refusal::of_pods(object, around) {
        return Readiness::Failed(cause);
    }
    // Before there is a pod of the new revision, those of the old one say nothing about it.
    let pods = if updated > 0 { current_pods(object, around.pods) } else { Vec::new() };
    match pods.into_iter().find_map(|pod| pod::trouble(pod, around)) {
        Some(cause) => Readiness::Failed(cause),
        None => Readiness::Pending(why),
    }
}

/// The pods of the wanted revision: that which a `StatefulSet` names, else that of the youngest pod.
fn current_pods<'a>(object: View<'_>, pods: &'a [Value]) -> Vec<View<'a>> {
    let revision = |pod: &View<'a>| REVISION_LABELS.iter().find_map(|label| pod.label(label));
    let pods = || pods.iter().map(View).filter(|pod| !pod.is_being_deleted());
    let youngest =
        || pods().max_by_key(|pod| pod.word("/metadata/creationTimestamp")).and_then(|pod| revision(&pod));
    let current = object.text("/status/updateRevision").or_else(youngest);
    pods().filter(|pod| current.is_none() || revision(pod) == current).collect()
}
