//! Taints.

use crate::model::name::{NameError, kubernetes};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a taint does to pods that do not tolerate it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TaintEffect {
    /// New pods are not placed on the node.
    NoSchedule,
    /// New pods are placed on the node only when there is no other.
    PreferNoSchedule,
    /// Pods are neither placed nor left on the node.
    NoExecute,
}

impl TaintEffect {
    /// All effects.
    pub const ALL: [Self; 3] = [Self::NoSchedule, Self::PreferNoSchedule, Self::NoExecute];

    /// The effect as Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

impl fmt::Display for TaintEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for TaintEffect {
    type Err = TaintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|effect| effect.as_str() == text)
            .ok_or_else(|| TaintError::Effect { text: text.to_owned() })
    }
}

/// What keeps pods from a node unless they tolerate it, written `key=value:NoSchedule` or `key:NoSchedule`.
///
/// ```
/// use deathstar_core::model::{Taint, TaintEffect};
///
/// let taint: Taint = "dedicated=gpu:NoSchedule".parse()?;
/// assert_eq!(taint, Taint::new("dedicated", "gpu", TaintEffect::NoSchedule)?);
/// # Ok::<(), deathstar_core::model::label::TaintError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Taint {
    key: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
    effect: TaintEffect,
}

/// A taint as it is written, before the checks.
#[derive(Deserialize)]
struct Raw {
    key: String,
    #[serde(default)]
    value: String,
    effect: TaintEffect,
}

impl Taint {
    /// Takes a taint; an empty value is none.
    ///
    /// # Errors
    /// [`TaintError`] when Kubernetes refuses the key or the value.
    pub fn new(
        key: impl Into<String>,
        value: impl Into<String>,
        effect: TaintEffect,
    ) -> Result<Self, TaintError> {
        let (key, value) = (key.into(), value.into());
        kubernetes::LABEL_KEY.check(&key).map_err(|source| TaintError::Key { source })?;
        if let Err(source) = kubernetes::LABEL_VALUE.check(&value) {
            return Err(TaintError::Value { key, source });
        }
        Ok(Self { key, value, effect })
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value; empty when there is none.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What the taint does.
    pub fn effect(&self) -> TaintEffect {
        self.effect
    }
}

impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if !self.value.is_empty() {
            write!(f, "={}", self.value)?;
        }
        write!(f, ":{}", self.effect)
    }
}

impl FromStr for Taint {
    type Err = TaintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (head, effect) =
            text.rsplit_once(':').ok_or_else(|| TaintError::NoEffect { text: text.to_owned() })?;
        let (key, value) = head.split_once('=').unwrap_or((head, ""));
        Self::new(key, value, effect.parse()?)
    }
}

impl TryFrom<Raw> for Taint {
    type Error = TaintError;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        Self::new(raw.key, raw.value, raw.effect)
    }
}

/// Why a taint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TaintError {
    /// The effect is missing.
    #[error("taint `{text}` has no effect")]
    NoEffect {
        /// What was given.
        text: String,
    },
    /// There is no such effect.
    #[error("`{text}` is not the effect of a taint")]
    Effect {
        /// What was given.
        text: String,
    },
    /// The key breaks a rule.
    #[error("taint: {source}")]
    Key {
        /// Which rule, and where.
        source: NameError,
    },
    /// The value breaks a rule.
    #[error("taint `{key}`: {source}")]
    Value {
        /// The key of the taint.
        key: String,
        /// Which rule, and where.
        source: NameError,
    },
}

impl TaintError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::NoEffect { .. } => "write it like `key=value:NoSchedule`".to_owned(),
            Self::Effect { .. } => "use one of `NoSchedule`, `PreferNoSchedule`, `NoExecute`".to_owned(),
            Self::Key { source } | Self::Value { source, .. } => source.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;
    use proptest::prelude::*;

    fn taint(text: &str) -> Taint {
        text.parse().unwrap()
    }

    #[test]
    fn a_taint_is_read_and_written() {
        let gpu = taint("nvidia.com/gpu=present:NoExecute");
        assert_eq!(
            (gpu.key(), gpu.value(), gpu.effect()),
            ("nvidia.com/gpu", "present", TaintEffect::NoExecute)
        );
        assert_eq!(taint("spot:PreferNoSchedule").value(), "");
        assert_eq!(taint("spot=:NoSchedule").to_string(), "spot:NoSchedule");
    }

    #[test]
    fn what_is_wrong_is_told_with_the_form() {
        let hint = |text: &str| text.parse::<Taint>().unwrap_err().hint();
        assert_eq!(hint("dedicated=gpu"), "write it like `key=value:NoSchedule`");
        assert_eq!(hint("a=b:noschedule"), "use one of `NoSchedule`, `PreferNoSchedule`, `NoExecute`");
        assert_eq!(hint("=b:NoSchedule"), "add at least 1 character");
        let value = "a=b c:NoSchedule".parse::<Taint>().unwrap_err();
        assert!(matches!(&value, TaintError::Value { key, .. } if key == "a"), "{value}");
        assert!(matches!("a:b:NoSchedule".parse::<Taint>(), Err(TaintError::Key { .. })));
        assert!(matches!("a b:NoSchedule".parse::<Taint>(), Err(TaintError::Key { .. })));
    }

    #[test]
    fn serde_has_the_form_of_kubernetes() {
        let json = r#"{"key":"dedicated","value":"gpu","effect":"NoSchedule"}"#;
        assert_eq!(serde_json::from_str::<Taint>(json).unwrap(), taint("dedicated=gpu:NoSchedule"));
        assert_eq!(serde_json::to_string(&taint("dedicated=gpu:NoSchedule")).unwrap(), json);
        assert_eq!(
            serde_json::to_string(&taint("spot:NoExecute")).unwrap(),
            r#"{"key":"spot","effect":"NoExecute"}"#
        );
        assert!(serde_json::from_str::<Taint>(r#"{"key":"a b","effect":"NoExecute"}"#).is_err());
    }

    proptest! {
        #[test]
        fn text_and_value_are_one(
            key in "([a-z]{1,5}\\.io/)?[a-z0-9]{1,8}",
            value in "([a-z0-9]([-_.a-z0-9]{0,8}[a-z0-9])?)?",
            effect in prop::sample::select(TaintEffect::ALL.to_vec()),
        ) {
            let taint = Taint::new(key, value, effect).unwrap();
            prop_assert_eq!(taint.to_string().parse(), Ok(taint));
        }
    }
}
