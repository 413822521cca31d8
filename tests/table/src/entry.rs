//! What came of it, for people.

use crate::{Kind, Step};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// One fault at one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose life it is.
    pub subject: String,
    /// In which step.
    pub step: Step,
    /// At which call: `ec2:CreateVpc`.
    pub call: String,
    /// At which of these calls.
    pub nth: usize,
    /// What befell it.
    pub kind: Kind,
    /// How many runs the step took, or what went wrong.
    pub outcome: Result<usize, String>,
}

/// All faults at all calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// One by one.
    pub entries: Vec<Entry>,
}

impl Table {
    /// Adds another table.
    pub fn extend(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    /// What went wrong.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.entries.iter().filter_map(|entry| Some((entry, entry.outcome.as_ref().err()?)));
        failed
            .map(|(entry, why)| {
                let Entry { subject, step, call, nth, kind, .. } = entry;
                format!("{subject}, {step:?}, {call} ({nth}), {}: {why}", kind.name())
            })
            .collect()
    }
}

/// A row for each call, a column for each fault: the number of runs until all was well, or `FAIL`.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: BTreeSet<Kind> = self.entries.iter().map(|entry| entry.kind).collect();
        let mut rows: BTreeMap<(&str, Step, &str, usize), BTreeMap<Kind, String>> = BTreeMap::new();
        for entry in &self.entries {
            let text = entry.outcome.as_ref().map_or_else(|_| "FAIL".to_owned(), usize::to_string);
            let row = (entry.subject.as_str(), entry.step, entry.call.as_str(), entry.nth);
            rows.entry(row).or_default().insert(entry.kind, text);
        }
        write!(f, "{:<24} {:<8} {:<38}", "kind", "step", "call")?;
        for kind in &kinds {
            write!(f, " {:>14}", kind.name())?;
        }
        for ((subject, step, call, nth), cells) in &rows {
            let call = if *nth > 1 { format!("{call} ({nth})") } else { (*call).to_owned() };
            write!(f, "\n{subject:<24} {:<8} {call:<38}", format!("{step:?}").to_lowercase())?;
            for kind in &kinds {
                write!(f, " {:>14}", cells.get(kind).map_or("-", String::as_str))?;
            }
        }
        let failed = self.entries.iter().filter(|entry| entry.outcome.is_err()).count();
        write!(f, "\n{} trials, {failed} failed", self.entries.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_call_and_a_column_a_fault() {
        let entry = |kind, outcome| Entry {
            subject: "vpc".into(),
            step: Step::Create,
            call: "ec2:CreateVpc".into(),
            nth: 1,
            kind,
            outcome,
        };
        let mut table = Table { entries: vec![entry(Kind::Throttled, Ok(1))] };
        table.extend(Table { entries: vec![entry(Kind::LostAnswer, Err("twice".into()))] });
        let text = table.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].contains("throttled") && lines[0].contains("lost answer"), "{text}");
        assert!(lines[1].starts_with("vpc") && lines[1].ends_with("FAIL"), "{text}");
        assert_eq!(lines[2], "2 trials, 1 failed");
        assert_eq!(table.failures(), ["vpc, Create, ec2:CreateVpc (1), lost answer: twice"]);
    }
}
