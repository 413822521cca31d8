//! Who manages which fields of an object, as its server tells (`metadata.managedFields`), and what of it a spec manages.

use super::quantity;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What one manager has written, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// Its name.
    pub manager: String,
    /// `Apply`, or `Update` for everything else.
    pub operation: String,
    /// What of the object it has written through, such as `scale`, where it was not the object itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subresource: Option<String>,
    /// The version of the API in which the fields are named.
    #[serde(default)]
    pub api_version: String,
    /// When, as the server tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The fields (`FieldsV1`).
    #[serde(rename = "fieldsV1", default)]
    pub fields: Value,
}

impl Written {
    /// Whether it is what we have applied.
    pub(super) fn is_ours(&self) -> bool {
        self.manager == super::MANAGER && self.operation == "Apply"
    }
}

/// The sets of fields at one place of an object: ours, and those of others.
#[derive(Clone, Debug, Default)]
pub(super) struct Owners<'a> {
    ours: Option<&'a Map<String, Value>>,
    others: Vec<&'a Map<String, Value>>,
}

impl<'a> Owners<'a> {
    pub(super) fn of(written: &'a [Written]) -> Self {
        let (ours, others): (Vec<_>, Vec<_>) = written.iter().partition(|one| one.is_ours());
        Self {
            ours: ours.first().and_then(|one| one.fields.as_object()),
            others: others.iter().filter_map(|one| one.fields.as_object()).collect(),
        }
    }

    fn child(&self, step: &str) -> Self {
        let below = |map: &&'a Map<String, Value>| map.get(step).and_then(Value::as_object);
        Self {
            ours: self.ours.and_then(|map| below(&map)),
            others: self.others.iter().filter_map(below).collect(),
        }
    }

    pub(super) fn field(&self, name: &str) -> Self {
        self.child(&format!("f:{name}"))
    }

    /// Whether this place is ours.
    pub(super) fn is_ours(&self) -> bool {
        self.ours.is_some()
    }

    /// Whether anybody has written this place.
    fn is_anybodys(&self) -> bool {
        self.all().next().is_some()
    }

    fn all(&self) -> impl Iterator<Item = &'a Map<String, Value>> {
        self.ours.into_iter().chain(self.others.iter().copied())
    }

    /// The steps below, whoever has them.
    fn steps(&self) -> impl Iterator<Item = &'a str> {
        self.all().flat_map(|map| map.keys().map(String::as_str)).filter(|step| *step != ".")
    }

    /// The keys by which the elements of an associative list are told apart.
    fn keys(&self) -> Option<Vec<String>> {
        let key = self.steps().find_map(|step| step.strip_prefix("k:"))?;
        let key: Map<String, Value> = serde_json::from_str(key).ok()?;
        Some(key.into_iter().map(|(name, _)| name).collect())
    }

    /// Of the steps below, the one of an element with these keys.
    fn element(&self, element: &Value, keys: &[String]) -> Self {
        let is_it = |step: &&str| {
            let key =
                step.strip_prefix("k:").and_then(|key| serde_json::from_str::<Map<String, Value>>(key).ok());
            key.is_some_and(|key| keys.iter().all(|name| key.get(name) == element.get(name)))
        };
        self.steps().find(is_it).map(|step| self.child(step)).unwrap_or_default()
    }
}

/// How differences inside a place are told that its managers only know as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// No such place.
    No,
    /// What is declared is compared; more inside is a default of the server.
    AsDeclared,
    /// Everything in it is compared.
    Exact,
}

/// The part of `seen` that a spec manages which declares `want`: all places that it names, and those that are ours and that it
/// does not name any more. Places that are managed as a whole are compared as a whole when something else was applied last.
pub(super) fn managed(want: &Value, seen: &Value, owners: &Owners<'_>, applied: Applied) -> Value {
    Laying { exact: applied == Applied::Other, applied: applied != Applied::Never }.lay(
        want,
        seen,
        owners,
        Whole::No,
        false,
    )
}

/// What we have applied last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// Nothing yet.
    Never,
    /// What is declared.
    Same,
    /// Something else.
    Other,
}

struct Laying {
    /// What we wrote last is not what is declared.
    exact: bool,
    /// We have written the object before: what others have there now, they have changed.
    applied: bool,
}

impl Laying {
    fn lay(&self, want: &Value, seen: &Value, owners: &Owners<'_>, whole: Whole, amount: bool) -> Value {
        match (want, seen) {
            (Value::Object(want), Value::Object(seen)) => self.object(want, seen, owners, whole, amount),
            (Value::Array(want), Value::Array(seen)) => self.array(want, seen, owners, whole, amount),
            (want, seen) if want == seen => want.clone(),
            (Value::String(_) | Value::Number(_), Value::String(_) | Value::Number(_))
                if amount && quantity::equal(want, seen) =>
            {
                want.clone()
            }
            _ => seen.clone(),
        }
    }

