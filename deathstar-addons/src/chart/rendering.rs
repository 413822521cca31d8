//! What a chart renders, and which of it depends on values that are not known yet, are not to be shown, or come out anew.

use super::{
    Helm,
    compare::{Difference, How, covers, differences},
    document::{Document, documents, misread},
    failure,
    request::Request,
    stand_in::{Paint, Shape, Unknown, paint},
};
use deathstar_core::{Diagnostic, Expr, kube::ObjectId};
use serde_json::Value;
use std::{collections::BTreeMap, thread};

/// The values of a chart, each kind in its place.
#[derive(Clone, Debug)]
pub(super) struct Inputs {
    /// All values: expressions as they are encoded, and what stands in for those that are not to be shown.
    pub(super) values: Value,
    /// What is not known yet.
    pub(super) unknowns: Vec<Unknown>,
    /// What is not to be shown, by JSON pointer.
    pub(super) secrets: BTreeMap<String, Value>,
}

/// One place of an object: as it is rendered, by JSON pointer.
pub(super) type Place = (ObjectId, String);

/// What becomes of a place that depends on a value that is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Leaf {
    /// It holds the value as it is.
    Holds(Expr),
    /// It is made of the value: only a rendering tells.
    Made,
}

/// What a chart renders.
#[derive(Clone, Debug)]
pub(super) struct Rendering {
    pub(super) documents: Vec<Document>,
    /// What depends on values that are not known yet.
    pub(super) unknown: BTreeMap<Place, Leaf>,
    /// What depends on values that are not to be shown, with what it is.
    pub(super) secret: BTreeMap<Place, Value>,
    /// What Helm said beside.
    pub(super) warnings: Vec<String>,
}

/// Which values are rendered.
#[derive(Clone, Copy, Debug)]
struct Variant {
    unknown: Paint,
    secret: bool,
    attempt: u8,
}

const PLAIN: Variant = Variant { unknown: Paint::First, secret: true, attempt: 0 };
const AGAIN: Variant = Variant { attempt: 1, ..PLAIN };
const OTHER: Variant = Variant { unknown: Paint::Second, ..PLAIN };
const HIDDEN: Variant = Variant { secret: false, ..PLAIN };

/// Renders a chart in all its variants. `settled` says which places are somebody else's business.
///
/// # Errors
/// When the chart does not render, a value that is not known decides what it renders, or equal values render something else.
pub(super) fn render(
    helm: &Helm,
    request: &Request,
    inputs: &Inputs,
    settled: impl Fn(&ObjectId, &str) -> bool + Sync,
) -> Result<Rendering, Vec<Diagnostic>> {
    let run = |variant: Variant| one(helm, request, inputs, variant, |_| variant.unknown);
    let (has_unknowns, has_secrets) = (!inputs.unknowns.is_empty(), !inputs.secrets.is_empty());
    // They wait for a program: all of them at once take as long as one.
    let (plain, again, other, hidden) = thread::scope(|scope| {
        let again = scope.spawn(|| run(AGAIN));
        let other = has_unknowns.then(|| scope.spawn(|| run(OTHER)));
        let hidden = has_secrets.then(|| scope.spawn(|| run(HIDDEN)));
        let plain = run(PLAIN);
        let end = |handle: thread::ScopedJoinHandle<'_, Result<Told, Vec<Diagnostic>>>| {
            handle
                .join()
                .unwrap_or_else(|_| Err(vec![Diagnostic::new("chart.helm", "a rendering was cut off")]))
        };
        (plain, end(again), other.map(end), hidden.map(end))
    });
    let (plain, again) = (plain?, again?);
    let misread = misread(&plain.documents);
    if !misread.is_empty() {
        return Err(misread);
    }
    let free = |one: &Difference| !settled(&one.id, &one.pointer);
    let unstable: Vec<_> = differences(&plain.documents, &again.documents).into_iter().filter(free).collect();
    if !unstable.is_empty() {
        return Err(unstable.iter().map(|one| failure::unstable(one, &plain.documents, inputs)).collect());
    }
    let mut wrong = vec![];
    let unknown = match other {
        None => BTreeMap::new(),
        Some(other) => {
            let found: Vec<_> =
                differences(&plain.documents, &other?.documents).into_iter().filter(free).collect();
            let (structural, scalar): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|one| one.how.is_structural());
            if !structural.is_empty() {
                return Err(blamed(helm, request, inputs, &plain.documents, &structural));
            }
            let leaf = |one: Difference| match one.how {
                How::Scalar { first, second } => {
                    ((one.id, one.pointer), leaf(&first, &second, &inputs.unknowns))
                }
                How::Structure | How::Object => ((one.id, one.pointer), Leaf::Made),
            };
            scalar.into_iter().map(leaf).collect()
        }
    };
    let mut secret = BTreeMap::new();
    if let Some(hidden) = hidden {
        for one in differences(&plain.documents, &hidden?.documents).into_iter().filter(free) {
            match one.how {
                How::Scalar { first, .. }
                    if !unknown.contains_key(&(one.id.clone(), one.pointer.clone())) =>
                {
                    _ = secret.insert((one.id, one.pointer), first);
                }
                _ => wrong.push(failure::of_secret(&one, inputs)),
            }
        }
    }
    if !wrong.is_empty() {
        // The two names of one place read alike.
        wrong.dedup();
        return Err(wrong);
    }
    Ok(Rendering { documents: plain.documents, unknown, secret, warnings: plain.warnings })
}

