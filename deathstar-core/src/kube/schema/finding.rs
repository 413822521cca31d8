//! What a check finds.

use super::path::Path;
use serde::Serialize;
use std::fmt;

/// What a check found, and what it could not look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What the API server would refuse, in order of path.
    pub findings: Vec<Finding>,
    /// What the API server checks and this check does not, in order of path.
    pub unchecked: Vec<Unchecked>,
}

/// One reason why the API server would refuse an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The place in the object, as a JSON pointer; empty for the whole object.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// What to do, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// A rule that was not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unchecked {
    /// The place in the object that it is about, as a JSON pointer; empty for the whole object.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// What the rule means, in the words of the definition; empty where it says nothing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Finding {
    pub(super) fn new(path: &Path<'_>, reason: impl Into<String>) -> Self {
        Self { path: path.to_string(), reason: reason.into(), fix: None }
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.reason)?;
        match &self.fix {
            Some(fix) => write!(f, " ({fix})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: not checked: `{}`", self.path, self.rule)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, " ({})", self.message) }
    }
}
