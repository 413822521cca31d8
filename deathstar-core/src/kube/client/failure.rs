//! What a failed call means.

use crate::{Error, Meaning};
use ::kube::core::Status;
use http::{Method, StatusCode};
use std::{error::Error as StdError, fmt::Write as _, time::Duration};

/// Says that a call which writes may have had its effect.
pub(super) fn unsure(error: Error, method: &Method) -> Error {
    if *method == Method::GET { error } else { error.effect_unknown() }
}

/// A call without an answer.
pub(super) fn of_transport(what: &str, called: &str, method: &Method, error: ::kube::Error) -> Error {
    let mut reasons: Vec<String> = vec![];
    let mut connecting = false;
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(one) = cause {
        connecting |= one
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect);
        reasons.push(one.to_string());
        cause = one.source();
    }
    let reason = reasons.last().cloned().unwrap_or_default();
    let failed = Error::new(Meaning::Transient, format!("the {called} does not answer: {reason}"))
        .operation(what)
        .because(error);
    // What could not connect has sent nothing.
    if connecting { failed } else { unsure(failed, method) }
}

/// An answer that is no success.
pub(super) fn of_answer(
    what: &str,
    called: &str,
    method: &Method,
    code: StatusCode,
    after: Option<u64>,
    body: &[u8],
) -> Error {
    let status: Status = serde_json::from_slice(body).unwrap_or_else(|_| {
        let mut status = Status::failure(String::from_utf8_lossy(body).trim(), "");
        status.code = code.as_u16();
        status
    });
    let causes = status.details.as_ref().map_or(&[][..], |details| &details.causes);
    let conflicts: Vec<_> = causes.iter().filter(|cause| cause.reason == "FieldManagerConflict").collect();
    let homeless = lacks_namespace(&status, method);
    let meaning = if homeless { Meaning::Invalid } else { meaning(code, &status, !conflicts.is_empty()) };
    let mut text = if status.message.is_empty() { format!("{code}") } else { status.message.clone() };
    let mut hint = None;
    if !conflicts.is_empty() {
        // The message of a cause names the manager, its field the place.
        text = "fields are managed by somebody else".into();
        for cause in &conflicts {
            let _ = write!(text, "; {}: {}", cause.field, cause.message);
        }
        hint =
            Some("leave the fields to their manager, or take them over with `Object::take_over`".to_owned());
    } else if code == StatusCode::UNAUTHORIZED {
        text = format!("the {called} does not know the caller: {text}");
        hint = Some("renew the credentials of this cluster".into());
    } else if code == StatusCode::UNPROCESSABLE_ENTITY && !causes.is_empty() {
        text = "the server refuses".into();
        for cause in causes {
            let _ = write!(text, "; {}: {}", cause.field, cause.message);
        }
    } else if status.message.contains("failed calling webhook") {
        hint = Some("what serves the webhook has to run before what it admits".into());
    } else if homeless {
        hint = Some("declare the namespace in the stack, or make it before".into());
    } else if is_no_object(&status) {
        hint = Some("write it as the kind has it: `kubectl explain` shows its fields".into());
    } else if status.message.contains("is being terminated") {
        hint = Some("wait until the namespace is gone, or find the finalizer that holds it".into());
    }
    let mut error = Error::new(meaning, text).operation(what);
    if !status.reason.is_empty() {
        error = error.code(status.reason.clone());
    }
    let told = status.details.as_ref().map_or(0, |details| u64::from(details.retry_after_seconds));
    if let Some(seconds) = after.or((told > 0).then_some(told)) {
        error = error.retry_after(Duration::from_secs(seconds));
    }
    if let Some(hint) = hint {
        error = error.hint(hint);
    }
    if happened(code, &status) { unsure(error, method) } else { error }
}

fn meaning(code: StatusCode, status: &Status, field_conflict: bool) -> Meaning {
    let message = status.message.as_str();
    match (code.as_u16(), status.reason.as_str()) {
        // Waiting does not end it.
        (409, _) if field_conflict => Meaning::Invalid,
        (409, "AlreadyExists") => Meaning::AlreadyExists,
        (409, _) => Meaning::Conflict,
        (429, _) => Meaning::Throttled,
        (404 | 410, _) => Meaning::NotFound,
        (401, _) => Meaning::Denied { action: String::new() },
        (403, _) if message.contains("exceeded quota") => Meaning::Quota,
        // The same status says that a namespace ends.
        (403, _) if message.contains("is being terminated") => Meaning::Conflict,
        (403, _) => Meaning::Denied { action: denied(message) },
        (400, _) if message.contains("denied the request") => Meaning::Denied { action: String::new() },
        (500, _) if message.contains("failed calling webhook") => Meaning::NotReady,
        (500, _) if is_no_object(status) => Meaning::Invalid,
        (408 | 500 | 502 | 503 | 504, _) => Meaning::Transient,
        _ => Meaning::Invalid,
    }
}

/// Whether an object cannot be made because its namespace is missing. Nobody makes that while we wait.
fn lacks_namespace(status: &Status, method: &Method) -> bool {
    let missing = status.details.as_ref().is_some_and(|details| details.kind == "namespaces");
    missing && status.reason == "NotFound" && *method == Method::PATCH
}

/// Whether what is applied does not fit its kind: a field that it does not have, or a value of another type. The server tells it
/// as a failure of its own, without a reason, and in this sentence alone.
fn is_no_object(status: &Status) -> bool {
    status.message.starts_with("failed to create typed patch object")
}

