//! Plans written by hand, as they are shown.

mod actions;
mod around;
mod fold_properties;
mod folds;
mod length;
mod properties;

use crate::{
    Raw, Stakes,
    graph::Address,
    plan::{Action, Base, FieldChange, PLAN_VERSION, PlanData, Purpose, RenderOptions, Step},
};
use serde_json::{Value, json};

fn plan(steps: Vec<Step>) -> PlanData {
    let steps = (0_u32..).zip(steps).map(|(id, step)| Step { id, ..step }).collect();
    PlanData {
        version: PLAN_VERSION,
        stack: "webshop".into(),
        base: Base::default(),
        graph: "g".into(),
        destroy: false,
        purpose: Purpose::default(),
        targets: vec![],
        steps,
        drift: vec![],
        foreign: vec![],
        blockers: vec![],
        exports: false,
        unchanged: 0,
        notes: vec![],
        unseen: vec![],
        connections: vec![],
    }
}

fn step(action: Action, address: &str, kind: &str) -> Step {
    Step {
        id: 0,
        address: Address::unchecked(address),
        generation: 1,
        kind: kind.into(),
        object: matches!(action, Action::Update | Action::Delete).then(|| raw(&json!("it-1"))),
        action,
        after: vec![],
        pass: 0,
        conditional: false,
        other_half: None,
        changes: vec![],
        notes: vec![],
        stakes: Stakes::None,
        target: None,
        gone: None,
        answer: None,
        row: None,
        check: None,
        adds: vec![],
    }
}

fn create(address: &str, kind: &str, target: &Value) -> Step {
    Step { target: Some(raw(target)), ..step(Action::Create, address, kind) }
}

fn update(address: &str, kind: &str, changes: Vec<FieldChange>) -> Step {
    Step { changes, ..step(Action::Update, address, kind) }
}

fn raw(value: &Value) -> Raw {
    Raw::encode(value).unwrap()
}

fn change(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { field: field.into(), path: String::new(), before, after, replaces: false, by: None }
}

fn replaces(field: &str, before: Value, after: Value) -> FieldChange {
    FieldChange { replaces: true, ..change(field, before, after) }
}

fn reference(at: &str, path: &str) -> Value {
    json!({"$deathstar": {"ref": ["webshop", at, path]}})
}

fn secret(digest: &str) -> Value {
    json!({"$deathstar": {"secret": digest}})
}

fn subnet(name: &str, cidr: &str) -> Step {
    create(
        name,
        "aws.subnet",
        &json!({"cidr": cidr, "vpc": reference("network/vpc", "/id"), "public": true, "ipv6": null}),
    )
}

/// Enough to have a plan shortened, in a scope of its own.
fn padding(action: &Action) -> Vec<Step> {
    let all = 0..=super::brief::MOST_IN_FULL;
    all.map(|n| step(action.clone(), &format!("rest/s{n}"), "aws.some")).collect()
}

/// The plan as it is shown where its stack is at hand: what begins with `because` is a reason.
fn shown(plan: &PlanData, options: &RenderOptions) -> String {
    plan.text(&|step| step.notes.iter().take_while(|note| note.starts_with("because")).count(), options)
}
