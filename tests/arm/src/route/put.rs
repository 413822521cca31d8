//! PUT: makes an object, or replaces what it is.

use super::read;
use crate::{
    answer::{Answer, Refusal},
    id::{Key, ResourceId},
    request::{Body, Request},
    types::{Style, Type},
    world::{Change, Draft, State, World},
};
use serde_json::{Map, Value};

pub(super) fn put(
    world: &mut World,
    request: &Request,
    id: ResourceId,
    kind: &'static Type,
    version: &str,
) -> Result<Answer, Refusal> {
    let id = judge_surroundings(world, id, kind)?;
    let document = document(request)?;
    (kind.admit)(world, &id, &document)?;
    judge_tags(request, world, &id, kind)?;
    refuse_while_busy(world, &id, kind, version)?;
    write(world, id, kind, document, version)
}

/// Writes a document, and begins the operation that follows.
pub(super) fn write(
    world: &mut World,
    id: ResourceId,
    kind: &'static Type,
    document: Map<String, Value>,
    version: &str,
) -> Result<Answer, Refusal> {
    let key = id.key();
    let is_new = world.objects.get(&key).is_none();
    world.write(Draft { id, kind, document })?;
    let Some(id) = world.objects.get(&key).map(|object| object.id.clone()) else {
        return Ok(Answer::empty(500));
    };
    let status = if is_new { kind.put.created } else { kind.put.replaced };
    let style = if is_new { kind.put.style } else { kind.put.again };
    if style == Style::Sync {
        if let Some(hidden) = world.twist.hidden.take()
            && let Some(object) = world.objects.get_mut(&key)
        {
            object.hidden = hidden;
        }
        return Ok(shown(world, &key, status));
    }
    let location = world.objects.location_of(&id);
    let operation = world.begin(&id, kind, &location, Change::Write);
    if let Some(object) = world.objects.get_mut(&key) {
        object.state = if is_new { State::Creating } else { State::Updating };
    }
    let mut answer = shown(world, &key, status);
    if status == 202 {
        answer.body = None;
    }
    answer.headers.extend(world.headers(&operation, style, version));
    Ok(answer)
}

fn shown(world: &World, key: &Key, status: u16) -> Answer {
    let Some(object) = world.objects.get(key) else { return Answer::empty(status) };
    let answer = Answer::document(status, world.objects.show(object));
    if object.kind.etag { answer.header("ETag", object.etag()) } else { answer }
}

/// The document that a request carries.
pub(super) fn document(request: &Request) -> Result<Map<String, Value>, Refusal> {
    let why = match &request.body {
        Body::Document(Value::Object(document)) => return Ok(document.clone()),
        Body::Document(_) => "The request content is not an object.".to_owned(),
        Body::Empty => "The request content is empty.".to_owned(),
        Body::Unreadable(why) => {
            format!("The request content was invalid and could not be deserialized: '{why}'.")
        }
    };
    Err(Refusal::new(400, "InvalidRequestContent", why))
}

/// What an object stands in has to be there; answers the identifier in the spelling of what is there.
fn judge_surroundings(world: &World, mut id: ResourceId, kind: &'static Type) -> Result<ResourceId, Refusal> {
    judge_registration(world, &id)?;
    if let Some(group) = id.group_id() {
        let Some(found) = world.objects.get(&group.key()) else { return Err(read::no_group(group.name())) };
        if found.state == State::Deleting {
            let why = format!(
                "The resource group '{}' is in deprovisioning state and cannot perform this operation.",
                group.name()
            );
            return Err(Refusal::new(409, "ResourceGroupBeingDeleted", why));
        }
    }
    if let Some(extended) = ResourceId::parse(&id.scope).filter(|extended| !extended.is_group())
        && world.objects.get(&extended.key()).is_none()
    {
        return Err(read::not_found(world, &extended));
    }
    if let Some(parent) = id.parent() {
        let Some(found) = world.objects.get(&parent.key()) else {
            let why = format!(
                "Failed to perform 'write' on resource(s) of type '{}', because the parent resource '{parent}' could not be \
                 found.",
                kind.name.split_once('/').map_or(kind.name, |(_, words)| words)
            );
            return Err(Refusal::new(404, "ParentResourceNotFound", why));
        };
        let mut own = found.id.clone();
        own.chain.extend(id.chain.pop());
        id = own;
    }
    Ok(id)
}

fn judge_registration(world: &World, id: &ResourceId) -> Result<(), Refusal> {
    let provider = (id.subscription().to_owned(), id.namespace.to_ascii_lowercase());
    if !world.unregistered.contains_key(&provider) {
        return Ok(());
    }
    let why = format!(
        "The subscription is not registered to use namespace '{}'. See https://aka.ms/rps-not-found for how to register \
         subscriptions.",
        id.namespace
    );
    Err(Refusal::new(409, "MissingSubscriptionRegistration", why).target(id.namespace.clone()))
}

/// `If-Match` and `If-None-Match`, where they are honoured.
pub(super) fn judge_tags(
    request: &Request,
    world: &World,
    id: &ResourceId,
    kind: &'static Type,
) -> Result<(), Refusal> {
    if !kind.etag {
        return Ok(());
    }
    let own = world.objects.get(&id.key()).map(crate::world::Object::etag);
    let fails = |condition: Option<&str>, holds: fn(bool) -> bool| {
        condition.is_some_and(|condition| {
            let fits = own.as_deref().is_some_and(|own| condition == "*" || same_tag(condition, own));
            !holds(fits)
        })
    };
    if fails(request.header("if-match"), |fits| fits) {
        let why = format!(
            "Etag provided in if-match header does not match etag {} of resource {id}.",
            own.unwrap_or_default()
        );
        return Err(Refusal::new(412, "PreconditionFailed", "Precondition failed.")
            .detail("PreconditionFailedEtagMismatch", why));
    }
    if fails(request.header("if-none-match"), |fits| !fits) {
        let why = format!("The resource {id} exists already.");
        return Err(Refusal::new(412, "PreconditionFailed", "Precondition failed.")
            .detail("PreconditionFailedEtagMatch", why));
    }
    Ok(())
}

/// Whether two entity tags are the same, whether or not they are marked as weak.
fn same_tag(one: &str, other: &str) -> bool {
    let bare = |tag: &str| tag.trim_start_matches("W/").trim_matches('"').to_owned();
    bare(one) == bare(other)
}

/// Refuses a write while another goes on: on the object, or where a type has one lane, on anything in it.
pub(super) fn refuse_while_busy(
    world: &mut World,
    id: &ResourceId,
    kind: &'static Type,
    version: &str,
) -> Result<(), Refusal> {
    let root = id.root().key();
    let lane = kind.lane || world.objects.get(&root).is_some_and(|object| object.kind.lane);
    let mut busy = vec![id.key()];
    if lane {
        busy = world.objects.inside(&root);
        busy.push(root);
    }
    busy.iter().try_for_each(|key| world.refuse_while(key, version))
}
