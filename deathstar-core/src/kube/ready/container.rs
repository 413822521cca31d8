//! Containers that do not start, or do not stay.
//!
//! Source of the reasons: the kubelet of Kubernetes 1.35 (`pkg/kubelet/images`, `pkg/kubelet/kuberuntime`) and the
//! documentation, "Pod Lifecycle" and "Images".

use super::Cause;
use super::Outlook::{self, MayPass, Stays};
use crate::kube::view::View;

/// Why a container waits: the reason, whether waiting helps, and what to do.
const WAITING: &[(&str, Outlook, &str)] = &[
    ("ErrImagePull", MayPass, PULL),
    ("ImagePullBackOff", MayPass, PULL),
    (
        "RegistryUnavailable",
        MayPass,
        "the registry does not answer from the node: check its address and the way there",
    ),
    ("SignatureValidationFailed", Stays, "the image's signature is not what the node's policy asks for"),
    ("ErrImageNeverPull", Stays, "`imagePullPolicy` is `Never` and the node does not have the image"),
    ("InvalidImageName", Stays, "the name of the image is not of the form `registry/repository:tag`"),
    (
        "ImageInspectError",
        MayPass,
        "the node cannot read the image that it has: look at its container runtime",
    ),
    (
        "CreateContainerConfigError",
        MayPass,
        "a config map, secret or key that it names is missing, or its user is not allowed: see the message",
    ),
    ("CreateContainerError", MayPass, "the container runtime cannot make it: see the message"),
    (
        "RunContainerError",
        MayPass,
        "the container runtime cannot start it: does its command exist in the image?",
    ),
    ("PostStartHookError", MayPass, "its `postStart` hook fails: see the message"),
    ("CrashLoopBackOff", MayPass, "it ends again and again: read its log with `kubectl logs --previous`"),
];

const PULL: &str = "check the name and tag of the image, and that the node may pull it (`imagePullSecrets`, the node's role, the way to the registry)";

/// What exit codes mean by convention: of shells, and 128 + signal.
const EXIT_CODES: &[(i64, &str)] = &[
    (126, "its command cannot be executed"),
    (127, "its command was not found"),
    (137, "it was killed: by a liveness probe, a time-out on stopping, or for lack of memory on the node"),
    (139, "it accessed memory that is not its own"),
    (143, "it was told to stop: by a liveness probe or a startup probe"),
];

/// What is wrong with the containers of a pod; those that start first come first.
pub(super) fn trouble(pod: View<'_>) -> Option<Cause> {
    statuses(pod).find_map(|status| waiting(pod, status).or_else(|| ended(pod, status)))
}

/// The statuses of a pod's containers, in the order in which they start.
pub(super) fn statuses(pod: View<'_>) -> impl Iterator<Item = View<'_>> {
    pod.list("/status/initContainerStatuses").chain(pod.list("/status/containerStatuses"))
}

/// The containers that are neither ready nor done.
pub(super) fn not_ready(pod: View<'_>) -> impl Iterator<Item = &str> {
    let done = |status: &View<'_>| status.number("/state/terminated/exitCode") == Some(0);
    statuses(pod)
        .filter(move |status| !status.flag("/ready") && !done(status))
        .map(|status| status.word("/name"))
}

fn waiting(pod: View<'_>, status: View<'_>) -> Option<Cause> {
    let told = status.word("/state/waiting/reason");
    let (reason, outlook, fix) = WAITING.iter().find(|(reason, ..)| *reason == told)?;
    if *reason == "CrashLoopBackOff" {
        let restarts = status.number("/restartCount").unwrap_or_default();
        let last = end(status, "/lastState").unwrap_or_else(|| named(status));
        let what = format!("pod `{}`: {last}, restarted {restarts} times", pod.name());
        return Some(
            Cause::new(*reason, what, *outlook)
                .fix(advice(pod, status, "/lastState").unwrap_or((*fix).into())),
        );
    }
    let image = status.word("/image");
    let message = status.word("/state/waiting/message");
    let what = format!("pod `{}`: {} (image `{image}`): {message}", pod.name(), named(status));
    Some(Cause::new(*reason, what, *outlook).fix(*fix))
}

/// One that was ended for lack of memory is told also when it runs again: it will not become ready by waiting.
fn ended(pod: View<'_>, status: View<'_>) -> Option<Cause> {
    let state = ["/state", "/lastState"]
        .into_iter()
        .find(|state| status.word(&format!("{state}/terminated/reason")) == "OOMKilled")
        .filter(|_| !status.flag("/ready"))?;
    let cause = Cause::may_pass("OOMKilled", format!("pod `{}`: {}", pod.name(), end(status, state)?));
    Some(cause.fix(advice(pod, status, state).unwrap_or_default()))
}

/// How a container ended, in its present or its last state.
pub(super) fn end(status: View<'_>, state: &str) -> Option<String> {
    let code = status.number(&format!("{state}/terminated/exitCode"))?;
    let reason = match status.word(&format!("{state}/terminated/reason")) {
        "" | "Error" | "Completed" => String::new(),
        reason => format!(" ({reason})"),
    };
    let message = match status.word(&format!("{state}/terminated/message")).trim() {
        "" => String::new(),
        message => format!(": {message}"),
    };
    Some(format!("{} ended with exit code {code}{reason}{message}", named(status)))
}

/// What to do about how a container ended.
fn advice(pod: View<'_>, status: View<'_>, state: &str) -> Option<String> {
    if status.word(&format!("{state}/terminated/reason")) == "OOMKilled" {
        let limit = memory_limit(pod, status.word("/name"));
        let limit = limit.map_or_else(String::new, |limit| format!(" (now `{limit}`)"));
        return Some(format!(
            "it needs more memory than it may have: raise `resources.limits.memory`{limit}"
        ));
    }
    let code = status.number(&format!("{state}/terminated/exitCode"))?;
    let (_, meaning) = EXIT_CODES.iter().find(|(known, _)| *known == code)?;
    Some(format!("exit code {code}: {meaning}; read its log with `kubectl logs --previous`"))
}

fn memory_limit<'a>(pod: View<'a>, name: &str) -> Option<&'a str> {
    let mut containers = pod.list("/spec/initContainers").chain(pod.list("/spec/containers"));
    containers.find(|container| container.word("/name") == name)?.text("/resources/limits/memory")
}

fn named(status: View<'_>) -> String {
    format!("container `{}`", status.word("/name"))
}
