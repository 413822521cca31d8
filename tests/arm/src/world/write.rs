//! Documents become objects.

use super::{Object, Objects, State, World};
use crate::{
    answer::Refusal,
    id::{Key, ResourceId},
    pointer,
    types::{self, Absent, Ends, Place, Type},
};
use serde_json::{Map, Value, json};

/// What an operation does to its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Write,
    Delete,
}

/// Where an identity says who it is.
const PRINCIPAL: &str = "/properties/principalId";

/// A document that is to become an object.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) id: ResourceId,
    pub(crate) kind: &'static Type,
    pub(crate) document: Map<String, Value>,
}

impl World {
    /// Writes a document with all its parts, or nothing.
    pub(crate) fn write(&mut self, draft: Draft) -> Result<(), Refusal> {
        // What is refused leaves no trace.
        let before = self.objects.clone();
        let mut written = vec![];
        let outcome = self.place(draft, &mut written).and_then(|()| {
            let objects = &self.objects;
            written.iter().filter_map(|key| objects.get(key)).try_for_each(|object| {
                judge_references(objects, object)?;
                (object.kind.check)(objects, object)
            })
        });
        if outcome.is_err() {
            self.objects = before;
        }
        outcome
    }

    /// Puts an object and its parts into their place.
    fn place(&mut self, mut draft: Draft, written: &mut Vec<Key>) -> Result<(), Refusal> {
        let (id, kind) = (draft.id.clone(), draft.kind);
        let key = id.key();
        let old = self.objects.get(&key).cloned();
        let parts: Vec<_> = kind
            .parts
            .iter()
            .map(|part| (part, pointer::take(&mut draft.document, &format!("/properties/{}", part.member))))
            .collect();
        let document = complete(kind, draft.document)?;
        if let Some(old) = &old {
            judge_immutable(old, &document)?;
        }
        let location = document.get("location").and_then(Value::as_str).map(str::to_owned);
        let location = location.unwrap_or_else(|| self.objects.location_of(&id));
        let computed = if let Some(old) = &old {
            old.computed.clone()
        } else {
            let values = kind.computed.iter();
            values.map(|(pointer, what)| (*pointer, self.compute(&id, &location, *what, &document))).collect()
        };
        self.objects.put(Object {
            // An object keeps the spelling with which it was made.
            id: old.as_ref().map_or(id, |old| old.id.clone()),
            kind,
            document,
            computed,
            version: old.as_ref().map_or(0, |old| old.version + 1),
            state: State::Succeeded,
            operation: None,
            hidden: old.as_ref().map_or(0, |old| old.hidden),
            made_by: old.as_ref().map_or(self.serial, |old| old.made_by),
            changed_by: self.serial,
        });
        written.push(key.clone());
        if old.is_none() {
            self.bear(&key, kind, written)?;
        }
        for (part, list) in parts {
            self.place_parts(&key, part, list, written)?;
        }
        Ok(())
    }

    /// Makes what comes with a new object.
    fn bear(&mut self, key: &Key, kind: &'static Type, written: &mut Vec<Key>) -> Result<(), Refusal> {
        let Some(object) = self.objects.get(key) else { return Ok(()) };
        let (id, principal) =
            (object.id.clone(), object.computed.iter().find(|(pointer, _)| *pointer == PRINCIPAL));
        if let Some(principal) = principal.and_then(|(_, principal)| principal.as_str()) {
            let principal = principal.to_owned();
            self.unknown_principals.insert(principal, self.settings.replication);
        }
        for (part, name, text) in kind.born {
            let Some(kind) = types::of(part) else { continue };
            // The table is tried by a test.
            let document = serde_json::from_str(text).unwrap_or_default();
            self.place(Draft { id: id.part(kind.word(), name), kind, document }, written)?;
        }
        Ok(())
    }

    /// Makes the parts of an object those of a list.
    fn place_parts(
        &mut self,
        whole: &Key,
        part: &types::Part,
        list: Option<Value>,
        written: &mut Vec<Key>,
    ) -> Result<(), Refusal> {
        let Some(id) = self.objects.get(whole).map(|object| object.id.clone()) else { return Ok(()) };
        let Some(kind) = types::of(part.kind) else { return Ok(()) };
        let list = match list {
            Some(Value::Array(list)) => list,
            _ if part.absent == Absent::Settings && self.settings.absent_subnets_stay => return Ok(()),
            _ => vec![],
        };
        let mut kept = vec![];
        for entry in list {
            let Value::Object(mut document) = entry else {
                return Err(invalid(&format!("/properties/{}", part.member), "is not a list of objects"));
            };
            let name = document.remove("name").as_ref().and_then(Value::as_str).map(str::to_owned);
            let Some(name) = name else {
                return Err(invalid(&format!("/properties/{}", part.member), "has an entry without a name"));
            };
            let id = id.part(kind.word(), &name);
            if kept.contains(&id.key()) {
                return Err(invalid(&format!("/properties/{}", part.member), &format!("has `{name}` twice")));
            }
            kept.push(id.key());
            self.place(Draft { id, kind, document }, written)?;
        }
        let gone: Vec<_> = self.objects.parts(&id, part.kind).map(|own| own.id.key()).collect();
        for key in gone.into_iter().filter(|key| !kept.contains(key)) {
            self.refuse_if_in_use(&key)?;
            let _ = self.remove(&key);
        }
        Ok(())
    }

