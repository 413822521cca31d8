//! What the suite found.

use super::Rule;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// What was seen, and what should have been.
    pub why: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]\n  hint: {}", self.why, self.rule, self.fix)
    }
}

/// A rule that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The rule.
    pub rule: Rule,
    /// What the suite was not given, or why the kind has nothing of it.
    pub why: String,
}

/// What the suite found about one driver; as an error, the list of all breaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verdicts {
    /// All breaches, in the order in which they were seen.
    pub findings: Vec<Violation>,
    /// The rules that were checked.
    pub checked: Vec<Rule>,
    /// The rules that were not, and why.
    pub skipped: Vec<Skipped>,
    /// Why the suite ended early, if it did: a call failed in a way that no rule is about.
    pub interrupted: Option<String>,
    /// What the suite made and could not remove: an id as JSON text, or the token of something whose id is not known.
    pub left_behind: Vec<String>,
}

impl Verdicts {
    /// Whether a rule was found to be broken.
    pub fn breaks(&self, rule: Rule) -> bool {
        self.findings.iter().any(|violation| violation.rule == rule)
    }

    /// Whether a rule was checked.
    pub fn has_checked(&self, rule: Rule) -> bool {
        self.checked.contains(&rule)
    }

    /// Lets a test go on only with a driver that kept every rule that was checked, and left nothing behind.
    ///
    /// # Errors
    /// With everything that was found, when a rule is broken, the suite ended early, or objects are left behind.
    pub fn assert(self) -> Result<Self, Box<Self>> {
        if self.findings.is_empty() && self.interrupted.is_none() && self.left_behind.is_empty() {
            Ok(self)
        } else {
            Err(Box::new(self))
        }
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.findings.len() == 1 { "breach" } else { "breaches" };
        let (found, checked, skipped) = (self.findings.len(), self.checked.len(), self.skipped.len());
        write!(f, "{found} {plural} of the driver's contract; {checked} rules checked, {skipped} not")?;
        for violation in &self.findings {
            write!(f, "\n{violation}")?;
        }
        if let Some(why) = &self.interrupted {
            write!(f, "\nthe suite ended early: {why}")?;
        }
        for id in &self.left_behind {
            write!(f, "\nleft behind: {id}")?;
        }
        for skipped in &self.skipped {
            write!(f, "\nnot checked: {}: {}", skipped.rule, skipped.why)?;
        }
        Ok(())
    }
}

impl std::error::Error for Verdicts {}
