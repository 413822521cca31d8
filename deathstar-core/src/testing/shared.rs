//! One control plane for all tests of a process.

use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::{Assets, ControlPlane, Program};
use crate::Result;

/// Started by the first test that asks. A test process has no moment after its last test at which it could be dropped:
/// the programs end with the process.
static SHARED: OnceCell<Arc<ControlPlane>> = OnceCell::const_new();

/// How many nodes the shared control plane has, where there is kwok.
const NODES: usize = 2;

/// The control plane that all tests of a process share. When a test that holds it panics, the logs of all programs are
/// written to standard error.
#[derive(Clone, Debug)]
pub struct Shared(Arc<ControlPlane>);

impl ControlPlane {
    /// The control plane that all tests of this process share, with each program that `KUBEBUILDER_ASSETS` has, and two
    /// nodes. It is started by the first who asks, and ends with the process.
    ///
    /// Who shares it keeps to a [namespace](ControlPlane::namespace) of its own, and leaves its programs running.
    ///
    /// # Errors
    /// As of [`ControlPlaneOptions::start`](super::ControlPlaneOptions::start).
    pub async fn shared() -> Result<Shared> {
        let start = async || -> Result<_> {
            let assets = Assets::from_env()?;
            let has = |program| assets.find(program).is_some();
            let mut options = Self::options();
            if has(Program::ControllerManager) {
                options = options.controllers();
            }
            if has(Program::Scheduler) {
                options = options.scheduler();
                if has(Program::Kwok) {
                    options = options.nodes(NODES);
                }
            }
            Ok(Arc::new(options.assets(assets).start().await?))
        };
        SHARED.get_or_try_init(start).await.cloned().map(Shared)
    }
}

impl Deref for Shared {
    type Target = ControlPlane;

    fn deref(&self) -> &ControlPlane {
        &self.0
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.0.show_logs_of_a_failure();
    }
}
