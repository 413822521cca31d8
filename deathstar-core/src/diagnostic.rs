//! Findings about a declaration, told all at once and before the first call.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One finding: what is wrong, where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The resource or scope that it is about; empty for the stack itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// A stable name of the rule, such as `cidr.overlap`.
    pub code: String,
    /// The field, as a JSON pointer; empty for the whole object.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is wrong and why.
    pub why: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
}

impl Diagnostic {
    /// A finding about the whole object.
    pub fn new(code: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            address: String::new(),
            code: code.into(),
            path: String::new(),
            why: why.into(),
            fix: String::new(),
        }
    }

    /// Names the field, as a JSON pointer.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// Names the resource or scope.
    #[must_use]
    pub fn on(mut self, address: impl AsRef<str>) -> Self {
        self.address = address.as_ref().into();
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.address.is_empty() {
            write!(f, "{}{}: ", self.address, self.path)?;
        }
        write!(f, "{} [{}]", self.why, self.code)?;
        if !self.fix.is_empty() {
            write!(f, "\n  hint: {}", self.fix)?;
        }
        Ok(())
    }
}

/// All findings of a stack, in order of address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Findings(pub Vec<Diagnostic>);

impl Findings {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a finding has this code.
    pub fn has(&self, code: &str) -> bool {
        self.0.iter().any(|d| d.code == code)
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "finding" } else { "findings" };
        write!(f, "{} {plural} in the declaration", self.0.len())?;
        for diagnostic in &self.0 {
            write!(f, "\n{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
