//! The fakes that Microsoft generates for its Go SDK, which judge calls to Azure Resource Manager (`tests/arm-fakes`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};

use crate::{process, tools};

/// What is built: modules with their versions, and the checksums of all.
const SOURCES: [(&str, &str); 6] = [
    ("go.mod", include_str!("../../tests/arm-fakes/go.mod")),
    ("go.sum", include_str!("../../tests/arm-fakes/go.sum")),
    ("main.go", include_str!("../../tests/arm-fakes/main.go")),
    ("clients.go", include_str!("../../tests/arm-fakes/clients.go")),
    ("fakes.go", include_str!("../../tests/arm-fakes/fakes.go")),
    ("times.go", include_str!("../../tests/arm-fakes/times.go")),
];
const PROGRAM: &str = "arm-fakes";
const STAMP: &str = "installed";
const REMEDY: &str = "hint: install Go 1.26 or newer (macOS: `brew install go`; elsewhere: https://go.dev/dl), or run \
    `cargo xtask test --quick`, which leaves out what needs it";

/// The name and version of the newest of the modules, for people.
pub(crate) fn title() -> String {
    let network = SOURCES[0].1.lines().find_map(|line| line.trim().split_once("/armnetwork/"));
    format!("armnetwork/{} and its like", network.map_or("of an unknown version", |(_, version)| version))
}

/// Builds the program below the target directory, or finds it there from an earlier run.
pub(crate) fn install(root: &Path, target: &Path) -> anyhow::Result<PathBuf> {
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    let _lock = tools::lock(target, PROGRAM)?;
    if let Some(found) = installed(target) {
        return Ok(found);
    }
    let home = home(target);
    // What an earlier version, or an interrupted run, left.
    if home.exists() {
        fs::remove_dir_all(&home).with_context(|| format!("`{}` cannot be removed", home.display()))?;
    }
    fs::create_dir_all(&home).with_context(|| format!("`{}` cannot be made", home.display()))?;
    let mut build = Command::new("go");
    build.current_dir(root.join("tests").join(PROGRAM));
    build
        .args(["build", "-trimpath", "-mod=readonly", "-ldflags", "-s -w", "-o"])
        .arg(program(target))
        .arg(".");
    process::succeed(&mut build)
        .map_err(|error| anyhow!("Microsoft's fakes could not be built: {error:#}\n{REMEDY}"))?;
    fs::write(home.join(STAMP), stamp()).context("the build cannot be marked as complete")?;
    Ok(program(target))
}

/// The program of an earlier run, if it is complete and of these sources; builds nothing.
pub(crate) fn installed(target: &Path) -> Option<PathBuf> {
    let same = fs::read_to_string(home(target).join(STAMP)).is_ok_and(|found| found == stamp());
    Some(program(target)).filter(|program| same && program.is_file())
}

fn home(target: &Path) -> PathBuf {
    tools::directory(target).join(PROGRAM)
}

fn program(target: &Path) -> PathBuf {
    home(target).join(PROGRAM).with_extension(std::env::consts::EXE_EXTENSION)
}

/// What a build was made from: it is made afresh when any of this changes.
fn stamp() -> String {
    SOURCES.map(|(name, text)| format!("{name}\n{text}\n")).concat()
}

#[cfg(test)]
mod tests {
    use super::{SOURCES, STAMP, home, installed, program, stamp, title};

    #[test]
    fn all_sources_count() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/arm-fakes");
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
    fn the_title_names_a_version() {
        assert!(title().starts_with("armnetwork/v"), "{}", title());
    }

    #[test]
    fn a_build_counts_when_finished_and_unchanged() {
        let target = tempfile::tempdir().expect("a temporary directory");
        let home = home(target.path());
        std::fs::create_dir_all(&home).expect("a writable directory");
        std::fs::write(program(target.path()), "").expect("a writable directory");
        assert_eq!(installed(target.path()), None, "not finished");
        std::fs::write(home.join(STAMP), stamp()).expect("a writable directory");
        assert_eq!(installed(target.path()), Some(program(target.path())));
        std::fs::write(home.join(STAMP), "other modules").expect("a writable directory");
        assert_eq!(installed(target.path()), None, "made from something else");
    }
}
