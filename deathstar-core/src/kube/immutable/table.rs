//! The table of fixed fields.
//!
//! Source: the update validation of Kubernetes 1.35 (`pkg/apis/*/validation`, `apiextensions-apiserver`), and the API
//! reference, which says "immutable" of most of them. Kinds that are not here can be updated in all their fields
//! (Ingress, Lease, `CronJob`, `NetworkPolicy`, `PodDisruptionBudget`, `HorizontalPodAutoscaler`, webhook configurations, roles, ..).

use super::{Change, Verdict, special};

/// How fields are fixed.
pub(super) enum Field {
    /// It never changes.
    Fixed(&'static str),
    /// It never changes, and is applied as a whole (`x-kubernetes-map-type: atomic`).
    Whole(&'static str),
    /// It may be set once.
    OnceSet(&'static str),
    /// No field of this object changes, apart from these.
    AllBut(&'static str, &'static [&'static str]),
    /// A function says.
    By(fn(&Change<'_>) -> Verdict),
}

use Field::{AllBut, By, Fixed, OnceSet, Whole};

/// Fixed fields by group and kind.
pub(super) const TABLE: &[(&str, &str, &[Field])] = &[
    ("", "ConfigMap", &[By(special::sealed)]),
    (
        "",
        "PersistentVolume",
        &[
            // What is left are the sources of the volume (`csi`, `nfs`, ..) and its mode.
            AllBut(
                "/spec",
                &[
                    "accessModes",
                    "capacity",
                    "claimRef",
                    "csi",
                    "mountOptions",
                    "nodeAffinity",
                    "persistentVolumeReclaimPolicy",
                    "storageClassName",
                    "volumeAttributesClassName",
                ],
            ),
            AllBut("/spec/csi", &["controllerExpandSecretRef"]),
            OnceSet("/spec/csi/controllerExpandSecretRef"),
            OnceSet("/spec/nodeAffinity"),
            By(special::attributes_class),
        ],
    ),
    (
        "",
        "PersistentVolumeClaim",
        &[
            AllBut("/spec", &["resources", "storageClassName", "volumeAttributesClassName", "volumeName"]),
            OnceSet("/spec/storageClassName"),
            OnceSet("/spec/volumeName"),
            By(special::claim_size),
            By(special::attributes_class),
        ],
    ),
    (
        "",
        "Pod",
        &[
            AllBut(
                "/spec",
                &["activeDeadlineSeconds", "containers", "initContainers", "schedulingGates", "tolerations"],
            ),
            By(special::containers),
            By(special::tolerations),
            By(special::deadline),
        ],
    ),
    ("", "ResourceQuota", &[By(special::scopes)]),
    ("", "Secret", &[Fixed("/type"), By(special::sealed)]),
    ("", "Service", &[By(special::service)]),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        &[
            Fixed("/spec/group"),
            Fixed("/spec/names/kind"),
            Fixed("/spec/names/plural"),
            Fixed("/spec/scope"),
            By(special::stored_versions),
        ],
    ),
    ("apps", "ControllerRevision", &[Fixed("/data")]),
    ("apps", "DaemonSet", &[Whole("/spec/selector")]),
    ("apps", "Deployment", &[Whole("/spec/selector")]),
    ("apps", "ReplicaSet", &[Whole("/spec/selector")]),
    (
        "apps",
        "StatefulSet",
        &[AllBut(
            "/spec",
            &[
                "minReadySeconds",
                "ordinals",
                "persistentVolumeClaimRetentionPolicy",
                "replicas",
                "revisionHistoryLimit",
                "template",
                "updateStrategy",
            ],
        )],
    ),
    (
        "batch",
        "Job",
        &[
            Fixed("/spec/backoffLimitPerIndex"),
            Fixed("/spec/completionMode"),
            Fixed("/spec/managedBy"),
            Fixed("/spec/podFailurePolicy"),
            Whole("/spec/selector"),
            Fixed("/spec/successPolicy"),
            By(special::completions),
            By(special::job_template),
        ],
    ),
    ("certificates.k8s.io", "CertificateSigningRequest", &[AllBut("/spec", &[])]),
    ("certificates.k8s.io", "ClusterTrustBundle", &[Fixed("/spec/signerName")]),
    ("certificates.k8s.io", "PodCertificateRequest", &[AllBut("/spec", &[])]),
    ("coordination.k8s.io", "LeaseCandidate", &[Fixed("/spec/leaseName")]),
    ("discovery.k8s.io", "EndpointSlice", &[Fixed("/addressType")]),
    ("networking.k8s.io", "IPAddress", &[Fixed("/spec/parentRef")]),
    ("networking.k8s.io", "IngressClass", &[Fixed("/spec/controller")]),
    ("networking.k8s.io", "ServiceCIDR", &[By(special::service_ranges)]),
    ("node.k8s.io", "RuntimeClass", &[Fixed("/handler")]),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding", &[Fixed("/roleRef")]),
    ("rbac.authorization.k8s.io", "RoleBinding", &[Fixed("/roleRef")]),
    ("resource.k8s.io", "ResourceClaim", &[AllBut("/spec", &[])]),
    ("resource.k8s.io", "ResourceClaimTemplate", &[AllBut("/spec", &[])]),
    (
        "resource.k8s.io",
        "ResourceSlice",
        &[Fixed("/spec/driver"), Fixed("/spec/nodeName"), Fixed("/spec/pool/name")],
    ),
    ("scheduling.k8s.io", "PriorityClass", &[Fixed("/preemptionPolicy"), Fixed("/value")]),
    ("storage.k8s.io", "CSIDriver", &[Fixed("/spec/attachRequired"), Fixed("/spec/volumeLifecycleModes")]),
    ("storage.k8s.io", "CSIStorageCapacity", &[Whole("/nodeTopology"), Fixed("/storageClassName")]),
    (
        "storage.k8s.io",
        "StorageClass",
        &[Fixed("/parameters"), Fixed("/provisioner"), Fixed("/reclaimPolicy"), Fixed("/volumeBindingMode")],
    ),
    ("storage.k8s.io", "VolumeAttachment", &[AllBut("/spec", &[])]),
    ("storage.k8s.io", "VolumeAttributesClass", &[Fixed("/driverName"), Fixed("/parameters")]),
    ("storagemigration.k8s.io", "StorageVersionMigration", &[AllBut("/spec", &[])]),
];
