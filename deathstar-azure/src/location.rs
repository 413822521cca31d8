//! Regions of Azure.

use serde::{Deserialize, Serialize};

/// A region, such as `westeurope`.
///
/// Azure takes and shows the display name (`West Europe`) too; here it is always the name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Location(String);

impl Location {
    /// The region with this name or display name.
    pub fn new(name: impl AsRef<str>) -> Self {
        let name = name.as_ref().chars().filter(|sign| !sign.is_whitespace());
        Self(name.map(|sign| sign.to_ascii_lowercase()).collect())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can be the name of a region.
    pub fn is_well_formed(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    }
}

deathstar_core::text_type!(Location, made);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_the_name() {
        assert_eq!(Location::new("West Europe"), Location::new("westeurope"));
        assert_eq!(serde_json::from_str::<Location>("\"East US 2\"").unwrap().as_str(), "eastus2");
        assert!(Location::new("East US 2").is_well_formed());
        assert!(!Location::new("west-europe").is_well_formed() && !Location::new("").is_well_formed());
    }
}
