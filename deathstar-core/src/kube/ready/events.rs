//! What events tell where a status does not.
//!
//! An event tells of a moment that may be over. So it is believed only while the object is not ready, the latest about
//! a matter decides, and what it tells is never for good.

use super::{Around, Cause};
use crate::kube::view::View;

/// What happens to a pod that is not started, and what to do.
const OF_PODS: &[(&str, &str)] = &[
    ("FailedMount", "a volume cannot be mounted: does the config map, secret or claim that it names exist?"),
    ("FailedAttachVolume", "a volume cannot be attached to the node: is it still attached to another one?"),
    (
        "FailedCreatePodSandBox",
        "the node cannot give it a network or a sandbox: look at the network plug-in and the node's free addresses",
    ),
];

/// What an event tells of a pod that has not started, if its last warning is of those that keep it back.
pub(super) fn of_pod(pod: View<'_>, around: &Around<'_>) -> Option<Cause> {
    if pod.word("/status/phase") != "Pending" {
        return None;
    }
    let last = latest(about(pod, around).filter(|event| event.word("/type") == "Warning"))?;
    let (reason, fix) = OF_PODS.iter().find(|(reason, _)| *reason == last.word("/reason"))?;
    Some(Cause::may_pass(*reason, format!("pod `{}`: {}", pod.name(), last.word("/message"))).fix(*fix))
}

/// The message about a pod that this controller could not make, unless it has made one since.
pub(super) fn refused_pod<'a>(object: View<'_>, around: &Around<'a>) -> Option<&'a str> {
    let made = |event: &View<'_>| matches!(event.word("/reason"), "FailedCreate" | "SuccessfulCreate");
    let last = latest(about(object, around).filter(made))?;
    (last.word("/reason") == "FailedCreate").then(|| last.word("/message"))
}

/// The last event about the object, if it has one of these reasons: nothing went on since.
pub(super) fn last_of<'a>(object: View<'_>, around: &Around<'a>, reasons: &[&str]) -> Option<View<'a>> {
    latest(about(object, around)).filter(|event| reasons.contains(&event.word("/reason")))
}

/// The last event about the object, for people: `reason: message`.
pub(super) fn last(object: View<'_>, around: &Around<'_>) -> Option<String> {
    latest(about(object, around))
        .map(|event| format!("{}: {}", event.word("/reason"), event.word("/message")))
}

/// Events about this very object: by its uid where both are known, else by kind and name.
fn about<'a>(object: View<'_>, around: &Around<'a>) -> impl Iterator<Item = View<'a>> {
    let uid = object.text("/metadata/uid");
    let (kind, name) = (object.text("/kind").unwrap_or("Pod"), object.name());
    around.events.iter().map(View).filter(move |event| match (uid, event.text("/involvedObject/uid")) {
        (Some(uid), Some(about)) => uid == about,
        _ => event.word("/involvedObject/kind") == kind && event.word("/involvedObject/name") == name,
    })
}

/// The latest by time; of the same second, the one that the server shows last.
fn latest<'a>(events: impl Iterator<Item = View<'a>>) -> Option<View<'a>> {
    events.max_by_key(|event| {
        let at = ["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"];
        at.into_iter().find_map(|at| event.text(at)).unwrap_or_default()
    })
}
