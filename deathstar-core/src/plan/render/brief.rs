//! What a long plan leaves out of its lines, and how it says so.

use super::{RenderOptions, step::Entry, text::Text};
use crate::{
    Stakes,
    graph::Address,
    plan::{Action, PlanData, Step, order::NO_LONGER_DECLARED},
};
use std::{collections::HashSet, ops::AddAssign};

/// A plan that creates more objects than this shows what is new in short, and one that deletes more shows what goes in short; unless
/// everything is asked for.
pub(super) const MOST_IN_FULL: usize = 40;

/// How many of the first notes of a step say what its declaration says: who asked for it. The others are of the engine and of the
/// provider.
pub(super) type Reasons<'v> = &'v dyn Fn(&Step) -> usize;

/// How a plan is looked at.
pub(super) struct View<'v> {
    pub(super) options: &'v RenderOptions,
    reasons: Reasons<'v>,
    /// Whether creates, and whether deletes, are shown in short.
    creates: bool,
    deletes: bool,
    /// Of what else the plan tells something: it drifted, has others in it, or forbids to apply.
    marked: HashSet<&'v Address>,
}

impl<'v> View<'v> {
    pub(super) fn of(
        plan: &'v PlanData,
        all: &[Entry<'v>],
        reasons: Reasons<'v>,
        options: &'v RenderOptions,
    ) -> Self {
        let many = |action: &Action| {
            let alone = |entry: &&Entry<'_>| matches!(entry, Entry::One(step) if step.action == *action);
            !options.full && all.iter().filter(alone).count() > MOST_IN_FULL
        };
        let drifted = plan.drift.iter().map(|drift| &drift.address);
        let shared = plan.foreign.iter().map(|foreign| &foreign.within);
        let blocked = plan.blockers.iter().map(|blocker| &blocker.address);
        Self {
            options,
            reasons,
            creates: many(&Action::Create),
            deletes: many(&Action::Delete),
            marked: drifted.chain(shared).chain(blocked).collect(),
        }
    }

    /// Whether anything is shown in short.
    pub(super) fn is_brief(&self) -> bool {
        self.creates || self.deletes
    }

    /// Whether this is shown in short. The halves of a replacement never are.
    pub(super) fn shortens(&self, entry: &Entry<'_>) -> bool {
        match entry {
            Entry::One(Step { action: Action::Create, .. }) => self.creates,
            Entry::One(Step { action: Action::Delete, .. }) => self.deletes,
            _ => false,
        }
    }

    /// How many of the first notes of a step say who asked for it.
    pub(super) fn reasons(&self, step: &Step) -> usize {
        (self.reasons)(step).min(step.notes.len())
    }

    /// The step, where everything that a person has to know of it is its name, its kind and what is done.
    pub(super) fn plain(&self, entry: &Entry<'v>) -> Option<&'v Step> {
        let Entry::One(step) = *entry else { return None };
        // What is not looked at is numbers and values: the fields of what is new, the id of what goes, what the provider adds. The
        // check is compared with those of the siblings.
        let Step {
            id: _,
            address,
            generation: _,
            kind: _,
            object: _,
            action,
            after: _,
            pass: _,
            conditional,
            other_half,
            changes,
            notes,
            stakes,
            target: _,
            gone,
            answer: _,
            row: _,
            check: _,
            adds: _,
        } = step;
        let says_nothing = match action {
            Action::Create => notes.len() == self.reasons(step),
            Action::Delete => notes.iter().all(|note| note == NO_LONGER_DECLARED),
            _ => false,
        };
        let plain = self.shortens(entry)
            && says_nothing
            && !conditional
            && other_half.is_none()
            && changes.is_empty()
            && *stakes == Stakes::None
            && gone.is_none()
            && !self.marked.contains(address);
        plain.then_some(step)
    }
}

/// What the lines of a shortened plan do not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// New objects whose fields are not shown.
    pub(super) fields: usize,
    /// Objects that go whose ids are not shown.
    pub(super) ids: usize,
    /// Reasons.
    pub(super) reasons: usize,
    /// Objects whose names are not shown.
    pub(super) names: usize,
}

impl AddAssign for LeftOut {
    fn add_assign(&mut self, other: Self) {
        let Self { fields, ids, reasons, names } = other;
        self.fields += fields;
        self.ids += ids;
        self.reasons += reasons;
        self.names += names;
    }
}

impl LeftOut {
    /// Says what it is, and where it stands; none where everything is shown.
    pub(super) fn sentence(self) -> Option<String> {
        let counted = |count: usize, what: &str| {
            let end = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {what}{end}"))
        };
        let parts = [
            counted(self.fields, "new object").map(|what| format!("the fields of {what}")),
            counted(self.ids, "object").map(|what| format!("the ids of {what} to delete")),
            counted(self.reasons, "reason"),
            counted(self.names, "name"),
        ];
        let mut parts: Vec<_> = parts.into_iter().flatten().collect();
        let last = parts.pop()?;
        let (them, are) = match self {
            Self { fields: 0, ids: 0, reasons, names } if reasons + names == 1 => ("it", "is"),
            _ => ("them", "are"),
        };
        let what = if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) };
        let what = what.strip_prefix("the ").map_or(what.clone(), |rest| format!("The {rest}"));
        Some(format!("{what} {are} left out; the full plan shows {them}."))
    }
}

/// As many of these names as there is room for, and how many there are besides: `a, b and 3 more`. Nothing where there is no room for
/// one; then all of them are left out. Answers how many it leaves out.
pub(super) fn names(all: &[&str], room: usize) -> (Option<String>, usize) {
    let rest = |shown: usize| match all.len() - shown {
        0 => String::new(),
        left => format!(" and {left} more"),
    };
    let (mut width, mut fits) = (0, 0);
    for (index, name) in all.iter().enumerate() {
        width += Text::of(name).width() + if index == 0 { 0 } else { 2 };
        if width > room {
            break;
        }
        if width + rest(index + 1).len() <= room {
            fits = index + 1;
        }
    }
    let text = (fits > 0).then(|| format!("{}{}", all[..fits].join(", "), rest(fits)));
    (text, all.len() - fits)
}
