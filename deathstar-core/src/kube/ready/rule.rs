//! What a user says about the readiness of a kind.

use super::{Readiness, conditions};
use crate::kube::view::View;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// When an object of a kind is ready.
///
/// A status of an older generation says nothing under a rule either, and `Stalled` is a failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// When it exists.
    Exists,
    /// When the condition of this type is `True`, of the generation that is.
    Condition(String),
    /// When the condition of this type is `False`, such as `Degraded`.
    NoCondition(String),
    /// When the value at this JSON pointer is there and equals.
    Equals {
        /// The place.
        pointer: String,
        /// What has to be there.
        value: Value,
    },
    /// When all of these hold.
    All(Vec<Self>),
}

impl Rule {
    /// When the value at this JSON pointer is there and equals.
    pub fn equals(pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::Equals { pointer: pointer.into(), value: value.into() }
    }

    /// When the condition of this type is `True`.
    pub fn condition(r#type: impl Into<String>) -> Self {
        Self::Condition(r#type.into())
    }
}

/// Rules by kind; a rule for a built-in kind takes the place of what is known about it.
///
/// ```
/// use deathstar_core::kube::ready::{Rule, Rules};
///
/// let rules = Rules::default()
///     .kind("kafka.strimzi.io", "Kafka", Rule::condition("Ready"))
///     .kind("networking.k8s.io", "Ingress", Rule::Exists);
/// # assert_eq!(rules.rule("networking.k8s.io", "Ingress"), Some(&Rule::Exists));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(BTreeMap<String, BTreeMap<String, Rule>>);

impl Rules {
    /// Says when objects of this group and kind are ready, in all versions; the core group is empty.
    #[must_use]
    pub fn kind(mut self, group: impl Into<String>, kind: impl Into<String>, rule: Rule) -> Self {
        self.0.entry(group.into()).or_default().insert(kind.into(), rule);
        self
    }

    /// The rule for a kind.
    pub fn rule(&self, group: &str, kind: &str) -> Option<&Rule> {
        self.0.get(group)?.get(kind)
    }
}

pub(super) fn apply(rule: &Rule, object: View<'_>) -> Readiness {
    if let Some(cause) = conditions::stalled(object) {
        return Readiness::Failed(cause);
    }
    Readiness::unless(missing(rule, object))
}

fn missing(rule: &Rule, object: View<'_>) -> Option<String> {
    match rule {
        Rule::Exists => None,
        Rule::Condition(r#type) => conditions::requires(object, r#type),
        Rule::NoCondition(r#type) => match conditions::current(object, r#type) {
            Some(condition) if condition.is_false() => None,
            Some(condition) => {
                Some(format!("condition `{type}` is {}: {}", condition.status(), condition.told()))
            }
            None => Some(format!("condition `{type}` is not told yet")),
        },
        Rule::Equals { pointer, value } => match object.at(pointer) {
            Some(found) if found == value => None,
            Some(found) => Some(format!("`{pointer}` is {found}, not {value}")),
            None => Some(format!("`{pointer}` is absent, not {value}")),
        },
        Rule::All(rules) => rules.iter().find_map(|rule| missing(rule, object)),
    }
}
