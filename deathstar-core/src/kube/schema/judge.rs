//! Whether a value is what a schema allows.

use super::{
    describe::{describe, shown},
    finding::Finding,
    node::{Bound, Count, Member, Node, Others},
    path::Path,
    types::{Types, is_whole},
};
use crate::graph::is_mark;
use serde_json::{Map, Number, Value};

/// What was found in a value.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) findings: Vec<Finding>,
    /// Whether a part of it that the schema speaks about is not known yet.
    pub(super) unknown: bool,
}

/// How a value stands to one of several schemas.
enum Outcome {
    Fits,
    Differs(Vec<Finding>),
    /// It depends on what is not known yet.
    Open,
}

impl Verdict {
    fn find(&mut self, path: &Path<'_>, reason: impl Into<String>) {
        self.findings.push(Finding::new(path, reason));
    }
}

fn outcome(schema: &Node, value: &Value, path: &Path<'_>) -> Outcome {
    let mut verdict = Verdict::default();
    judge(schema, value, path, &mut verdict);
    match verdict {
        Verdict { findings, .. } if !findings.is_empty() => Outcome::Differs(findings),
        Verdict { unknown: true, .. } => Outcome::Open,
        Verdict { .. } => Outcome::Fits,
    }
}

/// Checks a value against all that a schema says about values.
pub(super) fn judge(schema: &Node, value: &Value, path: &Path<'_>, out: &mut Verdict) {
    if is_mark(value) {
        out.unknown |= !schema.admits_everything();
        return;
    }
    let types = Types::of(value);
    let null_allowed = value.is_null() && schema.nullable;
    if !schema.types.is_empty() && !null_allowed && !schema.types.has(types) {
        out.find(path, format!("must be {}, and is {}", schema.types, shown(value)));
        return;
    }
    if !schema.choices.is_empty() && !holds(&schema.choices, value) {
        one_of(schema, value, path, out);
    }
    match value {
        Value::Null => return,
        Value::String(text) => judge_text(schema, text, path, out),
        Value::Number(number) => judge_number(schema, number, path, out),
        Value::Array(items) => judge_list(schema, items, path, out),
        Value::Object(members) => judge_object(schema, members, path, out),
        Value::Bool(_) => {}
    }
    judge_composed(schema, value, path, out);
}

/// Whether a value is among others. What is not known yet may be any of them, and `null` is never one.
fn holds(choices: &[Value], value: &Value) -> bool {
    choices.iter().any(|choice| match (choice, value) {
        (Value::Null, _) => false,
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => choice == value,
    })
}

fn one_of(schema: &Node, value: &Value, path: &Path<'_>, out: &mut Verdict) {
    if contains_mark(value) {
        out.unknown = true;
        return;
    }
    let finding = Finding::new(path, format!("must be {}, and is {}", describe(schema), shown(value)));
    let choices = schema.choices.iter().filter_map(Value::as_str);
    let nearest = value.as_str().and_then(|value| super::near::nearest(value, choices));
    out.findings.push(match nearest {
        Some(nearest) => finding.fix(format!("did you mean `{nearest}`?")),
        None => finding,
    });
}

/// Whether a part of a value is not known yet.
pub(super) fn contains_mark(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(contains_mark),
        Value::Object(members) => is_mark(value) || members.values().any(contains_mark),
        _ => false,
    }
}

fn judge_count(count: Count, found: usize, what: &str, path: &Path<'_>, out: &mut Verdict) {
    let found = found as u64;
    if let Some(least) = count.least.filter(|least| found < *least) {
        out.find(path, format!("must have at least {least} {what}, and has {found}"));
    }
    if let Some(most) = count.most.filter(|most| found > *most) {
        out.find(path, format!("must have at most {most} {what}, and has {found}"));
    }
}

fn judge_text(schema: &Node, text: &str, path: &Path<'_>, out: &mut Verdict) {
    if schema.text.length != Count::default() {
        judge_count(schema.text.length, text.chars().count(), "characters", path, out);
    }
    // What cannot be read is named as unchecked elsewhere.
    if let Some(pattern) = &schema.text.pattern
        && pattern.matches(text) == Some(false)
    {
        out.find(path, format!("must match `{}`, and is {}", pattern.text(), shown(&text.into())));
    }
    if let Some(format) = &schema.text.format
        && format.fits(text) == Some(false)
    {
        out.find(path, format!("must have the format `{}`, and is {}", format.name, shown(&text.into())));
    }
}

fn judge_number(schema: &Node, number: &Number, path: &Path<'_>, out: &mut Verdict) {
    let (least, most) = (schema.number.least, schema.number.most);
    let sides = [(least, "least", "more"), (most, "most", "less")];
    for (bound, inclusive, exclusive) in sides {
        let Some(bound) = bound else { continue };
        if !is_within(number, bound, inclusive == "least") {
            let limit = if bound.exclusive { format!("{exclusive} than") } else { format!("at {inclusive}") };
            out.find(path, format!("must be {limit} {}, and is {number}", bound.at));
        }
    }
    if let Some(factor) = schema.number.multiple_of
        && !is_multiple(number, factor)
    {
        out.find(path, format!("must be a multiple of {factor}, and is {number}"));
    }
}

