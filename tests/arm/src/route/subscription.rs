//! What is asked of a subscription itself: who it is, its regions, its providers, all its resources.

use super::read;
use crate::{
    answer::{Answer, Refusal},
    id::Key,
    place,
    request::Request,
    types,
    world::{Object, World},
};
use hyper::Method;
use serde_json::{Value, json};

/// Versions of the API of subscriptions and of resources.
const VERSIONS: [&str; 5] = ["2025-04-01", "2024-11-01", "2022-12-01", "2022-09-01", "2021-04-01"];

/// The answer, if the path is about that.
pub(super) fn answer(world: &mut World, request: &Request, version: &str) -> Option<Result<Answer, Refusal>> {
    let lower: Vec<_> = request.segments().iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let lower: Vec<_> = lower.iter().map(String::as_str).collect();
    let own = request.segments();
    let read = request.method == Method::GET;
    let answer = match lower[..] {
        ["subscriptions"] if read => {
            let known = world.settings.subscriptions.clone();
            let all: Vec<_> = known
                .iter()
                .map(|(subscription, tenant)| subscription_document(subscription, tenant))
                .collect();
            Ok(Answer::document(200, json!({ "value": all })))
        }
        ["subscriptions", _] if read => {
            let tenant = world.tenant(own[1]).unwrap_or_default();
            Ok(Answer::document(200, subscription_document(own[1], tenant)))
        }
        ["subscriptions", _, "locations"] if read => {
            Ok(Answer::document(200, json!({ "value": place::list(own[1]) })))
        }
        ["subscriptions", _, "resources"] | ["subscriptions", _, "resourcegroups", _, "resources"]
            if read =>
        {
            let scope = request.path.rsplit_once('/').map_or("", |(scope, _)| scope).to_owned();
            resources(world, request, &scope, version)
        }
        ["subscriptions", _, "providers", _] if read => Ok(provider(world, own[1], own[3])),
        ["subscriptions", _, "providers", _, "register"] if request.method == Method::POST => {
            let key = (own[1].to_owned(), own[3].to_ascii_lowercase());
            let looks = match world.settings.pace {
                crate::Pace::Looks(looks) => looks,
                crate::Pace::Time(_) => 0,
            };
            if let Some(waits) = world.unregistered.get_mut(&key) {
                waits.get_or_insert(looks);
            }
            Ok(provider(world, own[1], own[3]))
        }
        ["subscriptions", _, "providers", "microsoft.storage", "checknameavailability"]
            if request.method == Method::POST =>
        {
            let asked =
                request.document().and_then(|document| document.get("name")).cloned().unwrap_or_default();
            let taken = world
                .objects
                .iter()
                .any(|object| object.kind.name == types::storage::ACCOUNT && *object.id.name() == asked);
            let mut document = json!({ "nameAvailable": !taken });
            if taken {
                document["reason"] = json!("AlreadyExists");
                document["message"] = json!(format!("The storage account named {asked} is already taken."));
            }
            return Some(Ok(Answer::document(200, document)));
        }
        _ => return None,
    };
    if !VERSIONS.contains(&version) {
        world
            .records
            .violate(format!("{} {}: the version `{version}` is not known", request.method, request.path));
        return Some(Err(Refusal::new(
            400,
            "InvalidApiVersionParameter",
            format!("The api-version '{version}' is invalid."),
        )));
    }
    Some(answer)
}

fn subscription_document(subscription: &str, tenant: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{subscription}"),
        "subscriptionId": subscription,
        "tenantId": tenant,
        "displayName": "Tests",
        "state": "Enabled",
        "subscriptionPolicies": { "locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off" },
        "authorizationSource": "RoleBased",
    })
}

/// All resources of all types in a scope, without their properties.
fn resources(world: &mut World, request: &Request, scope: &str, version: &str) -> Result<Answer, Refusal> {
    let within = Key::of(scope);
    if let Some(group) = crate::id::ResourceId::parse(scope)
        && world.objects.get(&within).is_none()
    {
        return Err(read::no_group(group.name()));
    }
    let fits = |object: &Object| {
        let is_one = object.kind.is_tracked() && !object.id.is_group();
        is_one && object.id.key().is_in(&within) && read::filtered(request, object)
    };
    Ok(read::page(world, request, version, fits, |world, object| {
        let mut shown = world.objects.show(object);
        if let Some(members) = shown.as_object_mut() {
            members.retain(|name, _| {
                matches!(
                    name.as_str(),
                    "id" | "name"
                        | "type"
                        | "location"
                        | "tags"
                        | "sku"
                        | "kind"
                        | "identity"
                        | "managedBy"
                        | "zones"
                )
            });
        }
        // Parts tell the names of all that they are parts of.
        shown["name"] = json!(object.id.names());
        shown
    }))
}

/// A provider: whether it is registered, and its types with their versions, regions and zones. A look at one that is being registered
/// counts.
fn provider(world: &mut World, subscription: &str, namespace: &str) -> Answer {
    let key = (subscription.to_owned(), namespace.to_ascii_lowercase());
    let state = match world.unregistered.get_mut(&key) {
        None => "Registered",
        Some(None) => "NotRegistered",
        Some(Some(0)) => {
            world.unregistered.remove(&key);
            "Registered"
        }
        Some(Some(looks)) => {
            *looks -= 1;
            "Registering"
        }
    };
    let own: Vec<_> =
        types::all().into_iter().filter(|kind| kind.namespace().eq_ignore_ascii_case(namespace)).collect();
    let Some(first) = own.first() else {
        let why = format!("The resource namespace '{namespace}' is invalid.");
        return Refusal::new(404, "InvalidResourceNamespace", why).into();
    };
    let described = |kind: &&'static types::Type| {
        let mut described = json!({
            "resourceType": kind.name.split_once('/').map_or("", |(_, words)| words),
            "locations": if kind.place == types::Place::Region { place::titles() } else { vec![] },
            "apiVersions": kind.versions,
        });
        if kind.zones {
            let zones = |title: &str| json!({ "location": title, "zones": ["1", "2", "3"] });
            described["zoneMappings"] = place::titles_with_zones().into_iter().map(zones).collect();
        }
        described
    };
    let document = json!({
        "id": format!("/subscriptions/{subscription}/providers/{}", first.namespace()),
        "namespace": first.namespace(),
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": own.iter().map(described).collect::<Vec<_>>(),
    });
    Answer::document(200, document)
}
