//! Environments of Python under the target directory, each with pinned packages.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::process;
use crate::python::{Python, Version};

const STAMP: &str = "installed";

/// What an environment is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recipe {
    /// What is installed, for the name of its directory.
    pub(crate) name: &'static str,
    /// The package whose version names the directory, too.
    pub(crate) package: &'static str,
    /// Every package with its version, so that the same is installed on every machine.
    pub(crate) requirements: &'static str,
}

/// An environment that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    home: PathBuf,
}

impl Recipe {
    /// The version of the package that names the directory.
    pub(crate) fn version(&self) -> Option<&'static str> {
        version(self.requirements, self.package)
    }

    /// Makes an environment below the target directory, or finds it there from an earlier run. What is made has to prove itself before
    /// it counts.
    pub(crate) fn install(
        &self,
        target: &Path,
        prove: impl FnOnce(&Environment) -> anyhow::Result<()>,
    ) -> anyhow::Result<Environment> {
        let python = Python::find()?;
        let home =
            self.home(target).with_context(|| format!("the requirements do not pin {}", self.package))?;
        let tools = target.join("tools");
        fs::create_dir_all(&tools).with_context(|| format!("`{}` cannot be made", tools.display()))?;
        // Two runs at once: the second waits, and then finds what the first has installed.
        let lock = File::create(tools.join("lock")).context("the tools' directory cannot be locked")?;
        lock.lock().context("the tools' directory cannot be locked")?;
        let environment = Environment { home: home.clone() };
        let stamp = self.stamp(python.version(), &home);
        if environment.is_complete(&stamp) {
            return Ok(environment);
        }
        if home.exists() {
            fs::remove_dir_all(&home).with_context(|| format!("`{}` cannot be removed", home.display()))?;
        }
        python.make_environment(&home)?;
        let requirements = home.join("requirements.txt");
        fs::write(&requirements, self.requirements).context("the requirements cannot be written")?;
        let mut pip = Command::new(environment.program("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
        process::succeed(pip.arg("--requirement").arg(&requirements)).with_context(|| {
            format!(
                "pip could not install {}; an interrupted install starts afresh with the next run",
                self.name
            )
        })?;
        prove(&environment)?;
        fs::write(home.join(STAMP), stamp).context("the installation cannot be marked as complete")?;
        Ok(environment)
    }

    /// The environment of an earlier run, if it is complete; installs nothing.
    pub(crate) fn installed(&self, target: &Path) -> Option<Environment> {
        let environment = Environment { home: self.home(target)? };
        let stamp = self.stamp(Python::find().ok()?.version(), &environment.home);
        Some(environment).filter(|environment| environment.is_complete(&stamp))
    }

    fn home(&self, target: &Path) -> Option<PathBuf> {
        Some(target.join("tools").join(format!("{}-{}", self.name, self.version()?)))
    }

    /// What an environment was made from: it is made afresh when any of this changes.
    fn stamp(&self, python: Version, home: &Path) -> String {
        format!("python {python} in {}\n{}", home.display(), self.requirements)
    }
}

impl Environment {
    /// A program in it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let programs = self.home.join(if cfg!(windows) { "Scripts" } else { "bin" });
        programs.join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// Whether it was finished, was made from the same things, and still stands.
    fn is_complete(&self, stamp: &str) -> bool {
        let same = fs::read_to_string(self.home.join(STAMP)).is_ok_and(|found| found == stamp);
        same && self.program("python").is_file()
    }
}

fn version<'r>(requirements: &'r str, package: &str) -> Option<&'r str> {
    let pinned = |line: &'r str| line.strip_prefix(package)?.strip_prefix("==");
    requirements.lines().find_map(pinned).map(str::trim)
}

/// Whether every requirement is pinned.
#[cfg(test)]
pub(crate) fn all_pinned(recipe: &Recipe) -> bool {
    let mut lines = recipe.requirements.lines().filter(|line| !line.starts_with('#'));
    recipe.version().is_some()
        && lines.all(|line| {
            line.split_once("==").is_some_and(|(name, version)| !name.is_empty() && !version.is_empty())
        })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Environment, STAMP, version};

    #[test]
    fn the_version_is_the_one_of_the_package_itself() {
        assert_eq!(version("moto-ext==1\nmoto==5.0.1\n", "moto"), Some("5.0.1"));
        assert_eq!(version("moto>=5\n", "moto"), None);
    }

    #[test]
    fn an_environment_counts_when_finished_unchanged_and_whole() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let environment = Environment { home: home.path().to_owned() };
        let is_complete = |stamp: &str| environment.is_complete(stamp);
        let write = |path: &Path, text: &str| {
            let directory = path.parent().expect("a file stands in a directory");
            std::fs::create_dir_all(directory).expect("a writable directory");
            std::fs::write(path, text).expect("a writable directory");
        };
        write(&environment.program("python"), "");
        assert!(!is_complete("python 3.11"), "not finished");
        write(&home.path().join(STAMP), "python 3.11");
        assert!(is_complete("python 3.11"));
        assert!(!is_complete("python 3.12"), "made from something else");
        std::fs::remove_file(environment.program("python")).expect("a writable directory");
        assert!(!is_complete("python 3.11"), "a part is gone");
    }

    #[cfg(unix)]
    #[test]
    fn programs_stand_in_the_environment() {
        let environment = Environment { home: "tools/moto-1.2.3".into() };
        assert_eq!(environment.program("moto_server"), Path::new("tools/moto-1.2.3/bin/moto_server"));
    }
}
