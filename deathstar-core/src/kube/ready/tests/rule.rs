//! What holds for all kinds, and what a user says of one.

use super::{alone, condition, container, object, pod};
use crate::{
    driver::SeenState,
    kube::ready::{Around, GRACE, Readiness, Rule, Rules, readiness},
};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn common_conditions() {
    let is = |conditions: &[Value]| {
        alone("g.example/v1", "Widget", &json!({}), &json!({"conditions": conditions}))
    };
    assert_eq!(is(&[]), "ready");
    assert_eq!(is(&[condition("Ready", "True", "")]), "ready");
    assert_eq!(is(&[condition("Ready", "False", "Waits")]), "pending");
    assert_eq!(is(&[json!({"type": "Ready", "status": "True", "observedGeneration": 1})]), "pending");
    assert_eq!(is(&[condition("Ready", "True", ""), condition("Reconciling", "True", "")]), "pending");
    assert_eq!(is(&[condition("Stalled", "True", "BadSpec")]), "BadSpec!");
    assert_eq!(alone("g.example/v1", "Widget", &json!({}), &json!({"observedGeneration": 1})), "pending");
    assert_eq!(alone("v1", "ConfigMap", &json!({}), &json!({})), "ready");
}

#[test]
fn a_user_says_when_a_kind_is_ready() {
    let by = |rule: Rule, status: &Value| {
        let rules = Rules::default().kind("g.example", "Widget", rule);
        matches!(
            readiness(&object("g.example/v1", "Widget", &json!({}), status), &Around::default(), &rules),
            Readiness::Ready
        )
    };
    let status = |status: &str| json!({"phase": "Up", "conditions": [condition("Healthy", status, "")]});
    assert!(
        by(Rule::condition("Healthy"), &status("True")) && !by(Rule::condition("Healthy"), &status("False"))
    );
    assert!(
        by(Rule::NoCondition("Healthy".into()), &status("False"))
            && !by(Rule::NoCondition("Healthy".into()), &status("True"))
    );
    assert!(!by(Rule::NoCondition("Other".into()), &status("False")));
    assert!(
        by(Rule::equals("/status/phase", "Up"), &status(""))
            && !by(Rule::equals("/status/phase", "Down"), &status(""))
    );
    assert!(!by(Rule::equals("/status/other", "Up"), &status("")));
    let all = || Rule::All(vec![Rule::condition("Healthy"), Rule::equals("/status/phase", "Up")]);
    assert!(by(all(), &status("True")) && !by(all(), &status("False")));
    assert!(
        by(Rule::Exists, &json!({"conditions": [condition("Ready", "False", "")]})),
        "in place of what is known"
    );
    assert!(!by(Rule::Exists, &json!({"observedGeneration": 1})), "generations count all the same");
    assert!(!by(Rule::Exists, &json!({"conditions": [condition("Stalled", "True", "")]})));
}

#[test]
fn what_is_being_deleted_is_not_ready() {
    let mut going = object("v1", "ConfigMap", &json!({}), &json!({}));
    going["metadata"]["deletionTimestamp"] = json!("2001");
    going["metadata"]["finalizers"] = json!(["karpenter.sh/termination"]);
    let Readiness::Pending(why) = readiness(&going, &Around::default(), &Rules::default()) else { panic!() };
    assert!(why.contains("Karpenter"), "{why}");
}

#[test]
fn a_failure_that_may_pass_has_its_grace() {
    let failed = |reason: &str| {
        readiness(
            &pod(&container(&json!({"waiting": {"reason": reason}}), &json!({}))),
            &Around::default(),
            &Rules::default(),
        )
    };
    assert!(
        matches!(failed("ErrImagePull").after(Duration::ZERO, GRACE), SeenState::Pending(why) if why.contains("ErrImagePull"))
    );
    assert!(matches!(failed("ErrImagePull").after(GRACE, GRACE), SeenState::Failed(_)));
    assert!(matches!(failed("InvalidImageName").after(Duration::ZERO, GRACE), SeenState::Failed(_)));
    assert_eq!(Readiness::Ready.after(GRACE, GRACE), SeenState::Ready);
}
