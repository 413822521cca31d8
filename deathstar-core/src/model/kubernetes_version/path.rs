//! The path of an upgrade: one minor at a time, never back.

use super::KubernetesVersion;

impl KubernetesVersion {
    /// The versions that a control plane takes on after this one, up to `to`: one minor at a time.
    ///
    /// # Errors
    /// [`PathError`] when `to` is older, as a control plane cannot go back.
    pub fn path(self, to: Self) -> Result<Vec<Self>, PathError> {
        if to < self {
            return Err(PathError { from: self, to });
        }
        Ok((self.minor..to.minor).map(|minor| Self::new(minor).next()).collect())
    }

    /// The furthest version that one upgrade may reach on the way to `to`.
    ///
    /// An older `to` is returned as it is, so that the downgrade shows and can be refused.
    #[must_use]
    pub fn toward(self, to: Self) -> Self {
        to.min(self.next())
    }
}

/// A way back, which a control plane does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a control plane cannot go back from {from} to {to}")]
#[non_exhaustive]
pub struct PathError {
    /// The present version.
    pub from: KubernetesVersion,
    /// The version that was asked for.
    pub to: KubernetesVersion,
}

impl PathError {
    /// What to do.
    pub fn hint(&self) -> String {
        format!("ask for {} or newer, or replace the cluster", self.from)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;
    use proptest::prelude::*;

    const fn version(minor: u16) -> KubernetesVersion {
        KubernetesVersion::new(minor)
    }

    #[test]
    fn an_upgrade_visits_each_minor() {
        assert_eq!(version(33).path(version(35)), Ok(vec![version(34), version(35)]));
        assert_eq!(version(33).path(version(33)), Ok(vec![]));
        assert_eq!(version(u16::MAX).path(version(u16::MAX)), Ok(vec![]));
    }

    #[test]
    fn there_is_no_way_back() {
        let error = version(33).path(version(32)).unwrap_err();
        assert_eq!(error.to_string(), "a control plane cannot go back from 1.33 to 1.32");
        assert_eq!(error.hint(), "ask for 1.33 or newer, or replace the cluster");
        assert_eq!(version(33).toward(version(30)), version(30));
    }

    proptest! {
        #[test]
        fn single_steps_are_the_path(from in 0u16..100, ahead in 0u16..20) {
            let (from, to) = (version(from), version(from + ahead));
            let mut at = from;
            let mut steps = Vec::new();
            while at != to {
                at = at.toward(to);
                steps.push(at);
            }
            prop_assert_eq!(from.path(to), Ok(steps));
        }
    }
}
