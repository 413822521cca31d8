//! A version that may name its patch.

use super::{KubernetesVersion, MAJOR, VersionError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A Kubernetes version with or without its patch: `1.33` or `1.33.2`, both of which AKS takes.
///
/// Without a patch any patch is meant; it sorts before all patches of its minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KubernetesRelease {
    /// The minor.
    pub version: KubernetesVersion,
    /// The patch, when one is pinned or known.
    pub patch: Option<u16>,
}

impl KubernetesRelease {
    /// Reads what an API server or a kubelet says of itself, such as `v1.33.2-eks-1a2b3c4` or `v1.33.2+k3s1`.
    ///
    /// # Errors
    /// [`VersionError`] when no version is in front.
    pub fn reported(text: &str) -> Result<Self, VersionError> {
        let number = text.strip_prefix('v').unwrap_or(text);
        let end = number.find(['-', '+']).unwrap_or(number.len());
        parse(text, number.get(..end).unwrap_or(number))
    }

    /// Whether `other` is what this one asks for: the same minor, and the same patch if one is pinned.
    pub fn admits(self, other: Self) -> bool {
        self.version == other.version && self.patch.is_none_or(|patch| other.patch == Some(patch))
    }
}

impl From<KubernetesVersion> for KubernetesRelease {
    fn from(version: KubernetesVersion) -> Self {
        Self { version, patch: None }
    }
}

impl fmt::Display for KubernetesRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(f)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl FromStr for KubernetesRelease {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text, text)
    }
}

impl TryFrom<String> for KubernetesRelease {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KubernetesRelease> for String {
    fn from(release: KubernetesRelease) -> Self {
        release.to_string()
    }
}

/// Reads `number`; errors quote `text`.
fn parse(text: &str, number: &str) -> Result<KubernetesRelease, VersionError> {
    let form = || VersionError::Form { text: text.to_owned() };
    let parts = number.split('.').map(part).collect::<Option<Vec<u16>>>().ok_or_else(form)?;
    let (major, minor, patch) = match *parts.as_slice() {
        [major, minor] => (major, minor, None),
        [major, minor, patch] => (major, minor, Some(patch)),
        _ => return Err(form()),
    };
    if major != MAJOR {
        return Err(VersionError::Major { text: text.to_owned() });
    }
    Ok(KubernetesRelease { version: KubernetesVersion::new(minor), patch })
}

/// A number without sign or leading zero, so that equal versions have equal text.
fn part(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;
    use proptest::prelude::*;

    fn release(text: &str) -> KubernetesRelease {
        text.parse().unwrap()
    }

    #[test]
    fn a_patch_is_kept_apart() {
        assert_eq!(
            release("1.33.2"),
            KubernetesRelease { version: KubernetesVersion::new(33), patch: Some(2) }
        );
        assert_eq!(release("1.33"), KubernetesVersion::new(33).into());
        assert_eq!(serde_json::from_str::<KubernetesRelease>("\"1.33.2\"").unwrap(), release("1.33.2"));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in
            ["", "1", "1.", "1.33.", "1.33.2.1", "v1.33", "1.033", "1.+3", "1.33-eks", "1.99999", " 1.33"]
        {
            assert_eq!(
                text.parse::<KubernetesRelease>(),
                Err(VersionError::Form { text: text.into() }),
                "{text}"
            );
        }
        let major = "2.1".parse::<KubernetesRelease>().unwrap_err();
        assert_eq!(major, VersionError::Major { text: "2.1".into() });
        assert_eq!(major.hint(), "write it like `1.33`");
    }

    #[test]
    fn what_a_server_says_of_itself_is_understood() {
        for text in ["v1.33.2-eks-1a2b3c4", "v1.33.2+k3s1", "1.33.2"] {
            assert_eq!(KubernetesRelease::reported(text).unwrap(), release("1.33.2"));
        }
        let error = KubernetesRelease::reported("v-eks").unwrap_err();
        assert_eq!(error, VersionError::Form { text: "v-eks".into() });
    }

    #[test]
    fn an_unpinned_release_admits_any_patch_of_its_minor() {
        assert!(release("1.33").admits(release("1.33.2")));
        assert!(release("1.33.2").admits(release("1.33.2")));
        assert!(!release("1.33.2").admits(release("1.33.3")));
        assert!(!release("1.33.2").admits(release("1.33")));
        assert!(!release("1.33").admits(release("1.34")));
    }

    #[test]
    fn releases_sort_by_number() {
        let mut all = ["1.33.10", "1.34", "1.33.9", "1.33"].map(release);
        all.sort();
        assert_eq!(all.map(|one| one.to_string()), ["1.33", "1.33.9", "1.33.10", "1.34"]);
    }

    proptest! {
        #[test]
        fn text_and_value_are_one(minor: u16, patch: Option<u16>) {
            let release = KubernetesRelease { version: KubernetesVersion::new(minor), patch };
            prop_assert_eq!(release.to_string().parse(), Ok(release));
        }
    }
}
