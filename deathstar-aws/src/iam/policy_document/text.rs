//! Texts of a policy document, and lists of them.

use deathstar_core::{Input, Output, model::Set};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text of a policy document: known, or the result of another resource.
///
/// Any output that is written as a text may stand here, whatever its type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyText(Input<String>);

impl PolicyText {
    /// The text, when it is known.
    pub fn as_str(&self) -> Option<&str> {
        self.0.value().map(String::as_str)
    }
}

impl From<&str> for PolicyText {
    fn from(text: &str) -> Self {
        Self(Input::Known(text.to_owned()))
    }
}

impl From<String> for PolicyText {
    fn from(text: String) -> Self {
        Self(Input::Known(text))
    }
}

impl<T> From<Output<T>> for PolicyText {
    fn from(output: Output<T>) -> Self {
        Self(Input::Pending(output.expr().clone()))
    }
}

impl<T> From<&Output<T>> for PolicyText {
    fn from(output: &Output<T>) -> Self {
        Self(Input::Pending(output.expr().clone()))
    }
}

impl<T: AsRef<str>> From<Input<T>> for PolicyText {
    fn from(input: Input<T>) -> Self {
        Self(match input {
            Input::Known(text) => Input::Known(text.as_ref().to_owned()),
            Input::Pending(expression) => Input::Pending(expression),
        })
    }
}

impl From<PolicyText> for Input<String> {
    fn from(text: PolicyText) -> Self {
        text.0
    }
}

/// Texts, any of which will do: sorted, each once, and written as one text where there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyTexts(Set<PolicyText>);

impl PolicyTexts {
    /// These texts.
    pub fn of(texts: impl IntoIterator<Item = impl Into<PolicyText>>) -> Self {
        Self(texts.into_iter().map(Into::into).collect())
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &PolicyText> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and more.
    pub(super) fn extend(&mut self, more: &Self) {
        self.0 = self.0.iter().chain(&more.0).cloned().collect();
    }

    /// Whether this text is the only one.
    pub(super) fn is_only(&self, text: &str) -> bool {
        self.len() == 1 && self.iter().all(|one| one.as_str() == Some(text))
    }

    pub(super) fn is_known(&self) -> bool {
        self.0.iter().all(|text| text.as_str().is_some())
    }
}

impl Serialize for PolicyTexts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.iter().next() {
            Some(one) if self.len() == 1 => one.serialize(serializer),
            _ => self.0.serialize(serializer),
        }
    }
}

/// Texts as they may be written: conditions take booleans and numbers too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Flag(bool),
    Number(serde_json::Number),
    Text(PolicyText),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Written>),
    One(Written),
}

impl<'de> Deserialize<'de> for PolicyTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = match OneOrMany::deserialize(deserializer)? {
            OneOrMany::Many(all) => all,
            OneOrMany::One(one) => vec![one],
        };
        Ok(Self::of(all.into_iter().map(|written| match written {
            Written::Flag(flag) => PolicyText::from(flag.to_string()),
            Written::Number(number) => PolicyText::from(number.to_string()),
            Written::Text(text) => text,
        })))
    }
}
