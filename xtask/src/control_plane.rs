//! The Kubernetes control plane: etcd, the API server, its controllers, kubectl and kwok, built from their Go modules
//! into one binary (`tests/control-plane`).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::go_module::{Build, GoModule};
use crate::process;

const MODULE: GoModule = GoModule {
    name: "control-plane",
    sources: &[
        ("go.mod", include_str!("../../tests/control-plane/go.mod")),
        ("go.sum", include_str!("../../tests/control-plane/go.sum")),
        ("main.go", include_str!("../../tests/control-plane/main.go")),
        ("etcd.go", include_str!("../../tests/control-plane/etcd.go")),
        ("kubernetes.go", include_str!("../../tests/control-plane/kubernetes.go")),
        ("kwok.go", include_str!("../../tests/control-plane/kwok.go")),
    ],
    programs: &["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"],
};

/// The names and versions of what is built, for people.
pub(crate) fn title() -> String {
    format!("Kubernetes {}", version().unwrap_or("of an unknown version"))
}

/// Builds the control plane below the target directory, or finds it there from an earlier run; answers the directory of
/// its programs.
pub(crate) fn install(root: &Path, target: &Path) -> anyhow::Result<PathBuf> {
    Ok(MODULE.install(root, target, &title(), &linker_flags()?, prove_that_it_runs)?.home)
}

/// The control plane of an earlier run, if it is complete and of these sources; builds nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    Some(MODULE.installed(target)?.home)
}

/// The version of the API server, as it calls itself.
fn prove_that_it_runs(build: &Build) -> anyhow::Result<()> {
    let answer = process::capture(Command::new(build.program("kube-apiserver")).arg("--version"))
        .context("the API server that was built does not run")?;
    ensure!(answer.trim() == title(), "the API server that was built calls itself `{}`", answer.trim());
    Ok(())
}

/// The version, which Kubernetes is told when it is linked, and no tables for debuggers.
fn linker_flags() -> anyhow::Result<String> {
    let version = version().context("`go.mod` does not name a version of Kubernetes")?;
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let set = |name: &str, value: &str| format!(" -X k8s.io/component-base/version.{name}={value}");
    Ok("-s -w".to_owned() + &set("gitVersion", version) + &set("gitMajor", major) + &set("gitMinor", minor))
}

fn version() -> Option<&'static str> {
    MODULE.manifest()?.lines().find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes "))
}

#[cfg(test)]
mod tests {
    use super::{MODULE, linker_flags};
    use crate::go_module::uncounted;

    #[test]
    fn all_sources_count() {
        assert_eq!(uncounted(&MODULE), Vec::<String>::new());
    }

    #[test]
    fn the_programs_are_told_their_version() {
        let flags = linker_flags().expect("a version");
        let version = flags.split("gitVersion=").nth(1).and_then(|rest| rest.split(' ').next());
        let short = version.and_then(|version| version.rsplit_once('.')).map(|(short, _)| short);
        let parts: Vec<_> = short.expect("a version of three numbers").split('.').collect();
        assert!(flags.ends_with(&format!("gitMinor={}", parts[1])), "{flags}");
        assert!(flags.contains("gitMajor=1 "), "{flags}");
    }
}
