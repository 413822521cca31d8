//! Kubernetes versions, their skew, and the path of an upgrade.
//!
//! Source of the rules: Kubernetes documentation, "Version Skew Policy".

mod path;
mod release;
mod skew;

pub use path::PathError;
pub use release::KubernetesRelease;
pub use skew::{Component, SkewError};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The major version of every Kubernetes that there is.
const MAJOR: u16 = 1;

/// A Kubernetes minor, such as `1.33`.
///
/// This is what EKS takes, and what AKS takes to mean the newest patch. A text with a patch is refused, so that nobody
/// believes that it is pinned; [`KubernetesRelease`] keeps a patch where one is meant.
///
/// ```
/// use deathstar_core::model::KubernetesVersion;
///
/// let version: KubernetesVersion = "1.33".parse()?;
/// let steps = version.path(KubernetesVersion::new(35))?;
/// assert_eq!(steps.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.34", "1.35"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KubernetesVersion {
    minor: u16,
}

impl KubernetesVersion {
    /// The version `1.minor`.
    pub const fn new(minor: u16) -> Self {
        Self { minor }
    }

    /// The number after `1.`.
    pub const fn minor(self) -> u16 {
        self.minor
    }

    /// The next minor.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { minor: self.minor.saturating_add(1) }
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MAJOR}.{}", self.minor)
    }
}

impl FromStr for KubernetesVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let release: KubernetesRelease = text.parse()?;
        match release.patch {
            None => Ok(release.version),
            Some(_) => Err(VersionError::Patch { text: text.to_owned(), version: release.version }),
        }
    }
}

impl TryFrom<String> for KubernetesVersion {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KubernetesVersion> for String {
    fn from(version: KubernetesVersion) -> Self {
        version.to_string()
    }
}

impl From<KubernetesRelease> for KubernetesVersion {
    fn from(release: KubernetesRelease) -> Self {
        release.version
    }
}

/// Why a text is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VersionError {
    /// The text has another form.
    #[error("`{text}` is not a Kubernetes version")]
    Form {
        /// What was given.
        text: String,
    },
    /// There is no such major version.
    #[error("`{text}` is not a Kubernetes version: the major version is {MAJOR}")]
    Major {
        /// What was given.
        text: String,
    },
    /// A patch where only a minor is taken.
    #[error("`{text}` has a patch, and only a minor is taken here")]
    Patch {
        /// What was given.
        text: String,
        /// The minor of it.
        version: KubernetesVersion,
    },
}

impl VersionError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Form { .. } | Self::Major { .. } => "write it like `1.33`".to_owned(),
            Self::Patch { version, .. } => format!("write `{version}`: the cloud chooses the patch"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn a_minor_is_read_and_written() {
        let version: KubernetesVersion = "1.33".parse().unwrap();
        assert_eq!(
            (version, version.minor(), version.to_string()),
            (KubernetesVersion::new(33), 33, "1.33".into())
        );
        assert_eq!(serde_json::to_string(&version).unwrap(), "\"1.33\"");
        assert_eq!(serde_json::from_str::<KubernetesVersion>("\"1.33\"").unwrap(), version);
        assert!(serde_json::from_str::<KubernetesVersion>("\"1.33.2\"").is_err());
    }

    #[test]
    fn a_patch_is_refused_with_the_minor_to_write() {
        let error = "1.33.2".parse::<KubernetesVersion>().unwrap_err();
        assert_eq!(error.to_string(), "`1.33.2` has a patch, and only a minor is taken here");
        assert_eq!(error.hint(), "write `1.33`: the cloud chooses the patch");
    }

    #[test]
    fn minors_compare_as_numbers_not_as_text() {
        assert!(KubernetesVersion::new(9) < KubernetesVersion::new(10));
        assert_eq!(KubernetesVersion::new(9).next(), KubernetesVersion::new(10));
    }
}
