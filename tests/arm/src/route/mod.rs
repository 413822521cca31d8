//! What becomes of a request.

mod action;
mod delete;
mod operations;
mod patch;
mod put;
mod read;
mod roles;
mod subscription;
mod tags;

use crate::{
    Side,
    answer::{Answer, Refusal},
    id::ResourceId,
    request::Request,
    token,
    types::{self, Type},
    world::World,
};
use hyper::Method;

/// What a path is about: a type, and whether it is one object.
pub(crate) fn about(path: &str) -> (Option<String>, bool) {
    match Target::of(path) {
        Some(Target::One(id, kind) | Target::Action(id, kind, _)) => (Some(known(&id, kind)), true),
        Some(Target::List { name, kind, .. }) => {
            (Some(kind.map_or(name, |kind| kind.name.to_owned())), false)
        }
        None => (None, false),
    }
}

fn known(id: &ResourceId, kind: Option<&'static Type>) -> String {
    kind.map_or_else(|| id.type_name(), |kind| kind.name.to_owned())
}

/// What a path names.
#[derive(Debug)]
pub(crate) enum Target {
    One(ResourceId, Option<&'static Type>),
    /// All of a type in a scope, or in a parent.
    List {
        scope: String,
        name: String,
        kind: Option<&'static Type>,
    },
    /// Something that is done to an object, or asked of it.
    Action(ResourceId, Option<&'static Type>, String),
}

impl Target {
    fn of(path: &str) -> Option<Self> {
        let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        if let Some(id) = ResourceId::of_segments(&segments) {
            let kind = types::of(&id.type_name());
            return Some(Self::One(canonical(id, kind), kind));
        }
        if let [_, subscription, groups] = segments[..]
            && groups.eq_ignore_ascii_case("resourceGroups")
        {
            let name = crate::id::RESOURCE_GROUP.to_owned();
            let kind = types::of(&name);
            return Some(Self::List { scope: format!("/subscriptions/{subscription}"), name, kind });
        }
        let (last, before) = segments.split_last()?;
        let at = before.iter().rposition(|segment| segment.eq_ignore_ascii_case("providers"))?;
        if before.len() == at + 2 {
            let scope = segments[..at].iter().fold(String::new(), |scope, segment| scope + "/" + segment);
            let name = format!("{}/{last}", before[at + 1]);
            let kind = types::of(&name);
            return Some(Self::List { scope, name, kind });
        }
        let parent = ResourceId::of_segments(before)?;
        let name = format!("{}/{last}", parent.type_name());
        let own = types::of(&parent.type_name());
        let parent = canonical(parent, own);
        match types::of(&name) {
            Some(kind) => Some(Self::List { scope: parent.to_string(), name, kind: Some(kind) }),
            None => Some(Self::Action(parent, own, (*last).to_owned())),
        }
    }
}

/// An identifier in the spelling of its type.
fn canonical(mut id: ResourceId, kind: Option<&'static Type>) -> ResourceId {
    if let Some(kind) = kind {
        let mut words = kind.name.split('/');
        words.next().unwrap_or_default().clone_into(&mut id.namespace);
        for ((own, _), word) in id.chain.iter_mut().zip(words) {
            word.clone_into(own);
        }
    }
    let segments: Vec<_> = id.scope.split('/').collect();
    if let ["", _, subscription, groups, group] = segments[..]
        && groups.eq_ignore_ascii_case("resourceGroups")
    {
        id.scope = format!("/subscriptions/{subscription}/resourceGroups/{group}");
    }
    id
}

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let mut answer =
        judge(world, request).unwrap_or_else(|| decide(world, request).unwrap_or_else(Answer::from));
    judge_answer(world, request, &answer);
    if world.settings.lower_case
        && let Some(body) = &mut answer.body
    {
        lower(body);
    }
    answer
}

/// Refuses a document that does not fit its description, and tells the test.
fn judge(world: &mut World, request: &Request) -> Option<Answer> {
    let schemas = world.settings.schemas.clone()?;
    let side = match request.method.as_str() {
        "PUT" => Side::Request,
        // An operation on tags is no part of their document.
        "PATCH" if tags::are_meant(request) => return None,
        "PATCH" => Side::Patch,
        _ => return None,
    };
    let (kind, one) = about(&request.path);
    let found = schemas.check(
        &kind.filter(|_| one)?,
        request.parameter("api-version")?,
        side,
        request.document()?,
    )?;
    for finding in &found {
        world.records.violate(format!("{} {}: {finding}", request.method, request.path));
    }
    let finding = found.iter().find(|finding| !finding.dropped)?;
    let why = format!("The request content was invalid and could not be deserialized: '{finding}'.");
    Some(Refusal::new(400, "InvalidRequestContent", why).target(finding.pointer.clone()).into())
}

/// Tells the test of an answer that does not fit its description.
fn judge_answer(world: &mut World, request: &Request, answer: &Answer) {
    let Some(schemas) = world.settings.schemas.clone() else { return };
    let (Some(body), (Some(kind), one)) =
        (answer.body.as_ref().filter(|_| answer.error().is_none()), about(&request.path))
    else {
        return;
    };
    let version = request.parameter("api-version").unwrap_or_default();
    // Some things that are asked of an object answer a list of others, each of which says what it is.
    let lists = !one || body["value"].is_array();
    let shown: Vec<_> =
        if lists { body["value"].as_array().into_iter().flatten().collect() } else { vec![body] };
    for document in shown.into_iter().filter(|_| request.method != Method::POST) {
        let own = document["type"].as_str().filter(|_| one && lists);
        let kind = own.unwrap_or(&kind);
        for finding in schemas.check(kind, version, Side::Response, document).into_iter().flatten() {
            world.records.violate(format!("{} {}: the answer's {finding}", request.method, request.path));
        }
    }
}

/// Every identifier in lower case.
fn lower(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) if text.starts_with("/subscriptions/") => {
            text.make_ascii_lowercase();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(lower),
        serde_json::Value::Object(members) => members.values_mut().for_each(lower),
        _ => {}
    }
}

