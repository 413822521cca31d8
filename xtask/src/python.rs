//! The Python on this machine, for the emulators that are written in it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, anyhow, bail};

use crate::process;

/// The oldest Python that the pinned packages run on.
const OLDEST: Version = Version(3, 11);
const PROGRAM: &str = "python3";
const REMEDY: &str = "hint: install Python with its `venv` module (Debian, Ubuntu: `apt-get install python3-venv`; \
    macOS: `brew install python3`), or run `cargo xtask test --quick`, which leaves out what needs it";

/// A version of Python, as far as packages depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u32, u32);

/// A Python that can make environments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Python {
    version: Version,
}

impl Python {
    /// Finds Python and makes sure that it is young enough and complete.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let ask = "import sys; print('%d.%d' % sys.version_info[:2])";
        let answer = process::capture(Command::new(PROGRAM).args(["-c", ask]))
            .map_err(|error| anyhow!("`{PROGRAM}` does not run: {error:#}\n{REMEDY}"))?;
        let version = Version::young_enough(answer.trim())?;
        process::capture(Command::new(PROGRAM).args(["-c", "import venv, ensurepip"]))
            .map_err(|error| anyhow!("`{PROGRAM}` cannot make environments: {error:#}\n{REMEDY}"))?;
        Ok(Self { version })
    }

    /// The version of this Python.
    pub(crate) fn version(self) -> Version {
        self.version
    }

    /// Makes an environment in this directory.
    pub(crate) fn make_environment(self, home: &Path) -> anyhow::Result<()> {
        process::succeed(Command::new(PROGRAM).args(["-m", "venv"]).arg(home))
            .map_err(|error| anyhow!("`{PROGRAM}` {} made no environment: {error:#}\n{REMEDY}", self.version))
    }
}

impl Version {
    fn young_enough(text: &str) -> anyhow::Result<Self> {
        let numbers = text.split_once('.').and_then(|(major, minor)| {
            let version = Self(major.parse().ok()?, minor.parse().ok()?);
            Some(version)
        });
        let version = numbers.with_context(|| format!("`{PROGRAM}` calls itself version `{text}`"))?;
        if version < OLDEST {
            bail!("`{PROGRAM}` is version {version}, and {OLDEST} is needed\n{REMEDY}");
        }
        Ok(version)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(Version::young_enough("3.11").ok(), Some(Version(3, 11)));
        assert_eq!(Version::young_enough("4.0").ok(), Some(Version(4, 0)));
        let old = Version::young_enough("3.9").map_err(|error| error.to_string());
        assert!(
            old.is_err_and(|error| error.contains("version 3.9, and 3.11 is needed\nhint: install Python"))
        );
    }

    #[test]
    fn an_answer_that_is_no_version_is_said() {
        assert!(Version::young_enough("three").is_err_and(|error| error.to_string().contains("`three`")));
    }
}
