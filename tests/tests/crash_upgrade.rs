//! An upgrade of two passes, killed at every moment and finished by the next run: no version is made twice, and none is skipped.
#![allow(clippy::unwrap_used, reason = "a test")]

use deathstar_tests::crash::{Blueprint, Call, End, Fate, Ground, Part, Target, Window};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use std::path::Path;

fn stack(version: u32) -> Blueprint {
    Blueprint::default()
        .with("net", Part::Net { range: "10.0.0.0/16".into(), label: "a".into() })
        .with("cluster", Part::Cluster { name: "shop".into(), net: "net".into(), version })
        .with("pool", Part::Pool { cluster: "cluster".into(), nodes: 3 })
}

/// The versions that were written to a family, in order.
fn versions(ground: &Ground, family: &str) -> Vec<Value> {
    let records = ground.recorder.records();
    let written = records.calls.iter().filter(|call| call.request.family == family && call.effect.is_some());
    written
        .filter_map(|call| match &call.request.call {
            Call::Change { fields, .. } => fields.get("version").cloned(),
            _ => None,
        })
        .collect()
}

async fn recorded(ground: &Ground, address: &str) -> Value {
    ground.recorded().await.unwrap().newest(address).unwrap().phase.spec().value()["version"].clone()
}

/// Each update has six moments: append, sync, durable, the call's arrival, its effect, append.
const MOMENTS_OF_A_PASS: usize = 2 * 6;

/// Kills the upgrade at a moment, and finishes it.
async fn killed_at(moment: usize) {
    let mut ground = Ground::new(Path::new(env!("CARGO_BIN_EXE_crash"))).await.unwrap();
    ground.apply(&stack(30)).await.unwrap();
    let job = ground.job(&stack(32));
    let end = ground.run_until(&job, Target::In(Window::Update, moment), Fate::Lost).await.unwrap();
    assert!(matches!(end, End::Killed(_)), "{moment}: {end:?}");
    if moment == MOMENTS_OF_A_PASS {
        assert_eq!(recorded(&ground, "cluster").await, 31, "the first pass is done");
        assert_eq!(recorded(&ground, "pool").await, 31, "the first pass took the pool along");
    }
    let end = ground.run(&job).await.unwrap();
    assert!(matches!(end, End::Ended(0, _)), "{moment}: {end:?}");
    assert_eq!(versions(&ground, "imagined.cluster"), [31, 32], "{moment}");
    assert_eq!(versions(&ground, "imagined.pool"), [31, 32], "{moment}");
    for address in ["cluster", "pool"] {
        assert_eq!(recorded(&ground, address).await, 32, "{moment}");
    }
    let engine = ground.engine().unwrap();
    assert!(engine.plan(&stack(32).stack()).await.unwrap().is_empty(), "{moment}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_finishes_an_upgrade_that_was_killed_anywhere() {
    stream::iter(0..2 * MOMENTS_OF_A_PASS).map(killed_at).buffer_unordered(4).collect::<Vec<()>>().await;
}