struct Told {
    documents: Vec<Document>,
    warnings: Vec<String>,
}

fn one(
    helm: &Helm,
    request: &Request,
    inputs: &Inputs,
    variant: Variant,
    paints: impl Fn(&Unknown) -> Paint,
) -> Result<Told, Vec<Diagnostic>> {
    let mut values = paint(&inputs.values, &inputs.unknowns, paints);
    for (place, value) in inputs.secrets.iter().filter(|_| variant.secret) {
        if let Some(place) = values.pointer_mut(place) {
            place.clone_from(value);
        }
    }
    let request = Request { values: values.to_string(), ..request.clone() };
    let printed = helm.template(&request, variant.attempt);
    let printed = printed.map_err(|finding| failure::of_helm(&finding, inputs))?;
    let documents = documents(&printed.text).map_err(|all| {
        all.into_iter()
            .map(|one| Diagnostic { why: failure::shown(&one.why, inputs), ..one })
            .collect::<Vec<_>>()
    })?;
    Ok(Told {
        documents,
        warnings: printed.warnings.iter().map(|text| failure::shown(text, inputs)).collect(),
    })
}

/// Findings about values that decide about more than values. Which of several it is, further renderings tell.
fn blamed(
    helm: &Helm,
    request: &Request,
    inputs: &Inputs,
    plain: &[Document],
    structural: &[Difference],
) -> Vec<Diagnostic> {
    let decides = |unknown: &Unknown| {
        let told = one(helm, request, inputs, OTHER, |one| {
            if one.expr == unknown.expr { Paint::Second } else { Paint::First }
        });
        told.map(|told| differences(plain, &told.documents)).unwrap_or_default()
    };
    let mut found = vec![];
    for unknown in &inputs.unknowns {
        // With one value there is no question.
        let differences = if inputs.unknowns.len() == 1 { structural.to_vec() } else { decides(unknown) };
        if let Some(first) = differences.iter().find(|one| one.how.is_structural()) {
            found.push(failure::structural(unknown, first, inputs));
        }
    }
    if found.is_empty() {
        // It takes several of them together.
        let first = structural.first();
        let all = inputs.unknowns.iter().filter_map(|unknown| Some((unknown, first?)));
        found.extend(all.map(|(unknown, first)| failure::structural(unknown, first, inputs)));
    }
    found
}

/// What becomes of a place that reads `first` with the first stand-ins, and `second` with the others.
fn leaf(first: &Value, second: &Value, unknowns: &[Unknown]) -> Leaf {
    if let Some(unknown) = unknowns.iter().find(|one| {
        first.is_number() && *first == *one.painted(Paint::First) && *second == *one.painted(Paint::Second)
    }) {
        return Leaf::Holds(unknown.expr.clone());
    }
    let (Value::String(first), Value::String(second)) = (first, second) else { return Leaf::Made };
    let parts = parts(first, unknowns);
    let other: Option<String> = parts.iter().map(|part| part.painted(Paint::Second)).collect();
    if other.as_ref() != Some(second) {
        return Leaf::Made;
    }
    // What has a type of its own may come out as another text than ours.
    if let [Part::Value(unknown)] = parts.as_slice()
        && unknown.shape != Some(Shape::Text)
    {
        return Leaf::Made;
    }
    let arguments = parts.into_iter().map(|part| match part {
        Part::Text(text) => Expr::Lit(text.into()),
        Part::Value(unknown) => unknown.expr.clone(),
    });
    Leaf::Holds(Expr::Call("concat".into(), arguments.collect()))
}

#[derive(Debug)]
enum Part<'t> {
    Text(&'t str),
    Value(&'t Unknown),
}

impl Part<'_> {
    fn painted(&self, paint: Paint) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Value(unknown) => unknown.painted(paint).as_str(),
        }
    }
}

/// A text, cut where it holds the first stand-in of a text.
fn parts<'t>(text: &'t str, unknowns: &'t [Unknown]) -> Vec<Part<'t>> {
    let mut parts = vec![];
    let mut rest = text;
    loop {
        let found = unknowns.iter().filter_map(|unknown| {
            let stand_in = unknown.painted(Paint::First).as_str().filter(|text| !text.is_empty())?;
            Some((rest.find(stand_in)?, stand_in.len(), unknown))
        });
        // Of two at one place the longer one is meant.
        let Some((at, length, unknown)) = found.min_by_key(|(at, length, _)| (*at, usize::MAX - length))
        else {
            break;
        };
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Value(unknown));
        rest = after.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// Whether a place is among these, or inside of one of them.
pub(super) fn is_among(places: &[Place], id: &ObjectId, pointer: &str) -> bool {
    covers(places.iter().filter(|(of, _)| of == id).map(|(_, place)| place.as_str()), pointer)
}

#[cfg(test)]
mod tests;
