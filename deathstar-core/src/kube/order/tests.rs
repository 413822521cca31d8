//! Unit tests by kind, and properties of sets of objects.

use super::{Arrangement, Edge, Rank, Target, Why, arrange, references};
use crate::kube::ObjectId;
use proptest::prelude::*;
use serde_json::{Value, json};

fn object(api_version: &str, kind: &str, namespace: &str, name: &str, rest: &Value) -> Value {
    let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name}});
    if !namespace.is_empty() {
        object["metadata"]["namespace"] = json!(namespace);
    }
    for (key, value) in rest.as_object().unwrap() {
        if key == "labels" || key == "annotations" {
            object["metadata"][key] = value.clone();
        } else {
            object[key] = value.clone();
        }
    }
    object
}

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
    for (group, kind, row) in super::table::IN_SPECS {
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
    assert_eq!(expected.len(), super::table::IN_PODS.len(), "each row is tried");
    for (group, kind, place) in super::table::POD_SPECS {
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

fn arranged(objects: &[Value]) -> Arrangement {
    arrange(objects).unwrap()
}

/// Why the one at `from` needs the one at `to`.
fn why(objects: &[Value], from: usize, to: usize) -> Option<Why> {
    arranged(objects).edges.into_iter().find(|edge| (edge.from, edge.to) == (from, to)).map(|edge| edge.why)
}

fn definition(group: &str, kind: &str) -> Value {
    let spec = json!({"spec": {"group": group, "names": {"kind": kind}}});
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", kind, &spec)
}

fn deployment(name: &str, template: &Value) -> Value {
    object("apps/v1", "Deployment", "n", name, &json!({"spec": {"template": template}}))
}

#[test]
fn kinds_have_their_rank() {
    let ranks = [
        ("", "Namespace"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("", "ResourceQuota"),
        ("", "ServiceAccount"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("", "Secret"),
        ("", "PersistentVolumeClaim"),
        ("", "Service"),
        ("apps", "Deployment"),
        ("policy", "PodDisruptionBudget"),
        ("apiregistration.k8s.io", "APIService"),
        ("example.com", "Widget"),
    ];
    let ranks = ranks.map(|(group, kind)| Rank::of(group, kind));
    assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    for (group, kind, _) in super::rank::RANKS {
        assert!(crate::kube::kinds::is_built_in(group, kind), "{kind} is misspelled");
    }
}

#[test]
fn what_is_named_comes_first_and_the_place_is_told() {
    let objects = [
        deployment("web", &json!({"spec": {"volumes": [{"configMap": {"name": "settings"}}]}})),
        object("v1", "ConfigMap", "n", "settings", &json!({})),
        object("v1", "Namespace", "", "n", &json!({})),
    ];
    assert_eq!(arranged(&objects).order, [2, 1, 0]);
    assert_eq!(why(&objects, 0, 1), Some(Why::Named("/spec/template/spec/volumes/0/configMap/name".into())));
    assert_eq!(why(&objects, 1, 2), Some(Why::Named("/metadata/namespace".into())));
}

#[test]
fn a_custom_resource_follows_its_definition_of_whatever_version() {
    let objects = [
        object("g.example/v2", "Widget", "", "w", &json!({})),
        definition("g.example", "Widget"),
        definition("h.example", "Widget"),
    ];
    assert_eq!(why(&objects, 0, 1), Some(Why::Named("/kind".into())));
    assert_eq!(why(&objects, 0, 2), None);
}

#[test]
fn limits_come_before_what_they_limit_in_their_namespace() {
    let objects = [
        deployment("web", &json!({})),
        object("v1", "ResourceQuota", "n", "q", &json!({})),
        object("networking.k8s.io/v1", "NetworkPolicy", "other", "p", &json!({})),
    ];
    assert_eq!(why(&objects, 0, 1), Some(Why::Meaning));
    assert_eq!(why(&objects, 0, 2), None);
}

#[test]
fn a_workload_has_the_permissions_of_its_account_first() {
    let binding = |account: &str| json!({"subjects": [{"kind": "ServiceAccount", "name": account}]});
    let rbac = "rbac.authorization.k8s.io/v1";
    let objects = [
        deployment("web", &json!({"spec": {"serviceAccountName": "robot"}})),
        object(rbac, "RoleBinding", "n", "a", &binding("robot")),
        object(rbac, "RoleBinding", "n", "b", &binding("other")),
        deployment("plain", &json!({"spec": {}})),
        object(rbac, "RoleBinding", "n", "c", &binding("default")),
    ];
    assert_eq!(why(&objects, 0, 1), Some(Why::Meaning));
    assert_eq!(why(&objects, 0, 2), None);
    assert_eq!(why(&objects, 3, 4), Some(Why::Meaning), "without a name it is the account `default`");
}

#[test]
fn a_webhook_waits_for_what_is_behind_its_service_and_custom_resources_for_it() {
    let hook = json!({"webhooks": [{"clientConfig": {"service": {"namespace": "n", "name": "hook"}}, "rules": [{"apiGroups": ["g.example"]}]}]});
    let objects = [
        object("g.example/v1", "Widget", "n", "w", &json!({})),
        object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "v", &hook),
        object("v1", "Service", "n", "hook", &json!({"spec": {"selector": {"app": "hook"}}})),
        deployment("hook", &json!({"metadata": {"labels": {"app": "hook", "x": "y"}}})),
        deployment("else", &json!({"metadata": {"labels": {"app": "else"}}})),
        object("h.example/v1", "Widget", "n", "x", &json!({})),
    ];
    assert_eq!(why(&objects, 1, 3), Some(Why::Meaning));
    assert_eq!(why(&objects, 1, 4), None);
    assert_eq!(why(&objects, 0, 1), Some(Why::Meaning));
    assert_eq!(why(&objects, 5, 1), None);
}

#[test]
fn an_api_service_comes_before_objects_of_its_group() {
    let objects = [
        object("metrics.example/v1", "Sample", "n", "s", &json!({})),
        object(
            "apiregistration.k8s.io/v1",
            "APIService",
            "",
            "v1.metrics.example",
            &json!({"spec": {"group": "metrics.example"}}),
        ),
    ];
    assert_eq!(why(&objects, 0, 1), Some(Why::Meaning));
}

#[test]
fn custom_resources_wait_for_what_converts_them_and_the_definition_does_not() {
    let mut crd = definition("g.example", "Widget");
    crd["spec"]["conversion"] =
        json!({"webhook": {"clientConfig": {"service": {"namespace": "n", "name": "convert"}}}});
    let objects = [
        object("g.example/v1", "Widget", "n", "w", &json!({})),
        crd,
        object("v1", "Service", "n", "convert", &json!({"spec": {"selector": {"app": "c"}}})),
        deployment("c", &json!({"metadata": {"labels": {"app": "c"}}})),
    ];
    assert_eq!((why(&objects, 0, 2), why(&objects, 0, 3)), (Some(Why::Meaning), Some(Why::Meaning)));
    assert_eq!(why(&objects, 1, 2), None);
}

#[test]
fn a_secret_that_a_controller_makes_is_waited_for_at_its_maker() {
    let mounts = |name: &str| json!({"spec": {"volumes": [{"secret": {"secretName": name}}]}});
    let objects = [
        deployment("hook", &mounts("hook-cert")),
        object("cert-manager.io/v1", "Certificate", "n", "c", &json!({"spec": {"secretName": "hook-cert"}})),
        deployment("web", &mounts("sealed")),
        object("bitnami.com/v1alpha1", "SealedSecret", "n", "sealed", &json!({})),
    ];
    assert!(matches!(why(&objects, 0, 1), Some(Why::Named(_))));
    assert!(
        matches!(why(&objects, 2, 3), Some(Why::Named(_))),
        "without a name of its own it has that of its maker"
    );
}

#[test]
fn a_custom_resource_needs_what_it_mentions_in_its_namespace() {
    let objects = [
        object("g.example/v1", "Widget", "n", "w", &json!({"spec": {"auth": [{"ref": "key"}]}})),
        object("v1", "Secret", "n", "key", &json!({})),
        object("v1", "Secret", "m", "key", &json!({})),
        deployment("web", &json!({"metadata": {"labels": {"x": "key"}}})),
    ];
    assert_eq!(why(&objects, 0, 1), Some(Why::Mentioned));
    assert_eq!((why(&objects, 0, 2), why(&objects, 3, 1)), (None, None));
}

#[test]
fn a_guess_never_makes_a_cycle() {
    let widget = |name: &str, other: &str| {
        object("g.example/v1", "Widget", "n", name, &json!({"spec": {"peer": other}}))
    };
    let objects = [widget("a", "b"), widget("b", "a")];
    assert_eq!(arranged(&objects).edges, [Edge { from: 1, to: 0, why: Why::Mentioned }]);
}

#[test]
fn a_cycle_of_references_is_shown() {
    let claim = |name: &str, source: &str| {
        object(
            "v1",
            "PersistentVolumeClaim",
            "n",
            name,
            &json!({"spec": {"dataSource": {"kind": "PersistentVolumeClaim", "name": source}}}),
        )
    };
    let objects = [claim("start", "a"), claim("a", "b"), claim("b", "a"), claim("self", "self")];
    let cycle = arrange(&objects).unwrap_err();
    assert_eq!(
        cycle.to_string(),
        "objects need each other: PersistentVolumeClaim/n/a (`/spec/dataSource`) -> PersistentVolumeClaim/n/b (`/spec/dataSource`) -> PersistentVolumeClaim/n/a"
    );
}

/// Kinds that name each other in all directions that are legal.
fn any_object() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec!["a", "b", "c"]);
    let spaces = prop::sample::select(vec!["a", "b"]);
    let groups = prop::sample::select(vec!["g.example", "h.example"]);
    (0..10_u8, names.clone(), names, spaces, groups).prop_map(|(kind, name, other, space, group)| match kind {
        0 => object("v1", "Namespace", "", space, &json!({})),
        1 => definition(group, "Widget"),
        2 => object(&format!("{group}/v1"), "Widget", space, name, &json!({"spec": {"x": other}})),
        3 => object("v1", "ResourceQuota", space, name, &json!({})),
        4 => object("v1", "Secret", space, name, &json!({})),
        5 => object("v1", "Service", space, name, &json!({"spec": {"selector": {"app": other}}})),
        6 => object("apps/v1", "Deployment", space, name, &json!({"spec": {"template": {
            "metadata": {"labels": {"app": name}}, "spec": {"volumes": [{"secret": {"secretName": other}}]}}}})),
        7 => object("cert-manager.io/v1", "Certificate", space, name, &json!({"spec": {"secretName": other}})),
        8 => object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", name, &json!({"webhooks": [
            {"clientConfig": {"service": {"namespace": space, "name": other}}, "rules": [{"apiGroups": [group, "cert-manager.io"]}]}]})),
        _ => object("rbac.authorization.k8s.io/v1", "RoleBinding", space, name, &json!({
            "roleRef": {"kind": "Role", "name": other}, "subjects": [{"kind": "ServiceAccount", "name": "default"}]})),
    })
}

