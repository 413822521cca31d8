//! What a control plane consists of.

use std::collections::BTreeSet;

use super::{Assets, ControlPlane, Program};
use crate::Result;

/// What a control plane consists of: etcd and the API server, and what is added.
///
/// ```no_run
/// # async fn example() -> deathstar_core::Result<()> {
/// use deathstar_core::testing::ControlPlane;
///
/// let control_plane = ControlPlane::options().controllers().nodes(3).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ControlPlaneOptions {
    pub(super) assets: Option<Assets>,
    pub(super) programs: BTreeSet<Program>,
    pub(super) nodes: usize,
    pub(super) api_server_flags: Vec<String>,
    pub(super) api_server_port: Option<u16>,
}

impl ControlPlaneOptions {
    /// Binaries from another place than the directory in `KUBEBUILDER_ASSETS`.
    pub fn assets(mut self, assets: Assets) -> Self {
        self.assets = Some(assets);
        self
    }

    /// With the controller manager: deployments make pods, namespaces end, garbage is collected.
    pub fn controllers(mut self) -> Self {
        self.programs.insert(Program::ControllerManager);
        self
    }

    /// With the scheduler: pods are bound to nodes, where there are any.
    pub fn scheduler(mut self) -> Self {
        self.programs.insert(Program::Scheduler);
        self
    }

    /// With this many nodes, `node-1` and so on, that kwok plays, and the scheduler: pods run.
    pub fn nodes(mut self, nodes: usize) -> Self {
        self.programs.extend([Program::Scheduler, Program::Kwok]);
        self.nodes = nodes;
        self
    }

    /// A further flag of the API server, such as `--enable-admission-plugins=AlwaysPullImages`. Later ones win.
    pub fn api_server_flag(mut self, flag: impl Into<String>) -> Self {
        self.api_server_flags.push(flag.into());
        self
    }

    /// The API server listens on this port, instead of a free one.
    pub fn api_server_port(mut self, port: u16) -> Self {
        self.api_server_port = Some(port);
        self
    }

    /// Starts the control plane, and returns when it is ready.
    ///
    /// # Errors
    /// A binary is missing, a program ends, or does not become ready within a minute: the error quotes its log.
    ///
    /// # Cancel safety
    /// Safe: dropping it ends all programs.
    pub async fn start(self) -> Result<ControlPlane> {
        ControlPlane::start_with(self).await
    }
}
