//! One step, or the two halves of a replacement, as a block of lines.

use super::{
    RenderOptions,
    brief::{LeftOut, View},
    change::{Difference, difference, differences},
    text::{Lines, Style, Text},
    value::{fields, id, inline, reference},
};
use crate::{
    Raw, Stakes,
    driver::Check,
    graph::references,
    plan::{Action, FieldChange, Step},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands at one address: a step, or both halves of a replacement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'p> {
    One(&'p Step),
    Replacement { create: &'p Step, delete: &'p Step },
}

/// How wide the columns of a scope are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Columns {
    pub(super) signs: usize,
    pub(super) names: usize,
}

/// How a step is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Symbol {
    Create,
    Update,
    DeleteFirst,
    CreateFirst,
    Delete,
    Rename,
    Forget,
    Release,
    Import,
    Recover,
    Record,
    Ask,
}

impl Symbol {
    /// Of a step by itself.
    pub(crate) fn of(action: &Action) -> Self {
        match action {
            Action::Create => Self::Create,
            Action::Update => Self::Update,
            Action::Delete => Self::Delete,
            Action::Rename { .. } => Self::Rename,
            Action::Forget => Self::Forget,
            Action::Release => Self::Release,
            Action::Import => Self::Import,
            Action::Recover => Self::Recover,
            Action::Record => Self::Record,
            Action::Ask | Action::Over => Self::Ask,
        }
    }

    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::DeleteFirst => "-/+",
            Self::CreateFirst => "+/-",
            Self::Delete => "-",
            Self::Rename => ">",
            Self::Forget => ".",
            Self::Release => "..",
            Self::Import => "&",
            Self::Recover => "*",
            Self::Record => "=",
            Self::Ask => "<=",
        }
    }

    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "change in place",
            Self::DeleteFirst => "replace, delete first",
            Self::CreateFirst => "replace, create first",
            Self::Delete => "delete",
            Self::Rename => "rename in the record",
            Self::Forget => "drop from the record",
            Self::Release => "take our tags off and drop from the record",
            Self::Import => "import",
            Self::Recover => "rebuild in the record",
            Self::Record => "bring the record up to date",
            Self::Ask => "ask",
        }
    }

    pub(crate) const fn style(self) -> Style {
        match self {
            Self::Create | Self::Import | Self::Recover => Style::Create,
            Self::Update => Style::Update,
            Self::DeleteFirst | Self::CreateFirst => Style::Replace,
            Self::Delete => Style::Delete,
            Self::Rename | Self::Release => Style::Move,
            Self::Forget | Self::Record => Style::Faint,
            Self::Ask => Style::Ask,
        }
    }
}

/// What an object holds, and what that means when it goes.
pub(crate) const fn loss(stakes: Stakes) -> Option<(&'static str, &'static str)> {
    match stakes {
        Stakes::None => None,
        Stakes::Network => Some(("holds a network", "everything in it loses its connection")),
        Stakes::Cluster => Some(("holds a cluster", "everything that runs on it stops")),
        Stakes::Data => Some(("holds data", "what is not kept elsewhere is lost")),
    }
}

