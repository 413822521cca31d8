//! Objects, what they show, and who names whom.

use crate::{
    id::{Key, ResourceId},
    pointer,
    types::{Back, Ends, Reference, Type},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One object.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) id: ResourceId,
    pub(crate) kind: &'static Type,
    /// What it was given, with defaults, and without its parts.
    pub(crate) document: Value,
    /// What the service decided.
    pub(crate) computed: Vec<(&'static str, Value)>,
    /// How often it changed: its entity tag.
    pub(crate) version: u64,
    pub(crate) state: State,
    /// The operation that is on it.
    pub(crate) operation: Option<String>,
    /// For how many looks it is not shown.
    pub(crate) hidden: u32,
    /// The call that made it.
    pub(crate) made_by: u64,
    /// The call that changed it last.
    pub(crate) changed_by: u64,
}

/// Where an object is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Creating,
    Updating,
    Succeeded,
    Deleting,
    Failed,
    Canceled,
}

impl Object {
    /// Its entity tag.
    pub(crate) fn etag(&self) -> String {
        format!("W/\"{:08x}-{:04x}-4000-8000-000000000000\"", self.made_by, self.version)
    }

    /// The region that it is in, of its own.
    pub(crate) fn location(&self) -> Option<&str> {
        self.document.get("location").and_then(Value::as_str)
    }

    /// Its tags.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        let tags = self.document.get("tags").and_then(Value::as_object);
        let text =
            |(name, value): (&String, &Value)| (name.clone(), value.as_str().unwrap_or_default().to_owned());
        tags.into_iter().flatten().map(text).collect()
    }

    /// What it names, by the references of its type.
    fn names(&self) -> impl Iterator<Item = (&'static Reference, Key)> {
        self.kind.references.iter().flat_map(|reference| {
            let named =
                pointer::find(&self.document, reference.pointer).into_iter().filter_map(Value::as_str);
            named.map(move |id| (reference, Key::of(id))).collect::<Vec<_>>()
        })
    }
}

/// All objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects(BTreeMap<Key, Object>);

impl Objects {
    pub(crate) fn get(&self, key: &Key) -> Option<&Object> {
        self.0.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Object> {
        self.0.get_mut(key)
    }

    pub(crate) fn put(&mut self, object: Object) {
        self.0.insert(object.id.key(), object);
    }

    pub(crate) fn take(&mut self, key: &Key) -> Option<Object> {
        self.0.remove(key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Object> {
        self.0.values()
    }

    /// The keys of all that is inside of an object: its parts, and theirs; of a group, everything in it; and what extends any of them.
    pub(crate) fn inside(&self, key: &Key) -> Vec<Key> {
        self.0.keys().filter(|own| own.is_in(key)).cloned().collect()
    }

    /// The parts of an object of one type.
    pub(crate) fn parts<'o>(&'o self, of: &'o ResourceId, kind: &'o str) -> impl Iterator<Item = &'o Object> {
        let of = of.key();
        self.0.values().filter(move |object| {
            object.kind.name == kind && object.id.parent().is_some_and(|parent| parent.key() == of)
        })
    }

    /// Others of the same type, with the same parent.
    pub(crate) fn siblings<'o>(&'o self, object: &'o Object) -> impl Iterator<Item = &'o Object> {
        let parent = object.id.parent().map(|parent| parent.key());
        self.0.values().filter(move |other| {
            other.kind.name == object.kind.name
                && other.id.key() != object.id.key()
                && other.id.parent().map(|parent| parent.key()) == parent
        })
    }

    /// Who names an object in a way that means this for its end.
    pub(crate) fn naming(&self, key: &Key, means: impl Fn(Ends) -> bool) -> Vec<Key> {
        let names = |object: &&Object| {
            object.names().any(|(reference, named)| means(reference.ends) && named == *key)
        };
        self.0.values().filter(names).map(|object| object.id.key()).collect()
    }

    /// Who holds an object, or one of its shown parts; the held and its holders.
    pub(crate) fn held(&self, key: &Key) -> Option<(&Object, Vec<&Object>)> {
        let shown = |own: &Key| self.get(own).is_some_and(|object| object.kind.in_use.is_some());
        let mut parts = self.inside(key);
        parts.retain(shown);
        parts.insert(0, key.clone());
        parts.iter().find_map(|part| {
            let holders = self.naming(part, |ends| ends == Ends::Holds);
            let holders: Vec<_> = holders.iter().filter_map(|holder| self.get(holder)).collect();
            Some((self.get(part)?, holders)).filter(|(_, holders)| !holders.is_empty())
        })
    }

    /// What inside of a group is held by something outside of it.
    pub(crate) fn held_from_outside(&self, group: &Key) -> Vec<Key> {
        let held = |key: &Key| {
            let holders = self.naming(key, |ends| ends == Ends::Holds);
            holders.iter().any(|holder| !holder.is_in(group))
        };
        self.inside(group).into_iter().filter(held).collect()
    }

    /// The region of an object, or of what it is a part of.
    pub(crate) fn location_of(&self, id: &ResourceId) -> String {
        let of = |id: &ResourceId| self.get(&id.key()).and_then(Object::location);
        of(id).or_else(|| of(&id.root())).unwrap_or_default().to_owned()
    }

    /// What is shown of an object.
    pub(crate) fn show(&self, object: &Object) -> Value {
        let mut shown = object.document.as_object().cloned().unwrap_or_default();
        shown.insert("id".to_owned(), json!(object.id.to_string()));
        shown.insert("name".to_owned(), json!(object.id.name()));
        shown.insert("type".to_owned(), json!(object.kind.name));
        if object.kind.etag {
            shown.insert("etag".to_owned(), json!(object.etag()));
        }
        for (pointer, value) in &object.computed {
            pointer::set(&mut shown, pointer, value.clone());
        }
        for part in object.kind.parts {
            let parts: Vec<_> = self.parts(&object.id, part.kind).map(|part| self.show(part)).collect();
            pointer::set(&mut shown, &format!("/properties/{}", part.member), json!(parts));
        }
        self.show_who_names(object, &mut shown);
        if object.kind.state {
            let state = object.kind.state_name(object.state);
            pointer::set(&mut shown, "/properties/provisioningState", json!(state));
        }
        (object.kind.dress)(self, object, &mut shown);
        Value::Object(shown)
    }

    fn show_who_names(&self, object: &Object, shown: &mut Map<String, Value>) {
        let key = object.id.key();
        for other in self.0.values() {
            for (reference, named) in other.names() {
                let here =
                    |back: &Back| named == key && (back.on.is_empty() || back.on.contains(&object.kind.name));
                let Some(back) = reference.back.filter(here) else { continue };
                let entry = json!({ "id": other.id.to_string() });
                if !back.many {
                    pointer::set(shown, back.pointer, entry);
                    continue;
                }
                let mut all = pointer::take(shown, back.pointer).unwrap_or_else(|| json!([]));
                if let Some(all) = all.as_array_mut() {
                    all.push(entry);
                }
                pointer::set(shown, back.pointer, all);
            }
        }
    }
}
