//! What follows from what a cluster is for.

use super::{Reclaim, SizeClass};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a cluster is for, and the defaults that follow.
///
/// | | development | staging | production |
/// |---|---|---|---|
/// | Pod Security | restricted | restricted | restricted |
/// | size class of a namespace | small | small | medium |
/// | volumes and snapshots without a claim | deleted | deleted | kept |
/// | what the checklist finds at a workload | is a remark | refuses the plan | refuses the plan |
///
/// Pod Security is the same everywhere, so that what runs in development is let into production. Volumes outlive their claims
/// where data is worth more than the disk.
///
/// Sources: Kubernetes documentation, "Pod Security Standards" (restricted is "current Pod hardening best practices"), "Enforcing
/// Pod Security Standards", "Persistent Volumes" (reclaiming), "Multi-tenancy".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    /// Where things are tried.
    Development,
    /// Where a release is tried as it will run.
    Staging,
    /// What others rely on.
    Production,
}

/// What a finding of the checklist does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// It is shown with the plan.
    Remark,
    /// It refuses the plan.
    Refuse,
}

impl Environment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// How much a namespace may use, unless it says so itself.
    pub const fn size_class(self) -> SizeClass {
        match self {
            Self::Development | Self::Staging => SizeClass::Small,
            Self::Production => SizeClass::Medium,
        }
    }

    /// What becomes of a volume, or of a snapshot, when nobody claims it any more.
    pub const fn reclaim(self) -> Reclaim {
        match self {
            Self::Development | Self::Staging => Reclaim::Delete,
            Self::Production => Reclaim::Retain,
        }
    }

    /// What a finding of the checklist does.
    pub const fn judgement(self) -> Judgement {
        match self {
            Self::Development => Judgement::Remark,
            Self::Staging | Self::Production => Judgement::Refuse,
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
