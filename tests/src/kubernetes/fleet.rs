//! Mixed objects in many namespaces, as a platform team has them.

use deathstar_core::Stack;
use deathstar_core::kube::{Cluster, Object};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Mixed objects in many namespaces.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fleet {
    /// What all names begin with, so that fleets do not meet.
    pub prefix: String,
    /// How many namespaces; each is one object, and has 24 in it.
    pub namespaces: usize,
    /// How many kinds the fleet itself defines, at the most seven; each has an object in every namespace, in place of a
    /// configuration map.
    pub definitions: usize,
    /// How many configuration maps differ from those of a fleet without changes.
    pub changed: usize,
}

/// One object of a fleet.
#[derive(Clone, Debug)]
pub struct Member {
    /// Where the stack has it.
    pub address: String,
    /// What it is, as files have it.
    pub manifest: Value,
}

/// How many configuration maps, or objects of own kinds, each namespace has.
const MAPS: usize = 7;

/// The label that tells the namespace.
const PART_OF: &str = "app.kubernetes.io/part-of";

const RBAC: &str = "rbac.authorization.k8s.io/v1";

impl Fleet {
    /// All of its objects; what others need comes first.
    pub fn members(&self) -> Vec<Member> {
        let mut all: Vec<Member> = (0..self.definitions).map(|number| self.definition(number)).collect();
        let namespaces = self.names();
        for name in &namespaces {
            let manifest = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
            all.push(Member { address: name.clone(), manifest });
        }
        let mut changes = self.changed;
        for namespace in &namespaces {
            for (number, kind) in (0..).zip(INSIDE.iter().flat_map(|(kind, count)| vec![*kind; *count])) {
                let own = kind == Inside::Map && number < self.definitions;
                let is_changed = kind == Inside::Map && !own && changes > 0;
                changes -= usize::from(is_changed);
                let name = format!("{}-{number:02}", kind.word());
                let mut manifest =
                    if own { self.own(number) } else { kind.manifest(namespace, &name, is_changed) };
                manifest["metadata"]["name"] = name.as_str().into();
                manifest["metadata"]["namespace"] = namespace.as_str().into();
                all.push(Member { address: format!("{namespace}/{name}"), manifest });
            }
        }
        all
    }

    /// What selects its objects by their labels, of all kinds that stand in a namespace.
    pub fn selector(&self) -> String {
        format!("{PART_OF} in ({})", self.names().join(","))
    }

    /// The stack of all of them in a cluster; it has the fleet's name.
    pub fn stack(&self, cluster: Cluster) -> Stack {
        let mut stack = Stack::new(&self.prefix);
        let cluster = stack.on(cluster);
        for Member { address, manifest } in self.members() {
            stack.add(&cluster, &address, Object::from_value(manifest));
        }
        stack
    }

    /// The names of its namespaces.
    fn names(&self) -> Vec<String> {
        (0..self.namespaces).map(|number| format!("{}-{number:02}", self.prefix)).collect()
    }

    pub(super) fn group(&self) -> String {
        format!("{}.example.com", self.prefix)
    }

    fn definition(&self, number: usize) -> Member {
        let (plural, kind) = (format!("things{number}"), format!("Thing{number}"));
        let name = format!("{plural}.{}", self.group());
        let spec = json!({ "type": "object", "properties": { "size": { "type": "integer", "minimum": 1 } } });
        let manifest = json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": { "name": name },
            "spec": {
                "group": self.group(),
                "scope": "Namespaced",
                "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase() },
                "versions": [{
                    "name": "v1",
                    "served": true,
                    "storage": true,
                    "schema": { "openAPIV3Schema": { "type": "object", "properties": { "spec": spec } } },
                }],
            },
        });
        Member { address: name, manifest }
    }

    /// An object of a kind that the fleet defines.
    fn own(&self, number: usize) -> Value {
        let api_version = format!("{}/v1", self.group());
        json!({ "apiVersion": api_version, "kind": format!("Thing{number}"), "metadata": {}, "spec": { "size": 3 } })
    }
}

/// What stands in a namespace, and how many of each.
const INSIDE: [(Inside, usize); 10] = [
    (Inside::Map, MAPS),
    (Inside::Secret, 4),
    (Inside::Account, 2),
    (Inside::Role, 2),
    (Inside::Binding, 2),
    (Inside::Service, 2),
    (Inside::Workload, 2),
    (Inside::Policy, 1),
    (Inside::Budget, 1),
    (Inside::Schedule, 1),
];

/// A kind of object in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Map,
    Secret,
    Account,
    Role,
    Binding,
    Service,
    Workload,
    Policy,
    Budget,
    Schedule,
}

