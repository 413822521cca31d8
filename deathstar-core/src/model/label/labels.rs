//! Labels.

use crate::model::name::{NameError, kubernetes};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fmt;

/// Labels that Kubernetes accepts, in order of their keys.
///
/// ```
/// use deathstar_core::model::Labels;
///
/// let labels = Labels::of([("app.kubernetes.io/name", "webshop"), ("tier", "front")])?;
/// assert_eq!(labels.value("tier"), Some("front"));
/// assert_eq!(labels.to_string(), "app.kubernetes.io/name=webshop,tier=front");
/// # Ok::<(), deathstar_core::model::label::LabelErrors>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// No labels.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Takes labels; the last of several with one key counts.
    ///
    /// # Errors
    /// [`LabelErrors`] with all labels that Kubernetes refuses.
    pub fn of<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, LabelErrors> {
        let mut labels = Self::new();
        let mut errors = Vec::new();
        for (key, value) in pairs {
            if let Err(error) = labels.insert(key, value) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(labels) } else { Err(LabelErrors(errors)) }
    }

    /// Sets a label, and returns the value that it had.
    ///
    /// # Errors
    /// [`LabelError`] when Kubernetes refuses the key or the value; nothing is set.
    pub fn insert(
        &mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Result<Option<String>, LabelError> {
        let (key, value) = (key.into(), value.into());
        if let Err(source) = kubernetes::LABEL_KEY.check(&key) {
            return Err(LabelError::Key { source });
        }
        if let Err(source) = kubernetes::LABEL_VALUE.check(&value) {
            return Err(LabelError::Value { key, source });
        }
        Ok(self.0.insert(key, value))
    }

    /// Takes a label away, and returns the value that it had.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    /// The value of a label.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The labels in order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// How many labels there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object with these labels is chosen by a selector: it has all of the selector's labels.
    pub fn matches(&self, selector: &Self) -> bool {
        selector.iter().all(|(key, value)| self.value(key) == Some(value))
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.0.iter().enumerate() {
            write!(f, "{}{key}={value}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl IntoIterator for Labels {
    type Item = (String, String);
    type IntoIter = btree_map::IntoIter<String, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl TryFrom<BTreeMap<String, String>> for Labels {
    type Error = LabelErrors;

    fn try_from(pairs: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        Self::of(pairs)
    }
}

impl From<Labels> for BTreeMap<String, String> {
    fn from(labels: Labels) -> Self {
        labels.0
    }
}

/// A label that Kubernetes refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The key breaks a rule.
    #[error(transparent)]
    Key {
        /// Which rule, and where.
        source: NameError,
    },
    /// The value breaks a rule.
    #[error("label `{key}`: {source}")]
    Value {
        /// The key of the label.
        key: String,
        /// Which rule, and where.
        source: NameError,
    },
}

impl LabelError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::Key { source } | Self::Value { source, .. } => source.hint(),
        }
    }
}

/// All labels of a set that Kubernetes refuses, never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelErrors(Vec<LabelError>);

impl LabelErrors {
    /// Each refused label.
    pub fn errors(&self) -> &[LabelError] {
        &self.0
    }

    /// What to do, one line per label.
    pub fn hint(&self) -> String {
        self.0.iter().map(LabelError::hint).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for LabelErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for LabelErrors {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    #[test]
    fn all_refused_labels_are_told_at_once() {
        let error = Labels::of([("ok", "yes"), ("-bad", "x"), ("zone", "not ok")]).unwrap_err();
        assert_eq!(error.errors().len(), 2);
        assert_eq!(
            error.to_string(),
            "label key `-bad`: it begins with `-` at character 1, which is not one of a-z, A-Z, 0-9; \
             label `zone`: label value `not ok`: character 4 is ` `, which is not one of a-z, A-Z, 0-9, `-_.`"
        );
        assert_eq!(error.hint(), "begin with one of a-z, A-Z, 0-9\nuse only a-z, A-Z, 0-9, `-_.`");
    }

    #[test]
    fn a_refused_label_changes_nothing() {
        let mut labels = Labels::of([("tier", "front")]).unwrap();
        assert!(labels.insert("tier", "-").is_err());
        assert_eq!(labels.value("tier"), Some("front"));
        assert_eq!(labels.insert("tier", "").unwrap().as_deref(), Some("front"));
        assert_eq!(labels.remove("tier").as_deref(), Some(""));
        assert!(labels.is_empty());
    }

    #[test]
    fn serde_keeps_the_map_and_refuses_what_kubernetes_refuses() {
        let labels: Labels = serde_json::from_str(r#"{"b":"2","a":"1"}"#).unwrap();
        assert_eq!(serde_json::to_string(&labels).unwrap(), r#"{"a":"1","b":"2"}"#);
        assert!(serde_json::from_str::<Labels>(r#"{"a b":"1"}"#).is_err());
    }

    #[test]
    fn a_selector_chooses_what_has_all_of_it() {
        let labels = Labels::of([("app", "webshop"), ("tier", "front")]).unwrap();
        assert!(labels.matches(&Labels::of([("app", "webshop")]).unwrap()));
        assert!(labels.matches(&Labels::new()));
        assert!(!labels.matches(&Labels::of([("app", "webshop"), ("zone", "a")]).unwrap()));
        assert!(!labels.matches(&Labels::of([("app", "billing")]).unwrap()));
    }
}
