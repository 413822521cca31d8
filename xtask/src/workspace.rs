//! The workspace as cargo describes it, and the one way in which tasks call cargo.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use serde::Deserialize;

use crate::process;

/// What every compiling step selects, so that lints, documentation and tests share one set of features.
pub(crate) const SELECTION: [&str; 2] = ["--workspace", "--all-features"];

/// Where the workspace lies and what its members are.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) targets: Vec<Target>,
}

/// One thing that cargo builds out of a member.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo for the workspace around the current directory.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let mut metadata = cargo();
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
        let text = process::capture(&mut metadata)?;
        serde_json::from_str(&text).context("the output of `cargo metadata` has another shape than expected")
    }

    /// A cargo command at the root of the workspace.
    pub(crate) fn cargo<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = cargo();
        command.current_dir(&self.root).args(arguments);
        command
    }
}

impl Package {
    /// Whether the package has a library.
    pub(crate) fn has_library(&self) -> bool {
        self.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "lib"))
    }
}

/// The cargo that runs this task, without what it set for this task's own package: build scripts that watch those
/// variables would run again after each change between `cargo test` and `cargo xtask test`.
fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(belongs_to_one_package) {
            command.env_remove(name);
        }
    }
    command
}

fn belongs_to_one_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{Package, Target, belongs_to_one_package};

    #[test]
    fn a_library_is_told_from_a_program() {
        let package = |kinds: &[&str]| Package {
            name: "walker".to_owned(),
            targets: kinds.iter().map(|kind| Target { kind: vec![(*kind).to_owned()] }).collect(),
        };
        assert!(package(&["bin", "lib"]).has_library());
        assert!(!package(&["bin", "example"]).has_library());
    }

    #[test]
    fn variables_of_one_package_are_told_from_settings() {
        assert!(belongs_to_one_package("CARGO_PKG_NAME"));
        assert!(belongs_to_one_package("CARGO_MANIFEST_DIR"));
        assert!(!belongs_to_one_package("CARGO_TARGET_DIR"));
        assert!(!belongs_to_one_package("CARGO_HOME"));
    }
}
