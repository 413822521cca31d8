//! Claims and volumes.
//!
//! Source: Kubernetes documentation, "Persistent Volumes" and "Storage Classes: Volume binding mode".

use super::{Around, Cause, Readiness, events};
use crate::kube::quantity;
use crate::kube::view::View;

/// What a provisioner or resizer tells of a claim, and what to do.
const WARNINGS: &[(&str, &str)] = &[
    (
        "ProvisioningFailed",
        "its storage class cannot make the volume: does the class exist, and may its driver do it?",
    ),
    ("FailedBinding", "no volume fits, and no storage class is set that would make one"),
    ("VolumeResizeFailed", "its storage class cannot make the volume larger: see the message"),
];

/// Conditions of a claim that tell of a failed change.
const FAILED_CHANGES: [&str; 3] = ["ControllerResizeError", "NodeResizeError", "ModifyVolumeError"];

/// Ready when bound and as large as asked.
///
/// A claim of a class that binds at the first consumer is ready while no pod uses it: whoever waited for it would wait
/// for ever, since its pods come after it. (kstatus waits; Pulumi does as here.)
pub(super) fn claim(object: View<'_>, around: &Around<'_>) -> Readiness {
    match object.word("/status/phase") {
        "Bound" => resized(object),
        "Lost" => Readiness::Failed(
            Cause::stays("ClaimLost", format!("its volume `{}` is gone", object.word("/spec/volumeName")))
                .fix("its data is lost, unless the volume can be restored: replace the claim"),
        ),
        _ => unbound(object, around),
    }
}

fn unbound(object: View<'_>, around: &Around<'_>) -> Readiness {
    let reasons: Vec<&str> = WARNINGS.iter().map(|(reason, _)| *reason).collect();
    if let Some(event) = events::last_of(object, around, &reasons) {
        let reason = event.word("/reason");
        let fix = WARNINGS.iter().find(|(known, _)| *known == reason).map(|(_, fix)| *fix);
        return Readiness::Failed(
            Cause::may_pass(reason, event.word("/message")).fix(fix.unwrap_or_default()),
        );
    }
    if waits_for_consumer(object, around) && !is_used(object, around) {
        return Readiness::Ready;
    }
    let told = events::last(object, around).map_or_else(String::new, |event| format!(" ({event})"));
    Readiness::Pending(format!("is not bound to a volume{told}"))
}

/// By its class where that was asked for, else by what the volume controller said last.
fn waits_for_consumer(object: View<'_>, around: &Around<'_>) -> bool {
    let class = around.storage_class.map(View);
    class.map_or_else(
        || events::last(object, around).is_some_and(|event| event.starts_with("WaitForFirstConsumer: ")),
        |class| class.word("/volumeBindingMode") == "WaitForFirstConsumer",
    )
}

/// A pod uses it, or the scheduler has chosen a node for one that does.
fn is_used(object: View<'_>, around: &Around<'_>) -> bool {
    let uses = |pod: View<'_>| {
        pod.list("/spec/volumes")
            .any(|volume| volume.text("/persistentVolumeClaim/claimName") == Some(object.name()))
    };
    object.annotation("volume.kubernetes.io/selected-node").is_some()
        || around.pods.iter().map(View).any(uses)
}

/// A file system that waits for a pod to mount it (`FileSystemResizePending`) is as far as it comes without one.
fn resized(object: View<'_>) -> Readiness {
    let is = |r#type: &str| object.condition(r#type).filter(|condition| condition.is_true());
    if let Some((r#type, failed)) = FAILED_CHANGES.iter().find_map(|t| is(t).map(|condition| (*t, condition)))
    {
        let cause = Cause::may_pass(r#type, failed.message());
        return Readiness::Failed(cause.fix("its driver cannot change the volume: see the message"));
    }
    if is("FileSystemResizePending").is_some() {
        return Readiness::Ready;
    }
    let (wanted, actual) =
        (object.word("/spec/resources/requests/storage"), object.word("/status/capacity/storage"));
    let smaller = quantity::parse(actual).zip(quantity::parse(wanted)).is_some_and(|(is, wants)| is < wants);
    let changes = is("Resizing").or_else(|| is("ModifyingVolume")).is_some();
    Readiness::unless(if smaller {
        Some(format!("grows from {actual} to {wanted}"))
    } else {
        changes.then(|| "its volume is being changed".into())
    })
}

/// Ready when it can be claimed, or is, or was: waiting would not change a released one.
pub(super) fn volume(object: View<'_>) -> Readiness {
    match object.word("/status/phase") {
        "Available" | "Bound" | "Released" => Readiness::Ready,
        "Failed" => Readiness::Failed(
            Cause::stays("VolumeFailed", object.word("/status/message"))
                .fix("it could not be reclaimed: see the message, and look at it in the cloud"),
        ),
        _ => Readiness::Pending("is not available yet".into()),
    }
}
