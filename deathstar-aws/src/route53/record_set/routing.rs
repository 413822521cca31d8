//! Which of several record sets answers.

use serde::{Deserialize, Serialize};

/// Which of several record sets of one name and type answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Routing {
    /// It is the only one.
    #[default]
    Simple,
    /// Each in proportion to its weight.
    Weighted {
        /// What tells it from the others.
        identifier: String,
        /// 0 to 255; one of weight 0 never answers beside others.
        weight: u8,
    },
    /// The one whose region is nearest.
    Latency {
        /// What tells it from the others.
        identifier: String,
        /// The region of what it leads to.
        region: String,
    },
    /// The first that is healthy of two.
    Failover {
        /// What tells it from the other.
        identifier: String,
        /// Which of the two it is.
        role: FailoverRole,
    },
    /// Up to eight healthy ones together.
    Several {
        /// What tells it from the others.
        identifier: String,
    },
    /// Some other way. It is seen and cannot be declared.
    Other {
        /// What tells it from the others.
        identifier: String,
    },
}

/// Which of two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailoverRole {
    /// It answers while it is healthy.
    Primary,
    /// It answers while the other is not.
    Secondary,
}

impl Routing {
    /// What tells it from others of its name and type.
    pub fn identifier(&self) -> Option<&str> {
        match self {
            Self::Simple => None,
            Self::Weighted { identifier, .. }
            | Self::Latency { identifier, .. }
            | Self::Failover { identifier, .. }
            | Self::Several { identifier }
            | Self::Other { identifier } => Some(identifier),
        }
    }
}
