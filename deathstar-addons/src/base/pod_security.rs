//! Which pods a namespace takes.

use deathstar_core::model::KubernetesVersion;
use std::{collections::BTreeMap, fmt};

/// A level of the Pod Security Standards.
///
/// Source: Kubernetes documentation, "Pod Security Standards".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Current best practice: no root, no privileges to gain, no capability, a seccomp profile.
    #[default]
    Restricted,
    /// No known way to gain privileges; what is deployed without further thought passes.
    Baseline,
    /// Everything, also to take the node over: for what runs the nodes themselves.
    Privileged,
}

impl Level {
    /// As labels have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which edition of a level counts: each minor of Kubernetes has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LevelVersion {
    /// That of the API server: an upgrade may refuse what ran before.
    #[default]
    Latest,
    /// That of one minor, also when the API server is newer.
    Pinned(KubernetesVersion),
}

impl fmt::Display for LevelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Pinned(version) => write!(f, "v{version}"),
        }
    }
}

/// Which pods a namespace takes, and about which the server warns and keeps records.
///
/// Source: Kubernetes documentation, "Enforce Pod Security Standards with Namespace Labels".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PodSecurity {
    enforced: Level,
    told: Level,
    version: LevelVersion,
}

impl PodSecurity {
    /// Refuses pods against this level; what is against the restricted level is warned about and recorded.
    pub const fn enforce(level: Level) -> Self {
        Self { enforced: level, told: Level::Restricted, version: LevelVersion::Latest }
    }

    /// Warns about and records what is against this level, instead of the restricted one.
    #[must_use]
    pub const fn warn_and_audit(mut self, level: Level) -> Self {
        self.told = level;
        self
    }

    /// Keeps to the edition of one minor of Kubernetes.
    #[must_use]
    pub const fn pinned(mut self, version: KubernetesVersion) -> Self {
        self.version = LevelVersion::Pinned(version);
        self
    }

    /// The level that is enforced.
    pub const fn level(self) -> Level {
        self.enforced
    }

    /// The labels of a namespace that say so.
    pub(super) fn labels(self) -> BTreeMap<String, String> {
        let modes = [("enforce", self.enforced), ("audit", self.told), ("warn", self.told)];
        let label = |mode: &str, level: Level| {
            let key = format!("pod-security.kubernetes.io/{mode}");
            [(format!("{key}-version"), self.version.to_string()), (key, level.to_string())]
        };
        modes.into_iter().flat_map(|(mode, level)| label(mode, level)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restricted_is_enforced_unless_said_otherwise() {
        let labels = PodSecurity::default().labels();
        for mode in ["enforce", "audit", "warn"] {
            assert_eq!(labels[&format!("pod-security.kubernetes.io/{mode}")], "restricted");
            assert_eq!(labels[&format!("pod-security.kubernetes.io/{mode}-version")], "latest");
        }
        assert_eq!(labels.len(), 6);
    }

    #[test]
    fn a_lower_level_is_warned_about_and_a_version_is_pinned() {
        let chosen = PodSecurity::enforce(Level::Privileged).pinned(KubernetesVersion::new(35));
        let labels = chosen.labels();
        assert_eq!(labels["pod-security.kubernetes.io/enforce"], "privileged");
        assert_eq!(labels["pod-security.kubernetes.io/warn"], "restricted");
        assert_eq!(labels["pod-security.kubernetes.io/audit-version"], "v1.35");
        assert_eq!(
            chosen.warn_and_audit(Level::Baseline).labels()["pod-security.kubernetes.io/audit"],
            "baseline"
        );
    }
}
