//! The life of the network of `examples/portable` on an engine: planned, applied, changed, found drifted, repaired, and ended with
//! the proof that nothing is left.

use crate::expectations::{apply, destroy};
use deathstar_core::{Engine, Stack, apply::Report, component::Egress};

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

    destroy(engine, &stack).await;
}
