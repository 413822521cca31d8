//! The tables of references: in pod specifications, and in the specifications of kinds.
//!
//! Sources: Kubernetes API reference (1.35), Gateway API specification.

/// A place that names an object.
pub(super) struct Row {
    /// The place; `*` is each item of a list.
    pub(super) pattern: &'static str,
    /// How it names.
    pub(super) by: By,
    /// Where what it names stands.
    pub(super) place: Where,
}

/// How a place names an object.
pub(super) enum By {
    /// A text: the name of an object of this group and kind.
    Name(&'static str, &'static str),
    /// A `name`, with or without `namespace`, of this group and kind.
    Named(&'static str, &'static str),
    /// A `name` with group and kind beside it.
    Reference,
    /// The same, of this group and kind where nothing is beside it.
    ReferenceOr(&'static str, &'static str),
}

/// Where what is named stands.
pub(super) enum Where {
    /// In the namespace that is named beside it, else in that of the object.
    Here,
    /// In none.
    Cluster,
}

const fn here(pattern: &'static str, by: By) -> Row {
    Row { pattern, by, place: Where::Here }
}

const fn cluster(pattern: &'static str, by: By) -> Row {
    Row { pattern, by, place: Where::Cluster }
}

/// Where workloads have their pod specification.
pub(super) const POD_SPECS: &[(&str, &str, &str)] = &[
    ("", "Pod", "/spec"),
    ("", "PodTemplate", "/template/spec"),
    ("", "ReplicationController", "/spec/template/spec"),
    ("apps", "DaemonSet", "/spec/template/spec"),
    ("apps", "Deployment", "/spec/template/spec"),
    ("apps", "ReplicaSet", "/spec/template/spec"),
    ("apps", "StatefulSet", "/spec/template/spec"),
    ("batch", "CronJob", "/spec/jobTemplate/spec/template/spec"),
    ("batch", "Job", "/spec/template/spec"),
];

const CONFIG_MAP: By = By::Name("", "ConfigMap");
const SECRET: By = By::Name("", "Secret");
const STORAGE_CLASS: By = By::Name("storage.k8s.io", "StorageClass");

/// In every pod specification.
pub(super) const IN_PODS: &[Row] = &[
    here("/serviceAccountName", By::Name("", "ServiceAccount")),
    here("/imagePullSecrets/*/name", SECRET),
    cluster("/priorityClassName", By::Name("scheduling.k8s.io", "PriorityClass")),
    cluster("/runtimeClassName", By::Name("node.k8s.io", "RuntimeClass")),
    here("/resourceClaims/*/resourceClaimName", By::Name("resource.k8s.io", "ResourceClaim")),
    here("/resourceClaims/*/resourceClaimTemplateName", By::Name("resource.k8s.io", "ResourceClaimTemplate")),
    here("/volumes/*/configMap/name", CONFIG_MAP),
    here("/volumes/*/secret/secretName", SECRET),
    here("/volumes/*/persistentVolumeClaim/claimName", By::Name("", "PersistentVolumeClaim")),
    here("/volumes/*/projected/sources/*/configMap/name", CONFIG_MAP),
    here("/volumes/*/projected/sources/*/secret/name", SECRET),
    cluster("/volumes/*/csi/driver", By::Name("storage.k8s.io", "CSIDriver")),
    here("/volumes/*/csi/nodePublishSecretRef/name", SECRET),
    cluster("/volumes/*/ephemeral/volumeClaimTemplate/spec/storageClassName", STORAGE_CLASS),
    here("/initContainers/*/envFrom/*/configMapRef/name", CONFIG_MAP),
    here("/initContainers/*/envFrom/*/secretRef/name", SECRET),
    here("/initContainers/*/env/*/valueFrom/configMapKeyRef/name", CONFIG_MAP),
    here("/initContainers/*/env/*/valueFrom/secretKeyRef/name", SECRET),
    here("/containers/*/envFrom/*/configMapRef/name", CONFIG_MAP),
    here("/containers/*/envFrom/*/secretRef/name", SECRET),
    here("/containers/*/env/*/valueFrom/configMapKeyRef/name", CONFIG_MAP),
    here("/containers/*/env/*/valueFrom/secretKeyRef/name", SECRET),
];

const ADMISSION: &str = "admissionregistration.k8s.io";
const GATEWAY: &str = "gateway.networking.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const SERVICE: By = By::Named("", "Service");

