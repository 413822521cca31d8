//! Pods, and what is wrong with them.
//!
//! Source: Kubernetes documentation, "Pod Lifecycle".

use super::{Around, Cause, Readiness, container, events, scheduling};
use crate::kube::view::View;

/// Ready when it is said to be, or when it has succeeded.
pub(super) fn pod(object: View<'_>, around: &Around<'_>) -> Readiness {
    match object.word("/status/phase") {
        "Succeeded" => return Readiness::Ready,
        "Failed" => {
            let told = [object.text("/status/message").map(Into::into), end(object)];
            let what = told.into_iter().flatten().collect::<Vec<String>>().join("; ");
            let reason = object.text("/status/reason").unwrap_or("Failed");
            let cause = Cause::stays(reason, format!("pod `{}`: {what}", object.name()));
            return Readiness::Failed(cause.fix("a pod that has failed is not started again: replace it"));
        }
        _ => {}
    }
    if object.condition("Ready").is_some_and(super::super::view::Condition::is_true) {
        return Readiness::Ready;
    }
    trouble(object, around).map_or_else(|| Readiness::Pending(waits(object)), Readiness::Failed)
}

/// What is wrong with a pod that is not ready, if anything is.
pub(super) fn trouble(pod: View<'_>, around: &Around<'_>) -> Option<Cause> {
    if pod.condition("Ready").is_some_and(super::super::view::Condition::is_true) {
        return None;
    }
    scheduling::trouble(pod).or_else(|| container::trouble(pod)).or_else(|| events::of_pod(pod, around))
}

/// What a pod without trouble waits for.
fn waits(pod: View<'_>) -> String {
    if let Some(gated) = pod.condition("PodScheduled").filter(|condition| condition.is_false()) {
        return format!("is not scheduled yet ({})", gated.told());
    }
    let names: Vec<String> = container::not_ready(pod).map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "is not started yet".into()
    } else {
        format!("waits for container {}", names.join(", "))
    }
}

/// How the containers of a pod that has failed ended.
pub(super) fn end(pod: View<'_>) -> Option<String> {
    let ends: Vec<String> =
        container::statuses(pod).filter_map(|status| container::end(status, "/state")).collect();
    (!ends.is_empty()).then(|| format!("pod `{}`: {}", pod.name(), ends.join(", ")))
}
