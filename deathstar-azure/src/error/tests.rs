use super::*;
use deathstar_core::Effect;
use serde_json::json;

fn answer(status: u16, body: Value) -> Error {
    refused(&Refused {
        status,
        body,
        action: "Microsoft.Network/virtualNetworks/write",
        retry_after: None,
        writes: true,
    })
}

fn coded(status: u16, code: &str) -> Error {
    answer(status, json!({"error": {"code": code, "message": "no"}}))
}

#[test]
fn only_what_may_have_happened_is_unknown() {
    for (status, code, effect) in [
        (400, "InvalidRequestContent", Effect::None),
        (409, "AnotherOperationInProgress", Effect::None),
        (429, "TooManyRequests", Effect::None),
        (503, "TooManyRequests", Effect::None),
        (500, "InternalServerError", Effect::Unknown),
        (503, "ServiceUnavailable", Effect::Unknown),
        (504, "GatewayTimeout", Effect::Unknown),
    ] {
        assert_eq!(coded(status, code).effect(), effect, "{status} {code}");
    }
}

#[test]
fn a_call_that_reads_has_no_effect() {
    let body = json!({"error": {"code": "InternalServerError", "message": "no"}});
    let error = refused(&Refused { status: 500, body, action: "a/read", retry_after: None, writes: false });
    assert_eq!((error.meaning(), error.effect()), (&Meaning::Transient, Effect::None));
}

#[test]
fn a_code_says_more_than_its_status() {
    assert_eq!(*coded(429, "AnotherOperationInProgress").meaning(), Meaning::Conflict);
    assert_eq!(*coded(400, "InUseSubnetCannotBeDeleted").meaning(), Meaning::Conflict);
    assert_eq!(*coded(409, "ScopeLocked").meaning(), Meaning::Denied { action: String::new() });
    assert_eq!(*coded(409, "Whatever").meaning(), Meaning::Conflict);
    assert_eq!(*coded(400, "Whatever").meaning(), Meaning::Invalid);
}

#[test]
fn who_may_not_is_told_what_is_missing() {
    let denied = coded(403, "AuthorizationFailed");
    assert!(denied.to_string().contains("`Microsoft.Network/virtualNetworks/write`"), "{denied}");
    assert!(denied.advice().is_some());
}

#[test]
fn only_a_code_says_that_something_is_gone() {
    assert!(is_gone(&coded(404, "ResourceNotFound")) && is_gone(&coded(404, "ResourceGroupNotFound")));
    for other in [
        coded(404, "SubscriptionNotFound"),
        coded(404, "InvalidResourceType"),
        answer(404, Value::Null),
        answer(404, json!({})),
    ] {
        assert!(!is_gone(&other), "{other:?}");
        assert_ne!(*other.meaning(), Meaning::NotFound);
    }
}

#[test]
fn details_are_told_and_the_inner_code_counts() {
    let error = answer(
        400,
        json!({"error": {"code": "Wrapper", "message": "it failed", "target": "subnets/a", "details": [
            {"code": "InUseSubnetCannotBeDeleted", "message": "Subnet a is in use by nic-1."}, {"code": "x", "message": ""}]}}),
    );
    assert_eq!(error.api_code(), Some("InUseSubnetCannotBeDeleted"));
    assert_eq!(*error.meaning(), Meaning::Conflict);
    assert_eq!(error.message(), "it failed (at `subnets/a`); Subnet a is in use by nic-1.; x");
    let flat = answer(
        409,
        json!({"code": "RoleAssignmentExists", "message": "The role assignment already exists."}),
    );
    assert_eq!(*flat.meaning(), Meaning::AlreadyExists);
}

#[test]
fn a_failed_operation_says_why() {
    let error = of_operation(
        &json!({"status": "Failed", "error": {"code": "QuotaExceeded", "message": "enough"}}),
        "Failed",
    );
    assert_eq!((error.meaning(), error.message()), (&Meaning::Quota, "enough"));
    assert_eq!(error.effect(), Effect::Unknown);
    let nested = of_operation(
        &json!({"properties": {"provisioningState": "Failed", "error": {"code": "RetryableError"}}}),
        "Failed",
    );
    assert_eq!(*nested.meaning(), Meaning::Transient);
    let silent = of_operation(&json!({"status": "Canceled"}), "Canceled");
    assert!(silent.message().contains("`Canceled`"));
}

#[test]
fn a_page_for_people_is_not_azure() {
    let error = answer(403, Value::Null);
    assert_eq!(*error.meaning(), Meaning::Internal);
    assert!(error.advice().is_some_and(|hint| hint.contains("endpoint")));
    assert_eq!(*answer(502, Value::Null).meaning(), Meaning::Transient);
}

#[test]
fn a_lost_answer_is_unknown_and_a_refused_connection_is_not() {
    let broken = azure_core::Error::with_message(ErrorKind::Io, "reset");
    assert_eq!(
        (unanswered(&broken, true).effect(), unanswered(&broken, false).effect()),
        (Effect::Unknown, Effect::None)
    );
    let refused = azure_core::Error::with_message(ErrorKind::Connection, "refused");
    assert_eq!(
        (unanswered(&refused, true).effect(), unanswered(&refused, true).meaning()),
        (Effect::None, &Meaning::Transient)
    );
    let unsigned = azure_core::Error::with_message(ErrorKind::Credential, "nobody");
    assert!(matches!(unanswered(&unsigned, true).meaning(), Meaning::Denied { .. }));
}
