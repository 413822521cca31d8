//! Siblings that are alike, and of which nothing more is to be said, as one line.

use super::{
    brief::{LeftOut, View, names},
    step::{Columns, Entry, Symbol},
    text::{Lines, Style, Text},
};
use crate::{driver::Check, plan::Step};
use std::collections::HashMap;

/// So many siblings that are alike stand on lines of their own; more of them are one line. Where nothing else stands in their scope,
/// two are one line already: it takes the scope's heading along.
const MOST_ALIKE: usize = 3;

/// What siblings have in common that become one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Alike<'p> {
    pub(super) symbol: Symbol,
    kind: &'p str,
    /// Whoever was checked differently does not hide among the others.
    check: Option<&'p Check>,
    /// That they are no longer declared.
    noted: bool,
}

impl<'p> Alike<'p> {
    /// What this would be folded by; none for what stands on a line of its own.
    pub(super) fn of(entry: &Entry<'p>, view: &View<'p>) -> Option<Self> {
        let step: &Step = view.plain(entry)?;
        let noted = step.notes.len() > view.reasons(step);
        Some(Self { symbol: entry.symbol(), kind: &step.kind, check: step.check.as_ref(), noted })
    }
}

/// For each sibling what it is folded by; none for those that stand on lines of their own.
pub(super) fn grouped<'p>(mut all: Vec<Option<Alike<'p>>>) -> Vec<Option<Alike<'p>>> {
    let len = all.len();
    let mut counts: HashMap<Alike<'p>, usize> = HashMap::new();
    for alike in all.iter().flatten() {
        *counts.entry(*alike).or_default() += 1;
    }
    for slot in &mut all {
        let count = slot.and_then(|alike| counts.get(&alike).copied()).unwrap_or(0);
        let alone = count > 1 && count == len;
        *slot = slot.filter(|_| alone || count > MOST_ALIKE);
    }
    all
}

/// Siblings on one line.
pub(super) struct Fold<'p> {
    pub(super) alike: Alike<'p>,
    /// Their names and steps, in the order of the plan.
    pub(super) members: Vec<(&'p str, &'p Step)>,
}

impl Fold<'_> {
    /// Adds its line.
    pub(super) fn show(&self, columns: Columns, indent: usize, view: &View<'_>, out: &mut Lines) -> LeftOut {
        let Alike { symbol, kind, check: _, noted } = self.alike;
        let mut line = Text::styled(symbol.style(), symbol.sign()).padded(columns.signs);
        line.push(Style::Plain, &format!(" {} ", self.members.len()));
        line.push(Style::Faint, kind);
        let all: Vec<_> = self.members.iter().map(|(name, _)| *name).collect();
        let room = view.options.width.saturating_sub(indent + line.width() + 2);
        let (shown, more) = names(&all, room);
        if let Some(shown) = shown {
            line = line.with(Style::Plain, ": ").with(Style::Plain, &shown);
        }
        out.push(indent, line);
        if noted {
            out.push(indent + 4, Text::styled(Style::Faint, "# they are no longer declared"));
        }
        let mut left_out = LeftOut { names: more, ..LeftOut::default() };
        for (_, step) in &self.members {
            match symbol {
                Symbol::Create => {
                    left_out.fields += 1;
                    left_out.reasons += view.reasons(step);
                }
                _ => left_out.ids += usize::from(step.object.is_some()),
            }
        }
        left_out
    }
}
