//! Role definitions: those that every tenant has, to be read.

use crate::{
    answer::{Answer, Refusal},
    request::Request,
    types::authorization::{ROLES, VERSIONS},
};
use hyper::Method;
use serde_json::{Value, json};

/// The answer, if the path is about role definitions.
pub(super) fn answer(request: &Request, version: &str) -> Option<Result<Answer, Refusal>> {
    let segments = request.segments();
    let at = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("roleDefinitions"))?;
    let of_namespace =
        segments[..at].last().is_some_and(|name| name.eq_ignore_ascii_case("Microsoft.Authorization"));
    if !of_namespace
        || request.method != Method::GET
        || segments.len() > at + 2
        || !VERSIONS.contains(&version)
    {
        return None;
    }
    let subscription = segments.get(1).filter(|_| segments[0].eq_ignore_ascii_case("subscriptions"));
    let within = subscription.map(|own| format!("/subscriptions/{own}")).unwrap_or_default();
    if let Some(asked) = segments.get(at + 1) {
        let role = ROLES.iter().find(|(id, _)| id.eq_ignore_ascii_case(asked));
        let why = || format!("The role definition with ID '{asked}' was not found.");
        let found = role.map(|role| Answer::document(200, show(&within, role)));
        return Some(found.ok_or_else(|| Refusal::new(404, "RoleDefinitionDoesNotExist", why())));
    }
    let name = request.parameter("$filter").and_then(|filter| filter.strip_prefix("roleName eq "));
    let name = name.map(|name| name.trim_matches('\''));
    let fits = |(_, own): &&(&str, &str)| name.is_none_or(|name| name == *own);
    let roles: Vec<_> = ROLES.iter().filter(fits).map(|role| show(&within, role)).collect();
    Some(Ok(Answer::document(200, json!({ "value": roles }))))
}

fn show(within: &str, (id, name): &(&str, &str)) -> Value {
    json!({
        "id": format!("{within}/providers/Microsoft.Authorization/roleDefinitions/{id}"),
        "name": id,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": name,
            "assignableScopes": ["/"],
            "permissions": [{ "actions": [], "notActions": [], "dataActions": [], "notDataActions": [] }],
            "createdOn": "2015-02-02T21:55:09.8806423Z",
            "updatedOn": "2015-02-02T21:55:09.8806423Z",
        },
    })
}
