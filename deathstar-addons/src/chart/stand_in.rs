//! What stands in the place of a value that is not known yet, or is not to be shown, while a chart is rendered.
//!
//! A chart is rendered with one set of them and again with another: where the two differ, the value plays a part.

use super::values::escape;
use deathstar_core::{Expr, graph::Encoded};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a value that is not known looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false, which decides what a chart renders: there is nothing to stand in for it.
    Truth,
}

/// Which of the sets is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// The first one.
    First,
    /// The other one.
    Second,
}

/// A value that is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unknown {
    /// Where it stands in the values, by JSON pointers.
    pub(super) paths: Vec<String>,
    /// What it comes from.
    pub(super) expr: Expr,
    /// What it looks like, where that is known.
    pub(super) shape: Option<Shape>,
    /// What stands in for it.
    pub(super) stand_ins: [Value; 2],
}

impl Unknown {
    /// What stands in for it.
    pub(super) fn painted(&self, paint: Paint) -> &Value {
        match paint {
            Paint::First => &self.stand_ins[0],
            Paint::Second => &self.stand_ins[1],
        }
    }

    /// How it is named for people.
    pub(super) fn name(&self) -> String {
        let mut named = vec![];
        self.expr.references(&mut |reference| named.push(format!("{}{}", reference.at, reference.path)));
        format!("the value at `{}`, which comes from `{}`", self.paths.join("`, `"), named.join("`, `"))
    }
}

/// All values of a tree that are not known yet; one that stands in several places is one.
///
/// `shape` says what the value at a pointer looks like, and `chosen` names what stands in for it where that was said.
pub(super) fn unknowns(
    values: &Value,
    shape: impl Fn(&str) -> Option<Shape>,
    chosen: &BTreeMap<String, [Value; 2]>,
) -> Vec<Unknown> {
    let mut found: Vec<Unknown> = vec![];
    walk(values, "", &mut |pointer, encoded| {
        let Encoded::Expression(expr) = encoded else { return };
        if let Some(known) = found.iter_mut().find(|one| one.expr == expr) {
            known.paths.push(pointer.to_owned());
            return;
        }
        let shape = shape(pointer);
        let usual = || stand_ins(pointer, shape.unwrap_or(Shape::Text));
        let stand_ins = chosen.get(pointer).cloned().unwrap_or_else(usual);
        found.push(Unknown { paths: vec![pointer.to_owned()], expr, shape, stand_ins });
    });
    found
}

/// The pointers at which values stand that are not to be encoded.
pub(super) fn secrets(values: &Value) -> Vec<String> {
    let mut found = vec![];
    walk(values, "", &mut |pointer, encoded| {
        if encoded == Encoded::Secret {
            found.push(pointer.to_owned());
        }
    });
    found
}

/// The pointers at which anything stands but plain values.
pub(super) fn marks(value: &Value) -> Vec<String> {
    let mut found = vec![];
    walk(value, "", &mut |pointer, _| found.push(pointer.to_owned()));
    found
}

fn walk(value: &Value, pointer: &str, see: &mut impl FnMut(&str, Encoded)) {
    match Encoded::of(value) {
        Encoded::Plain => {}
        other => return see(pointer, other),
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                walk(value, &format!("{pointer}/{}", escape(key)), see);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                walk(value, &format!("{pointer}/{index}"), see);
            }
        }
        _ => {}
    }
}

/// What stands in for the value at a pointer: unlikely to be in any chart, and a name wherever names are wanted.
///
/// The other text has digits alone: where a template forgot to quote it, a number comes out, and the place is none that
/// holds the text as it is.
pub(super) fn stand_ins(pointer: &str, shape: Shape) -> [Value; 2] {
    let digest = super::files::digest(pointer.as_bytes());
    let hex = digest.get(7..19).unwrap_or_default();
    let number = u64::from_str_radix(hex, 16).unwrap_or_default();
    match shape {
        Shape::Text | Shape::Truth => [
            format!("deathstar{hex}").into(),
            // 15 digits: exact as a floating-point number, which YAML makes of it where it is not quoted.
            (100_000_000_000_000 + number % 800_000_000_000_000).to_string().into(),
        ],
        // Below a million: above, Go writes numbers with an exponent. As ports they are possible.
        Shape::Number => [(20_000 + number % 20_000).into(), (40_000 + number % 20_000).into()],
    }
}

/// The values with stand-ins in the place of what is not known.
pub(super) fn paint(values: &Value, unknowns: &[Unknown], paint: impl Fn(&Unknown) -> Paint) -> Value {
    let mut painted = values.clone();
    for unknown in unknowns {
        for place in &unknown.paths {
            if let Some(place) = painted.pointer_mut(place) {
                place.clone_from(unknown.painted(paint(unknown)));
            }
        }
    }
    painted
}

/// A text of Helm's in which names stand in the place of stand-ins.
pub(super) fn named(text: &str, unknowns: &[Unknown]) -> String {
    let mut text = text.to_owned();
    for unknown in unknowns {
        for value in &unknown.stand_ins {
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text = text.replace(&plain, &format!("<{}>", unknown.paths.join(", ")));
        }
    }
    text
}