impl<'p> Entry<'p> {
    /// The step that says what the object will be.
    pub(super) fn step(&self) -> &'p Step {
        match self {
            Self::One(step) => step,
            Self::Replacement { create, .. } => create,
        }
    }

    /// The number of the step that comes first.
    pub(super) fn first(&self) -> u32 {
        match self {
            Self::One(step) => step.id,
            Self::Replacement { create, delete } => create.id.min(delete.id),
        }
    }

    pub(super) fn symbol(&self) -> Symbol {
        match self {
            Self::One(step) => Symbol::of(&step.action),
            Self::Replacement { create, delete } if create.after.contains(&delete.id) => Symbol::DeleteFirst,
            Self::Replacement { .. } => Symbol::CreateFirst,
        }
    }

    /// The id of the object that is changed or goes.
    fn object(&self) -> Option<&'p Raw> {
        match self {
            Self::One(step) => step.object.as_ref(),
            Self::Replacement { delete, .. } => delete.object.as_ref(),
        }
    }

    fn stakes(&self) -> Stakes {
        match self {
            Self::One(step) => step.stakes,
            Self::Replacement { delete, .. } => delete.stakes,
        }
    }

    /// Adds its lines. `name` is its address below the scope that it is shown in. Answers what it leaves out.
    pub(super) fn show(
        &self,
        name: &str,
        columns: Columns,
        view: &View<'_>,
        indent: usize,
        out: &mut Lines,
    ) -> LeftOut {
        let options = view.options;
        let (step, symbol) = (self.step(), self.symbol());
        let sign = Text::styled(symbol.style(), symbol.sign()).padded(columns.signs).with(Style::Plain, " ");
        let mut head = sign.with(Style::Plain, name).padded(columns.signs + 1 + columns.names);
        head.push(Style::Plain, "  ");
        head.push(Style::Faint, &step.kind);
        if let Some(object) = self.object() {
            head = head.with(Style::Plain, "  ").and(id(&object.value()));
        }
        for remark in self.remarks() {
            head.push(Style::Plain, "  ");
            head.push(Style::Faint, &remark);
        }
        let mut loss = loss(self.stakes());
        // What it means stands with the losses that need consent.
        if let Some((what, _)) = loss.filter(|_| view.shortens(self))
            && indent + head.width() + what.len() + 4 <= options.width
        {
            head = head.with(Style::Plain, "  ").with(Style::Alarm, "! ").with(Style::Alarm, what);
            loss = None;
        }
        out.push(indent, head);
        let indent = indent + 4;
        if let Some((what, meaning)) = loss {
            out.push(indent, Text::styled(Style::Alarm, &format!("! {what}: {meaning}")));
        }
        let created = matches!(self, Self::One(step) if step.action == Action::Create);
        let brief = created && view.shortens(self);
        let reasons = if brief { view.reasons(step) } else { 0 };
        let notes = match self {
            Self::One(_) => step.notes[reasons..].iter().chain(&[]),
            Self::Replacement { create, delete } => create.notes.iter().chain(&delete.notes),
        };
        for note in notes {
            out.push(indent, Text::styled(Style::Faint, "# ").with(Style::Faint, note));
        }
        if brief {
            return LeftOut { fields: 1, reasons, ..LeftOut::default() };
        }
        if options.full {
            checked(step, indent, options, out);
        }
        match step.action {
            Action::Create if created => {
                target(step.target.as_ref(), indent, options, out);
            }
            Action::Ask | Action::Over => {
                target(step.target.as_ref(), indent, options, out);
                if let Some(answer) = &step.answer {
                    let label = Text::styled(Style::Ask, "=>");
                    super::value::field(label, 0, &answer.value(), indent, options, out);
                }
            }
            _ => {
                let all: Vec<_> = step.changes.iter().map(changed).collect();
                differences(&all, indent, options, out);
            }
        }
        LeftOut::default()
    }

    fn remarks(&self) -> Vec<String> {
        let step = self.step();
        let mut all = vec![];
        match &step.action {
            Action::Rename { from } => all.push(format!("moved from {from}")),
            Action::Forget | Action::Record | Action::Recover => all.push("the cloud is not touched".into()),
            Action::Over => all.push("waits until it is over".into()),
            Action::Ask if step.answer.is_none() => all.push("(known after apply)".into()),
            _ => {}
        }
        if step.conditional {
            all.push(condition(&step.changes));
        }
        all
    }
}

/// What a conditional step depends on.
fn condition(changes: &[FieldChange]) -> String {
    let mut names = BTreeSet::new();
    for change in changes {
        references(&change.after, &mut |found| {
            names.insert(reference(found));
        });
    }
    if names.is_empty() {
        return "(only if what it stands on is replaced)".into();
    }
    let verb = if names.len() == 1 { "changes" } else { "change" };
    let names: Vec<_> = names.into_iter().collect();
    format!("(only if {} {verb})", names.join(" or "))
}

/// What was said of a step before, and what its provider adds.
fn checked(step: &Step, indent: usize, options: &RenderOptions, out: &mut Lines) {
    if let Some(Check::CheckedOffline { unchecked }) = &step.check {
        for rule in unchecked {
            out.push(indent, Text::styled(Style::Faint, "# not evaluated: ").with(Style::Faint, rule));
        }
    }
    if step.adds.is_empty() {
        return;
    }
    out.push(indent, Text::styled(Style::Faint, "# added by the provider:"));
    for addition in &step.adds {
        let label = Text::styled(Style::Faint, &addition.path).with(Style::Plain, ":");
        super::value::field(label, 0, &addition.value, indent + 2, options, out);
    }
}

fn changed(change: &FieldChange) -> Difference<'_> {
    let label = if change.path.is_empty() { &change.field } else { &change.path };
    let mut one = difference(label, &change.before, &change.after);
    one.tell(change.by.as_ref());
    if change.replaces {
        let forces = Text::styled(Style::Alarm, "(forces replacement)");
        one.remark = Some(match one.remark.take() {
            Some(remark) => remark.with(Style::Plain, " ").and(forces),
            None => forces,
        });
    }
    one
}

fn target(target: Option<&Raw>, indent: usize, options: &RenderOptions, out: &mut Lines) {
    match target.map(Raw::value) {
        Some(value @ Value::Object(_)) if super::value::mark(&value).is_some() => {
            out.push(indent, inline(&value));
        }
        Some(Value::Object(members)) => fields(&members, indent, options, out),
        None | Some(Value::Null) => {}
        Some(value) => out.push(indent, inline(&value)),
    }
}
