//! Programs of Go modules of this repository, built once below the target directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};

use crate::{process, tools};

const STAMP: &str = "installed";
/// What helps where Go is missing or too old.
pub(crate) const REMEDY: &str = "hint: install Go 1.26 or newer (macOS: `brew install go`; elsewhere: https://go.dev/dl), or run \
    `cargo xtask test --quick`, which leaves out what needs it";

/// A Go module of this repository whose main package becomes one binary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GoModule {
    /// The module's directory below `tests`, and the binary.
    pub(crate) name: &'static str,
    /// What is built, by the names of the files: modules with their versions, and the checksums of all.
    pub(crate) sources: &'static [(&'static str, &'static str)],
    /// Further names by which the binary becomes a program.
    pub(crate) programs: &'static [&'static str],
}

/// The directory of what was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Build {
    pub(crate) home: PathBuf,
}

impl GoModule {
    /// The text of `go.mod`.
    pub(crate) fn manifest(&self) -> Option<&'static str> {
        self.sources.iter().find_map(|(name, text)| (*name == "go.mod").then_some(*text))
    }

    /// Builds the binary below the target directory, or finds it there from an earlier run. What is built has to prove itself before it
    /// counts; `title` is what it is for people.
    pub(crate) fn install(
        &self,
        root: &Path,
        target: &Path,
        title: &str,
        linker_flags: &str,
        prove: impl FnOnce(&Build) -> anyhow::Result<()>,
    ) -> anyhow::Result<Build> {
        if let Some(found) = self.installed(target) {
            return Ok(found);
        }
        let go = process::capture(Command::new("go").arg("version"))
            .map_err(|error| anyhow!("`go` does not run: {error:#}\n{REMEDY}"))?;
        let _lock = tools::lock(target, self.name)?;
        if let Some(found) = self.installed(target) {
            return Ok(found);
        }
        let build = self.build(target);
        // What an earlier version, or an interrupted run, left.
        if build.home.exists() {
            fs::remove_dir_all(&build.home)
                .with_context(|| format!("`{}` cannot be removed", build.home.display()))?;
        }
        fs::create_dir_all(&build.home)
            .with_context(|| format!("`{}` cannot be made", build.home.display()))?;
        let binary = build.program(self.name);
        let mut command = Command::new("go");
        command.current_dir(root.join("tests").join(self.name));
        command
            .args(["build", "-trimpath", "-mod=readonly", "-ldflags", linker_flags, "-o"])
            .arg(&binary)
            .arg(".");
        process::succeed(&mut command)
            .map_err(|error| anyhow!("{title} could not be built with {}: {error:#}\n{REMEDY}", go.trim()))?;
        for program in self.programs {
            link(&binary, &build.program(program))
                .with_context(|| format!("`{program}` cannot be linked"))?;
        }
        prove(&build)?;
        fs::write(build.home.join(STAMP), self.stamp()).context("the build cannot be marked as complete")?;
        Ok(build)
    }

    /// The build of an earlier run, if it is complete and of these sources; builds nothing.
    pub(crate) fn installed(&self, target: &Path) -> Option<Build> {
        let build = self.build(target);
        let same = fs::read_to_string(build.home.join(STAMP)).is_ok_and(|found| found == self.stamp());
        let mut programs = [self.name].into_iter().chain(self.programs.iter().copied());
        (same && programs.all(|program| build.program(program).is_file())).then_some(build)
    }

    /// One directory for all versions: a build is large, and of two checkouts at once the later wins.
    fn build(&self, target: &Path) -> Build {
        Build { home: tools::directory(target).join(self.name) }
    }

    /// What a build was made from: it is made afresh when any of this changes.
    fn stamp(&self) -> String {
        self.sources.iter().flat_map(|(name, text)| [*name, "\n", *text, "\n"]).collect()
    }
}

impl Build {
    /// A program in it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.home.join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }
}

#[cfg(unix)]
fn link(binary: &Path, name: &Path) -> std::io::Result<()> {
    let file = binary.file_name().unwrap_or(binary.as_os_str());
    std::os::unix::fs::symlink(file, name)
}

#[cfg(not(unix))]
fn link(binary: &Path, name: &Path) -> std::io::Result<()> {
    fs::hard_link(binary, name)
}

/// The files of the module's directory that are no source, and sources that are no file: none of both is right.
#[cfg(test)]
pub(crate) fn uncounted(module: &GoModule) -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(module.name);
    let found = fs::read_dir(directory).expect("the module's directory").map(|entry| {
        entry.expect("a readable directory").file_name().into_string().expect("a name in UTF-8")
    });
    let found: std::collections::BTreeSet<_> = found.filter(|name| name != "README.md").collect();
    let sources = module.sources.iter().map(|(name, _)| (*name).to_owned()).collect();
    found.symmetric_difference(&sources).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{GoModule, STAMP};

    const MODULE: GoModule =
        GoModule { name: "words", sources: &[("go.mod", "module words")], programs: &["say", "sing"] };

    #[test]
    fn a_build_counts_when_finished_unchanged_and_whole() {
        let target = tempfile::tempdir().expect("a temporary directory");
        let build = MODULE.build(target.path());
        let write = |path: &std::path::Path, text: &str| {
            std::fs::create_dir_all(&build.home).expect("a writable directory");
            std::fs::write(path, text).expect("a writable directory");
        };
        for program in ["words", "say", "sing"] {
            write(&build.program(program), "");
        }
        assert_eq!(MODULE.installed(target.path()), None, "not finished");
        write(&build.home.join(STAMP), &MODULE.stamp());
        assert_eq!(MODULE.installed(target.path()), Some(build.clone()));
        write(&build.home.join(STAMP), "other modules");
        assert_eq!(MODULE.installed(target.path()), None, "made from something else");
        write(&build.home.join(STAMP), &MODULE.stamp());
        for part in ["words", "sing"] {
            std::fs::remove_file(build.program(part)).expect("a writable directory");
            assert_eq!(MODULE.installed(target.path()), None, "a part is gone: {part}");
            write(&build.program(part), "");
        }
        assert_eq!(MODULE.installed(target.path()), Some(build.clone()));
    }

    #[test]
    fn the_manifest_is_found_among_the_sources() {
        assert_eq!(MODULE.manifest(), Some("module words"));
    }
}
