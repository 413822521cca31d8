//! The life of the network of `examples/portable` on an engine: planned, applied, changed, found drifted, repaired, and ended with
//! the proof that nothing is left.

use deathstar_core::{
    Engine, Stack,
    apply::{Quiet, Report},
    component::Egress,
};

/// Carries a stack out, and expects that nothing is left to do then.
async fn apply(engine: &Engine, stack: &Stack) -> Report {
    let plan = engine.plan(stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> =
        report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
    assert!(failures.is_empty(), "{failures:#?}");
    let again = engine.plan(stack).await.unwrap();
    assert!(again.is_empty(), "{again}");
    report
}

/// Lives the whole life. `drift` changes something behind the engine's back, and says at which address.
pub(crate) async fn life(
    engine: &Engine,
    declared: impl Fn(Egress) -> Stack,
    drift: impl AsyncFnOnce(&Report) -> &'static str,
) {
    let single = declared(Egress::Single);
    apply(engine, &single).await;
    let stack = declared(Egress::PerZone);
    let report = apply(engine, &stack).await;
    assert!(report.exports().contains_key("network") && report.exports().contains_key("egress-0"));

    let address = drift(&report).await;
    let plan = engine.plan(&stack).await.unwrap();
    let drifted: Vec<_> = plan.drift.iter().map(|drift| drift.address.to_string()).collect();
    assert_eq!(drifted, [address]);
    apply(engine, &stack).await;

    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
    let proof = report.proof.expect("a destroy ends with a proof");
    assert!(proof.leftovers.is_empty(), "{proof:?}");
}
