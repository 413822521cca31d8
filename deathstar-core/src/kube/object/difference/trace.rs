//! Who wrote a place, followed down from the whole object.

use crate::{kind::ChangedBy, kube::object::Written};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The managers of a place.
#[derive(Clone, Default)]
pub(super) struct Trace<'w>(Vec<(&'w Written, Reach<'w>)>);

/// How far the fields of one manager are followed.
#[derive(Clone, Copy)]
enum Reach<'w> {
    /// To the fields at this place.
    Fields(&'w Map<String, Value>),
    /// To a place above, of which it has all.
    Whole,
}

impl<'w> Trace<'w> {
    pub(super) fn of(written: &'w [Written]) -> Self {
        let fields = |one: &'w Written| Some((one, Reach::Fields(one.fields.as_object()?)));
        Self(written.iter().filter_map(fields).collect())
    }

    fn child(&self, step: impl Fn(&Map<String, Value>) -> Option<&Value>) -> Self {
        let below = |(one, reach): &(&'w Written, Reach<'w>)| {
            let Reach::Fields(fields) = reach else { return Some((*one, Reach::Whole)) };
            let inner = step(fields)?.as_object()?;
            Some((*one, if inner.is_empty() { Reach::Whole } else { Reach::Fields(inner) }))
        };
        Self(self.0.iter().filter_map(below).collect())
    }

    pub(super) fn field(&self, name: &str) -> Self {
        let step = format!("f:{name}");
        self.child(|fields| fields.get(&step))
    }

    /// The element of an associative list with the keys of this one.
    pub(super) fn element(&self, element: &Value, keys: &[String]) -> Self {
        self.child(|fields| {
            let found = fields.iter().find(|(step, _)| {
                let key = step.strip_prefix("k:").and_then(|key| serde_json::from_str::<Value>(key).ok());
                // A default is not told in what is compared.
                let same = |key: &Value, name: &String| {
                    element.get(name).is_none_or(|value| key.get(name) == Some(value))
                };
                key.is_some_and(|key| keys.iter().all(|name| same(&key, name)))
            });
            found.map(|(_, below)| below)
        })
    }

    /// The element of a set, or of a list that is written as a whole.
    pub(super) fn member(&self, element: &Value) -> Self {
        let step = format!("v:{element}");
        self.child(|fields| fields.get(&step))
    }

    fn steps(&self) -> impl Iterator<Item = &'w str> {
        let fields = self.0.iter().filter_map(|(_, reach)| match reach {
            Reach::Fields(fields) => Some(*fields),
            Reach::Whole => None,
        });
        fields.flat_map(|fields| fields.keys().map(String::as_str))
    }

    /// The keys by which the elements of this list are told apart.
    pub(super) fn keys(&self) -> Option<Vec<String>> {
        let mut keys = self.steps().filter_map(|step| {
            let key: Map<String, Value> = serde_json::from_str(step.strip_prefix("k:")?).ok()?;
            Some(key.into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>())
        });
        keys.next().map(|keys| keys.into_iter().collect())
    }

    /// Whether this list is a set.
    pub(super) fn is_set(&self) -> bool {
        self.steps().any(|step| step.starts_with("v:"))
    }

    /// Who wrote here last, where it was not us.
    pub(super) fn by(&self) -> Option<ChangedBy> {
        let last = self.0.iter().map(|(one, _)| *one).max_by(|a, b| {
            // Of the same second, others count: what we wrote is what is declared.
            (&a.time, !a.is_ours()).cmp(&(&b.time, !b.is_ours()))
        })?;
        if last.is_ours() {
            return None;
        }
        Some(ChangedBy {
            manager: last.manager.clone(),
            operation: last.operation.clone(),
            through: last.subresource.clone(),
            time: last.time.clone(),
        })
    }
}