/// Whether a refused write may have happened: a server that gives up does not know.
fn happened(code: StatusCode, status: &Status) -> bool {
    let refused = status.message.contains("failed calling webhook") || is_no_object(status);
    matches!(code.as_u16(), 408 | 500 | 502 | 503 | 504) && !refused
}

/// The permission that is missing, as rules of roles name it. The server tells it in this sentence alone.
fn denied(message: &str) -> String {
    let quoted = |before: &str| message.split_once(before)?.1.split_once('"').map(|(text, _)| text);
    let verb = message.split_once(" cannot ").and_then(|(_, rest)| rest.split(' ').next());
    let (Some(verb), Some(resource)) = (verb, quoted("resource \"")) else { return String::new() };
    match quoted("API group \"") {
        Some(group) if !group.is_empty() => format!("{verb} {resource}.{group}"),
        _ => format!("{verb} {resource}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Effect;
    use serde_json::{Value, json};

    fn answer(code: u16, after: Option<u64>, body: &Value) -> Error {
        let code = StatusCode::from_u16(code).unwrap();
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        of_answer("apply", "cluster `a` at b", &Method::PATCH, code, after, body.as_bytes())
    }

    fn status(code: u16, reason: &str, message: &str, causes: &Value) -> Error {
        let body = json!({"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message, "details": {"causes": causes}});
        answer(code, None, &body)
    }

    #[test]
    fn a_conflict_of_managers_names_manager_and_field_and_is_not_waited_for() {
        let causes = json!([{"reason": "FieldManagerConflict", "message": "conflict with \"kubectl\" using apps/v1", "field": ".spec.replicas"}]);
        let error = status(409, "Conflict", "Apply failed with 1 conflict", &causes);
        assert_eq!(*error.meaning(), Meaning::Invalid);
        assert!(error.message().contains("kubectl") && error.message().contains(".spec.replicas"), "{error}");
        assert!(error.advice().unwrap().contains("take_over"));
        assert_eq!(
            *status(409, "Conflict", "the object has been modified", &json!([])).meaning(),
            Meaning::Conflict
        );
    }

    #[test]
    fn a_throttled_call_says_how_long_to_wait() {
        let error = answer(429, Some(3), &json!("Too many requests, please try again later."));
        assert_eq!((error.meaning(), error.wait()), (&Meaning::Throttled, Some(Duration::from_secs(3))));
        assert_eq!(error.effect(), Effect::None);
        let told = json!({"kind": "Status", "code": 429, "reason": "TooManyRequests", "message": "busy", "details": {"retryAfterSeconds": 7}});
        assert_eq!(answer(429, None, &told).wait(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_missing_permission_is_named() {
        let text = "deployments.apps \"web\" is forbidden: User \"jo\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"shop\"";
        assert_eq!(
            *status(403, "Forbidden", text, &json!([])).meaning(),
            Meaning::Denied { action: "patch deployments.apps".into() }
        );
        let text = "namespaces is forbidden: User \"jo\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope";
        assert_eq!(
            *status(403, "Forbidden", text, &json!([])).meaning(),
            Meaning::Denied { action: "list namespaces".into() }
        );
    }

    #[test]
    fn a_missing_namespace_is_told_at_once() {
        let body = json!({"kind": "Status", "code": 404, "reason": "NotFound", "message": "namespaces \"shop\" not found", "details": {"name": "shop", "kind": "namespaces"}});
        let error = answer(404, None, &body);
        assert_eq!(*error.meaning(), Meaning::Invalid);
        assert!(error.advice().unwrap().contains("declare the namespace"), "{error}");
        assert_eq!(*status(404, "NotFound", "pods \"a\" not found", &json!([])).meaning(), Meaning::NotFound);
    }

    #[test]
    fn a_refusal_lists_its_fields() {
        let causes =
            json!([{"reason": "FieldValueInvalid", "message": "must be positive", "field": "spec.replicas"}]);
        let error = status(422, "Invalid", "is invalid", &causes);
        assert_eq!((error.meaning(), error.effect()), (&Meaning::Invalid, Effect::None));
        assert!(error.message().contains("spec.replicas: must be positive"), "{error}");
    }

    #[test]
    fn a_server_that_gives_up_may_have_written() {
        for (code, reason, message) in
            [(500, "InternalError", "etcdserver: leader changed"), (504, "Timeout", "request timed out")]
        {
            let error = status(code, reason, message, &json!([]));
            assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::Unknown));
        }
        let error = status(
            500,
            "InternalError",
            "Internal error occurred: failed calling webhook \"x\": refused",
            &json!([]),
        );
        assert_eq!((error.meaning(), error.effect()), (&Meaning::NotReady, Effect::None));
    }

    #[test]
    fn a_field_that_a_kind_does_not_have_is_the_callers_mistake() {
        let text = "failed to create typed patch object (shop/a; /v1, Kind=ConfigMap): .date: field not declared in schema";
        let error = status(500, "", text, &json!([]));
        assert_eq!((error.meaning(), error.effect()), (&Meaning::Invalid, Effect::None));
        assert!(error.message().contains(".date: field not declared"), "{error}");
    }

    #[test]
    fn quotas_and_ending_namespaces_are_no_missing_permission() {
        let quota = status(403, "Forbidden", "pods \"a\" is forbidden: exceeded quota: small", &json!([]));
        assert_eq!(*quota.meaning(), Meaning::Quota);
        let ending = status(
            403,
            "Forbidden",
            "unable to create new content in namespace shop because it is being terminated",
            &json!([]),
        );
        assert_eq!(*ending.meaning(), Meaning::Conflict);
    }
}