/// In the specifications of kinds. What a definition's conversion webhook names is not here: the definition does not
/// need it, its custom resources do.
pub(super) const IN_SPECS: &[(&str, &str, Row)] = &[
    ("", "PersistentVolume", cluster("/spec/storageClassName", STORAGE_CLASS)),
    (
        "",
        "PersistentVolume",
        cluster("/spec/volumeAttributesClassName", By::Name(STORAGE, "VolumeAttributesClass")),
    ),
    ("", "PersistentVolume", cluster("/spec/csi/driver", By::Name(STORAGE, "CSIDriver"))),
    ("", "PersistentVolumeClaim", cluster("/spec/storageClassName", STORAGE_CLASS)),
    (
        "",
        "PersistentVolumeClaim",
        cluster("/spec/volumeAttributesClassName", By::Name(STORAGE, "VolumeAttributesClass")),
    ),
    ("", "PersistentVolumeClaim", cluster("/spec/volumeName", By::Name("", "PersistentVolume"))),
    ("", "PersistentVolumeClaim", here("/spec/dataSource", By::ReferenceOr("", "PersistentVolumeClaim"))),
    ("", "PersistentVolumeClaim", here("/spec/dataSourceRef", By::ReferenceOr("", "PersistentVolumeClaim"))),
    (
        "",
        "Secret",
        here("/metadata/annotations/kubernetes.io~1service-account.name", By::Name("", "ServiceAccount")),
    ),
    ("", "ServiceAccount", here("/imagePullSecrets/*", By::Named("", "Secret"))),
    (
        ADMISSION,
        "MutatingAdmissionPolicyBinding",
        cluster("/spec/policyName", By::Name(ADMISSION, "MutatingAdmissionPolicy")),
    ),
    (ADMISSION, "MutatingWebhookConfiguration", here("/webhooks/*/clientConfig/service", SERVICE)),
    (
        ADMISSION,
        "ValidatingAdmissionPolicyBinding",
        cluster("/spec/policyName", By::Name(ADMISSION, "ValidatingAdmissionPolicy")),
    ),
    (ADMISSION, "ValidatingWebhookConfiguration", here("/webhooks/*/clientConfig/service", SERVICE)),
    ("apiregistration.k8s.io", "APIService", here("/spec/service", SERVICE)),
    ("apps", "StatefulSet", here("/spec/serviceName", By::Name("", "Service"))),
    ("apps", "StatefulSet", cluster("/spec/volumeClaimTemplates/*/spec/storageClassName", STORAGE_CLASS)),
    ("autoscaling", "HorizontalPodAutoscaler", here("/spec/scaleTargetRef", By::Reference)),
    (
        "discovery.k8s.io",
        "EndpointSlice",
        here("/metadata/labels/kubernetes.io~1service-name", By::Name("", "Service")),
    ),
    (
        "flowcontrol.apiserver.k8s.io",
        "FlowSchema",
        cluster(
            "/spec/priorityLevelConfiguration",
            By::Named("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ),
    ),
    (GATEWAY, "Gateway", cluster("/spec/gatewayClassName", By::Name(GATEWAY, "GatewayClass"))),
    (GATEWAY, "Gateway", here("/spec/listeners/*/tls/certificateRefs/*", By::ReferenceOr("", "Secret"))),
    (GATEWAY, "GRPCRoute", here("/spec/parentRefs/*", By::ReferenceOr(GATEWAY, "Gateway"))),
    (GATEWAY, "GRPCRoute", here("/spec/rules/*/backendRefs/*", By::ReferenceOr("", "Service"))),
    (GATEWAY, "HTTPRoute", here("/spec/parentRefs/*", By::ReferenceOr(GATEWAY, "Gateway"))),
    (GATEWAY, "HTTPRoute", here("/spec/rules/*/backendRefs/*", By::ReferenceOr("", "Service"))),
    (NETWORKING, "Ingress", cluster("/spec/ingressClassName", By::Name(NETWORKING, "IngressClass"))),
    (NETWORKING, "Ingress", here("/spec/defaultBackend/service", SERVICE)),
    (NETWORKING, "Ingress", here("/spec/defaultBackend/resource", By::Reference)),
    (NETWORKING, "Ingress", here("/spec/rules/*/http/paths/*/backend/service", SERVICE)),
    (NETWORKING, "Ingress", here("/spec/rules/*/http/paths/*/backend/resource", By::Reference)),
    (NETWORKING, "Ingress", here("/spec/tls/*/secretName", SECRET)),
    (RBAC, "ClusterRoleBinding", cluster("/roleRef", By::ReferenceOr(RBAC, "ClusterRole"))),
    (RBAC, "ClusterRoleBinding", here("/subjects/*", By::ReferenceOr("", "ServiceAccount"))),
    (RBAC, "RoleBinding", here("/roleRef", By::ReferenceOr(RBAC, "Role"))),
    (RBAC, "RoleBinding", here("/subjects/*", By::ReferenceOr("", "ServiceAccount"))),
    (STORAGE, "CSIStorageCapacity", cluster("/storageClassName", STORAGE_CLASS)),
];
