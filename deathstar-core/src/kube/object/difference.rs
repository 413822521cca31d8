//! What differs between an object as it is and as it is declared, place by place; and who wrote what is there.

mod order;
mod trace;

use super::{Object, pointer};
use crate::{
    graph::is_mark,
    kind::{Part, encode},
};
use order::{Pair, pairs};
use serde_json::Value;
use std::collections::BTreeSet;
use trace::Trace;

/// The places inside a field in which an object as it is differs from what is declared.
pub(super) fn parts(want: &Object, seen: &Object, field: &str) -> Vec<Part> {
    let mut found = Parts(vec![]);
    let written = Trace::of(seen.written.as_deref().unwrap_or_default());
    match field {
        "body" => found.walk(&Place::default(), Some(&seen.body), Some(&want.body), &written),
        "secrets" => secrets(want, seen, &written, &mut found),
        _ => {}
    }
    found.0
}

/// Which values of a secret differ; never what they are.
fn secrets(want: &Object, seen: &Object, written: &Trace<'_>, found: &mut Parts) {
    let all: BTreeSet<&String> =
        want.secrets.iter().chain(&seen.secrets).flat_map(|all| all.keys()).collect();
    for at in all {
        let value = |object: &Object| object.secrets.as_ref().and_then(|all| all.get(at)).map(encode);
        let (before, after) = (value(seen), value(want));
        let (mut place, mut by) = (Place::default(), written.clone());
        for name in pointer::names(at) {
            (place, by) = (place.field(&name), by.field(&name));
        }
        if before != after || before.as_ref().is_some_and(|value| !is_known(value)) {
            found.add(&place, before.as_ref(), after.as_ref(), &by);
        }
    }
}

/// The place that a JSON pointer names, as people write it.
pub(super) fn place(at: &str) -> String {
    pointer::names(at).fold(Place::default(), |place, name| place.field(&name)).0
}

/// Whether a secret has a digest.
fn is_known(mark: &Value) -> bool {
    mark.pointer("/$deathstar/secret").is_some_and(|digest| digest != crate::secret::UNKNOWN)
}

/// A place as people write it: `spec.containers[name=web].image`.
#[derive(Clone, Default)]
pub(super) struct Place(String);

impl Place {
    pub(super) fn field(&self, name: &str) -> Self {
        let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '_');
        let number = name.bytes().all(|byte| byte.is_ascii_digit());
        if number || !name.chars().all(plain) {
            return self.element(name);
        }
        Self(if self.0.is_empty() { name.to_owned() } else { format!("{}.{name}", self.0) })
    }

    pub(super) fn element(&self, which: &str) -> Self {
        Self(format!("{}[{which}]", self.0))
    }

    #[cfg(feature = "kube-client")]
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

struct Parts(Vec<Part>);

impl Parts {
    fn add(&mut self, place: &Place, before: Option<&Value>, after: Option<&Value>, written: &Trace<'_>) {
        let value = |value: Option<&Value>| value.cloned().unwrap_or_default();
        let by = before.and_then(|_| written.by());
        let path = place.0.clone();
        self.0.push(Part { path, before: value(before), after: value(after), replaces: false, by });
    }

    fn walk(&mut self, place: &Place, before: Option<&Value>, after: Option<&Value>, written: &Trace<'_>) {
        match (before, after) {
            (before, after) if before == after => {}
            (Some(Value::Object(old)), Some(Value::Object(new)))
                if !before.is_some_and(is_mark) && !after.is_some_and(is_mark) =>
            {
                let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                for name in names {
                    self.walk(&place.field(name), old.get(name), new.get(name), &written.field(name));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => self.list(place, old, new, written),
            _ => self.add(place, before, after, written),
        }
    }

    fn list(&mut self, place: &Place, old: &[Value], new: &[Value], written: &Trace<'_>) {
        let (told, before) = (self.0.len(), Value::from(old));
        for Pair { which, old, new, key } in pairs(old, new, written.keys().as_deref(), written.is_set()) {
            let below = match (old, &key) {
                (Some(old), Some(keys)) => written.element(old, keys),
                (Some(old), None) => written.member(old),
                (None, _) => Trace::default(),
            };
            self.walk(&place.element(&which), old, new, &below);
        }
        if self.0.len() == told {
            // The same elements in another order.
            self.add(place, Some(&before), Some(&Value::from(new)), written);
        }
    }
}

#[cfg(test)]
mod tests;