    /// How a place is compared whose managers name no part of it.
    fn whole(&self, owners: &Owners<'_>, whole: Whole) -> Whole {
        if whole != Whole::No || owners.steps().next().is_some() {
            return whole;
        }
        let foreign = !owners.is_ours() && !owners.others.is_empty();
        if self.exact || foreign && self.applied { Whole::Exact } else { Whole::AsDeclared }
    }

    fn object(
        &self,
        want: &Map<String, Value>,
        seen: &Map<String, Value>,
        owners: &Owners<'_>,
        whole: Whole,
        amount: bool,
    ) -> Value {
        let whole = self.whole(owners, whole);
        let mut laid = Map::new();
        for (name, wanted) in want {
            let below = owners.field(name);
            match seen.get(name) {
                Some(seen) => {
                    let amount = amount || quantity::holds(name);
                    laid.insert(name.clone(), self.lay(wanted, seen, &below, whole, amount));
                }
                // The server leaves out what is empty, and keeps in mind who has written it.
                None if is_empty(wanted)
                    && (below.is_anybodys() || whole == Whole::AsDeclared || is_container(wanted)) =>
                {
                    laid.insert(name.clone(), wanted.clone());
                }
                None => {}
            }
        }
        for (name, seen) in seen.iter().filter(|(name, _)| !want.contains_key(*name)) {
            if whole == Whole::Exact {
                laid.insert(name.clone(), seen.clone());
            } else if let Some(ours) = ours(seen, &owners.field(name)) {
                laid.insert(name.clone(), ours);
            }
        }
        laid.into()
    }

    fn array(
        &self,
        want: &[Value],
        seen: &[Value],
        owners: &Owners<'_>,
        whole: Whole,
        amount: bool,
    ) -> Value {
        let whole = self.whole(owners, whole);
        if whole == Whole::No {
            if let Some(keys) = owners.keys() {
                return self.keyed(want, seen, owners, &keys, amount);
            }
            if owners.steps().any(|step| step.starts_with("v:")) {
                return set(want, seen, owners);
            }
        }
        let nobody = Owners::default();
        // What stands behind the declared elements was added when we wrote them, such as by admission.
        let count = if whole == Whole::AsDeclared && self.applied { want.len() } else { seen.len() };
        let laid = seen.iter().take(count).enumerate().map(|(at, seen)| match want.get(at) {
            Some(want) => self.lay(want, seen, &nobody, whole, amount),
            None => seen.clone(),
        });
        laid.collect()
    }

    fn keyed(
        &self,
        want: &[Value],
        seen: &[Value],
        owners: &Owners<'_>,
        keys: &[String],
        amount: bool,
    ) -> Value {
        let mut taken = vec![false; seen.len()];
        let mut laid = vec![];
        for wanted in want {
            let same = |(at, seen): &(usize, &Value)| {
                !taken[*at]
                    && keys.iter().all(|key| wanted.get(key).is_none_or(|value| seen.get(key) == Some(value)))
            };
            if let Some((at, found)) = seen.iter().enumerate().find(same) {
                taken[at] = true;
                let below = owners.element(found, keys);
                let mut element = self.lay(wanted, found, &below, Whole::No, amount);
                // A key that is not declared is a default: it only tells elements apart.
                if let Some(map) = element.as_object_mut() {
                    map.retain(|name, _| !keys.contains(name) || wanted.get(name).is_some());
                }
                laid.push(element);
            }
        }
        for (seen, _) in seen.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            laid.extend(ours(seen, &owners.element(seen, keys)));
        }
        laid.into()
    }
}

/// A list of which each element is there or not.
fn set(want: &[Value], seen: &[Value], owners: &Owners<'_>) -> Value {
    let there = want.iter().filter(|element| seen.contains(element)).cloned();
    let more = seen
        .iter()
        .filter(|element| !want.contains(element) && owners.child(&format!("v:{element}")).is_ours());
    there.chain(more.cloned()).collect()
}

/// What of a place is ours.
pub(super) fn ours(seen: &Value, owners: &Owners<'_>) -> Option<Value> {
    let map = owners.ours?;
    if !map.keys().any(|step| step != ".") {
        // `.` alone names the container and none of its parts.
        return (map.is_empty() || is_empty(seen)).then(|| seen.clone());
    }
    match seen {
        Value::Object(fields) => {
            let parts = fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), ours(value, &owners.field(name))?)));
            let parts: Map<String, Value> = parts.collect();
            (!parts.is_empty()).then(|| parts.into())
        }
        Value::Array(elements) => {
            let keys = owners.keys();
            let parts: Vec<Value> = match keys {
                Some(keys) => {
                    elements.iter().filter_map(|one| ours(one, &owners.element(one, &keys))).collect()
                }
                None => elements
                    .iter()
                    .filter(|one| owners.child(&format!("v:{one}")).is_ours())
                    .cloned()
                    .collect(),
            };
            (!parts.is_empty()).then(|| parts.into())
        }
        _ => Some(seen.clone()),
    }
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::Array(_))
}

/// What the encoding of a Kubernetes type may leave out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) => false,
    }
}

#[cfg(test)]
mod tests;
