//! The engine's part of each case.

use super::{case::Case, graph::Graph, kinds::kinds, measure::Stopwatch};
use anyhow::{Result, ensure};
use deathstar_core::{
    PlanOptions,
    apply::{Quiet, Report},
    memory::Latency,
    prelude::*,
};
use std::{path::Path, time::Duration};

/// The latency of `apply-latency`.
pub(super) fn latency() -> Latency {
    Latency::between(20, 200)
}

/// The seed of the clouds here.
pub(super) const SEED: u64 = 0;

fn instant() -> Memory {
    Memory::instant().with(kinds()).without_log()
}

/// Runs a case once; `directory` is its own, but for `plan-noop`, where it is the prepared one.
pub(super) async fn run(case: Case, graph: Graph, directory: &Path) -> Result<Duration> {
    let store = FileStore::open(directory)?;
    match case {
        Case::PlanEmpty => {
            plan(graph, &Engine::new(store, instant()), graph.resources, PlanOptions::default()).await
        }
        Case::PlanNoop => {
            plan(graph, &Engine::new(store, instant()), 0, PlanOptions::default().refresh(false)).await
        }
        Case::PlanNoopRefresh => {
            let engine = Engine::new(store, instant());
            apply(graph, &engine).await?;
            plan(graph, &engine, 0, PlanOptions::default()).await
        }
        Case::Apply | Case::ChainApply => apply(graph, &Engine::new(store, instant())).await,
        Case::ApplyLatency => {
            let cloud = instant().in_real_time().latency(latency());
            apply(graph, &Engine::new(store, cloud)).await
        }
        Case::Destroy => {
            let engine = Engine::new(store, instant());
            apply(graph, &engine).await?;
            destroy(graph, &engine).await
        }
    }
}

async fn plan(graph: Graph, engine: &Engine, creates: usize, options: PlanOptions) -> Result<Duration> {
    let watch = Stopwatch::start();
    let stack = graph.stack();
    let plan = engine.plan_with(&stack, options).await?;
    let took = watch.read();
    ensure!(plan.creates() == creates && plan.steps.len() == creates, "the plan is {:?}", plan.summary());
    Ok(took)
}

async fn apply(graph: Graph, engine: &Engine) -> Result<Duration> {
    let watch = Stopwatch::start();
    let stack = graph.stack();
    let plan = engine.plan(&stack).await?;
    let report = engine.apply(plan, Quiet).await?;
    let took = watch.read();
    succeeded(&report, graph)?;
    Ok(took)
}

async fn destroy(graph: Graph, engine: &Engine) -> Result<Duration> {
    let watch = Stopwatch::start();
    let stack = graph.stack();
    let plan = engine.destroy(&stack).await?.consent_to_all();
    let report = engine.apply(plan, Quiet).await?;
    let took = watch.read();
    succeeded(&report, graph)?;
    ensure!(report.proof.is_some_and(|proof| proof.leftovers.is_empty()), "something is left");
    Ok(took)
}

fn succeeded(report: &Report, graph: Graph) -> Result<()> {
    let first = report.failures().next().map(|(step, error)| format!("{}: {error}", step.address));
    ensure!(report.is_success(), "the first of the failures: {first:?}");
    ensure!(report.steps.len() == graph.resources, "{} steps", report.steps.len());
    Ok(())
}

/// Brings a state directory to what the graph declares.
pub(super) async fn prepare(graph: Graph, directory: &Path) -> Result<()> {
    apply(graph, &Engine::new(FileStore::open(directory)?, instant())).await.map(drop)
}
