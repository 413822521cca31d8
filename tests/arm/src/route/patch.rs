//! PATCH.

use super::{put, read};
use crate::{
    answer::{Answer, Refusal},
    id::ResourceId,
    request::Request,
    types::{Patch, Type},
    world::World,
};
use serde_json::{Map, Value};

pub(super) fn patch(
    world: &mut World,
    request: &Request,
    id: &ResourceId,
    kind: &'static Type,
    version: &str,
) -> Result<Answer, Refusal> {
    let document = put::document(request)?;
    let Some(object) = world.objects.get(&id.key()) else { return Err(read::not_found(world, id)) };
    let (id, mut own) = (object.id.clone(), object.document.clone());
    put::judge_tags(request, world, &id, kind)?;
    put::refuse_while_busy(world, &id, kind, version)?;
    match kind.patch {
        Patch::None => return Err(super::unknown(world, request)),
        Patch::Tags => {
            if let Some(member) = document.keys().find(|member| *member != "tags") {
                let why = format!("The request content was invalid: '{member}' cannot be changed by PATCH.");
                return Err(Refusal::new(400, "InvalidRequestContent", why));
            }
            let tags = document.get("tags").cloned().unwrap_or_default();
            if let Some(object) = world.objects.get_mut(&id.key()) {
                object.document["tags"] = tags;
                object.version += 1;
                object.changed_by = world.serial;
            }
        }
        Patch::Merge => {
            merge(&mut own, document);
            let Value::Object(own) = own else { return Ok(Answer::empty(500)) };
            world.write(crate::world::Draft { id: id.clone(), kind, document: own })?;
        }
    }
    read::get(world, &id, kind)
}

/// Merges documents: objects member by member, null takes a member away, and everything else is replaced.
///
/// Source: RFC 7396.
fn merge(own: &mut Value, patch: Map<String, Value>) {
    if !own.is_object() {
        *own = Value::Object(Map::new());
    }
    let Some(members) = own.as_object_mut() else { return };
    for (name, value) in patch {
        match value {
            Value::Null => {
                members.remove(&name);
            }
            Value::Object(patch) => merge(members.entry(name).or_insert(Value::Null), patch),
            other => {
                members.insert(name, other);
            }
        }
    }
}
