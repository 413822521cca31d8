//! What governs others: namespaces, quotas, disruption budgets, autoscalers; and secrets that a controller fills.

use super::{Cause, Readiness};
use crate::kube::quantity;
use crate::kube::view::View;

/// Why an autoscaler does not scale, and what to do.
const NOT_SCALING: &[(&str, &str)] = &[
    (
        "FailedGetResourceMetric",
        "no metrics of its pods: is a metrics server there, and do the pods state requests?",
    ),
    (
        "FailedGetContainerResourceMetric",
        "no metrics of its pods: is a metrics server there, and do the pods state requests?",
    ),
    ("FailedGetPodsMetric", "no such metric: is an adapter for custom metrics there?"),
    ("FailedGetObjectMetric", "no such metric: is an adapter for custom metrics there?"),
    ("FailedGetExternalMetric", "no such metric: is an adapter for external metrics there?"),
    ("InvalidSelector", "its target has no selector for pods that can be read"),
    ("AmbiguousSelector", "another autoscaler scales the same pods"),
    ("FailedGetScale", "what it is to scale is not there, or cannot be scaled"),
];

/// Ready when active: objects in it are accepted.
pub(super) fn namespace(object: View<'_>) -> Readiness {
    Readiness::unless(match object.word("/status/phase") {
        "Active" => None,
        "Terminating" => Some("is being deleted".into()),
        _ => Some("is not active yet".into()),
    })
}

/// Ready when its controller has taken over all its limits: until then, admission refuses what it would count.
///
/// Source: Kubernetes 1.35, admission plugin `resourcequota` ("status unknown for quota").
pub(super) fn quota(object: View<'_>) -> Readiness {
    let counted =
        |name: &str| object.at("/status/hard").and_then(|hard| hard.get(name)).and_then(|v| v.as_str());
    let amount = |text: Option<&str>| text.and_then(quantity::parse);
    let mut limits = object.entries("/spec/hard");
    let missing = limits.find(|(name, limit)| {
        let limit = limit.0.as_str().map_or_else(|| limit.0.to_string(), ToOwned::to_owned);
        counted(name).is_none() || amount(counted(name)) != amount(Some(&limit))
    });
    Readiness::unless(missing.map(|(name, _)| format!("its controller does not count `{name}` yet")))
}

/// Ready when its controller has seen it: it governs from then on.
///
/// It is not waited for until enough pods are healthy (kstatus does): it may come before the pods, which would then
/// never come.
pub(super) fn disruption_budget(object: View<'_>) -> Readiness {
    let allowed = object.condition("DisruptionAllowed");
    let Some(failed) = allowed.filter(|condition| condition.reason() == "SyncFailed") else {
        return Readiness::Ready;
    };
    Readiness::Failed(
        Cause::may_pass("SyncFailed", failed.message())
            .fix("its pods cannot be counted: a percentage or `maxUnavailable` needs pods of a controller that says how many it wants"),
    )
}

/// Ready unless its controller tells that it cannot scale (it may rest: no replicas).
pub(super) fn autoscaler(object: View<'_>) -> Readiness {
    for (r#type, resting) in [("AbleToScale", ""), ("ScalingActive", "ScalingDisabled")] {
        // Its controller comes round every 15 seconds, and nobody needs it sooner.
        let Some(told) = object.condition(r#type) else { continue };
        if told.is_false() && told.reason() != resting {
            let fix = NOT_SCALING.iter().find(|(reason, _)| *reason == told.reason()).map(|(_, fix)| *fix);
            return Readiness::Failed(
                Cause::may_pass(told.reason(), told.message()).fix(fix.unwrap_or_default()),
            );
        }
    }
    Readiness::Ready
}

/// A secret for a service account's token is ready when the token is in it; other secrets when they exist.
pub(super) fn token(object: View<'_>) -> Readiness {
    let awaited =
        object.word("/type") == "kubernetes.io/service-account-token" && object.at("/data/token").is_none();
    Readiness::unless(awaited.then(|| "waits for the token of its service account".into()))
}
