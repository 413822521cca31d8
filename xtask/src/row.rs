//! One row of the closing table: a step, what it ran against, and what came of it.

use std::ops::AddAssign;
use std::time::Duration;

/// How many checks passed, failed, or were left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// One check that passed.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    /// One check that failed.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    /// One check that was left out.
    pub(crate) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    /// Whether nothing was counted.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// One row of the closing table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The name of the step.
    pub(crate) step: String,
    /// The counterpart: what the step ran against.
    pub(crate) against: String,
    /// What came of it.
    pub(crate) counts: Counts,
    /// Why something failed or was left out, and what to do.
    pub(crate) notes: Vec<String>,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Row {
    /// The outcome in one word.
    pub(crate) fn result(&self) -> &'static str {
        match self.counts {
            Counts { failed: 1.., .. } => "FAILED",
            Counts { passed: 1.., .. } => "ok",
            Counts { skipped: 1.., .. } => "not run",
            Counts { .. } => "empty",
        }
    }
}

/// What a step found out: one count per check, and a note for each that did not pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) counts: Counts,
    pub(crate) notes: Vec<String>,
}

impl Checked {
    /// A step of one check that passed.
    pub(crate) fn passed() -> Self {
        Self { counts: Counts::PASSED, notes: Vec::new() }
    }

    /// A step that was left out, with the reason and what to do about it.
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { counts: Counts::SKIPPED, notes: vec![why.into()] }
    }

    /// Counts one more check: passed when nothing is said against it.
    pub(crate) fn check(&mut self, problems: Vec<String>) {
        self.counts += if problems.is_empty() { Counts::PASSED } else { Counts::FAILED };
        self.notes.extend(problems);
    }
}

#[cfg(test)]
mod tests {
    use super::{Checked, Counts, Row};

    fn result(passed: u64, failed: u64, skipped: u64) -> &'static str {
        let counts = Counts { passed, failed, skipped };
        let (step, against) = (String::new(), String::new());
        Row { step, against, counts, notes: Vec::new(), took: std::time::Duration::ZERO }.result()
    }

    #[test]
    fn one_failure_outweighs_everything() {
        assert_eq!(result(9, 1, 9), "FAILED");
        assert_eq!(result(1, 0, 9), "ok");
        assert_eq!(result(0, 0, 1), "not run");
        assert_eq!(result(0, 0, 0), "empty");
    }

    #[test]
    fn each_check_counts_once_however_much_it_says() {
        let mut checked = Checked::default();
        checked.check(vec![]);
        checked.check(vec!["one".to_owned(), "two".to_owned()]);
        assert_eq!(checked.counts, Counts { passed: 1, failed: 1, skipped: 0 });
        assert_eq!(checked.notes, ["one", "two"]);
    }
}
