//! What a process of our own does, which is watched from outside.

use crate::kubernetes::Fleet;
use anyhow::{Context as _, Result, ensure};
use deathstar_core::{
    Engine,
    apply::Quiet,
    kube::{Access, Cluster},
    state::FileStore,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What it does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// Plans and applies.
    Apply,
    /// Plans, and finds nothing to do.
    Plan,
}

/// All that it has to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) step: Step,
    pub(super) fleet: Fleet,
    pub(super) cluster: Cluster,
    pub(super) state: PathBuf,
}

impl Step {
    /// Does what a file says.
    ///
    /// # Errors
    /// When that fails.
    pub fn run(file: &Path) -> Result<()> {
        let text = std::fs::read(file).with_context(|| file.display().to_string())?;
        let job: Job = serde_json::from_slice(&text).context("this is no job")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let engine = Engine::new(FileStore::open(&job.state)?, Access::of_kubeconfigs());
            let stack = job.fleet.stack(job.cluster);
            let plan = engine.plan(&stack).await?;
            match job.step {
                Self::Plan => ensure!(plan.is_empty(), "the plan is not empty: {plan}"),
                Self::Apply => {
                    let report = engine.apply(plan, Quiet).await?;
                    ensure!(report.is_success(), "{report}");
                }
            }
            Ok(())
        })
    }
}
