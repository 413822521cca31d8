//! The rank of a kind: which kinds come first where nothing else says so.
//!
//! Compared with the install order of Helm and the rules of kapp; custom resources come last, since nothing is known of
//! what they need but their definition.

use crate::kube::kinds;
use serde::{Deserialize, Serialize};

/// Where objects of a kind stand in the order, from first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rank {
    /// Namespaces.
    Namespace,
    /// Definitions of custom resources.
    Definition,
    /// Classes that others name: priority, storage, ingress, runtime, devices.
    Class,
    /// What limits what comes after it: quotas, limit ranges, network policies.
    Limit,
    /// Service accounts.
    Account,
    /// Roles.
    Role,
    /// Bindings of roles.
    Binding,
    /// Config maps and secrets.
    Config,
    /// Volumes and claims.
    Storage,
    /// Services and their endpoints.
    Service,
    /// What runs.
    Workload,
    /// What stands around what runs: disruption budgets, autoscalers, ingresses.
    Around,
    /// Services of the API, and what judges its requests: webhooks and policies.
    Admission,
    /// Everything that is not built in.
    Custom,
}

/// Kinds by rank; a built-in kind that is not here is of [`Rank::Around`].
pub(super) const RANKS: &[(&str, &str, Rank)] = &[
    ("", "Namespace", Rank::Namespace),
    ("apiextensions.k8s.io", "CustomResourceDefinition", Rank::Definition),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema", Rank::Limit),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", Rank::Class),
    ("networking.k8s.io", "IngressClass", Rank::Class),
    ("node.k8s.io", "RuntimeClass", Rank::Class),
    ("resource.k8s.io", "DeviceClass", Rank::Class),
    ("scheduling.k8s.io", "PriorityClass", Rank::Class),
    ("storage.k8s.io", "CSIDriver", Rank::Class),
    ("storage.k8s.io", "StorageClass", Rank::Class),
    ("storage.k8s.io", "VolumeAttributesClass", Rank::Class),
    ("", "LimitRange", Rank::Limit),
    ("", "ResourceQuota", Rank::Limit),
    ("networking.k8s.io", "NetworkPolicy", Rank::Limit),
    ("", "ServiceAccount", Rank::Account),
    ("rbac.authorization.k8s.io", "ClusterRole", Rank::Role),
    ("rbac.authorization.k8s.io", "Role", Rank::Role),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", Rank::Binding),
    ("rbac.authorization.k8s.io", "RoleBinding", Rank::Binding),
    ("", "ConfigMap", Rank::Config),
    ("", "Secret", Rank::Config),
    ("", "PersistentVolume", Rank::Storage),
    ("", "PersistentVolumeClaim", Rank::Storage),
    ("resource.k8s.io", "ResourceClaim", Rank::Storage),
    ("resource.k8s.io", "ResourceClaimTemplate", Rank::Storage),
    ("", "Endpoints", Rank::Service),
    ("", "Service", Rank::Service),
    ("discovery.k8s.io", "EndpointSlice", Rank::Service),
    ("", "Pod", Rank::Workload),
    ("", "PodTemplate", Rank::Workload),
    ("", "ReplicationController", Rank::Workload),
    ("apps", "DaemonSet", Rank::Workload),
    ("apps", "Deployment", Rank::Workload),
    ("apps", "ReplicaSet", Rank::Workload),
    ("apps", "StatefulSet", Rank::Workload),
    ("batch", "CronJob", Rank::Workload),
    ("batch", "Job", Rank::Workload),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy", Rank::Admission),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", Rank::Admission),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration", Rank::Admission),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", Rank::Admission),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", Rank::Admission),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", Rank::Admission),
    ("apiregistration.k8s.io", "APIService", Rank::Admission),
];

impl Rank {
    /// The rank of a kind.
    ///
    /// ```
    /// use deathstar_core::kube::order::Rank;
    ///
    /// assert!(Rank::of("", "ConfigMap") < Rank::of("apps", "Deployment"));
    /// assert_eq!(Rank::of("cert-manager.io", "Certificate"), Rank::Custom);
    /// ```
    pub fn of(group: &str, kind: &str) -> Self {
        let known = RANKS.iter().find(|(g, k, _)| (*g, *k) == (group, kind));
        let unknown = if kinds::is_built_in(group, kind) { Self::Around } else { Self::Custom };
        known.map_or(unknown, |(.., rank)| *rank)
    }
}
