//! Every kind of Azure on the in-memory cloud: no account, no SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../every_kind/mod.rs"]
mod every_kind;

mod consent;
mod lives;
mod replaced;
mod taken;

use deathstar_azure::{Azure, Subscription, kinds};
use deathstar_core::{
    Engine, Memory, On, Stack,
    apply::Quiet,
    plan::{Action, Plan},
    state::MemoryStore,
};

fn declared(declare: impl FnOnce(&mut Stack, &On<Azure>)) -> Stack {
    let mut stack = Stack::new("webshop");
    let azure = stack.on(Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope"));
    declare(&mut stack, &azure);
    stack
}

fn world() -> (Engine, Memory) {
    let memory = Memory::seeded(7).with(kinds());
    (Engine::new(MemoryStore::new(), memory.clone()), memory)
}

async fn apply(engine: &Engine, stack: &Stack) {
    let plan = engine.plan(stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{}", report.to_json());
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty(), "{}", again.data().to_json());
}

fn steps(plan: &Plan<'_>) -> Vec<String> {
    let acts = plan.data().steps.iter().filter(|step| !matches!(step.action, Action::Record | Action::Ask));
    acts.map(|step| {
        let fields: Vec<_> = step.changes.iter().map(|change| change.field.as_str()).collect();
        format!("{:?} {} {}", step.action, step.address, fields.join(", ")).trim_end().to_owned()
    })
    .collect()
}
