//! The built-in kinds as people write them: what each needs, and what each may have, in the forms that make comparison hard.
//!
//! [`LEFT_OUT`] says which are missing, and why.

use fastrand::Rng;
use serde_json::{Value, json};

/// Kinds that are not here, and why.
pub const LEFT_OUT: [(&str, &str); 12] = [
    ("APIService", "one without a server behind it breaks the discovery of all others"),
    ("CSINode", "kubelets write it"),
    ("CSIStorageCapacity", "drivers write it"),
    ("CertificateSigningRequest", "it is spent when it is signed, and cleaned up"),
    ("ControllerRevision", "controllers write it"),
    ("CustomResourceDefinition", "its tests are those of schemas"),
    ("Event", "controllers write it, and it expires"),
    ("IPAddress", "the API server writes it"),
    ("Node", "kubelets write it"),
    ("ResourceSlice", "drivers write it"),
    ("ServiceCIDR", "there is one for all, and who adds another changes what all services get"),
    ("VolumeAttachment", "the attach controller writes it"),
];

/// One kind: what an object of it needs, and what it may have beside.
pub struct Sample {
    api_version: &'static str,
    kind: &'static str,
    of_the_cluster: bool,
    /// Stands in for the name of the object.
    body: Value,
    /// Pointers, each with the values of which one may stand there.
    options: Vec<(&'static str, Vec<Value>)>,
}

impl Sample {
    pub fn address(&self) -> String {
        self.kind.to_lowercase()
    }

    pub fn kind(&self) -> (&'static str, &'static str) {
        (self.api_version, self.kind)
    }

    pub fn is_of_the_cluster(&self) -> bool {
        self.of_the_cluster
    }

    /// An object with some of what it may have.
    pub fn generate(&self, random: &mut Rng, name: &str) -> Value {
        let mut manifest = self.body.clone();
        manifest["apiVersion"] = self.api_version.into();
        manifest["kind"] = self.kind.into();
        manifest["metadata"]["name"] = name.into();
        if random.bool() {
            manifest["metadata"]["labels"] = json!({ "app.kubernetes.io/name": "sample", "empty": "" });
        }
        if random.bool() {
            manifest["metadata"]["annotations"] = json!({ "example.com/note": "a \"note\"\n" });
        }
        for (pointer, values) in &self.options {
            if random.bool() {
                put(&mut manifest, pointer, values[random.usize(..values.len())].clone());
            }
        }
        manifest
    }
}

fn put(manifest: &mut Value, pointer: &str, value: Value) {
    let mut at = manifest;
    for part in pointer[1..].split('/') {
        at = match part.parse::<usize>() {
            Ok(number) if at.is_array() => &mut at[number],
            _ => &mut at[part],
        };
    }
    *at = value;
}

fn sample(api_version: &'static str, kind: &'static str, body: Value) -> Sample {
    Sample { api_version, kind, of_the_cluster: false, body, options: vec![] }
}

impl Sample {
    fn cluster(mut self) -> Self {
        self.of_the_cluster = true;
        self
    }

