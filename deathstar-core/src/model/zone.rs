//! Availability zones and the tiers of a network.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest name of a zone: room for every cloud's names, local zones included.
const LONGEST: usize = 64;

/// The name of an availability zone as its cloud writes it: `eu-west-1a` on AWS, `1` on Azure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(String);

impl ZoneName {
    /// Takes the name of a zone.
    ///
    /// # Errors
    /// [`ZoneNameError`] unless it has 1 to 64 lower-case letters, digits and hyphens.
    pub fn new(name: impl Into<String>) -> Result<Self, ZoneNameError> {
        let name = name.into();
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > LONGEST || !name.chars().all(legal) {
            return Err(ZoneNameError { name });
        }
        Ok(Self(name))
    }

    /// The name as the cloud writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ZoneName {
    type Err = ZoneNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl TryFrom<String> for ZoneName {
    type Error = ZoneNameError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(name)
    }
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> Self {
        zone.0
    }
}

/// A text that no cloud uses as the name of a zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not the name of a zone: it needs 1 to {LONGEST} lower-case letters, digits and hyphens")]
#[non_exhaustive]
pub struct ZoneNameError {
    /// What was given.
    pub name: String,
}

impl ZoneNameError {
    /// What to do.
    pub fn hint(&self) -> String {
        "write the zone as its cloud does, such as `eu-west-1a` on AWS or `1` on Azure".to_owned()
    }
}

/// What the subnets of a network are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Reached from the internet: load balancers and NAT gateways.
    Public,
    /// Reaches the internet through NAT: nodes and pods.
    Private,
    /// No way to or from the internet: the control plane's network interfaces, data stores.
    Intra,
    /// Pods with addresses of their own range; it reaches the internet as the private tier does.
    Pods,
}

impl Tier {
    /// All tiers.
    pub const ALL: [Self; 4] = [Self::Public, Self::Private, Self::Intra, Self::Pods];

    /// The tiers of the conventional layout: all that have their addresses from the network's first range.
    pub const CONVENTIONAL: [Self; 3] = [Self::Public, Self::Private, Self::Intra];

    /// The name, as in addresses and tags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Intra => "intra",
            Self::Pods => "pods",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn zones_are_written_as_their_cloud_does() {
        for name in ["eu-west-1a", "1", "us-west-2-lax-1a"] {
            assert_eq!(name.parse::<ZoneName>().unwrap().as_str(), name);
        }
        for name in ["", "EU-WEST-1A", "eu west", &"a".repeat(65)] {
            let error = name.parse::<ZoneName>().unwrap_err();
            assert!(
                error.to_string().contains(&format!("`{name}`")) && error.hint().contains("eu-west-1a"),
                "{error}"
            );
        }
        assert!(ZoneName::new("a".repeat(64)).is_ok());
        assert!(serde_json::from_str::<ZoneName>("\"A\"").is_err());
        assert_eq!(serde_json::to_string(&ZoneName::new("1").unwrap()).unwrap(), "\"1\"");
    }

    #[test]
    fn the_text_of_a_tier_is_its_serde_name() {
        for tier in Tier::ALL {
            assert_eq!(serde_json::to_string(&tier).unwrap(), format!("\"{tier}\""));
        }
        assert_eq!(Tier::ALL.map(Tier::as_str), ["public", "private", "intra", "pods"]);
    }
}
