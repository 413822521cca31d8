//! Namespaces, quotas, budgets, scalers and token secrets.

use super::{alone, condition, object, told};
use crate::kube::ready::Around;
use serde_json::{Value, json};

#[test]
fn what_governs() {
    for (phase, expected) in [("Active", "ready"), ("Terminating", "pending"), ("", "pending")] {
        assert_eq!(alone("v1", "Namespace", &json!({}), &json!({"phase": phase})), expected);
    }
    let quota = |status: &Value| {
        alone("v1", "ResourceQuota", &json!({"hard": {"pods": 4, "requests.cpu": "2"}}), status)
    };
    assert_eq!(quota(&json!({})), "pending");
    assert_eq!(quota(&json!({"hard": {"pods": "4", "requests.cpu": "1"}})), "pending");
    assert_eq!(quota(&json!({"hard": {"pods": "4", "requests.cpu": "2000m"}})), "ready");
    let budget = |reason: &str| {
        alone(
            "policy/v1",
            "PodDisruptionBudget",
            &json!({}),
            &json!({"observedGeneration": 2, "conditions": [condition("DisruptionAllowed", "False", reason)]}),
        )
    };
    assert_eq!((budget("InsufficientPods"), budget("SyncFailed")), ("ready".into(), "SyncFailed".into()));
    let scaler = |able: &Value, active: &Value| {
        alone("autoscaling/v2", "HorizontalPodAutoscaler", &json!({}), &json!({"conditions": [able, active]}))
    };
    let able = condition("AbleToScale", "True", "");
    assert_eq!(scaler(&able, &condition("ScalingActive", "True", "")), "ready");
    assert_eq!(scaler(&able, &condition("ScalingActive", "False", "ScalingDisabled")), "ready");
    assert_eq!(
        scaler(&able, &condition("ScalingActive", "False", "FailedGetResourceMetric")),
        "FailedGetResourceMetric"
    );
    assert_eq!(scaler(&condition("AbleToScale", "False", "FailedGetScale"), &json!({})), "FailedGetScale");
    assert_eq!(scaler(&able, &json!({})), "ready", "its controller has not come round");
    let mut secret = object("v1", "Secret", &json!({}), &json!({}));
    assert_eq!(told(&secret, &Around::default()), "ready");
    secret["type"] = json!("kubernetes.io/service-account-token");
    assert_eq!(told(&secret, &Around::default()), "pending");
    secret["data"] = json!({"token": "dA=="});
    assert_eq!(told(&secret, &Around::default()), "ready");
}