    fn or<const N: usize>(mut self, pointer: &'static str, values: [Value; N]) -> Self {
        self.options.push((pointer, values.into()));
        self
    }
}

fn pod(restart: &str) -> Value {
    json!({ "restartPolicy": restart, "containers": [{ "name": "main", "image": "example.com/main:1" }] })
}

/// What pods may have, wherever their template stands.
fn with_pod(sample: Sample, at: &'static [&'static str; 8]) -> Sample {
    let [resources, env, ports, probe, security, volumes, tolerations, scalars] = *at;
    sample
        .or(
            resources,
            [
                json!({ "requests": { "cpu": "0.5", "memory": "1024Mi" }, "limits": { "memory": "1.5Gi" } }),
                json!({ "requests": { "cpu": 1 }, "limits": {} }),
                json!({ "limits": { "cpu": "1000m", "memory": "1e9" } }),
            ],
        )
        .or(
            env,
            [
                json!([]),
                json!([{ "name": "EMPTY", "value": "" }, { "name": "SET", "value": "1" }]),
                json!([{ "name": "HOST", "valueFrom": { "fieldRef": { "fieldPath": "status.podIP" } } }]),
            ],
        )
        .or(
            ports,
            [
                json!([{ "containerPort": 8080 }]),
                json!([{ "name": "dns", "containerPort": 53, "protocol": "UDP" }, { "name": "dns-tcp", "containerPort": 53 }]),
            ],
        )
        .or(
            probe,
            [
                json!({ "httpGet": { "path": "/", "port": 8080 } }),
                json!({ "tcpSocket": { "port": 8080 }, "periodSeconds": 10, "initialDelaySeconds": 0 }),
                json!({ "exec": { "command": ["true"] }, "timeoutSeconds": 3 }),
            ],
        )
        .or(
            security,
            [
                json!({}),
                json!({ "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } }),
                json!({ "fsGroup": 0, "supplementalGroups": [] }),
            ],
        )
        .or(
            volumes,
            [
                json!([{ "name": "scratch", "emptyDir": {} }]),
                json!([{ "name": "memory", "emptyDir": { "medium": "Memory", "sizeLimit": "0.5Gi" } }]),
                json!([{ "name": "settings", "configMap": { "name": "settings", "optional": true } }]),
            ],
        )
        .or(
            tolerations,
            [
                json!([{ "key": "spot", "operator": "Exists" }]),
                json!([{ "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 0 }]),
            ],
        )
        .or(scalars, [json!(0), json!(30), json!(600)])
}

macro_rules! pod_at {
    ($at:literal) => {
        &[
            concat!($at, "/containers/0/resources"),
            concat!($at, "/containers/0/env"),
            concat!($at, "/containers/0/ports"),
            concat!($at, "/containers/0/readinessProbe"),
            concat!($at, "/securityContext"),
            concat!($at, "/volumes"),
            concat!($at, "/tolerations"),
            concat!($at, "/terminationGracePeriodSeconds"),
        ]
    };
}

/// A workload whose pods carry a label of its kind.
fn workload(kind: &'static str) -> Sample {
    let labels = json!({ "app": kind });
    let template = json!({ "metadata": { "labels": labels }, "spec": pod("Always") });
    let body = json!({ "spec": { "selector": { "matchLabels": labels }, "template": template } });
    with_pod(sample("apps/v1", kind, body), pod_at!("/spec/template/spec"))
}

/// All kinds.
pub fn all() -> Vec<Sample> {
    [core(), storage(), workloads(), network(), access(), cluster(), admission()]
        .into_iter()
        .flatten()
        .collect()
}

fn core() -> Vec<Sample> {
    vec![
        sample("v1", "ConfigMap", json!({}))
            .or("/data", [json!({}), json!({ "a": "", "b.txt": "text\n" })])
            .or("/binaryData", [json!({ "c": "AAEC" })])
            .or("/immutable", [json!(false), json!(true)]),
        sample("v1", "Secret", json!({ "data": { "password": "aHVudGVyMg==" } }))
            .or("/type", [json!("Opaque"), json!("example.com/own")]),
        sample("v1", "ServiceAccount", json!({}))
            .or("/automountServiceAccountToken", [json!(false), json!(true)])
            .or("/imagePullSecrets", [json!([{ "name": "registry" }])]),
        sample("v1", "Service", json!({ "spec": { "ports": [{ "port": 80 }] } }))
            .or("/spec/ports", [
                json!([{ "name": "http", "port": 80, "targetPort": "http" }, { "name": "dns", "port": 53, "protocol": "UDP" }]),
                json!([{ "port": 443, "targetPort": 8443, "appProtocol": "https" }]),
            ])
            .or("/spec/clusterIP", [json!("None")])
            .or("/spec/sessionAffinity", [json!("None"), json!("ClientIP")])
            .or("/spec/publishNotReadyAddresses", [json!(false), json!(true)]),
        sample("v1", "Endpoints", json!({ "subsets": [{ "addresses": [{ "ip": "10.9.9.8" }], "ports": [{ "port": 80 }] }] })),
        sample("v1", "ResourceQuota", json!({ "spec": { "hard": { "pods": "1k", "requests.storage": "2000Gi" } } }))
            .or("/spec/hard", [json!({ "count/widgets.example.com": 7 }), json!({ "requests.storage": "0.5Ti" })]),
        sample("v1", "LimitRange", json!({ "spec": { "limits": [{ "type": "PersistentVolumeClaim", "min": { "storage": "1Mi" } }] } }))
            .or("/spec/limits/0/max", [json!({ "storage": "0.5Ti" })]),
        with_pod(sample("v1", "Pod", json!({ "spec": pod("Always") })), pod_at!("/spec")),
        with_pod(sample("v1", "PodTemplate", json!({ "template": { "spec": pod("Always") } })), pod_at!("/template/spec")),
    ]
}

/// A claim that is bound to the volume beside it.
fn storage() -> Vec<Sample> {
    let class = "of-nobody";
    vec![
        sample(
            "v1",
            "PersistentVolume",
            json!({ "spec": {
                "capacity": { "storage": "1Gi" },
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": class,
                "hostPath": { "path": "/nowhere" },
            } }),
        )
        .cluster()
        .or("/spec/capacity", [json!({ "storage": "1024Mi" }), json!({ "storage": "1073741824" })])
        .or("/spec/volumeMode", [json!("Filesystem")])
        .or("/spec/mountOptions", [json!([]), json!(["noatime"])])
        .or("/spec/hostPath/type", [json!(""), json!("DirectoryOrCreate")]),
        sample(
            "v1",
            "PersistentVolumeClaim",
            json!({ "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": class,
                "resources": { "requests": { "storage": "1Gi" } },
            } }),
        )
        .or("/spec/resources/requests", [json!({ "storage": "0.5Gi" }), json!({ "storage": 536_870_912 })])
        .or("/spec/resources/limits", [json!({ "storage": "1Gi" })])
        .or("/spec/volumeMode", [json!("Filesystem")]),
        sample(
            "storage.k8s.io/v1",
            "VolumeAttributesClass",
            json!({ "driverName": "example.com/none", "parameters": { "iops": "3000" } }),
        )
        .cluster()
        .or("/parameters", [json!({ "iops": "3000", "type": "" })]),
    ]
}

fn workloads() -> Vec<Sample> {
    let job = json!({ "template": { "spec": pod("Never") } });
    vec![
        workload("Deployment")
            .or("/spec/replicas", [json!(0), json!(2)])
            .or("/spec/strategy", [
                json!({ "type": "Recreate" }),
                json!({ "rollingUpdate": { "maxSurge": 1, "maxUnavailable": "0%" } }),
                json!({ "type": "RollingUpdate" }),
            ])
            .or("/spec/minReadySeconds", [json!(0)])
            .or("/spec/revisionHistoryLimit", [json!(0), json!(3)]),
        workload("StatefulSet")
            .or("/spec/serviceName", [json!("nobody")])
            .or("/spec/podManagementPolicy", [json!("Parallel")])
            .or("/spec/updateStrategy", [json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } })]),
        workload("DaemonSet").or("/spec/updateStrategy", [json!({ "rollingUpdate": { "maxUnavailable": 1 } })]),
        workload("ReplicaSet").or("/spec/replicas", [json!(0), json!(1)]),
        with_pod(
            sample(
                "v1",
                "ReplicationController",
                json!({ "spec": { "template": { "metadata": { "labels": { "app": "old" } }, "spec": pod("Always") } } }),
            ),
            pod_at!("/spec/template/spec"),
        )
        .or("/spec/selector", [json!({ "app": "old" })])
        .or("/spec/replicas", [json!(0), json!(1)]),
        with_pod(sample("batch/v1", "Job", json!({ "spec": job })), pod_at!("/spec/template/spec"))
            .or("/spec/backoffLimit", [json!(0), json!(6)])
            .or("/spec/parallelism", [json!(1), json!(2)]),
        with_pod(
            sample("batch/v1", "CronJob", json!({ "spec": { "schedule": "0 0 1 1 *", "jobTemplate": { "spec": job } } })),
            pod_at!("/spec/jobTemplate/spec/template/spec"),
        )
        .or("/spec/suspend", [json!(false), json!(true)])
        .or("/spec/concurrencyPolicy", [json!("Forbid")])
        .or("/spec/successfulJobsHistoryLimit", [json!(0)]),
        sample(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({ "spec": { "maxReplicas": 3, "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "none" } } }),
        )
        .or("/spec/metrics", [
            json!([{ "type": "Resource", "resource": { "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 70 } } }]),
            json!([{ "type": "Resource", "resource": { "name": "memory", "target": { "type": "AverageValue", "averageValue": "0.5Gi" } } }]),
        ])
        .or("/spec/behavior", [json!({ "scaleDown": { "stabilizationWindowSeconds": 0 } })]),
        sample("policy/v1", "PodDisruptionBudget", json!({ "spec": { "selector": { "matchLabels": { "app": "none" } } } }))
            .or("/spec/maxUnavailable", [json!(1), json!("50%"), json!(0)]),
    ]
}

fn network() -> Vec<Sample> {
    let backend = json!({ "service": { "name": "web", "port": { "number": 80 } } });
    let path = json!({ "path": "/", "pathType": "Prefix", "backend": backend });
    vec![
        sample("networking.k8s.io/v1", "NetworkPolicy", json!({ "spec": { "podSelector": {} } }))
            .or("/spec/policyTypes", [json!(["Ingress"]), json!(["Egress", "Ingress"])])
            .or(
                "/spec/egress",
                [json!([{ "ports": [{ "port": 53, "protocol": "UDP" }] }]), json!([{}]), json!([])],
            )
            .or(
                "/spec/ingress",
                [
                    json!([{ "from": [{ "namespaceSelector": {} }] }]),
                    json!([{ "from": [{ "ipBlock": { "cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"] } }] }]),
                ],
            ),
        sample("networking.k8s.io/v1", "Ingress", json!({ "spec": { "defaultBackend": backend } }))
            .or("/spec/rules", [json!([{ "host": "shop.example.com", "http": { "paths": [path] } }])])
            .or("/spec/tls", [json!([{ "hosts": ["shop.example.com"], "secretName": "tls" }])]),
        sample(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            json!({ "addressType": "IPv4", "endpoints": [{ "addresses": ["10.9.9.9"] }] }),
        )
        .or("/ports", [json!([{ "port": 80 }])])
        .or("/endpoints/0/conditions", [json!({ "ready": true })]),
        sample(
            "networking.k8s.io/v1",
            "IngressClass",
            json!({ "spec": { "controller": "example.com/ingress" } }),
        )
        .cluster(),
    ]
}

fn access() -> Vec<Sample> {
    const RBAC: &str = "rbac.authorization.k8s.io/v1";
    let rule = || json!([{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }]);
    let viewer = json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" });
    let subject = || json!([{ "kind": "Group", "name": "developers" }]);
    let rules = || {
        [
            json!([]),
            json!([{ "apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"], "resourceNames": ["a"] }]),
        ]
    };
    vec![
        sample(RBAC, "Role", json!({ "rules": rule() })).or("/rules", rules()),
        sample(RBAC, "RoleBinding", json!({ "roleRef": viewer, "subjects": subject() }))
            .or("/subjects/0/apiGroup", [json!("rbac.authorization.k8s.io")]),
        sample(RBAC, "ClusterRole", json!({ "rules": rule() }))
            .cluster()
            .or("/rules", [json!([{ "nonResourceURLs": ["/healthz"], "verbs": ["get"] }])]),
        sample(RBAC, "ClusterRoleBinding", json!({ "roleRef": viewer, "subjects": subject() })).cluster(),
        sample("coordination.k8s.io/v1", "Lease", json!({ "spec": { "holderIdentity": "nobody" } }))
            .or("/spec/leaseDurationSeconds", [json!(15)]),
    ]
}

fn cluster() -> Vec<Sample> {
    vec![
        sample("scheduling.k8s.io/v1", "PriorityClass", json!({ "value": 7 }))
            .cluster()
            .or("/globalDefault", [json!(false)])
            .or("/preemptionPolicy", [json!("Never")])
            .or("/description", [json!(""), json!("for tests")]),
        sample("storage.k8s.io/v1", "StorageClass", json!({ "provisioner": "example.com/none" }))
            .cluster()
            .or("/parameters", [json!({ "type": "gp3" }), json!({})])
            .or("/reclaimPolicy", [json!("Retain")])
            .or("/allowVolumeExpansion", [json!(true), json!(false)])
            .or("/volumeBindingMode", [json!("WaitForFirstConsumer")]),
        sample("storage.k8s.io/v1", "CSIDriver", json!({ "spec": {} }))
            .cluster()
            .or("/spec/attachRequired", [json!(false)])
            .or("/spec/podInfoOnMount", [json!(true), json!(false)]),
        sample("node.k8s.io/v1", "RuntimeClass", json!({ "handler": "none" }))
            .cluster()
            .or("/overhead", [json!({ "podFixed": { "cpu": "0.25" } })])
            .or("/scheduling", [json!({ "nodeSelector": { "sandboxed": "" } })]),
        sample("v1", "Namespace", json!({})).cluster().or("/metadata/labels/team", [json!("shop")]),
        sample(
            "flowcontrol.apiserver.k8s.io/v1",
            "PriorityLevelConfiguration",
            json!({ "spec": { "type": "Limited", "limited": { "limitResponse": { "type": "Reject" } } } }),
        )
        .cluster()
        .or("/spec/limited/nominalConcurrencyShares", [json!(1), json!(0)]),
        sample(
            "flowcontrol.apiserver.k8s.io/v1",
            "FlowSchema",
            json!({ "spec": { "priorityLevelConfiguration": { "name": "global-default" } } }),
        )
        .cluster()
        .or("/spec/matchingPrecedence", [json!(9_000)])
        .or("/spec/distinguisherMethod", [json!({ "type": "ByUser" })])
        .or(
            "/spec/rules",
            [
                json!([]),
                json!([{
                    "subjects": [{ "kind": "User", "user": { "name": "nobody" } }],
                    "nonResourceRules": [{ "verbs": ["get"], "nonResourceURLs": ["/nothing"] }],
                }]),
            ],
        ),
        sample(
            "resource.k8s.io/v1",
            "ResourceClaim",
            json!({ "spec": { "devices": { "requests": [device()] } } }),
        ),
        sample(
            "resource.k8s.io/v1",
            "ResourceClaimTemplate",
            json!({ "spec": { "spec": { "devices": { "requests": [device()] } } } }),
        ),
        sample("resource.k8s.io/v1", "DeviceClass", json!({ "spec": {} }))
            .cluster()
            .or("/spec/selectors", [json!([{ "cel": { "expression": "device.driver == 'example.com'" } }])]),
    ]
}

fn device() -> Value {
    json!({ "name": "gpu", "exactly": { "deviceClassName": "example.com" } })
}

fn things() -> Value {
    json!([{ "apiGroups": ["example.com"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["things"] }])
}

fn webhook() -> Value {
    json!({
        "name": "things.example.com",
        "clientConfig": { "url": "https://127.0.0.1:1/" },
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "rules": things(),
    })
}

/// What judges others: kinds of which there are none.
fn admission() -> Vec<Sample> {
    const GROUP: &str = "admissionregistration.k8s.io/v1";
    vec![
        sample(
            "admissionregistration.k8s.io/v1",
            "ValidatingAdmissionPolicy",
            json!({ "spec": { "validations": [{ "expression": "true" }], "matchConstraints": { "resourceRules": things() } } }),
        )
        .cluster()
        .or("/spec/failurePolicy", [json!("Ignore")])
        .or("/spec/matchConstraints/namespaceSelector", [json!({}), json!({ "matchLabels": { "a": "" } })]),
        sample(
            GROUP,
            "ValidatingAdmissionPolicyBinding",
            json!({ "spec": { "policyName": "none", "validationActions": ["Audit", "Warn"] } }),
        )
        .cluster()
        .or("/spec/matchResources", [json!({}), json!({ "resourceRules": things() })]),
        sample(GROUP, "ValidatingWebhookConfiguration", json!({ "webhooks": [webhook()] }))
            .cluster()
            .or("/webhooks/0/failurePolicy", [json!("Ignore")])
            .or("/webhooks/0/timeoutSeconds", [json!(10), json!(3)])
            .or("/webhooks/0/namespaceSelector", [json!({}), json!({ "matchLabels": { "a": "" } })])
            .or("/webhooks/0/matchPolicy", [json!("Exact")]),
        sample(GROUP, "MutatingWebhookConfiguration", json!({ "webhooks": [webhook()] }))
            .cluster()
            .or("/webhooks/0/reinvocationPolicy", [json!("IfNeeded")])
            .or("/webhooks/0/objectSelector", [json!({ "matchExpressions": [{ "key": "a", "operator": "Exists" }] })])
            .or("/webhooks/0/matchConditions", [json!([{ "name": "never", "expression": "false" }])]),
    ]
}
