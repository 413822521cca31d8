//! The generation that a status speaks of, and the conditions that many kinds share.
//!
//! Source: Kubernetes API conventions ("Typical status properties"); the meaning of `Ready`, `Reconciling` and
//! `Stalled` is that of kstatus.

use super::{Cause, Readiness};
use crate::kube::view::{Condition, View};

/// Kinds whose controllers always write the generation they have seen: without it they have seen nothing yet.
const ALWAYS_OBSERVED: &[(&str, &str)] = &[
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "DaemonSet"),
    ("apps", "ReplicaSet"),
    ("", "ReplicationController"),
    ("policy", "PodDisruptionBudget"),
];

/// Why the status says nothing about the object as it is: its controller has not seen this generation.
pub(in crate::kube) fn generation_behind(object: View<'_>) -> Option<String> {
    let generation = object.number("/metadata/generation")?;
    match object.number("/status/observedGeneration") {
        Some(observed) if observed < generation => {
            Some(format!("its controller has seen generation {observed} of {generation}"))
        }
        None if ALWAYS_OBSERVED.contains(&(object.group(), object.kind())) => {
            Some("its controller has not seen it yet".into())
        }
        _ => None,
    }
}

/// The condition, when it speaks of the object as it is.
pub(super) fn current<'a>(object: View<'a>, r#type: &str) -> Option<Condition<'a>> {
    object.condition(r#type).filter(|&condition| is_current(object, condition))
}

/// Whether a condition speaks of the object as it is.
pub(super) fn is_current(object: View<'_>, condition: Condition<'_>) -> bool {
    match (condition.observed_generation(), object.number("/metadata/generation")) {
        (Some(observed), Some(generation)) => observed >= generation,
        _ => true,
    }
}

/// Pending until this condition is true of the object as it is.
pub(super) fn requires(object: View<'_>, r#type: &str) -> Option<String> {
    let Some(condition) = object.condition(r#type) else {
        return Some(format!("condition `{type}` is not told yet"));
    };
    if !is_current(object, condition) {
        return Some(format!("condition `{type}` speaks of an older generation"));
    }
    (!condition.is_true()).then(|| match condition.told() {
        told if told.is_empty() => format!("condition `{type}` is {}", condition.status()),
        told => told,
    })
}

/// By the conditions `Stalled`, `Reconciling` and `Ready`; without them an object is ready when it exists.
pub(super) fn common(object: View<'_>) -> Readiness {
    if let Some(cause) = stalled(object) {
        return Readiness::Failed(cause);
    }
    if let Some(reconciling) = current(object, "Reconciling").filter(|condition| condition.is_true()) {
        return Readiness::Pending(format!("its controller works on it: {}", reconciling.told()));
    }
    Readiness::unless(object.condition("Ready").and_then(|_| requires(object, "Ready")))
}

/// Its controller has given up.
pub(super) fn stalled(object: View<'_>) -> Option<Cause> {
    let stalled = current(object, "Stalled").filter(|condition| condition.is_true())?;
    let reason = if stalled.reason().is_empty() { "Stalled" } else { stalled.reason() };
    Some(
        Cause::stays(reason, stalled.message())
            .fix("change the object: its controller does not try again by itself"),
    )
}
