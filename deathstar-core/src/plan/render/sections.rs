//! What stands around the steps of a plan: drift, losses, blockers, the summary.

use super::{
    RenderOptions,
    brief::{View, names},
    change::{Difference, difference, differences},
    step::loss,
    text::{Lines, Style, Text},
    value::{id, inline, more},
};
use crate::{
    driver::Check,
    plan::{Blocker, Drift, Foreign, Step, Summary},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many addresses are shown of which the same is said, unless everything is.
const MOST: usize = 4;

/// Adds what differs in the cloud from what is recorded, object by object.
pub(crate) fn drift(all: &[Drift], options: &RenderOptions, out: &mut Lines) {
    for group in all.chunk_by(|a, b| a.address == b.address && a.id == b.id) {
        let Some(first) = group.first() else { continue };
        let head = Text::of(first.address.as_str()).with(Style::Faint, &format!("  {}  ", first.kind));
        out.push(2, head.and(inline(&first.id)));
        let fields = group.iter().filter(|one| !one.field.is_empty());
        let shown: Vec<_> = fields.map(drifted).collect();
        if shown.len() < group.len() {
            out.push(6, Text::styled(Style::Delete, "- it is gone from the cloud"));
        }
        differences(&shown, 6, options, out);
    }
}

fn drifted(one: &Drift) -> Difference<'_> {
    let label = if one.path.is_empty() { &one.field } else { &one.path };
    let mut shown = difference(label, &one.recorded, &one.found);
    shown.tell(one.by.as_ref());
    shown
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

/// Adds what was looked at before, and what could not be: steps of which the same is to be said together; of a shortened plan on one
/// line.
pub(super) fn checks(steps: &[Step], view: &View<'_>, out: &mut Lines) {
    let (mut checked, mut adds, mut offline, mut rules) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut not: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for step in steps {
        match &step.check {
            Some(Check::Checked) => checked += 1,
            Some(Check::CheckedOffline { unchecked }) => {
                offline += 1;
                rules += unchecked.len();
            }
            Some(Check::NotCheckable { why }) => not.entry(why).or_default().push(step.address.as_str()),
            None => {}
        }
        adds += step.adds.len();
    }
    if checked + offline + not.len() == 0 {
        return;
    }
    out.gap();
    out.push(0, Text::styled(Style::Heading, "Checked before apply:"));
    let line = |count: usize, what: String| Text::of(&format!("{count} {what}"));
    if checked > 0 {
        let mut text = line(checked, "by the provider".into());
        if adds > 0 {
            let shown = if view.options.full { "" } else { "; the full plan shows them" };
            text.push(Style::Faint, &format!(" (it adds {adds} {}{shown})", counted(adds, "field")));
        }
        out.push(2, text);
    }
    if offline > 0 {
        let mut text = line(offline, "offline".into());
        if rules > 0 {
            text.push(Style::Faint, &format!(" ({rules} {} not evaluated)", counted(rules, "rule")));
        }
        out.push(2, text);
    }
    for (why, addresses) in &not {
        out.push(2, line(addresses.len(), format!("not, {why}:")));
        let room = view.options.width.saturating_sub(6);
        if view.is_brief()
            && let (Some(shown), _) = names(addresses, room)
        {
            out.push(6, Text::of(&shown));
            continue;
        }
        let shown = if view.options.full { addresses.len() } else { MOST };
        for address in addresses.iter().take(shown) {
            out.push(6, Text::of(address));
        }
        more(addresses.len(), shown, "objects", 6, out);
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { what.into() } else { format!("{what}s") }
}

/// Adds what is lost, object by object.
pub(crate) fn losses<'p>(steps: impl Iterator<Item = &'p Step>, out: &mut Lines) {
    for step in steps {
        let verb = if step.other_half.is_some() { "is replaced" } else { "is deleted" };
        let what =
            loss(step.stakes).map_or_else(String::new, |(what, meaning)| format!(", and {what}: {meaning}"));
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
