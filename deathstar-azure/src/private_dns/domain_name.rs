//! Names of the domain name system.

use serde::{Deserialize, Serialize};

/// A name in the domain name system, in the one form of all that mean the same: in small letters, without a dot at its end.
///
/// ```
/// use deathstar_azure::private_dns::DomainName;
///
/// assert_eq!(DomainName::new("Db.Internal.Example.").as_str(), "db.internal.example");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct DomainName(String);

impl DomainName {
    /// Takes a name in any form.
    pub fn new(name: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        Self(name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase())
    }

    /// The name, without a dot at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is wrong with it, where every label has 1 to 63 characters and all of it 253 at most.
    pub(super) fn problem(&self) -> Option<String> {
        let legal =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '*');
        if self.0.len() > 253 {
            return Some(format!("it has {} characters, and 253 are the most", self.0.len()));
        }
        if let Some(wrong) = self.0.chars().find(|c| !legal(*c)) {
            return Some(format!("`{}` cannot stand in it", wrong.escape_default()));
        }
        let label = self.0.split('.').find(|label| label.is_empty() || label.len() > 63)?;
        Some(format!("its label `{label}` has {} characters, and 1 to 63 are right", label.len()))
    }
}

deathstar_core::text_type!(DomainName, made);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_the_last_dot_mean_nothing() {
        assert_eq!(DomainName::new("API.example."), DomainName::new("api.Example"));
        assert_eq!(serde_json::from_str::<DomainName>("\"A.\"").unwrap().as_str(), "a");
    }

    #[test]
    fn labels_and_names_have_lengths() {
        let problem = |name: &str| DomainName::new(name).problem().is_some();
        let long = "a".repeat(63);
        for right in ["a.example", "_srv._tcp", "*", &long, &[&*long; 3].join(".")] {
            assert!(!problem(right), "{right}");
        }
        for wrong in ["", "a..b", ".a", "a b", &format!("{long}a"), &[&*long; 4].join("."), "ä"] {
            assert!(problem(wrong), "{wrong}");
        }
    }
}