fn is_within(number: &Number, bound: Bound, lower: bool) -> bool {
    let order = match number.as_i64() {
        #[expect(clippy::cast_possible_truncation, reason = "a whole float that is exact is an integer")]
        Some(integer) if is_whole(bound.at) => integer.cmp(&(bound.at as i64)),
        _ => match number.as_f64().and_then(|float| float.partial_cmp(&bound.at)) {
            Some(order) => order,
            None => return true,
        },
    };
    let inside = if lower { order.is_gt() } else { order.is_lt() };
    inside || (order.is_eq() && !bound.exclusive)
}

/// By the tolerance of the server, 1e-9 of the quotient, since floats are not exact.
fn is_multiple(number: &Number, factor: f64) -> bool {
    const TOLERANCE: f64 = 1e-9;
    if let Some(integer) = number.as_i64()
        && is_whole(factor)
    {
        #[expect(clippy::cast_possible_truncation, reason = "a whole float that is exact is an integer")]
        return integer.checked_rem(factor as i64) == Some(0);
    }
    let quotient = number.as_f64().unwrap_or_default() / factor;
    (quotient - quotient.round()).abs() <= TOLERANCE * quotient.abs().max(f64::MIN_POSITIVE)
}

fn judge_list(schema: &Node, items: &[Value], path: &Path<'_>, out: &mut Verdict) {
    judge_count(schema.items_count, items.len(), "items", path, out);
    if let Some(of_items) = &schema.items {
        for (at, item) in items.iter().enumerate() {
            judge(of_items, item, &path.item(at), out);
        }
    }
}

fn judge_object(schema: &Node, members: &Map<String, Value>, path: &Path<'_>, out: &mut Verdict) {
    judge_count(schema.members_count, members.len(), "members", path, out);
    for name in schema.required.iter().filter(|name| !members.contains_key(*name)) {
        let missing = path.member(name);
        out.findings
            .push(Finding::new(&missing, format!("`{name}` is required")).fix(format!("set `{missing}`")));
    }
    if schema.members.is_empty() && !matches!(schema.others, Others::Of(_)) {
        return;
    }
    for (name, value) in members {
        if let Member::Known(Some(of)) = schema.member(name) {
            judge(of, value, &path.member(name), out);
        }
    }
}

fn judge_composed(schema: &Node, value: &Value, path: &Path<'_>, out: &mut Verdict) {
    for part in &schema.all {
        judge(part, value, path, out);
    }
    if !schema.any.is_empty() {
        let counted = counted(&schema.any, value, path);
        if counted.fitting.is_empty() && !counted.open {
            out.find(path, format!("none of the allowed forms fits: {}", counted.told()));
        }
        out.unknown |= counted.fitting.is_empty() && counted.open;
    }
    if !schema.one.is_empty() {
        let counted = counted(&schema.one, value, path);
        match counted.fitting.as_slice() {
            [] if !counted.open => {
                out.find(path, format!("none of the forms fits, of which one must: {}", counted.told()));
            }
            [] | [_] => out.unknown |= counted.open,
            several => {
                let several: Vec<_> = several.iter().map(|schema| describe(schema)).collect();
                out.find(path, format!("only one of these forms may fit: {}", several.join("; ")));
            }
        }
    }
    if let Some(not) = &schema.not {
        match outcome(not, value, path) {
            Outcome::Fits => out.find(path, format!("must not be {}", describe(not))),
            Outcome::Open => out.unknown = true,
            Outcome::Differs(_) => {}
        }
    }
}

/// How a value stands to all of several schemas.
struct Counted<'n> {
    fitting: Vec<&'n Node>,
    /// Whether one of the others may fit when everything is known.
    open: bool,
    /// Why each of the others does not fit.
    why: Vec<Vec<Finding>>,
}

fn counted<'n>(schemas: &'n [Node], value: &Value, path: &Path<'_>) -> Counted<'n> {
    let mut counted = Counted { fitting: vec![], open: false, why: vec![] };
    for schema in schemas {
        match outcome(schema, value, path) {
            Outcome::Fits => counted.fitting.push(schema),
            Outcome::Differs(findings) => counted.why.push(findings),
            Outcome::Open => counted.open = true,
        }
    }
    counted
}

impl Counted<'_> {
    /// The reasons of all forms, each form's own together.
    fn told(&self) -> String {
        let form = |findings: &Vec<Finding>| {
            let reasons: Vec<_> = findings.iter().map(|finding| finding.reason.as_str()).collect();
            reasons.join(" and ")
        };
        self.why.iter().map(form).collect::<Vec<_>>().join("; or ")
    }
}
