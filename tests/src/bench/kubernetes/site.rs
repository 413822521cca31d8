//! Where a control plane is, as all tools are told: by a kubeconfig.

use anyhow::{Context as _, Result};
use deathstar_core::kube::Cluster;
use serde_json::Value;
use std::{fs, path::PathBuf};

/// A control plane as it is seen from somewhere.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) kubeconfig: PathBuf,
}

impl Site {
    /// The cluster as a stack declares it.
    pub(super) fn cluster(&self) -> Result<Cluster> {
        // A control plane for tests writes JSON, which is YAML.
        let kubeconfig: Value = serde_json::from_slice(&fs::read(&self.kubeconfig)?)?;
        let context = kubeconfig.get("current-context").and_then(Value::as_str);
        let context = context.context("the kubeconfig has no current context")?;
        Ok(Cluster::of_kubeconfig(self.kubeconfig.display().to_string(), context))
    }
}
