//! Tags of anything that has some, as an object of their own.

use super::{put, read};
use crate::{
    answer::{Answer, Refusal},
    id::ResourceId,
    request::Request,
    world::World,
};
use serde_json::{Map, Value, json};

const SUFFIX: &str = "/providers/Microsoft.Resources/tags/default";

/// Whether the path is about tags.
pub(super) fn are_meant(request: &Request) -> bool {
    let at = request.path.len().checked_sub(SUFFIX.len());
    at.and_then(|at| request.path.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(SUFFIX))
}

/// The answer, if the path is about tags.
///
/// Source: Azure Resource Manager REST API, "Tags".
pub(super) fn answer(world: &mut World, request: &Request, version: &str) -> Option<Result<Answer, Refusal>> {
    let at = request.path.len().checked_sub(SUFFIX.len()).filter(|_| are_meant(request))?;
    let scope = ResourceId::parse(&request.path[..at])?;
    Some(tags(world, request, &scope, version))
}

fn tags(world: &mut World, request: &Request, scope: &ResourceId, version: &str) -> Result<Answer, Refusal> {
    let key = scope.key();
    let Some(object) = world.objects.get(&key) else { return Err(read::not_found(world, scope)) };
    if !object.kind.is_tracked() {
        let why = format!("The resource type '{}' does not support tags.", object.kind.name);
        return Err(Refusal::new(400, "ResourceTypeNotSupportTags", why));
    }
    let (kind, own) = (object.kind, object.document.get("tags").cloned());
    let mut tags = own.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    if !request.reads() {
        put::refuse_while_busy(world, scope, kind, version)?;
    }
    match request.method.as_str() {
        "GET" => return Ok(show(scope, &tags)),
        "PUT" => tags = named(&put::document(request)?),
        "DELETE" => tags.clear(),
        "PATCH" => {
            let document = put::document(request)?;
            let named = named(&document);
            match document.get("operation").and_then(Value::as_str) {
                Some("Merge") => tags.extend(named),
                Some("Replace") => tags = named,
                Some("Delete") => {
                    tags.retain(|name, value| named.get(name).is_none_or(|named| named != value));
                }
                other => {
                    let why =
                        format!("The tags patch operation '{}' is not supported.", other.unwrap_or_default());
                    return Err(Refusal::new(400, "InvalidTagsPatchOperation", why));
                }
            }
        }
        _ => return Err(super::unknown(world, request)),
    }
    if tags.len() > 50 {
        return Err(Refusal::new(400, "TooManyTags", "The number of tags exceeds 50, which is the limit."));
    }
    let serial = world.serial;
    if let Some(object) = world.objects.get_mut(&key) {
        object.document["tags"] = Value::Object(tags.clone());
        object.version += 1;
        object.changed_by = serial;
    }
    Ok(if request.method.as_str() == "DELETE" { Answer::empty(200) } else { show(scope, &tags) })
}

fn named(document: &Map<String, Value>) -> Map<String, Value> {
    let tags = document.get("properties").and_then(|properties| properties.get("tags"));
    tags.and_then(Value::as_object).cloned().unwrap_or_default()
}

fn show(scope: &ResourceId, tags: &Map<String, Value>) -> Answer {
    let document = json!({
        "id": format!("{scope}{SUFFIX}"),
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": { "tags": tags },
    });
    Answer::document(200, document)
}
