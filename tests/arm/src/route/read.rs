//! GET of one object, and of lists.

use crate::{
    answer::{Answer, Refusal},
    id::{Key, ResourceId},
    request::Request,
    types::{Type, authorization},
    world::{Object, World},
};
use serde_json::{Value, json};

/// One object. A look at it is a look at the operation on it, and at those on its parts.
pub(super) fn get(world: &mut World, id: &ResourceId, kind: &'static Type) -> Result<Answer, Refusal> {
    let key = id.key();
    world.look_at(&key);
    let hidden = world.objects.get_mut(&key).filter(|object| object.hidden > 0);
    let is_hidden = hidden.map(|object| object.hidden -= 1).is_some();
    let Some(object) = world.objects.get(&key).filter(|_| !is_hidden) else {
        return Err(not_found(world, id));
    };
    let mut answer = Answer::document(200, world.objects.show(object));
    if kind.etag {
        answer = answer.header("ETag", object.etag());
    }
    Ok(answer)
}

/// How it is said that an object is not there: by Azure Resource Manager, or by the provider about parts.
pub(super) fn not_found(world: &World, id: &ResourceId) -> Refusal {
    if id.is_group() {
        return no_group(id.name());
    }
    if let Some(group) = id.group_id()
        && world.objects.get(&group.key()).is_none()
    {
        return no_group(group.name());
    }
    let root = id.root();
    let about = if world.objects.get(&root.key()).is_some() { id } else { &root };
    if about.chain.len() > 1 {
        return Refusal::new(404, "NotFound", format!("Resource {id} not found."));
    }
    let (relative, group) = (about.relative(), id.group_name().unwrap_or_default());
    let why = format!("The Resource '{relative}' under resource group '{group}' was not found.");
    Refusal::new(404, "ResourceNotFound", why)
}

pub(super) fn no_group(group: &str) -> Refusal {
    Refusal::new(404, "ResourceGroupNotFound", format!("Resource group '{group}' could not be found."))
}

/// All of a type in a scope. A list that shows an object is a look at the operation on it.
pub(super) fn list(
    world: &mut World,
    request: &Request,
    scope: &str,
    kind: &'static Type,
    version: &str,
) -> Result<Answer, Refusal> {
    let within = Key::of(scope);
    if kind.is_part() {
        let parent = ResourceId::parse(scope).ok_or_else(|| no_group(scope))?;
        if world.objects.get(&parent.key()).is_none() {
            return Err(not_found(world, &parent));
        }
    } else if let Some(group) = ResourceId::parse(scope).filter(ResourceId::is_group)
        && world.objects.get(&group.key()).is_none()
    {
        return Err(no_group(group.name()));
    }
    if kind.name == authorization::ASSIGNMENT {
        let at_and_above = request.parameter("$filter").is_some_and(|filter| filter.contains("atScope()"));
        let fits = |object: &Object| {
            let own = Key::of(&object.id.scope);
            let here = own == within || within.is_in(&own) || (!at_and_above && own.is_in(&within));
            object.kind.name == kind.name && here && is_granted_to(request, object)
        };
        return Ok(page(world, request, version, fits, |world, object| world.objects.show(object)));
    }
    let fits = |object: &Object| {
        object.kind.name == kind.name && object.id.key().is_in(&within) && filtered(request, object)
    };
    Ok(page(world, request, version, fits, |world, object| world.objects.show(object)))
}

/// Whether an assignment is the one of a principal that is asked for: `principalId eq 'a'`, `assignedTo('a')`.
fn is_granted_to(request: &Request, object: &Object) -> bool {
    let filter = request.parameter("$filter").unwrap_or_default();
    let asked = ["principalId eq '", "assignedTo('"].iter().find_map(|start| {
        let (_, rest) = filter.split_once(start)?;
        rest.split('\'').next()
    });
    asked.is_none_or(|asked| object.document["properties"]["principalId"] == asked)
}

/// A page of all objects that fit, with a link to the next.
pub(super) fn page(
    world: &mut World,
    request: &Request,
    version: &str,
    fits: impl Fn(&Object) -> bool,
    show: impl Fn(&World, &Object) -> Value,
) -> Answer {
    let all: Vec<_> =
        world.objects.iter().filter(|object| fits(object)).map(|object| object.id.key()).collect();
    let mut shown = vec![];
    for key in &all {
        world.look_at(key);
        let Some(object) = world.objects.get_mut(key) else { continue };
        if object.hidden > 0 {
            object.hidden -= 1;
        } else {
            shown.push(key);
        }
    }
    let first = request.parameter("$skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0);
    let size = world.settings.page.unwrap_or(usize::MAX);
    let objects = shown.iter().skip(first).take(size).filter_map(|key| world.objects.get(key));
    let mut document = json!({ "value": objects.map(|object| show(world, object)).collect::<Vec<_>>() });
    let next = first.saturating_add(size);
    if next < shown.len() {
        let filter = request.parameter("$filter").map(|filter| {
            format!("&$filter={}", form_urlencoded::byte_serialize(filter.as_bytes()).collect::<String>())
        });
        let address = world.address(&request.path, version);
        document["nextLink"] = json!(format!("{address}{}&$skipToken={next}", filter.unwrap_or_default()));
    }
    Answer::document(200, document)
}

/// Whether an object passes a filter by tag or type: `tagName eq 'a' and tagValue eq 'b'`, `resourceType eq 'c'`.
pub(super) fn filtered(request: &Request, object: &Object) -> bool {
    let Some(filter) = request.parameter("$filter") else { return true };
    let tags = object.tags();
    let mut name = None;
    filter.split(" and ").all(|clause| {
        let Some((member, value)) = clause.split_once(" eq ") else { return true };
        let value = value.trim().trim_matches('\'');
        match member.trim() {
            "tagName" => {
                name = Some(value);
                tags.contains_key(value)
            }
            "tagValue" => name.and_then(|name| tags.get(name)).is_some_and(|own| own == value),
            "resourceType" => object.kind.name.eq_ignore_ascii_case(value),
            _ => true,
        }
    })
}
