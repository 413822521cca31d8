//! The other tools: kubectl and Helm on the same objects.

use super::Site;
use crate::kubernetes::{Fleet, Member};
use anyhow::{Context as _, Result};
use deathstar_core::testing::ControlPlane;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the other tools are.
#[derive(Clone, Debug)]
pub struct Tools {
    kubectl: PathBuf,
    helm: bool,
}

impl Tools {
    /// kubectl is among the binaries of the control plane; Helm takes part where it is on the `PATH`.
    ///
    /// # Errors
    /// Without kubectl.
    pub fn new(control_plane: &ControlPlane) -> Result<Self> {
        let kubectl = control_plane.assets().kubectl().context("there is no `kubectl`")?;
        let helm = Command::new("helm").args(["version", "--short"]).output();
        let helm = helm.is_ok_and(|output| output.status.success());
        Ok(Self { kubectl, helm })
    }

    pub(super) fn has_helm(&self) -> bool {
        self.helm
    }

    /// `kubectl` that applies a file, as a server-side apply; it does not wait.
    pub(super) fn apply(&self, site: &Site, file: &Path) -> Command {
        self.kubectl(site, |command| command.args(["apply", "--server-side", "--filename"]).arg(file))
    }

    /// `kubectl` that compares a file with what there is.
    pub(super) fn diff(&self, site: &Site, file: &Path) -> Command {
        self.kubectl(site, |command| command.args(["diff", "--server-side", "--filename"]).arg(file))
    }

    /// `kubectl` that waits for the workloads of a fleet; whatever else is in it is ready when it is written.
    pub(super) fn wait(&self, site: &Site, fleet: &Fleet) -> Command {
        let selector = fleet.selector();
        self.kubectl(site, |command| {
            command.args(["wait", "deployments", "--all-namespaces", "--for", "condition=Available"]);
            command.args(["--timeout", PATIENCE, "--selector", &selector])
        })
    }

    fn kubectl(&self, site: &Site, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Command {
        let mut command = Command::new(&self.kubectl);
        arguments(&mut command);
        at(site, command)
    }

    /// `helm` that installs a chart; told to, it waits until what is in it is ready.
    pub(super) fn install(site: &Site, name: &str, chart: &Path, waits: bool) -> Command {
        let mut command = Command::new("helm");
        command.args(["install", name]).arg(chart);
        if waits {
            command.args(["--wait", "--timeout", PATIENCE]);
        }
        at(site, command)
    }
}

/// How long a tool may wait.
const PATIENCE: &str = "2m";

/// What a tool has learnt of a server stands in its home: that of the site.
fn at(site: &Site, mut command: Command) -> Command {
    command.env("KUBECONFIG", &site.kubeconfig);
    command.env("HOME", site.kubeconfig.parent().unwrap_or(Path::new(".")));
    command
}

/// The file of a fleet's objects.
pub(super) const OBJECTS: &str = "objects.yaml";

/// Writes the objects of a fleet into one file.
pub(super) fn write(fleet: &Fleet, directory: &Path) -> Result<PathBuf> {
    fs::create_dir_all(directory)?;
    let file = directory.join(OBJECTS);
    // JSON is YAML.
    let documents: Vec<_> =
        fleet.members().into_iter().map(|Member { manifest, .. }| manifest.to_string()).collect();
    fs::write(&file, documents.join("\n---\n"))?;
    Ok(file)
}

/// Writes a chart of the same objects.
pub(super) fn write_chart(fleet: &Fleet, directory: &Path) -> Result<PathBuf> {
    write(fleet, &directory.join("templates"))?;
    fs::write(directory.join("Chart.yaml"), "apiVersion: v2\nname: fleet\nversion: 1.0.0\n")?;
    Ok(directory.to_owned())
}
