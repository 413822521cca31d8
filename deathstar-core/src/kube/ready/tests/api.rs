//! Definitions, API services and webhooks.

use super::{alone, condition, object, told};
use crate::kube::ready::Around;
use serde_json::{Value, json};

#[test]
fn what_extends_the_api() {
    let crd = |conditions: &[Value]| {
        alone(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            &json!({}),
            &json!({"conditions": conditions}),
        )
    };
    let yes = |r#type: &str| condition(r#type, "True", "");
    assert_eq!(crd(&[yes("NamesAccepted"), yes("Established")]), "ready");
    assert_eq!(crd(&[yes("NamesAccepted")]), "pending");
    assert_eq!(crd(&[yes("Established")]), "pending");
    assert_eq!(crd(&[condition("NamesAccepted", "False", "ListKindConflict")]), "ListKindConflict!");
    let api = |status: &str| {
        alone(
            "apiregistration.k8s.io/v1",
            "APIService",
            &json!({}),
            &json!({"conditions": [condition("Available", status, "MissingEndpoints")]}),
        )
    };
    assert_eq!(
        (api("True"), api("False"), api("Unknown")),
        ("ready".into(), "MissingEndpoints".into(), "pending".into())
    );
}

#[test]
fn webhooks_wait_for_their_authority_and_backend() {
    let mut hook =
        object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", &json!({}), &json!({}));
    hook["webhooks"] = json!([{"clientConfig": {"url": "https://x"}}, {"clientConfig": {"service": {"namespace": "ops", "name": "s"}}}]);
    let slice = |namespace: &str, ready: &Value| json!({"metadata": {"namespace": namespace, "labels": {"kubernetes.io/service-name": "s"}}, "endpoints": [{"conditions": ready}]});
    let with = |hook: &Value, slices: &[Value]| {
        told(hook, &Around { endpoint_slices: Some(slices), ..Around::default() })
    };
    assert_eq!(told(&hook, &Around::default()), "ready", "nobody asked for endpoints");
    assert_eq!(with(&hook, &[]), "pending");
    assert_eq!(with(&hook, &[slice("ops", &json!({"ready": false}))]), "pending");
    assert_eq!(with(&hook, &[slice("other", &json!({"ready": true}))]), "pending");
    assert_eq!(with(&hook, &[slice("ops", &json!({"ready": true}))]), "ready");
    assert_eq!(with(&hook, &[slice("ops", &json!({}))]), "ready", "unknown counts as ready");
    for key in [
        "cert-manager.io/inject-ca-from",
        "cert-manager.io/inject-ca-from-secret",
        "cert-manager.io/inject-apiserver-ca",
    ] {
        hook["metadata"]["annotations"] = json!({key: "x"});
        assert_eq!(told(&hook, &Around::default()), "pending", "{key}");
    }
    for webhook in hook["webhooks"].as_array_mut().unwrap() {
        webhook["clientConfig"]["caBundle"] = json!("YQ==");
    }
    assert_eq!(told(&hook, &Around::default()), "ready");
}
