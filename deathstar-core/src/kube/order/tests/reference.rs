//! What objects name, by the rows of the tables.

use super::object;
use crate::kube::{
    ObjectId,
    order::{Target, references, table},
};
use serde_json::{Value, json};

/// `path = kind place/name`, without the namespace of the object itself and its definition.
fn names(object: &Value) -> Vec<String> {
    let told = references(object).into_iter().filter(|reference| reference.path != "/metadata/namespace");
    told.filter_map(|reference| match reference.to {
        Target::Object(ObjectId { kind, namespace, name, .. }) => {
            Some(format!("{} = {kind} {}/{name}", reference.path, namespace.unwrap_or_default()))
        }
        Target::Definition { .. } => None,
    })
    .collect()
}

#[test]
fn specifications_name_others() {
    let gateway = "gateway.networking.k8s.io/v1";
    let rbac = "rbac.authorization.k8s.io/v1";
    let admission = "admissionregistration.k8s.io/v1";
    let service = json!({"clientConfig": {"service": {"namespace": "ops", "name": "hook"}}});
    let cases = [
        (
            object(
                "v1",
                "PersistentVolume",
                "",
                "o",
                &json!({"spec": {"storageClassName": "fast", "csi": {"driver": "d"}, "volumeAttributesClassName": "a"}}),
            ),
            vec![
                "/spec/csi/driver = CSIDriver /d",
                "/spec/storageClassName = StorageClass /fast",
                "/spec/volumeAttributesClassName = VolumeAttributesClass /a",
            ],
        ),
        (
            object(
                "v1",
                "PersistentVolumeClaim",
                "n",
                "o",
                &json!({"spec": {"storageClassName": "fast", "volumeName": "v", "dataSource": {"kind": "PersistentVolumeClaim", "name": "old"}, "dataSourceRef": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s"}, "volumeAttributesClassName": "a"}}),
            ),
            vec![
                "/spec/dataSource = PersistentVolumeClaim n/old",
                "/spec/dataSourceRef = VolumeSnapshot n/s",
                "/spec/storageClassName = StorageClass /fast",
                "/spec/volumeAttributesClassName = VolumeAttributesClass /a",
                "/spec/volumeName = PersistentVolume /v",
            ],
        ),
        (
            object(
                "v1",
                "Secret",
                "n",
                "o",
                &json!({"annotations": {"kubernetes.io/service-account.name": "robot"}}),
            ),
            vec!["/metadata/annotations/kubernetes.io~1service-account.name = ServiceAccount n/robot"],
        ),
        (
            object(
                "v1",
                "ServiceAccount",
                "n",
                "o",
                &json!({"imagePullSecrets": [{"name": "pull"}], "secrets": [{"name": "token"}]}),
            ),
            vec!["/imagePullSecrets/0 = Secret n/pull"],
        ),
        (
            object(
                admission,
                "ValidatingAdmissionPolicyBinding",
                "",
                "o",
                &json!({"spec": {"policyName": "p"}}),
            ),
            vec!["/spec/policyName = ValidatingAdmissionPolicy /p"],
        ),
        (
            object(
                admission,
                "MutatingAdmissionPolicyBinding",
                "",
                "o",
                &json!({"spec": {"policyName": "p"}}),
            ),
            vec!["/spec/policyName = MutatingAdmissionPolicy /p"],
        ),
        (
            object(
                admission,
                "MutatingWebhookConfiguration",
                "",
                "o",
                &json!({"webhooks": [{"clientConfig": {"url": "https://x"}}, service]}),
            ),
            vec!["/webhooks/1/clientConfig/service = Service ops/hook"],
        ),
        (
            object(admission, "ValidatingWebhookConfiguration", "", "o", &json!({"webhooks": [service]})),
            vec!["/webhooks/0/clientConfig/service = Service ops/hook"],
        ),
        (
            object(
                "apiregistration.k8s.io/v1",
                "APIService",
                "",
                "o",
                &json!({"spec": {"service": {"namespace": "ops", "name": "api"}}}),
            ),
            vec!["/spec/service = Service ops/api"],
        ),
        (
            object(
                "apps/v1",
                "StatefulSet",
                "n",
                "o",
                &json!({"spec": {"serviceName": "s", "volumeClaimTemplates": [{"spec": {"storageClassName": "fast"}}]}}),
            ),
            vec![
                "/spec/serviceName = Service n/s",
                "/spec/volumeClaimTemplates/0/spec/storageClassName = StorageClass /fast",
            ],
        ),
        (
            object(
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                "n",
                "o",
                &json!({"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}}),
            ),
            vec!["/spec/scaleTargetRef = Deployment n/web"],
        ),
        (
            object(
                "discovery.k8s.io/v1",
                "EndpointSlice",
                "n",
                "o",
                &json!({"labels": {"kubernetes.io/service-name": "s"}}),
            ),
            vec!["/metadata/labels/kubernetes.io~1service-name = Service n/s"],
        ),
        (
            object(
                "flowcontrol.apiserver.k8s.io/v1",
                "FlowSchema",
                "",
                "o",
                &json!({"spec": {"priorityLevelConfiguration": {"name": "p"}}}),
            ),
            vec!["/spec/priorityLevelConfiguration = PriorityLevelConfiguration /p"],
        ),
        (
            object(
                gateway,
                "Gateway",
                "n",
                "o",
                &json!({"spec": {"gatewayClassName": "c", "listeners": [{"tls": {"certificateRefs": [{"name": "cert"}]}}]}}),
            ),
            vec![
                "/spec/gatewayClassName = GatewayClass /c",
                "/spec/listeners/0/tls/certificateRefs/0 = Secret n/cert",
            ],
        ),
        (
            object(
                gateway,
                "HTTPRoute",
                "n",
                "o",
                &json!({"spec": {"parentRefs": [{"name": "g", "namespace": "edge"}], "rules": [{"backendRefs": [{"name": "s"}]}]}}),
            ),
            vec!["/spec/parentRefs/0 = Gateway edge/g", "/spec/rules/0/backendRefs/0 = Service n/s"],
        ),
        (
            object(
                gateway,
                "GRPCRoute",
                "n",
                "o",
                &json!({"spec": {"parentRefs": [{"name": "g"}], "rules": [{"backendRefs": [{"name": "s"}]}]}}),
            ),
            vec!["/spec/parentRefs/0 = Gateway n/g", "/spec/rules/0/backendRefs/0 = Service n/s"],
        ),
        (
            object(
                "networking.k8s.io/v1",
                "Ingress",
                "n",
                "o",
                &json!({"spec": {"ingressClassName": "c", "tls": [{"secretName": "t"}], "defaultBackend": {"service": {"name": "d"}, "resource": {"apiGroup": "g", "kind": "Bucket", "name": "b"}}, "rules": [{"http": {"paths": [{"backend": {"service": {"name": "s"}}}, {"backend": {"resource": {"apiGroup": "g", "kind": "Bucket", "name": "c"}}}]}}]}}),
            ),
            vec![
                "/spec/defaultBackend/resource = Bucket n/b",
                "/spec/defaultBackend/service = Service n/d",
                "/spec/ingressClassName = IngressClass /c",
                "/spec/rules/0/http/paths/0/backend/service = Service n/s",
                "/spec/rules/0/http/paths/1/backend/resource = Bucket n/c",
                "/spec/tls/0/secretName = Secret n/t",
            ],
        ),
        (
            object(
                rbac,
                "RoleBinding",
                "n",
                "o",
                &json!({"roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "a", "namespace": "m"}]}),
            ),
            vec!["/roleRef = ClusterRole /view", "/subjects/1 = ServiceAccount m/a"],
        ),
        (
            object(
                rbac,
                "ClusterRoleBinding",
                "",
                "o",
                &json!({"roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "ServiceAccount", "name": "a", "namespace": "m"}]}),
            ),
            vec!["/roleRef = ClusterRole /view", "/subjects/0 = ServiceAccount m/a"],
        ),
        (
            object("storage.k8s.io/v1", "CSIStorageCapacity", "n", "o", &json!({"storageClassName": "fast"})),
            vec!["/storageClassName = StorageClass /fast"],
        ),
    ];
    for (object, expected) in &cases {
        assert_eq!(names(object), *expected, "{}", object["kind"]);
    }
    let tested: Vec<(&str, &str)> = cases
        .iter()
        .map(|(o, _)| (crate::kube::view::View(o).group(), o["kind"].as_str().unwrap()))
        .collect();
    for (group, kind, row) in table::IN_SPECS {
        assert!(tested.contains(&(group, kind)), "{kind}: nobody tests `{}`", row.pattern);
    }
}

#[test]
fn pods_name_what_they_use_wherever_their_specification_is() {
    let from = |kind: &str, name: &str| json!({"valueFrom": {kind: {"name": name}}});
    let container = |p: &str| {
        json!({
            "envFrom": [{"configMapRef": {"name": format!("{p}1")}}, {"secretRef": {"name": format!("{p}2")}}],
            "env": [from("configMapKeyRef", &format!("{p}3")), from("secretKeyRef", &format!("{p}4"))],
        })
    };
    let spec = json!({
        "serviceAccountName": "sa", "imagePullSecrets": [{"name": "pull"}], "priorityClassName": "pc", "runtimeClassName": "rc",
        "resourceClaims": [{"resourceClaimName": "rcl"}, {"resourceClaimTemplateName": "rct"}],
        "volumes": [
            {"configMap": {"name": "cm"}}, {"secret": {"secretName": "s"}}, {"persistentVolumeClaim": {"claimName": "pvc"}},
            {"projected": {"sources": [{"configMap": {"name": "pcm"}}, {"secret": {"name": "ps"}}]}},
            {"csi": {"driver": "csi", "nodePublishSecretRef": {"name": "np"}}},
            {"ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": "sc"}}}},
        ],
        "initContainers": [container("i")], "containers": [container("c")],
    });
    let mut expected = vec![
        "CSIDriver /csi",
        "ConfigMap n/c1",
        "ConfigMap n/c3",
        "ConfigMap n/cm",
        "ConfigMap n/i1",
        "ConfigMap n/i3",
        "ConfigMap n/pcm",
        "PersistentVolumeClaim n/pvc",
        "PriorityClass /pc",
        "ResourceClaim n/rcl",
        "ResourceClaimTemplate n/rct",
        "RuntimeClass /rc",
        "Secret n/c2",
        "Secret n/c4",
        "Secret n/i2",
        "Secret n/i4",
        "Secret n/np",
        "Secret n/ps",
        "Secret n/pull",
        "Secret n/s",
        "ServiceAccount n/sa",
        "StorageClass /sc",
    ];
    expected.sort_unstable();
    assert_eq!(expected.len(), table::IN_PODS.len(), "each row is tried");
    for (group, kind, place) in table::POD_SPECS {
        let version = if group.is_empty() { "v1".into() } else { format!("{group}/v1") };
        let nested = place
            .split('/')
            .skip(1)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .fold(spec.clone(), |inner, part| json!({part: inner}));
        let workload = object(&version, kind, "n", "o", &nested);
        let mut found: Vec<String> =
            names(&workload).into_iter().map(|told| told.split(" = ").nth(1).unwrap().to_owned()).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{kind}");
    }
}
