//! The Kubernetes control plane: etcd, the API server, its controllers, kubectl and kwok, built from their Go modules
//! into one binary (`tests/control-plane`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow, ensure};

use crate::{process, tools};

/// What is built: modules with their versions, and the checksums of all.
const SOURCES: [(&str, &str); 6] = [
    ("go.mod", include_str!("../../tests/control-plane/go.mod")),
    ("go.sum", include_str!("../../tests/control-plane/go.sum")),
    ("main.go", include_str!("../../tests/control-plane/main.go")),
    ("etcd.go", include_str!("../../tests/control-plane/etcd.go")),
    ("kubernetes.go", include_str!("../../tests/control-plane/kubernetes.go")),
    ("kwok.go", include_str!("../../tests/control-plane/kwok.go")),
];
/// The names by which the binary becomes a program.
const PROGRAMS: [&str; 6] =
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok"];
const BINARY: &str = "control-plane";
const STAMP: &str = "installed";
const REMEDY: &str = "hint: install Go 1.26 or newer (macOS: `brew install go`; elsewhere: https://go.dev/dl), or run \
    `cargo xtask test --quick`, which leaves out what needs it";

/// The names and versions of what is built, for people.
pub(crate) fn title() -> String {
    format!("Kubernetes {}", version().unwrap_or("of an unknown version"))
}

/// Builds the control plane below the target directory, or finds it there from an earlier run; answers the directory of
/// its programs.
pub(crate) fn install(root: &Path, target: &Path) -> anyhow::Result<PathBuf> {
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    let go = process::capture(Command::new("go").arg("version"))
        .map_err(|error| anyhow!("`go` does not run: {error:#}\n{REMEDY}"))?;
    let _lock = tools::lock(target, BINARY)?;
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    let home = home(target);
    // What an earlier version, or an interrupted run, left.
    if home.exists() {
        fs::remove_dir_all(&home).with_context(|| format!("`{}` cannot be removed", home.display()))?;
    }
    fs::create_dir_all(&home).with_context(|| format!("`{}` cannot be made", home.display()))?;
    let binary = home.join(BINARY);
    let mut build = Command::new("go");
    build.current_dir(root.join("tests").join("control-plane"));
    build
        .args(["build", "-trimpath", "-mod=readonly", "-ldflags", &linker_flags()?, "-o"])
        .arg(&binary)
        .arg(".");
    process::succeed(&mut build)
        .map_err(|error| anyhow!("{} could not be built with {}: {error:#}\n{REMEDY}", title(), go.trim()))?;
    for program in PROGRAMS {
        link(&binary, &home.join(program)).with_context(|| format!("`{program}` cannot be linked"))?;
    }
    prove_that_it_runs(&home)?;
    fs::write(home.join(STAMP), stamp()).context("the build cannot be marked as complete")?;
    Ok(home)
}

/// The control plane of an earlier run, if it is complete and of these sources; builds nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    let home = home(target);
    let same = fs::read_to_string(home.join(STAMP)).is_ok_and(|found| found == stamp());
    let whole = || PROGRAMS.iter().all(|program| home.join(program).is_file());
    (same && whole()).then_some(home)
}

/// One directory for all versions: a build is large, and of two checkouts at once the later wins.
fn home(target: &Path) -> PathBuf {
    tools::directory(target).join(BINARY)
}

/// The version of the API server, as it calls itself.
fn prove_that_it_runs(home: &Path) -> anyhow::Result<()> {
    let answer = process::capture(Command::new(home.join("kube-apiserver")).arg("--version"))
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
    let (_, modules) = SOURCES.iter().find(|(name, _)| *name == "go.mod")?;
    modules.lines().find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes "))
}

/// What a build was made from: it is made afresh when any of this changes.
fn stamp() -> String {
    SOURCES.map(|(name, text)| format!("{name}\n{text}\n")).concat()
}

#[cfg(unix)]
fn link(binary: &Path, name: &Path) -> std::io::Result<()> {
    let file = binary.file_name().unwrap_or(binary.as_os_str());
    std::os::unix::fs::symlink(file, name)
}

#[cfg(not(unix))]
fn link(binary: &Path, name: &Path) -> std::io::Result<()> {
    fs::hard_link(binary, name.with_extension(std::env::consts::EXE_EXTENSION))
}

#[cfg(test)]
mod tests {
    use super::{PROGRAMS, SOURCES, STAMP, home, installed, linker_flags, stamp};

    #[test]
    fn all_sources_count() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/control-plane");
        let found = std::fs::read_dir(directory).expect("the module's directory").map(|entry| {
            entry.expect("a readable directory").file_name().into_string().expect("a name in UTF-8")
        });
        let mut found: Vec<_> = found.filter(|name| name != "README.md").collect();
        found.sort_unstable();
        let mut sources = SOURCES.map(|(name, _)| name);
        sources.sort_unstable();
        assert_eq!(found, sources);
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

    #[test]
    fn a_build_counts_when_finished_unchanged_and_whole() {
        let target = tempfile::tempdir().expect("a temporary directory");
        let home = home(target.path());
        std::fs::create_dir_all(&home).expect("a writable directory");
        for program in PROGRAMS {
            std::fs::write(home.join(program), "").expect("a writable directory");
        }
        assert_eq!(installed(target.path()), None, "not finished");
        std::fs::write(home.join(STAMP), stamp()).expect("a writable directory");
        assert_eq!(installed(target.path()), Some(home.clone()));
        std::fs::write(home.join(STAMP), "other modules").expect("a writable directory");
        assert_eq!(installed(target.path()), None, "made from something else");
        std::fs::write(home.join(STAMP), stamp()).expect("a writable directory");
        std::fs::remove_file(home.join("kwok")).expect("a writable directory");
        assert_eq!(installed(target.path()), None, "a part is gone");
    }
}