fn decide(world: &mut World, request: &Request) -> Result<Answer, Refusal> {
    authorize(world, request)?;
    if let Some(answer) = operations::answer(world, request) {
        return Ok(answer);
    }
    let Some(version) = request.parameter("api-version").map(str::to_owned) else {
        world.records.violate(format!("{} {} has no `api-version`", request.method, request.path));
        let why = "The api-version query parameter (?api-version=) is required for all requests.";
        return Err(Refusal::new(400, "MissingApiVersionParameter", why));
    };
    if let Some(answer) = subscription::answer(world, request, &version) {
        return answer;
    }
    if let Some(answer) = tags::answer(world, request, &version) {
        return answer;
    }
    if let Some(answer) = roles::answer(request, &version) {
        return answer;
    }
    match Target::of(&request.path) {
        Some(Target::Action(id, Some(kind), name)) => {
            judge_version(world, kind, &version)?;
            action::answer(world, request, &id, kind, &name, &version)
        }
        Some(Target::One(id, Some(kind))) => {
            judge_version(world, kind, &version)?;
            one(world, request, id, kind, &version)
        }
        Some(Target::List { scope, kind: Some(kind), .. }) if request.method == Method::GET => {
            judge_version(world, kind, &version)?;
            read::list(world, request, &scope, kind, &version)
        }
        _ => Err(unknown(world, request)),
    }
}

fn one(
    world: &mut World,
    request: &Request,
    id: ResourceId,
    kind: &'static Type,
    version: &str,
) -> Result<Answer, Refusal> {
    match request.method.as_str() {
        "GET" => read::get(world, &id, kind),
        "HEAD" => Ok(Answer::empty(if world.objects.get(&id.key()).is_some() { 204 } else { 404 })),
        "PUT" => put::put(world, request, id, kind, version),
        "PATCH" => patch::patch(world, request, &id, kind, version),
        "DELETE" => delete::delete(world, request, &id, kind, version),
        _ => Err(unknown(world, request)),
    }
}

/// What is not served here is a gap of the server, and no answer of Azure's.
fn unknown(world: &mut World, request: &Request) -> Refusal {
    let what = format!("{} {} is not served here", request.method, request.path);
    world.records.violate(what.clone());
    Refusal::new(404, "InvalidResourceType", what)
}

fn judge_version(world: &mut World, kind: &'static Type, version: &str) -> Result<(), Refusal> {
    if kind.versions.contains(&version) {
        return Ok(());
    }
    let why = format!(
        "No registered resource provider found for API version '{version}' for type '{}'. The supported api-versions are \
         '{}'.",
        kind.name,
        kind.versions.join(", ")
    );
    world.records.violate(why.clone());
    Err(Refusal::new(400, "NoRegisteredProviderFound", why))
}

/// Who calls, and whether they may call this subscription.
fn authorize(world: &World, request: &Request) -> Result<(), Refusal> {
    let segments = request.segments();
    let subscription = segments.get(1).filter(|_| segments[0].eq_ignore_ascii_case("subscriptions"));
    let Some(subscription) = subscription else { return Ok(()) };
    let Some(tenant) = world.tenant(subscription) else {
        let why = format!("The subscription '{subscription}' could not be found.");
        return Err(Refusal::new(404, "SubscriptionNotFound", why));
    };
    if !world.settings.authorize {
        return Ok(());
    }
    token::judge(request.header("authorization"), tenant).map_err(|(code, why)| {
        let ask = format!(
            "Bearer authorization_uri=\"https://login.windows.net/{tenant}\", error=\"invalid_token\", error_description=\"{why}\""
        );
        Refusal::new(401, code, why).header("WWW-Authenticate", ask)
    })
}
