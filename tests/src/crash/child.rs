//! The process that is killed: it plans a stack and applies the plan.

use super::{
    blueprint::Blueprint,
    client::Endpoint,
    gate::{Gate, GatedStore},
    moment::Told,
};
use anyhow::Context as _;
use deathstar_core::{
    Engine,
    apply::{Patience, Quiet},
    state::FileStore,
};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// What a process shall do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The directory of its journal.
    pub directory: PathBuf,
    /// The address of the cloud.
    pub endpoint: String,
    /// The address at which it tells where it is.
    pub control: Option<String>,
    /// What it declares.
    pub blueprint: Blueprint,
    /// Whether it ends everything instead.
    pub destroy: bool,
    /// Whether its journal is compacted at the end, worth it or not.
    pub compacts: bool,
}

/// How long an engine of the harness waits for what: shorter than for a real cloud, longer than anything stays hidden here.
pub fn patience() -> Patience {
    let mut patience = Patience::default();
    patience.hidden = Duration::from_secs(2);
    patience.conflict = Duration::from_secs(3);
    patience.step = Duration::from_secs(30);
    patience
}

/// Does a job, and answers what went wrong.
///
/// # Errors
/// When it could not be planned, or not be applied.
pub async fn carry_out(job: &Job) -> anyhow::Result<Result<(), String>> {
    let store = FileStore::open(&job.directory)?;
    let catalogue = Endpoint(job.endpoint.clone()).catalogue();
    let gate = job.control.as_deref().map(Gate::open).transpose()?;
    let engine = match gate.clone() {
        Some(gate) => Engine::new(GatedStore::new(store, gate, job.compacts), catalogue),
        None => Engine::new(store, catalogue),
    };
    let engine = engine.patience(patience());
    let stack = job.blueprint.stack();
    let plan = if job.destroy { engine.destroy(&stack).await } else { engine.plan(&stack).await }?;
    if let Some(gate) = gate {
        gate.tell(&Told::Plan(Box::new(plan.data().clone())))?;
    }
    let report = engine.apply(plan.consent_to_all(), Quiet).await?;
    Ok(if report.is_success() { Ok(()) } else { Err(report.to_string()) })
}

/// Does the job in a file, as a process of its own.
///
/// # Errors
/// When the file cannot be read, and as [`carry_out`].
pub fn main(file: &std::path::Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let job: Job = serde_json::from_str(&text).context("this is no job")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(carry_out(&job))?.map_err(anyhow::Error::msg)?;
    Ok(ExitCode::SUCCESS)
}
