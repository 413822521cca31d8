//! Where the binaries of a control plane are.

use std::path::{Path, PathBuf};

use super::Program;
use crate::{Error, Meaning, Result};

/// The variable by which the field's test environments find their binaries.
const VARIABLE: &str = "KUBEBUILDER_ASSETS";

/// A directory with the binaries of a control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets(PathBuf);

impl Assets {
    /// The directory that `KUBEBUILDER_ASSETS` names.
    ///
    /// # Errors
    /// The variable is not set.
    #[expect(
        clippy::disallowed_methods,
        reason = "the field's convention for the place of the binaries is this variable"
    )]
    pub fn from_env() -> Result<Self> {
        match std::env::var(VARIABLE) {
            Ok(directory) if !directory.is_empty() => Ok(Self::at(directory)),
            _ => Err(Error::new(Meaning::Invalid, format!("`{VARIABLE}` is not set")).hint(format!(
                "set `{VARIABLE}` to a directory with the binaries `etcd` and `kube-apiserver`"
            ))),
        }
    }

    /// This directory.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// The binary of a program, where it is there.
    pub fn find(&self, program: Program) -> Option<PathBuf> {
        self.binary(program.name())
    }

    /// The binary `kubectl`, where it is there.
    pub fn kubectl(&self) -> Option<PathBuf> {
        self.binary("kubectl")
    }

    pub(super) fn require(&self, program: Program) -> Result<PathBuf> {
        self.find(program).ok_or_else(|| {
            let directory = self.0.display();
            Error::new(Meaning::Invalid, format!("`{directory}` has no `{program}`"))
                .hint(format!("put the binary there, or let `{VARIABLE}` name a directory that has it"))
        })
    }

    fn binary(&self, name: &str) -> Option<PathBuf> {
        Some(self.0.join(name).with_extension(std::env::consts::EXE_EXTENSION)).filter(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::{Assets, Program};

    #[test]
    fn a_missing_binary_is_named_with_its_directory() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join(Program::Etcd.name()), "").expect("a writable directory");
        let assets = Assets::at(directory.path());
        assert!(assets.require(Program::Etcd).is_ok());
        assert_eq!(assets.kubectl(), None);
        let error = assets.require(Program::ApiServer).expect_err("it is not there");
        assert_eq!(error.message(), format!("`{}` has no `kube-apiserver`", directory.path().display()));
    }
}
