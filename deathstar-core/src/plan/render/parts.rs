//! Parts of plans and records as a command line shows them.

use super::{
    RenderOptions, sections,
    step::Symbol,
    text::{Lines, Style, Text},
    value,
};
use crate::{
    Raw,
    plan::{Drift, Foreign, Step},
    state::{Phase, Recorded, Row},
};
use serde_json::{Value, json};

/// What is lost by these steps.
pub(crate) fn losses_text(steps: &[Step], colour: bool) -> String {
    let mut out = Lines::new();
    sections::losses(steps.iter(), &mut out);
    out.to_text(colour)
}

/// What differs in the cloud from what is recorded.
pub(crate) fn drift_text(drift: &[Drift], options: &RenderOptions) -> String {
    let mut out = Lines::new();
    sections::drift(drift, options, &mut out);
    out.to_text(options.colour)
}

/// What stands in objects of the stack and is not of it, with its heading.
pub(crate) fn foreign_text(foreign: &[Foreign], options: &RenderOptions) -> String {
    let mut out = Lines::new();
    sections::foreign(foreign, options, &mut out);
    out.to_text(options.colour)
}

/// A step in a few words: its sign, its address and its kind.
pub(crate) fn step_text(step: &Step, colour: bool) -> String {
    let symbol = Symbol::of(&step.action);
    let mut out = Lines::new();
    let line = Text::styled(symbol.style(), symbol.sign())
        .with(Style::Plain, " ")
        .with(Style::Plain, step.address.as_str());
    out.push(0, line.with(Style::Faint, &format!("  {}", step.kind)));
    out.to_text(colour).trim_end().to_owned()
}

/// Everything that is recorded of an object.
pub(crate) fn row_text(row: &Row, recorded: &Recorded, options: &RenderOptions) -> String {
    let kind = row.kind.as_ref().unwrap_or(&row.family);
    let mut out = Lines::new();
    let head = Text::styled(Style::Heading, row.address.as_str()).with(Style::Faint, &format!("  {kind}"));
    out.push(0, head);
    let cause = match &row.phase {
        Phase::Broken { cause, .. } => json!(cause),
        _ => Value::Null,
    };
    let yes = |flag: bool| if flag { json!(true) } else { Value::Null };
    let list = |count: usize, value: Value| if count == 0 { Value::Null } else { value };
    let all = [
        ("phase", json!(row.phase.name())),
        ("cause", cause),
        ("id", row.phase.id().map_or(Value::Null, Raw::value)),
        ("generation", json!(row.generation)),
        ("connection", json!(recorded.connection(row.connection).map(|connection| &*connection.name))),
        ("protect", yes(row.protect)),
        ("retain", yes(row.retain)),
        ("tags", list(row.tags.len(), json!(row.tags))),
        ("needs", list(row.needs.len(), json!(row.needs))),
        ("spec", row.phase.spec().value()),
        ("outputs", row.phase.outputs().map_or(Value::Null, Raw::value)),
    ];
    for (name, value) in all.iter().filter(|(_, value)| !value.is_null()) {
        value::field(Text::of(name).with(Style::Plain, ":"), 12, value, 2, options, &mut out);
    }
    out.to_text(options.colour)
}
