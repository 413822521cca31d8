//! Jobs: ready when complete.
//!
//! Source: Kubernetes documentation, "Jobs" (terminal conditions, failure reasons, suspending). kstatus calls a job
//! current once it has started; whoever waits for a job waits for its work, as kapp and Pulumi do.

use super::{Around, Cause, Readiness, pod, refusal};
use crate::kube::view::View;

/// What to do, by the reason that a failed job tells.
const REASONS: &[(&str, &str)] = &[
    ("BackoffLimitExceeded", "read the log of its last pod; `spec.backoffLimit` says how often it is tried"),
    ("DeadlineExceeded", "it took longer than `spec.activeDeadlineSeconds`: give it more time, or less work"),
    ("PodFailurePolicy", "a rule of `spec.podFailurePolicy` ended it: read the log of its last pod"),
    ("FailedIndexes", "some indexes failed (`status.failedIndexes`): read the logs of their pods"),
    (
        "MaxFailedIndexesExceeded",
        "more indexes failed than `spec.maxFailedIndexes` allows: read the logs of their pods",
    ),
];

/// A suspended job does what it was told, and is ready.
pub(super) fn job(object: View<'_>, around: &Around<'_>) -> Readiness {
    let is = |r#type: &str| object.condition(r#type).filter(|condition| condition.is_true());
    if is("Complete").is_some() || object.flag("/spec/suspend") {
        return Readiness::Ready;
    }
    if let Some(failed) = is("Failed").or_else(|| is("FailureTarget")) {
        let fix = REASONS.iter().find(|(reason, _)| *reason == failed.reason()).map(|(_, fix)| *fix);
        let why = last_failure(around).map_or_else(String::new, |failure| format!("; {failure}"));
        let cause = Cause::stays(failed.reason(), format!("{}{why}", failed.message()));
        return Readiness::Failed(cause.fix(fix.unwrap_or_default()));
    }
    if let Some(cause) = refusal::of_pods(object, around) {
        return Readiness::Failed(cause);
    }
    let pods = || around.pods.iter().map(View).filter(|pod| !pod.is_being_deleted());
    let unfinished = pods().filter(|pod| !matches!(pod.word("/status/phase"), "Succeeded" | "Failed"));
    if let Some(cause) = unfinished.into_iter().find_map(|pod| pod::trouble(pod, around)) {
        return Readiness::Failed(cause);
    }
    let count = |field: &str| object.number(&format!("/status/{field}")).unwrap_or_default();
    let wanted = object.number("/spec/completions").unwrap_or(1);
    let failures = match count("failed") {
        0 => String::new(),
        failed => format!(", {failed} tries failed"),
    };
    Readiness::Pending(format!("{} of {wanted} pods have completed{failures}", count("succeeded")))
}

fn last_failure(around: &Around<'_>) -> Option<String> {
    let failed = around.pods.iter().map(View).filter(|pod| pod.word("/status/phase") == "Failed");
    let last = failed.max_by_key(|pod| pod.word("/metadata/creationTimestamp"))?;
    pod::end(last)
}
