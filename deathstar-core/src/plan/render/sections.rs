//! What stands around the steps of a plan: drift, losses, blockers, the summary.

use super::{
    RenderOptions,
    change::{difference, differences},
    step::loss,
    text::{Lines, Style, Text},
    value::{id, inline},
};
use crate::plan::{Blocker, Drift, Foreign, Step, Summary};
use serde_json::Value;

/// Adds what differs in the cloud from what is recorded, object by object.
pub(crate) fn drift(all: &[Drift], options: &RenderOptions, out: &mut Lines) {
    for group in all.chunk_by(|a, b| a.address == b.address && a.id == b.id) {
        let Some(first) = group.first() else { continue };
        let head = Text::of(first.address.as_str()).with(Style::Faint, &format!("  {}  ", first.kind));
        out.push(2, head.and(inline(&first.id)));
        let fields = group.iter().filter(|one| !one.field.is_empty());
        let shown: Vec<_> = fields.map(|one| difference(&one.field, &one.recorded, &one.found)).collect();
        if shown.len() < group.len() {
            out.push(6, Text::styled(Style::Delete, "- it is gone from the cloud"));
        }
        differences(&shown, 6, options, out);
    }
}

/// Adds what stands in objects of the stack and is not of it.
pub(crate) fn foreign(all: &[Foreign], options: &RenderOptions, out: &mut Lines) {
    let heading = "Not declared, in what is (not ours, and left alone; `import` makes it ours):";
    out.push(0, Text::styled(Style::Heading, heading));
    for one in all {
        let head = Text::of("in ").with(Style::Plain, one.within.as_str());
        out.push(2, head.with(Style::Faint, &format!("  {}  ", one.kind)).and(inline(&one.id)));
        let fields = one.found.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        let shown: Vec<_> = fields.map(|(field, value)| difference(field, &Value::Null, value)).collect();
        differences(&shown, 6, options, out);
    }
}

/// Adds what is lost, object by object.
pub(crate) fn losses<'p>(steps: impl Iterator<Item = &'p Step>, out: &mut Lines) {
    for step in steps {
        let verb = if step.other_half.is_some() { "is replaced" } else { "is deleted" };
        let what = loss(step.stakes).map_or_else(String::new, |loss| format!(", and {loss}"));
        let mut line = Text::styled(Style::Alarm, "! ")
            .with(Style::Plain, step.address.as_str())
            .with(Style::Faint, &format!("  {}  ", step.kind));
        if let Some(object) = &step.object {
            line = line.and(id(&object.value())).with(Style::Plain, "  ");
        }
        let line = line.with(Style::Plain, verb).with(Style::Plain, &what);
        out.push(2, line);
    }
}

/// Adds what forbids to apply the plan.
pub(super) fn blockers(all: &[Blocker], out: &mut Lines) {
    for blocker in all {
        let line = Text::styled(Style::Alarm, "x ")
            .with(Style::Plain, blocker.address.as_str())
            .with(Style::Plain, ": ");
        out.push(2, line.with(Style::Plain, &blocker.why));
        if !blocker.fix.is_empty() {
            out.push(4, Text::styled(Style::Move, "hint: ").with(Style::Plain, &blocker.fix));
        }
    }
}

/// The sums as a sentence without its end: `3 to create, 1 to update`.
pub(crate) fn sums(sum: &Summary) -> String {
    let parts = [
        (sum.create, "create"),
        (sum.update, "update"),
        (sum.replace, "replace"),
        (sum.delete, "delete"),
        (sum.rename, "rename"),
        (sum.forget, "forget"),
        (sum.ask, "ask"),
        (sum.record, "record"),
        (sum.import, "import"),
        (sum.recover, "recover"),
    ];
    let parts: Vec<_> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, verb)| format!("{count} to {verb}"))
        .collect();
    if parts.is_empty() { "nothing to do".into() } else { parts.join(", ") }
}
