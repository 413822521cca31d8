//! From a spec to the document that Azure takes, and back.

use super::{ArmResource, Document};
use crate::{id::ResourceId, tags::TAGS};
use deathstar_core::{Error, Result, SeenState, model::Setting};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The fields that stand beside `properties`, under their own names.
const ENVELOPE: [&str; 7] = ["location", "sku", "zones", "identity", "kind", "plan", "extended_location"];
/// What no document takes, at any depth.
const NOWHERE: [&str; 4] = ["etag", "provisioningState", "resourceGuid", "systemData"];
/// What the whole document does not take.
const NOT_ABOVE: [&str; 3] = ["id", "name", "type"];

/// Where a field stands, as a JSON pointer.
fn pointer<R: ArmResource>(field: &str) -> Cow<'static, str> {
    if let Some((_, pointer)) = R::PLACES.iter().find(|(name, _)| *name == field) {
        return Cow::Borrowed(pointer);
    }
    let above = if ENVELOPE.contains(&field) { "" } else { "/properties" };
    Cow::Owned(format!("{above}/{}", camel(field)))
}

/// `address_space` as `addressSpace`.
fn camel(field: &str) -> String {
    let mut words = field.split('_');
    let mut all = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut signs = word.chars();
        all.extend(signs.next().map(|first| first.to_ascii_uppercase()));
        all.push_str(signs.as_str());
    }
    all
}

fn is_identity<R: ArmResource>(field: &str) -> bool {
    field == "name" || field == R::PARENT
}

/// Writes what a spec manages into a document: what [`ArmResource::write`] does unless a kind does otherwise.
///
/// # Errors
/// When a field's place leads through what is no object.
pub fn write<R: ArmResource>(spec: &R, document: &mut Document) -> Result<()> {
    for field in R::FIELDS.iter().filter(|field| !is_identity::<R>(field.name)) {
        let value = (field.get)(spec);
        let at = pointer::<R>(field.name);
        if Setting::is_absent(&value) {
            take(document, &at);
        } else if !value.is_null() {
            put(document, &at, value)?;
        }
    }
    let inside = |name| !is_identity::<R>(name) && pointer::<R>(name).starts_with("/properties");
    if document.get("properties").is_none() && R::FIELDS.iter().any(|field| inside(field.name)) {
        document.insert("properties".into(), Value::Object(Map::new()));
    }
    Ok(())
}

/// The spec that a document shows: what [`ArmResource::read`] does unless a kind does otherwise.
///
/// # Errors
/// When it is no document of the kind.
pub fn read<R: ArmResource>(id: &ResourceId, document: &Document) -> Result<R> {
    let mut all = Map::new();
    for field in R::FIELDS {
        let value = if field.name == "name" {
            Some(id.name().into())
        } else if field.name == R::PARENT {
            id.parent().map(|parent| parent.as_str().into())
        } else {
            look(document, &pointer::<R>(field.name)).filter(|value| !value.is_null()).cloned()
        };
        all.extend(value.map(|value| (field.name.to_owned(), value)));
    }
    serde_json::from_value(Value::Object(all)).map_err(|error| {
        Error::internal(format!("`{id}` as it was answered is no {}", R::FAMILY)).because(error)
    })
}

/// Whether an object can be used, by its provisioning state: what [`ArmResource::state`] does unless a kind does otherwise.
pub fn state(document: &Document) -> SeenState {
    let state = look(document, "/properties/provisioningState").and_then(Value::as_str);
    match state {
        // A resource without a state is made in one call.
        None | Some("Succeeded") => SeenState::Ready,
        Some(state @ ("Failed" | "Canceled")) => {
            SeenState::Failed(format!("its provisioning state is `{state}`"))
        }
        Some(other) => SeenState::Pending(format!("its provisioning state is `{other}`")),
    }
}

/// Takes out of a document what was read and must not be written.
pub(super) fn strip<R: ArmResource>(document: &mut Document) {
    for name in NOT_ABOVE {
        document.remove(name);
    }
    strip_everywhere(document);
    for pointer in R::READ_ONLY {
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        strip_at(document, &parts);
    }
}

fn strip_everywhere(document: &mut Document) {
    document.retain(|name, _| !NOWHERE.contains(&name.as_str()));
    for (name, value) in document.iter_mut() {
        // Tags have the names that users give them.
        if name != TAGS {
            each_object(value, &mut strip_everywhere);
        }
    }
}

