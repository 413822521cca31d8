//! The table, sorted by group, kind and version.

use super::BuiltIn;

const fn namespaced(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
) -> BuiltIn {
    BuiltIn::new(group, version, kind, plural)
}

const fn cluster(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
) -> BuiltIn {
    let mut kind = BuiltIn::new(group, version, kind, plural);
    kind.namespaced = false;
    kind
}

/// All built-in kinds of Kubernetes 1.33 to 1.37, by group, kind and version.
pub static BUILT_IN: &[BuiltIn] = &[
    namespaced("", "v1", "Binding", "bindings"),
    cluster("", "v1", "ComponentStatus", "componentstatuses"),
    namespaced("", "v1", "ConfigMap", "configmaps"),
    namespaced("", "v1", "Endpoints", "endpoints"),
    namespaced("", "v1", "Event", "events"),
    namespaced("", "v1", "LimitRange", "limitranges"),
    cluster("", "v1", "Namespace", "namespaces"),
    cluster("", "v1", "Node", "nodes"),
    cluster("", "v1", "PersistentVolume", "persistentvolumes"),
    namespaced("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    namespaced("", "v1", "Pod", "pods"),
    namespaced("", "v1", "PodTemplate", "podtemplates"),
    namespaced("", "v1", "ReplicationController", "replicationcontrollers"),
    namespaced("", "v1", "ResourceQuota", "resourcequotas"),
    namespaced("", "v1", "Secret", "secrets"),
    namespaced("", "v1", "Service", "services"),
    namespaced("", "v1", "ServiceAccount", "serviceaccounts"),
    cluster("admissionregistration.k8s.io", "v1", "MutatingAdmissionPolicy", "mutatingadmissionpolicies")
        .since(36),
    cluster(
        "admissionregistration.k8s.io",
        "v1alpha1",
        "MutatingAdmissionPolicy",
        "mutatingadmissionpolicies",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1beta1",
        "MutatingAdmissionPolicy",
        "mutatingadmissionpolicies",
    )
    .since(34),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingAdmissionPolicyBinding",
        "mutatingadmissionpolicybindings",
    )
    .since(36),
    cluster(
        "admissionregistration.k8s.io",
        "v1alpha1",
        "MutatingAdmissionPolicyBinding",
        "mutatingadmissionpolicybindings",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1beta1",
        "MutatingAdmissionPolicyBinding",
        "mutatingadmissionpolicybindings",
    )
    .since(34),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
    ),
    cluster("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies"),
    cluster(
        "admissionregistration.k8s.io",
        "v1beta1",
        "ValidatingAdmissionPolicy",
        "validatingadmissionpolicies",
    )
    .until(33),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1beta1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
    )
    .until(33),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
    ),
    cluster("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions"),
    cluster("apiregistration.k8s.io", "v1", "APIService", "apiservices"),
    namespaced("apps", "v1", "ControllerRevision", "controllerrevisions"),
    namespaced("apps", "v1", "DaemonSet", "daemonsets"),
    namespaced("apps", "v1", "Deployment", "deployments"),
    namespaced("apps", "v1", "ReplicaSet", "replicasets"),
    namespaced("apps", "v1", "StatefulSet", "statefulsets"),
    cluster("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews"),
    cluster("authentication.k8s.io", "v1", "TokenReview", "tokenreviews"),
    namespaced("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews"),
    cluster("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
    cluster("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews"),
    cluster("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews"),
    namespaced("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    namespaced("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    namespaced("batch", "v1", "CronJob", "cronjobs"),
    namespaced("batch", "v1", "Job", "jobs"),
    cluster("certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests"),
    cluster("certificates.k8s.io", "v1", "ClusterTrustBundle", "clustertrustbundles").since(37),
    cluster("certificates.k8s.io", "v1alpha1", "ClusterTrustBundle", "clustertrustbundles").until(36),
    cluster("certificates.k8s.io", "v1beta1", "ClusterTrustBundle", "clustertrustbundles"),
    namespaced("certificates.k8s.io", "v1", "PodCertificateRequest", "podcertificaterequests").since(37),
    namespaced("certificates.k8s.io", "v1alpha1", "PodCertificateRequest", "podcertificaterequests")
        .since(34)
        .until(34),
    namespaced("certificates.k8s.io", "v1beta1", "PodCertificateRequest", "podcertificaterequests").since(35),
    namespaced("coordination.k8s.io", "v1", "Lease", "leases"),
    namespaced("coordination.k8s.io", "v1alpha2", "LeaseCandidate", "leasecandidates"),
    namespaced("coordination.k8s.io", "v1beta1", "LeaseCandidate", "leasecandidates"),
    namespaced("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
    namespaced("events.k8s.io", "v1", "Event", "events"),
    cluster("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas"),
    cluster(
        "flowcontrol.apiserver.k8s.io",
        "v1",
        "PriorityLevelConfiguration",
        "prioritylevelconfigurations",
    ),
    cluster("internal.apiserver.k8s.io", "v1alpha1", "StorageVersion", "storageversions"),
    namespaced("lifecycle.k8s.io", "v1alpha1", "Eviction", "evictions").since(37),
    namespaced("lifecycle.k8s.io", "v1alpha1", "EvictionRequest", "evictionrequests").since(37),
    cluster("networking.k8s.io", "v1", "IPAddress", "ipaddresses"),
    cluster("networking.k8s.io", "v1beta1", "IPAddress", "ipaddresses").until(36),
    namespaced("networking.k8s.io", "v1", "Ingress", "ingresses"),
    cluster("networking.k8s.io", "v1", "IngressClass", "ingressclasses"),
    namespaced("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
    cluster("networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs"),
    cluster("networking.k8s.io", "v1beta1", "ServiceCIDR", "servicecidrs").until(36),
    cluster("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses"),
    namespaced("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    cluster("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles"),
    cluster("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings"),
    namespaced("rbac.authorization.k8s.io", "v1", "Role", "roles"),
    namespaced("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
    cluster("resource.k8s.io", "v1", "DeviceClass", "deviceclasses").since(34),
    cluster("resource.k8s.io", "v1alpha3", "DeviceClass", "deviceclasses").until(33),
    cluster("resource.k8s.io", "v1beta1", "DeviceClass", "deviceclasses"),
    cluster("resource.k8s.io", "v1beta2", "DeviceClass", "deviceclasses"),
    cluster("resource.k8s.io", "v1", "DeviceTaintRule", "devicetaintrules").since(37),
    cluster("resource.k8s.io", "v1alpha3", "DeviceTaintRule", "devicetaintrules"),
    cluster("resource.k8s.io", "v1beta2", "DeviceTaintRule", "devicetaintrules").since(36),
    namespaced("resource.k8s.io", "v1", "ResourceClaim", "resourceclaims").since(34),
    namespaced("resource.k8s.io", "v1alpha3", "ResourceClaim", "resourceclaims").until(33),
    namespaced("resource.k8s.io", "v1beta1", "ResourceClaim", "resourceclaims"),
    namespaced("resource.k8s.io", "v1beta2", "ResourceClaim", "resourceclaims"),
    namespaced("resource.k8s.io", "v1", "ResourceClaimTemplate", "resourceclaimtemplates").since(34),
    namespaced("resource.k8s.io", "v1alpha3", "ResourceClaimTemplate", "resourceclaimtemplates").until(33),
    namespaced("resource.k8s.io", "v1beta1", "ResourceClaimTemplate", "resourceclaimtemplates"),
    namespaced("resource.k8s.io", "v1beta2", "ResourceClaimTemplate", "resourceclaimtemplates"),
    cluster("resource.k8s.io", "v1alpha3", "ResourcePoolStatusRequest", "resourcepoolstatusrequests")
        .since(36),
    cluster("resource.k8s.io", "v1", "ResourceSlice", "resourceslices").since(34),
    cluster("resource.k8s.io", "v1alpha3", "ResourceSlice", "resourceslices").until(33),
    cluster("resource.k8s.io", "v1beta1", "ResourceSlice", "resourceslices"),
    cluster("resource.k8s.io", "v1beta2", "ResourceSlice", "resourceslices"),
    namespaced("scheduling.k8s.io", "v1alpha3", "CompositePodGroup", "compositepodgroups").since(37),
    namespaced("scheduling.k8s.io", "v1alpha2", "PodGroup", "podgroups").since(36).until(36),
    namespaced("scheduling.k8s.io", "v1alpha3", "PodGroup", "podgroups").since(37),
    namespaced("scheduling.k8s.io", "v1beta1", "PodGroup", "podgroups").since(37),
    cluster("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses"),
    namespaced("scheduling.k8s.io", "v1alpha1", "Workload", "workloads").since(35).until(35),
    namespaced("scheduling.k8s.io", "v1alpha2", "Workload", "workloads").since(36).until(36),
    namespaced("scheduling.k8s.io", "v1alpha3", "Workload", "workloads").since(37),
    namespaced("scheduling.k8s.io", "v1beta1", "Workload", "workloads").since(37),
    cluster("storage.k8s.io", "v1", "CSIDriver", "csidrivers"),
    cluster("storage.k8s.io", "v1", "CSINode", "csinodes"),
    namespaced("storage.k8s.io", "v1", "CSIStorageCapacity", "csistoragecapacities"),
    cluster("storage.k8s.io", "v1", "StorageClass", "storageclasses"),
    cluster("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments"),
    cluster("storage.k8s.io", "v1", "VolumeAttributesClass", "volumeattributesclasses").since(34),
    cluster("storage.k8s.io", "v1alpha1", "VolumeAttributesClass", "volumeattributesclasses").until(34),
    cluster("storage.k8s.io", "v1beta1", "VolumeAttributesClass", "volumeattributesclasses").until(36),
    cluster("storagemigration.k8s.io", "v1", "StorageVersionMigration", "storageversionmigrations").since(37),
    cluster("storagemigration.k8s.io", "v1alpha1", "StorageVersionMigration", "storageversionmigrations")
        .until(34),
    cluster("storagemigration.k8s.io", "v1beta1", "StorageVersionMigration", "storageversionmigrations")
        .since(35),
];
