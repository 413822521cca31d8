//! Roles that allow what is needed and nothing else.

use super::{Kubernetes, object::NAMESPACE};
use crate::permission::{Need, Needed, Policy, Target, Which};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Verbs by group and resource.
type Verbs<'n> = BTreeMap<(&'n str, &'n str), BTreeSet<&'n str>>;

/// One `Role` for each namespace, and a `ClusterRole` for what stands in none, by connection.
pub(super) fn policies(stack: &str, needed: &[Needed<'_, Kubernetes>]) -> Vec<Policy> {
    let mut all = vec![];
    for connection in needed {
        let mut scopes: BTreeMap<Option<&str>, Verbs<'_>> = BTreeMap::new();
        for need in connection.needs {
            let Some((verb, resource)) = need.permission.action.split_once(' ') else { continue };
            let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
            let verbs = scopes.entry(namespace(need)).or_default();
            verbs.entry((group, resource)).or_default().insert(verb);
        }
        for (namespace, verbs) in scopes {
            all.push(policy(stack, connection.connection, namespace, &verbs));
        }
    }
    all
}

/// The namespace in which it is needed.
fn namespace(need: &Need) -> Option<&str> {
    match &need.permission.target {
        Target::Objects { of, which: Which::One(name) } if of == NAMESPACE => Some(name),
        _ => None,
    }
}

fn policy(stack: &str, connection: &str, namespace: Option<&str>, verbs: &Verbs<'_>) -> Policy {
    // Resources of one group that need the same are one rule: a rule allows each verb on each resource.
    let mut rules: BTreeMap<(&str, Vec<&str>), Vec<&str>> = BTreeMap::new();
    for ((group, resource), verbs) in verbs {
        rules.entry((group, verbs.iter().copied().collect())).or_default().push(resource);
    }
    let rule = |((group, verbs), resources): (&(&str, Vec<&str>), &Vec<&str>)| json!({ "apiGroups": [group], "resources": resources, "verbs": verbs });
    let rules: Vec<Value> = rules.iter().map(rule).collect();
    let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
    let mut metadata = json!({ "name": format!("deathstar-{stack}") });
    if let Some(namespace) = namespace {
        metadata["namespace"] = namespace.into();
    }
    let document = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "rules": rules,
    });
    let place = namespace.unwrap_or("cluster");
    let grantee = format!("whoever applies stack `{stack}` on connection `{connection}`");
    let policy = Policy::new("kubernetes", format!("{stack}-{connection}-{place}"), grantee, document);
    match namespace {
        Some(namespace) => policy
            .note(format!("namespace `{namespace}` has to exist before; bind it with a RoleBinding there")),
        None => policy.note("bind it with a ClusterRoleBinding"),
    }
}