    /// Refuses to delete what is in use.
    pub(crate) fn refuse_if_in_use(&self, key: &Key) -> Result<(), Refusal> {
        let Some((held, holders)) = self.objects.held(key) else { return Ok(()) };
        let Some(in_use) = held.kind.in_use else { return Ok(()) };
        let users: Vec<_> = holders.iter().map(|holder| holder.id.to_string()).collect();
        let message = in_use.message.replace("{name}", held.id.name()).replace("{users}", &users.join(", "));
        Err(Refusal::new(in_use.status, in_use.code, message))
    }
}

fn invalid(pointer: &str, why: &str) -> Refusal {
    Refusal::new(400, "InvalidRequestContent", format!("The request content was invalid: '{pointer}' {why}."))
        .target(pointer)
}

/// A document with what the service adds, and without what it decides.
fn complete(kind: &'static Type, mut document: Map<String, Value>) -> Result<Value, Refusal> {
    for member in ["id", "name", "type", "etag", "systemData"] {
        document.remove(member);
    }
    if !kind.is_tracked() {
        document.remove("location");
    }
    let decided = kind.computed.iter().map(|(pointer, _)| *pointer);
    for pointer in decided.chain(kind.shown_names()).chain(["/properties/provisioningState"]) {
        pointer::take(&mut document, pointer);
    }
    let document = Value::Object(document);
    for pointer in kind.required {
        if document.pointer(pointer).is_none_or(Value::is_null) {
            return Err(invalid(pointer, "is required"));
        }
    }
    let Value::Object(mut document) = document else { return Ok(Value::Null) };
    document.retain(|_, value| !value.is_null());
    if let Some(Value::Object(properties)) = document.get_mut("properties") {
        properties.retain(|_, value| !value.is_null());
    }
    for (pointer, text) in kind.defaults {
        // The table is tried by a test.
        pointer::set_default(&mut document, pointer, serde_json::from_str(text).unwrap_or_default());
    }
    if kind.place != Place::Inherited {
        let location = document.get("location").and_then(Value::as_str);
        let Some(location) = location.map(|location| location.replace(' ', "").to_ascii_lowercase()) else {
            let why = "The location property is required for this definition.";
            return Err(Refusal::new(400, "LocationRequired", why));
        };
        if (kind.place == Place::Global) != (location == "global")
            || !(location == "global" || crate::place::is_region(&location))
        {
            let why = format!(
                "The provided location '{location}' is not available for resource type '{}'.",
                kind.name
            );
            return Err(Refusal::new(400, "LocationNotAvailableForResourceType", why));
        }
        document.insert("location".to_owned(), json!(location));
    }
    Ok(Value::Object(document))
}

/// Refuses a document that changes what cannot be changed.
fn judge_immutable(old: &Object, document: &Value) -> Result<(), Refusal> {
    let name = old.id.name();
    for fixed in old.kind.immutable {
        if old.document.pointer(fixed.pointer) != document.pointer(fixed.pointer) {
            let why =
                format!("Property '{}' of the existing resource '{name}' cannot be changed.", fixed.pointer);
            return Err(Refusal::new(fixed.status, fixed.code, why).target(fixed.pointer));
        }
    }
    let (own, asked) = (old.location(), document.get("location").and_then(Value::as_str));
    if let (Some(own), Some(asked)) = (own, asked)
        && own != asked
    {
        let why = format!(
            "The resource '{name}' already exists in location '{own}'. A resource with the same name cannot be created in \
             location '{asked}'. Please select a new resource name."
        );
        return Err(Refusal::new(409, "InvalidResourceLocation", why));
    }
    Ok(())
}

/// Refuses a document that names what is not there, is not what may be named, or is not ready.
fn judge_references(objects: &Objects, object: &Object) -> Result<(), Refusal> {
    for reference in object.kind.references.iter().filter(|reference| !reference.to.is_empty()) {
        for named in pointer::find(&object.document, reference.pointer) {
            let named = named.as_str().unwrap_or_default();
            let found = objects.get(&Key::of(named)).filter(|found| reference.to.contains(&found.kind.name));
            let Some(found) = found else {
                let why = format!(
                    "Resource {named} referenced by resource {} was not found. Please make sure that the referenced \
                     resource exists, and that both resources are in the same region.",
                    object.id
                );
                return Err(Refusal::new(400, "InvalidResourceReference", why).target(reference.pointer));
            };
            let in_place = object.location().or_else(|| objects.get(&object.id.root().key())?.location());
            let elsewhere =
                found.location().is_some_and(|place| place != "global" && Some(place) != in_place);
            if elsewhere && in_place != Some("global") && reference.ends == Ends::Holds {
                let why = format!("Resource {} and resource {named} are not in the same region.", object.id);
                return Err(Refusal::new(400, "InvalidResourceReference", why).target(reference.pointer));
            }
            if matches!(found.state, State::Creating | State::Updating | State::Deleting) {
                let why = format!(
                    "Cannot proceed with operation because resource {named} used by resource {} is not in Succeeded state. \
                     Resource is in {} state.",
                    object.id,
                    found.kind.state_name(found.state)
                );
                return Err(Refusal::new(409, "ReferencedResourceNotProvisioned", why).target(named));
            }
        }
    }
    Ok(())
}