proptest! {
    #[test]
    fn ranks_make_no_cycle_and_each_comes_after_what_it_needs(objects in prop::collection::vec(any_object(), 0..24)) {
        let Arrangement { edges, order } = arranged(&objects);
        let mut all = order.clone();
        all.sort_unstable();
        prop_assert!(all.iter().copied().eq(0..objects.len()), "each is there once");
        let place = |index: usize| order.iter().position(|at| *at == index).unwrap();
        for edge in edges {
            prop_assert!(place(edge.to) < place(edge.from), "{edge:?}");
        }
    }

    #[test]
    fn a_custom_resource_is_never_before_its_definition(objects in prop::collection::vec(any_object(), 0..24)) {
        let order = arranged(&objects).order;
        for (place, index) in order.iter().enumerate() {
            if objects[*index]["kind"] != "Widget" {
                continue;
            }
            let group = objects[*index]["apiVersion"].as_str().unwrap().split('/').next().unwrap();
            // Of two definitions of one group and kind, which no server would take, the last counts.
            let defined = objects.iter().rposition(|object| object["kind"] == "CustomResourceDefinition" && object["spec"]["group"] == group);
            if let Some(defined) = defined {
                prop_assert!(order.iter().position(|at| *at == defined).unwrap() < place);
            }
        }
    }
}
