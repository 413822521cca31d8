//! DELETE.

use super::{put, read};
use crate::{
    answer::{Answer, Refusal},
    id::{Key, ResourceId},
    request::Request,
    types::{Style, Type},
    world::{Change, Outcome, State, World},
};

pub(super) fn delete(
    world: &mut World,
    request: &Request,
    id: &ResourceId,
    kind: &'static Type,
    version: &str,
) -> Result<Answer, Refusal> {
    let key = id.key();
    let Some(object) = world.objects.get(&key) else {
        return match id.group_id().filter(|group| world.objects.get(&group.key()).is_none()) {
            Some(group) => Err(read::no_group(group.name())),
            None if id.is_group() => Err(read::no_group(id.name())),
            None => Ok(Answer::empty(204)),
        };
    };
    let id = object.id.clone();
    if let (State::Deleting, Some(operation)) = (object.state, object.operation.clone()) {
        // Who asks again is told of the same operation.
        return Ok(accepted(world, kind, &operation, version));
    }
    put::judge_tags(request, world, &id, kind)?;
    put::refuse_while_busy(world, &id, kind, version)?;
    if !id.is_group() {
        judge_parts(world, &key, kind)?;
        world.refuse_if_in_use(&key)?;
    }
    if kind.delete.style == Style::Sync {
        return match world.remove(&key) {
            Outcome::Failed(why) => Err(why),
            Outcome::Succeeded | Outcome::Canceled => Ok(Answer::empty(kind.delete.accepted)),
        };
    }
    let location = world.objects.location_of(&id);
    let operation = world.begin(&id, kind, &location, Change::Delete);
    let mut going = world.objects.inside(&key);
    going.push(key);
    for key in going {
        if let Some(object) = world.objects.get_mut(&key) {
            object.state = State::Deleting;
        }
    }
    Ok(accepted(world, kind, &operation, version))
}

fn accepted(world: &World, kind: &'static Type, operation: &str, version: &str) -> Answer {
    let mut answer = Answer::empty(kind.delete.accepted);
    answer.headers.extend(world.headers(operation, kind.delete.style, version));
    answer
}

/// Parts that have a place and tags of their own have to go first.
fn judge_parts(world: &World, key: &Key, kind: &'static Type) -> Result<(), Refusal> {
    let nested = world.objects.inside(key).into_iter().filter_map(|part| world.objects.get(&part));
    let nested: Vec<_> = nested
        .filter(|part| part.kind.is_tracked() && part.kind.namespace() == kind.namespace())
        .map(|part| format!("'{}'", part.id))
        .collect();
    if nested.is_empty() {
        return Ok(());
    }
    let why = format!(
        "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: {}. Please delete \
         all nested resources before deleting this resource.",
        nested.join(", ")
    );
    Err(Refusal::new(409, "CannotDeleteResource", why))
}
