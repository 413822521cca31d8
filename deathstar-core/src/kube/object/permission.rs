//! What the calls of objects have to be allowed, as rules of roles say it: `patch deployments.apps`.

use super::{Object, ObjectId};
use crate::{
    kube::kinds,
    permission::{Call, Look, Permission, Which},
};
use std::borrow::Cow;

/// What a role can be about.
pub(in crate::kube) const NAMESPACE: &str = "namespace";

/// What has to be allowed for a call.
pub(super) fn permissions(call: &Call<'_, Object>) -> Vec<Permission> {
    match call {
        Call::Find(Look::One(Some(id))) => looking(id),
        Call::Find(Look::One(None)) => vec![],
        Call::Find(Look::All | Look::Owned) => {
            let why = "what carries the label of the stack may be of any kind";
            vec![Permission::new("list *.*").because(why)]
        }
        Call::Create(object) => {
            let mut all = writing(object, &["create", "patch"]);
            all.extend(around(object));
            all
        }
        Call::Change { to, .. } => writing(to, &["patch"]),
        Call::Retag { object, .. } => {
            let id = object.spec.id();
            let mut all = vec![allowed("patch", &id)];
            if object.spec.is_secret() || object.spec.secrets.is_some() {
                all.push(allowed("get", &id).because("an apply repeats the values, which are kept nowhere"));
            }
            all
        }
        Call::Delete(object) => vec![allowed("delete", &object.spec.id())],
    }
}

/// One object is read by itself, several by a list.
fn looking(id: &ObjectId) -> Vec<Permission> {
    vec![allowed("get", id), allowed("list", id)]
}

fn writing(object: &Object, verbs: &[&'static str]) -> Vec<Permission> {
    let id = object.id();
    let mut all: Vec<_> = verbs.iter().map(|verb| allowed(verb, &id)).collect();
    // The server lets nobody hand out what he does not have.
    if id.group == "rbac.authorization.k8s.io" {
        let role = |kind: &str| ObjectId { kind: kind.into(), ..id.clone() };
        match id.kind.as_str() {
            "Role" | "ClusterRole" => {
                all.push(allowed("escalate", &id).because("unless the caller has what the role allows"));
            }
            "RoleBinding" | "ClusterRoleBinding" => {
                let named = object.body.pointer("/roleRef/kind").and_then(serde_json::Value::as_str);
                let kind = named.unwrap_or("ClusterRole");
                let why = "unless the caller has what the bound role allows";
                all.push(allowed("bind", &role(kind)).because(why));
            }
            _ => {}
        }
    }
    all
}

/// What is looked at so that an object which is not ready is told with its reason.
fn around(object: &Object) -> Vec<Permission> {
    let id = object.id();
    let workload = matches!(id.group.as_str(), "apps" | "batch")
        || id.group.is_empty()
            && matches!(id.kind.as_str(), "Pod" | "PersistentVolumeClaim" | "ReplicationController");
    if !workload {
        return vec![];
    }
    let beside = |kind: &str| ObjectId { group: String::new(), kind: kind.into(), ..id.clone() };
    ["Pod", "Event"]
        .iter()
        .map(|kind| allowed("list", &beside(kind)).because("to tell why it is not ready"))
        .collect()
}

fn allowed(verb: &str, id: &ObjectId) -> Permission {
    let permission = Permission::new(format!("{verb} {}", resource(&id.group, &id.kind)));
    match &id.namespace {
        Some(namespace) => permission.on(NAMESPACE, Which::One(namespace.clone())),
        None => permission,
    }
}

/// What permissions and people call a kind: `deployments.apps`.
fn resource(group: &str, kind: &str) -> String {
    let plural = kinds::of_kind(group, kind).next().map_or_else(|| plural(kind), |known| known.plural.into());
    if group.is_empty() { plural.into_owned() } else { format!("{plural}.{group}") }
}

/// The plural of a custom kind, as Kubernetes itself guesses it where nobody tells: generators of definitions make the same.
fn plural(kind: &str) -> Cow<'static, str> {
    let singular = kind.to_lowercase();
    let text = match singular.as_str() {
        name if name.ends_with(['s', 'x']) || name.ends_with("ch") || name.ends_with("sh") => {
            format!("{name}es")
        }
        name if name.ends_with('y') => format!("{}ies", &name[..name.len() - 1]),
        name => format!("{name}s"),
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_as_roles_name_them() {
        for (group, kind, expected) in [
            ("", "ConfigMap", "configmaps"),
            ("networking.k8s.io", "NetworkPolicy", "networkpolicies.networking.k8s.io"),
            ("networking.k8s.io", "Ingress", "ingresses.networking.k8s.io"),
            ("", "Endpoints", "endpoints"),
            ("karpenter.sh", "NodePool", "nodepools.karpenter.sh"),
            ("karpenter.k8s.aws", "EC2NodeClass", "ec2nodeclasses.karpenter.k8s.aws"),
            ("policy.example.com", "Policy", "policies.policy.example.com"),
        ] {
            assert_eq!(resource(group, kind), expected);
        }
    }
}
