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
    apply::{Patience, Quiet, Report, Stop},
    state::FileStore,
};
use serde::{Deserialize, Serialize};
use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

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
    let two = Duration::from_secs(2);
    Patience::default().hidden(two).missing(two).conflict(two).step(Duration::from_secs(30))
}

/// Does a job until it is done or stopped.
///
/// # Errors
/// When it could not be planned, or not be applied. What fails on the way stands in the report.
pub async fn carry_out(job: &Job, stop: &Stop) -> anyhow::Result<Report> {
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
    Ok(engine.apply_until(plan.consent_to_all(), Quiet, stop).await?)
}

/// Does the job in a file, as a process of its own.
///
/// # Errors
/// When the file cannot be read, and as [`carry_out`].
pub fn main(file: &std::path::Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let job: Job = serde_json::from_str(&text).context("this is no job")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(async {
        let stop = Stop::new();
        let work = carry_out(&job, &stop);
        tokio::pin!(work);
        tokio::select! {
            report = &mut work => return report,
            interrupted = tokio::signal::ctrl_c() => interrupted.context("no signals can be had")?,
        }
        stop.stop();
        work.await
    })?;
    if !report.is_success() {
        writeln!(std::io::stderr(), "{report}")?;
    }
    Ok(ExitCode::from(report.exit_code()))
}
