//! The steps as a tree of scopes, in the order in which their first step is made.

use super::{
    RenderOptions,
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

/// Adds the tree of these entries. `brief` leaves the fields of what is created out.
pub(super) fn show(
    entries: &[Entry<'_>],
    brief: bool,
    indent: usize,
    options: &RenderOptions,
    out: &mut Lines,
) {
    let mut root = Branch::default();
    for entry in entries {
        root.place(*entry);
    }
    root.show_below(brief, indent, options, out);
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

    fn show_below(&self, brief: bool, indent: usize, options: &RenderOptions, out: &mut Lines) {
        let columns = self.columns();
        for branch in &self.below {
            for entry in &branch.entries {
                let short = brief && matches!(entry, Entry::One(step) if step.action == Action::Create);
                entry.show(branch.name, columns, short, indent, options, out);
            }
            branch.show_scope(brief, indent, options, out);
        }
    }

    fn columns(&self) -> Columns {
        let mut columns = Columns::default();
        for branch in &self.below {
            let width = branch.name.chars().count();
            for entry in &branch.entries {
                columns.signs = columns.signs.max(entry.symbol().sign().len());
                columns.names = columns.names.max(if width > WIDEST { 0 } else { width });
            }
        }
        columns
    }

    /// Shows what stands below this segment, under a heading of all segments on which nothing branches off.
    fn show_scope(&self, brief: bool, indent: usize, options: &RenderOptions, out: &mut Lines) {
        if self.below.is_empty() {
            return;
        }
        let mut path = format!("{}/", self.name);
        let mut scope = self;
        while let [only] = scope.below.as_slice()
            && only.entries.is_empty()
        {
            path = format!("{path}{}/", only.name);
            scope = only;
        }
        out.push(indent, Text::styled(Style::Heading, &path));
        scope.show_below(brief, indent + 2, options, out);
    }
}
