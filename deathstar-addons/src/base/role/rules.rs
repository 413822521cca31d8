//! What each role may do, word by word.

use super::{Allowance, Role};
use k8s_openapi::api::rbac::v1::PolicyRule;

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// What belongs to a namespace and tells no secret: group and resources.
const READABLE: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "persistentvolumeclaims",
            "persistentvolumeclaims/status",
            "pods",
            "pods/log",
            "pods/status",
            "replicationcontrollers",
            "resourcequotas",
            "resourcequotas/status",
            "serviceaccounts",
            "services",
            "services/status",
        ],
    ),
    (
        "apps",
        &[
            "controllerrevisions",
            "daemonsets",
            "daemonsets/status",
            "deployments",
            "deployments/scale",
            "deployments/status",
            "replicasets",
            "replicasets/scale",
            "replicasets/status",
            "statefulsets",
            "statefulsets/scale",
            "statefulsets/status",
        ],
    ),
    ("autoscaling", &["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
    ("batch", &["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
    ("discovery.k8s.io", &["endpointslices"]),
    ("events.k8s.io", &["events"]),
    ("gateway.networking.k8s.io", &["gateways", "grpcroutes", "httproutes"]),
    ("metrics.k8s.io", &["pods"]),
    ("networking.k8s.io", &["ingresses", "ingresses/status", "networkpolicies"]),
    ("policy", &["poddisruptionbudgets", "poddisruptionbudgets/status"]),
    ("snapshot.storage.k8s.io", &["volumesnapshots"]),
];

/// What a team changes of its own: group and resources.
const OWN: &[(&str, &[&str])] = &[
    ("", &["configmaps", "persistentvolumeclaims", "pods", "services"]),
    ("apps", &["deployments", "deployments/scale", "statefulsets", "statefulsets/scale"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("batch", &["cronjobs", "jobs"]),
    ("gateway.networking.k8s.io", &["grpcroutes", "httproutes"]),
    ("networking.k8s.io", &["ingresses"]),
    ("policy", &["poddisruptionbudgets"]),
    ("snapshot.storage.k8s.io", &["volumesnapshots"]),
];

/// What who keeps it running changes beside that.
const KEPT: &[(&str, &[&str])] = &[
    ("", &["serviceaccounts"]),
    ("apps", &["daemonsets", "replicasets", "replicasets/scale"]),
    ("gateway.networking.k8s.io", &["gateways"]),
    ("networking.k8s.io", &["networkpolicies"]),
];

/// What belongs to the cluster and tells no secret.
const OF_CLUSTER: &[(&str, &[&str])] = &[
    ("", &["namespaces", "nodes", "nodes/status", "persistentvolumes", "persistentvolumes/status"]),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("metrics.k8s.io", &["nodes"]),
    ("networking.k8s.io", &["ingressclasses"]),
    ("gateway.networking.k8s.io", &["gatewayclasses"]),
    ("scheduling.k8s.io", &["priorityclasses"]),
    ("snapshot.storage.k8s.io", &["volumesnapshotclasses", "volumesnapshotcontents"]),
    ("storage.k8s.io", &["csidrivers", "csinodes", "storageclasses", "volumeattachments"]),
];

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(texts(resources)),
        verbs: texts(verbs),
        ..PolicyRule::default()
    }
}

fn rules(table: &[(&str, &[&str])], verbs: &[&str]) -> Vec<PolicyRule> {
    table.iter().map(|(group, resources)| rule(group, resources, verbs)).collect()
}

fn evict() -> PolicyRule {
    rule("", &["pods/eviction"], &["create"])
}

/// What a role may do in a namespace.
pub(super) fn of(role: Role) -> Vec<PolicyRule> {
    let viewer = || rules(READABLE, READ);
    let developer = || [viewer(), rules(OWN, WRITE), vec![evict()]].concat();
    match role {
        Role::Viewer => viewer(),
        Role::Developer => developer(),
        Role::Operator => {
            let more = Allowance::ALL.into_iter().flat_map(allowance);
            let debug = rule("", &["pods/ephemeralcontainers"], &["update", "patch"]);
            developer().into_iter().chain(rules(KEPT, WRITE)).chain(more).chain([debug]).collect()
        }
        Role::PlatformAdmin => {
            let everything = PolicyRule {
                non_resource_urls: Some(vec!["*".into()]),
                verbs: vec!["*".into()],
                ..PolicyRule::default()
            };
            vec![rule("*", &["*"], &["*"]), everything]
        }
    }
}

/// What can be given beside a role.
pub(super) fn allowance(allowance: Allowance) -> Vec<PolicyRule> {
    // A connection is opened by `get` where it is a WebSocket, and by `create` where it is not: servers ask for both.
    match allowance {
        Allowance::Exec => vec![rule("", &["pods/attach", "pods/exec"], &["create", "get"])],
        Allowance::PortForward => vec![rule("", &["pods/portforward"], &["create", "get"])],
        Allowance::Secrets => vec![rule("", &["secrets"], &[READ, WRITE].concat())],
    }
}

/// What who has a role in all namespaces reads of the cluster.
pub(super) fn cluster_viewer() -> Vec<PolicyRule> {
    rules(OF_CLUSTER, READ)
}

/// What an operator of all namespaces changes of the cluster: nodes are cordoned, and drained by evictions.
pub(super) fn cluster_operator() -> Vec<PolicyRule> {
    vec![rule("", &["nodes"], &["patch", "update"])]
}
