//! What stands around the steps.

use super::{change, plan, step, update};
use crate::{
    Stakes,
    graph::Address,
    plan::{Action, Blocker, Drift, PlanData, Step},
};
use serde_json::{Value, json};

#[test]
fn drift_and_blockers_are_told_apart_from_steps() {
    let entry = |address: &str, field: &str, recorded, found| Drift {
        address: Address::unchecked(address),
        kind: "aws.vpc".into(),
        id: json!("vpc-1"),
        field: field.into(),
        path: String::new(),
        recorded,
        found,
        by: None,
    };
    let mut plan = plan(vec![update(
        "network/vpc",
        "aws.vpc",
        vec![change("dns_hostnames", json!(false), json!(true))],
    )]);
    plan.drift = vec![
        entry("network/peer", "", Value::Null, Value::Null),
        entry("network/vpc", "dns_hostnames", json!(true), json!(false)),
        entry("network/vpc", "routes", json!(["a", "b"]), json!(["a"])),
        entry("network/vpc", "tags.env", json!("prod"), Value::Null),
    ];
    plan.blockers = vec![Blocker {
        address: Address::unchecked("network/vpc"),
        why: "it is protected and would be replaced".into(),
        fix: "take the protection away in a change of its own, apply that, and plan again".into(),
    }];
    insta::assert_snapshot!(plan);
}

#[test]
fn a_destroy_says_so_and_lists_what_is_lost() {
    let mut plan = plan(vec![
        step(Action::Delete, "network/zone-a/subnet", "aws.subnet"),
        step(Action::Delete, "network/gateway", "aws.internet-gateway"),
        Step { stakes: Stakes::Network, ..step(Action::Delete, "network/vpc", "aws.vpc") },
    ]);
    plan.destroy = true;
    insta::assert_snapshot!(plan);
}

#[test]
fn an_empty_plan_says_why_it_is_empty() {
    let text =
        |unchanged, exports, destroy| PlanData { destroy, exports, unchanged, ..plan(vec![]) }.to_string();
    assert_eq!(text(0, false, false), "No changes. Nothing is declared, and nothing is recorded.\n");
    assert_eq!(text(1, false, false), "No changes. The one declared object is as it should be.\n");
    assert_eq!(text(23, false, false), "No changes. All 23 declared objects are as they should be.\n");
    assert_eq!(text(0, false, true), "No changes. Nothing is recorded, so there is nothing to destroy.\n");
    assert_eq!(text(23, true, false), "The exports of the stack change.\n\nNo resource changes.\n");
}
