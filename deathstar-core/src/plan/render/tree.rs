//! The steps as a tree of scopes, in the order in which their first step is made.

use super::{
    brief::{LeftOut, View},
    fold::{Alike, Fold, grouped},
    step::{Columns, Entry},
    text::{Lines, Style, Text},
};
use crate::plan::{Action, Step};
use std::collections::HashMap;

/// Scopes below this depth are shown on one line.
const DEEPEST: usize = 32;
/// Names wider than this do not push the column of kinds to the right.
const WIDEST: usize = 32;

/// One segment of addresses.
#[derive(Default)]
struct Branch<'p> {
    name: &'p str,
    entries: Vec<Entry<'p>>,
    below: Vec<Self>,
    index: HashMap<&'p str, usize>,
}

/// Joins the halves of replacements.
pub(super) fn entries(steps: &[Step]) -> Vec<Entry<'_>> {
    let position: HashMap<u32, &Step> = steps.iter().map(|step| (step.id, step)).collect();
    let other = |step: &Step| step.other_half.and_then(|half| position.get(&half).copied());
    // Two steps are one replacement when each names the other.
    let pair = |step: &Step| {
        other(step).filter(|half| half.other_half == Some(step.id) && half.action != step.action)
    };
    let mut all: Vec<_> = steps
        .iter()
        .filter_map(|step| match (&step.action, pair(step)) {
            (Action::Create, Some(delete)) if delete.action == Action::Delete => {
                Some(Entry::Replacement { create: step, delete })
            }
            (Action::Delete, Some(create)) if create.action == Action::Create => None,
            _ => Some(Entry::One(step)),
        })
        .collect();
    all.sort_by_key(Entry::first);
    all
}

/// Adds the tree of these entries. Answers what it leaves out.
pub(super) fn show<'p>(entries: &[Entry<'p>], view: &View<'p>, indent: usize, out: &mut Lines) -> LeftOut {
    let mut root = Branch::default();
    for entry in entries {
        root.place(*entry);
    }
    root.show_below(view, indent, out)
}

/// What stands in a scope, in the order in which it is shown.
enum Row<'t, 'p> {
    One(&'p str, Entry<'p>),
    Many(Fold<'p>),
    /// What stands below a segment, under the path of all segments on which nothing branches off.
    Scope(String, &'t Branch<'p>),
}

impl<'p> Branch<'p> {
    fn place(&mut self, entry: Entry<'p>) {
        let mut branch = self;
        for segment in entry.step().address.as_str().splitn(DEEPEST, '/') {
            let at = if let Some(at) = branch.index.get(segment) {
                *at
            } else {
                let at = branch.below.len();
                branch.index.insert(segment, at);
                branch.below.push(Branch { name: segment, ..Branch::default() });
                at
            };
            branch = &mut branch.below[at];
        }
        branch.entries.push(entry);
    }

    /// What it would be folded by: one step at a place below which nothing stands.
    fn alike(&self, view: &View<'p>) -> Option<Alike<'p>> {
        match (self.entries.as_slice(), self.below.as_slice()) {
            ([only], []) => Alike::of(only, view),
            _ => None,
        }
    }

    fn rows(&self, view: &View<'p>) -> Vec<Row<'_, 'p>> {
        let groups = grouped(self.below.iter().map(|branch| branch.alike(view)).collect());
        let mut rows = vec![];
        let mut folds: HashMap<Alike<'p>, usize> = HashMap::new();
        for (branch, alike) in self.below.iter().zip(groups) {
            if let Some(alike) = alike
                && let [Entry::One(step)] = branch.entries.as_slice()
            {
                let at = *folds.entry(alike).or_insert_with(|| {
                    rows.push(Row::Many(Fold { alike, members: vec![] }));
                    rows.len() - 1
                });
                if let Some(Row::Many(fold)) = rows.get_mut(at) {
                    fold.members.push((branch.name, step));
                }
                continue;
            }
            rows.extend(branch.entries.iter().map(|entry| Row::One(branch.name, *entry)));
            if !branch.below.is_empty() {
                let (path, scope) = branch.scope();
                rows.push(Row::Scope(path, scope));
            }
        }
        rows
    }

    /// The place on which something branches off, and the path that leads there.
    fn scope(&self) -> (String, &Self) {
        let mut path = format!("{}/", self.name);
        let mut scope = self;
        while let [only] = scope.below.as_slice()
            && only.entries.is_empty()
        {
            path = format!("{path}{}/", only.name);
            scope = only;
        }
        (path, scope)
    }

    fn show_below(&self, view: &View<'p>, indent: usize, out: &mut Lines) -> LeftOut {
        let rows = self.rows(view);
        let columns = columns(&rows);
        let headings = rows.iter().filter_map(|row| match row {
            Row::Scope(path, scope) => scope.beside(path, 0, view, indent).map(|_| path.chars().count()),
            _ => None,
        });
        let heading = headings.filter(|width| *width <= WIDEST).max().unwrap_or(0);
        let mut left_out = LeftOut::default();
        for row in &rows {
            left_out += match row {
                Row::Scope(path, scope) => scope.show_scope(path, heading, view, indent, out),
                row => show_row(row, columns, view, indent, out),
            };
        }
        left_out
    }

    /// The heading, as wide as told, and beside it what stands in a scope in which nothing else does, where that is a single line.
    fn beside(&self, path: &str, heading: usize, view: &View<'p>, indent: usize) -> Option<(Text, LeftOut)> {
        if !view.is_brief() {
            return None;
        }
        let rows = self.rows(view);
        let [row @ (Row::One(..) | Row::Many(_))] = rows.as_slice() else { return None };
        let head = Text::styled(Style::Heading, path).padded(heading).with(Style::Plain, "  ");
        let at = indent + head.width();
        let mut out = Lines::new();
        let left_out = show_row(row, columns(&rows), view, at, &mut out);
        let line = out.only().filter(|line| at + line.width() <= view.options.width)?;
        Some((head.and(line), left_out))
    }

    /// Adds a scope: its heading, and what stands in it below. In a shortened plan a single line stands beside the heading.
    fn show_scope(
        &self,
        path: &str,
        heading: usize,
        view: &View<'p>,
        indent: usize,
        out: &mut Lines,
    ) -> LeftOut {
        if let Some((line, left_out)) = self.beside(path, heading, view, indent) {
            out.push(indent, line);
            return left_out;
        }
        out.push(indent, Text::styled(Style::Heading, path));
        self.show_below(view, indent + 2, out)
    }
}

fn show_row(row: &Row<'_, '_>, columns: Columns, view: &View<'_>, indent: usize, out: &mut Lines) -> LeftOut {
    match row {
        Row::One(name, entry) => entry.show(name, columns, view, indent, out),
        Row::Many(fold) => fold.show(columns, indent, view, out),
        Row::Scope(..) => LeftOut::default(),
    }
}

/// How wide the columns of what stands in one scope are. Folds have no column of names.
fn columns(rows: &[Row<'_, '_>]) -> Columns {
    let mut columns = Columns::default();
    for row in rows {
        let (sign, name) = match row {
            Row::One(name, entry) => (entry.symbol().sign(), name.chars().count()),
            Row::Many(fold) => (fold.alike.symbol.sign(), 0),
            Row::Scope(..) => continue,
        };
        columns.signs = columns.signs.max(sign.len());
        columns.names = columns.names.max(if name > WIDEST { 0 } else { name });
    }
    columns
}
