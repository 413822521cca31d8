//! The places inside a field in which an object differs, and who wrote them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// One place inside a field in which an object as it is differs from a spec.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Where it is, as the provider's people write it: `spec.containers[name=web].image`.
    pub path: String,
    /// What is there; `null` where there is nothing.
    pub before: Value,
    /// What is declared; `null` where nothing is.
    pub after: Value,
    /// Whether this place makes the difference a replacement.
    pub replaces: bool,
    /// Who wrote what is there, where somebody else did.
    pub by: Option<ChangedBy>,
}

/// Who wrote a part of an object last, as its provider tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChangedBy {
    /// The name that it gives itself.
    pub manager: String,
    /// How it wrote: of Kubernetes, `Apply` or `Update`.
    pub operation: String,
    /// What of the object it wrote through, such as `scale`, where it was not the object itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// When, as the provider writes times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

impl fmt::Display for ChangedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.manager, self.operation)?;
        if let Some(through) = &self.through {
            write!(f, " of {through}")?;
        }
        match &self.time {
            Some(time) => write!(f, ", {time}"),
            None => Ok(()),
        }
    }
}