fn each_object(value: &mut Value, visit: &mut impl FnMut(&mut Document)) {
    match value {
        Value::Object(members) => visit(members),
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, visit)),
        _ => {}
    }
}

fn strip_at(document: &mut Document, parts: &[&str]) {
    match parts {
        [] => {}
        [last] => {
            document.remove(*last);
        }
        [first, "*", rest @ ..] => match document.get_mut(*first) {
            Some(Value::Object(members)) => {
                members.values_mut().for_each(|inner| each_object(inner, &mut |inner| strip_at(inner, rest)));
            }
            Some(list) => each_object(list, &mut |inner| strip_at(inner, rest)),
            None => {}
        },
        [first, rest @ ..] => {
            if let Some(inner) = document.get_mut(*first) {
                each_object(inner, &mut |inner| strip_at(inner, rest));
            }
        }
    }
}

/// What stands in a document at a JSON pointer.
pub fn look<'d>(document: &'d Document, pointer: &str) -> Option<&'d Value> {
    let mut parts = pointer.split('/').skip(1);
    let first = document.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// Puts a value into a document at a JSON pointer; objects on the way are made where there are none.
///
/// # Errors
/// When the pointer leads through what is no object.
pub fn put(document: &mut Document, pointer: &str, value: Value) -> Result<()> {
    let mut parts = pointer.split('/').skip(1).peekable();
    let mut at = document;
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            at.insert(part.to_owned(), value);
            break;
        }
        let inner = at.entry(part).or_insert_with(|| Value::Object(Map::new()));
        if inner.is_null() {
            *inner = Value::Object(Map::new());
        }
        at = inner
            .as_object_mut()
            .ok_or_else(|| Error::internal(format!("`{pointer}` leads through no object")))?;
    }
    Ok(())
}

/// Takes out of a document what stands at a JSON pointer, and the objects on the way that are empty then, but for `properties`.
pub fn take(document: &mut Document, pointer: &str) {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    take_parts(document, &parts);
}

fn take_parts(document: &mut Document, parts: &[&str]) {
    let Some((first, rest)) = parts.split_first() else { return };
    if rest.is_empty() {
        document.remove(*first);
    } else if let Some(inner) = document.get_mut(*first).and_then(Value::as_object_mut) {
        // A reference is its id: what else was read of it goes along.
        if rest == ["id"] {
            document.remove(*first);
            return;
        }
        take_parts(inner, rest);
        if inner.is_empty() && *first != "properties" {
            document.remove(*first);
        }
    }
}

/// Says of what a spec wants to be absent, and is not there, that it is absent; answers whether there was such.
pub(super) fn keep_absent(want: &Value, seen: &mut Value) -> bool {
    let (Some(want), Some(seen)) = (want.as_object(), seen.as_object_mut()) else { return false };
    let mut any = false;
    for (name, want) in want.iter().filter(|(_, want)| Setting::is_absent(want)) {
        if seen.get(name).is_none_or(Value::is_null) {
            seen.insert(name.clone(), want.clone());
            any = true;
        }
    }
    any
}

/// Gives ids in `seen` the spelling that they have at the same place in `want`; answers whether there were such.
pub(super) fn respell(want: &Value, seen: &mut Value) -> bool {
    match (want, seen) {
        (Value::String(want), Value::String(seen)) => {
            let only_case = want.starts_with('/') && want != seen && want.eq_ignore_ascii_case(seen);
            if only_case {
                want.clone_into(seen);
            }
            only_case
        }
        (Value::Object(want), Value::Object(seen)) => {
            let each =
                |(name, seen): (&String, &mut Value)| want.get(name).is_some_and(|want| respell(want, seen));
            seen.iter_mut().fold(false, |any, one| each(one) | any)
        }
        // Their order may mean nothing: any that is the same but for case is meant.
        (Value::Array(want), Value::Array(seen)) => {
            let mut any = false;
            for seen in seen {
                any |= want.iter().any(|want| respell_whole(want, seen));
            }
            any
        }
        _ => false,
    }
}

/// Replaces a value by another that is the same but for the case of ids in it.
fn respell_whole(want: &Value, seen: &mut Value) -> bool {
    let mut other = seen.clone();
    let same = respell(want, &mut other) && other == *want;
    if same {
        *seen = other;
    }
    same
}
