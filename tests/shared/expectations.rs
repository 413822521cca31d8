//! What tests expect of an engine on whatever cloud: that a plan succeeds, that nothing is left to do then, and that a destroy leaves
//! nothing behind.

#![allow(dead_code, reason = "not all tests need all of it")]

use deathstar_core::{
    Catalogue, Engine, Memory, Stack,
    apply::{Proof, Quiet, Report},
    plan::{Action, Plan},
    state::MemoryStore,
};

/// An engine on a cloud in memory that no other test knows.
pub(crate) fn in_memory(kinds: Catalogue) -> (Engine, Memory) {
    let cloud = Memory::seeded(7).with(kinds);
    (Engine::new(MemoryStore::new(), cloud.clone()), cloud)
}

/// Carries a plan out, and expects that every step succeeds.
pub(crate) async fn carry_out(engine: &Engine, plan: Plan<'_>) -> Report {
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    report
}

/// Carries a plan for a stack out, and expects that nothing is left to do then.
pub(crate) async fn settle(engine: &Engine, stack: &Stack, plan: Plan<'_>) -> Report {
    let report = carry_out(engine, plan).await;
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty() && again.drift.is_empty(), "{again}");
    report
}

/// Applies, and expects that nothing is left to do then.
pub(crate) async fn apply(engine: &Engine, stack: &Stack) -> Report {
    let plan = engine.plan(stack).await.unwrap().consent_to_all();
    settle(engine, stack, plan).await
}

/// Carries the plan of a destroy out, and expects the proof that nothing is left.
pub(crate) async fn end(engine: &Engine, plan: Plan<'_>) -> Proof {
    let proof = carry_out(engine, plan).await.proof.expect("a destroy ends with a proof");
    assert!(proof.leftovers.is_empty(), "{proof:?}");
    proof
}

/// Destroys, and expects the proof that nothing is left.
pub(crate) async fn destroy(engine: &Engine, stack: &Stack) -> Proof {
    end(engine, engine.destroy(stack).await.unwrap().consent_to_all()).await
}

/// What a plan does in the cloud, step by step, as `ACTION ADDRESS field, ..`.
pub(crate) fn acts(plan: &Plan<'_>) -> Vec<String> {
    let aside = |action: &Action| matches!(action, Action::Record | Action::Forget | Action::Ask);
    let acts = plan.data().steps.iter().filter(|step| !aside(&step.action));
    acts.map(|step| {
        let fields: Vec<_> = step.changes.iter().map(|change| change.field.as_str()).collect();
        format!("{:?} {} {}", step.action, step.address, fields.join(", ")).trim_end().to_owned()
    })
    .collect()
}

/// What a plan would do in the cloud, sorted.
pub(crate) async fn planned(engine: &Engine, stack: &Stack) -> Vec<String> {
    let mut acts = acts(&engine.plan(stack).await.unwrap());
    acts.sort();
    acts
}