impl Inside {
    fn word(self) -> &'static str {
        match self {
            Self::Map => "settings",
            Self::Secret => "secret",
            Self::Account => "account",
            Self::Role => "role",
            Self::Binding => "binding",
            Self::Service => "service",
            Self::Workload => "workload",
            Self::Policy => "policy",
            Self::Budget => "budget",
            Self::Schedule => "schedule",
        }
    }

    /// The object, its name and namespace left out. Workloads have no pods: no container runs.
    fn manifest(self, namespace: &str, name: &str, is_changed: bool) -> Value {
        let of = |api_version: &str, kind: &str, rest: Value| {
            let mut manifest = rest;
            manifest["apiVersion"] = api_version.into();
            manifest["kind"] = kind.into();
            manifest["metadata"]["labels"] = json!({ PART_OF: namespace });
            manifest
        };
        let selector = json!({ "app": name });
        let pod = |restart: &str| {
            json!({
                "restartPolicy": restart,
                "automountServiceAccountToken": false,
                "containers": [{
                    "name": "main",
                    "image": "example.com/main:1",
                    "args": ["--listen", ":8080"],
                    "env": [{ "name": "LEVEL", "value": "info" }],
                    "ports": [{ "name": "http", "containerPort": 8080 }],
                    "resources": { "requests": { "cpu": "100m", "memory": "128Mi" }, "limits": { "memory": "256Mi" } },
                    "readinessProbe": { "httpGet": { "path": "/ready", "port": "http" } },
                }],
            })
        };
        match self {
            Self::Map => {
                let level = if is_changed { "debug" } else { "info" };
                of(
                    "v1",
                    "ConfigMap",
                    json!({ "data": { "level": level, "text": "a line of text\n".repeat(20) } }),
                )
            }
            Self::Secret => of("v1", "Secret", json!({ "data": { "password": "aHVudGVyMg==" } })),
            Self::Account => of("v1", "ServiceAccount", json!({ "automountServiceAccountToken": false })),
            Self::Role => {
                let rule = json!({ "apiGroups": [""], "resources": ["pods", "configmaps"], "verbs": ["get", "list"] });
                of(RBAC, "Role", json!({ "rules": [rule] }))
            }
            Self::Binding => {
                let role =
                    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" });
                let group =
                    json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "developers" });
                of(RBAC, "RoleBinding", json!({ "roleRef": role, "subjects": [group] }))
            }
            Self::Service => {
                let port = json!({ "name": "http", "port": 80, "targetPort": "http" });
                of("v1", "Service", json!({ "spec": { "selector": selector, "ports": [port] } }))
            }
            Self::Workload => {
                let template = json!({ "metadata": { "labels": selector }, "spec": pod("Always") });
                let spec =
                    json!({ "replicas": 0, "selector": { "matchLabels": selector }, "template": template });
                of("apps/v1", "Deployment", json!({ "spec": spec }))
            }
            Self::Policy => {
                let spec = json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"] });
                of("networking.k8s.io/v1", "NetworkPolicy", json!({ "spec": spec }))
            }
            Self::Budget => {
                let spec = json!({ "maxUnavailable": 1, "selector": { "matchLabels": selector } });
                of("policy/v1", "PodDisruptionBudget", json!({ "spec": spec }))
            }
            Self::Schedule => {
                let job = json!({ "spec": { "template": { "spec": pod("Never") } } });
                let spec = json!({ "schedule": "0 0 * * *", "suspend": true, "jobTemplate": job });
                of("batch/v1", "CronJob", json!({ "spec": spec }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn fleet(namespaces: usize, definitions: usize, changed: usize) -> Fleet {
        Fleet { prefix: "fleet".into(), namespaces, definitions, changed }
    }

    #[test]
    fn twenty_namespaces_are_five_hundred_objects() {
        let members = fleet(20, 0, 0).members();
        assert_eq!(members.len(), 500);
        let addresses: BTreeSet<_> = members.iter().map(|member| &member.address).collect();
        assert_eq!(addresses.len(), 500);
    }

    #[test]
    fn changes_are_as_many_as_said() {
        let (before, after) = (fleet(3, 2, 0).members(), fleet(3, 2, 12).members());
        let changed = before.iter().zip(&after).filter(|(before, after)| before.manifest != after.manifest);
        assert_eq!(changed.count(), 12);
    }

    #[test]
    fn objects_of_own_kinds_stand_in_every_namespace() {
        let members = fleet(8, 4, 0).members();
        assert_eq!(members.len(), 204);
        let own = members.iter().filter(|member| member.manifest["apiVersion"] == "fleet.example.com/v1");
        assert_eq!(own.count(), 32);
    }
}
