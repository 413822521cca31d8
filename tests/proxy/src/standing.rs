//! What of all that was made is still there: asked of the emulator, past all rules and drivers.

use crate::{Calls, Place, Proxy, proxy::Shared, rules::kinds, wire::Scope};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Proxy {
    /// The ids of all that calls made (some of [`calls`](deathstar_loopback::Running::calls)) and the emulator still has, sorted. What has no id of its own,
    /// such as a route, is not among them.
    pub async fn standing(&self, calls: &Calls) -> Vec<String> {
        let made: BTreeSet<(&Place, &String)> =
            calls.iter().flat_map(|call| call.made.iter().map(move |id| (&call.place, id))).collect();
        let mut standing = vec![];
        for (place, id) in made {
            let Some(scope) = self.shared().caller(place) else { continue };
            if is_there(self.shared(), &scope, id).await {
                standing.push(id.clone());
            }
        }
        standing
    }
}

async fn is_there(shared: &Shared, scope: &Scope, id: &str) -> bool {
    let upstream = &shared.upstream;
    if let Some(name) = id.strip_prefix("role/") {
        let name = [("RoleName".to_owned(), name.to_owned())];
        return upstream.ask(scope, "iam", "GetRole", name).await.is_some();
    }
    if let Some(key) = id.strip_prefix("key/") {
        let body = json!({"KeyId": key});
        let about = upstream.ask_json(scope, "kms", "TrentService.DescribeKey", &body).await;
        let state = about.as_ref().and_then(|about| about.pointer("/KeyMetadata/KeyState")?.as_str());
        return state.is_some_and(|state| state != "PendingDeletion");
    }
    if let Some(arn) = id.strip_prefix("policy/") {
        let arn = [("PolicyArn".to_owned(), arn.to_owned())];
        return upstream.ask(scope, "iam", "GetPolicy", arn).await.is_some();
    }
    if let Some(name) = id.strip_prefix("log-group/") {
        let body = json!({"logGroupNamePrefix": name});
        let seen = upstream.ask_json(scope, "logs", "Logs_20140328.DescribeLogGroups", &body).await;
        return lists(seen.as_ref(), "logGroups", "logGroupName", name);
    }
    if id.starts_with("alias/") {
        let seen = upstream.ask_json(scope, "kms", "TrentService.ListAliases", &json!({})).await;
        return lists(seen.as_ref(), "Aliases", "AliasName", id);
    }
    if let Some(zone) = id.strip_prefix("zone/") {
        let path = format!("/2013-04-01/hostedzone/{zone}");
        return upstream.ask_path(scope, "route53", &path).await.is_some();
    }
    let Some(kind) = kinds::of_id(id) else { return false };
    let parameters = [(format!("{}.1", kind.ids), id.to_owned())];
    let answer = upstream.ask(scope, "ec2", kind.describe, parameters).await;
    let items = answer.as_ref().map(|root| root.items(kind.set)).unwrap_or_default();
    items.iter().any(|item| item.text_at(kind.id) == Some(id) && item.text_at("state") != Some("deleted"))
}

/// Whether a list has an entry of this name.
fn lists(answer: Option<&Value>, list: &str, member: &str, name: &str) -> bool {
    let items = answer.and_then(|answer| answer.get(list)?.as_array());
    items.is_some_and(|items| items.iter().any(|item| item.get(member).and_then(Value::as_str) == Some(name)))
}
