//! A difference per field of the table, and properties.

use super::table::{Field, TABLE};
use super::{Change, Verdict};
use crate::model::KubernetesVersion;
use proptest::prelude::*;
use serde_json::{Value, json};

const SERVER: KubernetesVersion = KubernetesVersion::new(35);

fn object(group: &str, kind: &str, rest: &Value) -> Value {
    let version = if group.is_empty() { "v1".into() } else { format!("{group}/v1") };
    let mut object =
        json!({"apiVersion": version, "kind": kind, "metadata": {"name": "o", "namespace": "n"}});
    for (key, value) in rest.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// An object with one value at a place.
fn with(group: &str, kind: &str, path: &str, value: &Value) -> Value {
    let nested = path
        .split('/')
        .skip(1)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .fold(value.clone(), |inner, part| json!({part: inner}));
    object(group, kind, &nested)
}

fn verdict(live: &Value, declared: &Value) -> Verdict {
    Change::new(live, declared, SERVER).verdict()
}

fn replace(path: &str) -> Verdict {
    Verdict::Replace(vec![path.into()])
}

#[test]
fn a_difference_in_each_fixed_field_replaces() {
    for (group, kind, fields) in TABLE {
        for field in *fields {
            let (path, late, free) = match field {
                Field::Fixed(path) | Field::Whole(path) => ((*path).to_owned(), false, None),
                Field::OnceSet(path) => ((*path).to_owned(), true, None),
                Field::AllBut(path, free) => {
                    (format!("{path}/other"), false, free.first().map(|free| format!("{path}/{free}")))
                }
                Field::By(_) => continue,
            };
            let (one, two) =
                (with(group, kind, &path, &json!("one")), with(group, kind, &path, &json!("two")));
            let none = object(group, kind, &json!({}));
            assert_eq!(verdict(&one, &two), replace(&path), "{kind}{path}");
            assert_eq!(verdict(&one, &one), Verdict::Update, "{kind}{path}");
            assert_eq!(verdict(&one, &none), Verdict::Update, "{kind}{path}: not stated is not changed");
            let added = if late { Verdict::Update } else { replace(&path) };
            assert_eq!(verdict(&none, &two), added, "{kind}{path}: added");
            let dropped = Change::new(&one, &none, SERVER).applied(&one).verdict();
            assert_eq!(dropped, replace(&path), "{kind}{path}: no longer declared");
            if let Some(path) = free.filter(|path| {
                !matches!(
                    path.as_str(),
                    "/spec/resources" | "/spec/csi" | "/spec/csi/controllerExpandSecretRef"
                )
            }) {
                let (one, two) = (with(group, kind, &path, &json!(1)), with(group, kind, &path, &json!(2)));
                let changed = verdict(&one, &two);
                let judged = kind == &"Pod"; // a deadline may only come nearer
                assert_eq!(changed == Verdict::Update, !judged, "{kind}{path}");
            }
        }
    }
}

/// The fields that the tests above try, so that a line that is lost is seen.
#[test]
fn the_table_is_what_the_server_fixes() {
    let told = |kind: &str| -> Vec<&str> {
        let fields = TABLE.iter().filter(|(_, k, _)| *k == kind).flat_map(|(.., fields)| *fields);
        fields
            .filter_map(|field| match field {
                Field::Fixed(path) | Field::Whole(path) | Field::OnceSet(path) | Field::AllBut(path, _) => {
                    Some(*path)
                }
                Field::By(_) => None,
            })
            .collect()
    };
    for (kind, paths) in [
        (
            "CustomResourceDefinition",
            vec!["/spec/group", "/spec/names/kind", "/spec/names/plural", "/spec/scope"],
        ),
        ("DaemonSet", vec!["/spec/selector"]),
        ("Deployment", vec!["/spec/selector"]),
        ("ReplicaSet", vec!["/spec/selector"]),
        ("StatefulSet", vec!["/spec"]),
        (
            "Job",
            vec![
                "/spec/backoffLimitPerIndex",
                "/spec/completionMode",
                "/spec/managedBy",
                "/spec/podFailurePolicy",
                "/spec/selector",
                "/spec/successPolicy",
            ],
        ),
        ("Secret", vec!["/type"]),
        ("RoleBinding", vec!["/roleRef"]),
        ("ClusterRoleBinding", vec!["/roleRef"]),
        ("PriorityClass", vec!["/preemptionPolicy", "/value"]),
        ("RuntimeClass", vec!["/handler"]),
        ("IngressClass", vec!["/spec/controller"]),
        ("StorageClass", vec!["/parameters", "/provisioner", "/reclaimPolicy", "/volumeBindingMode"]),
        ("VolumeAttributesClass", vec!["/driverName", "/parameters"]),
        ("CSIDriver", vec!["/spec/attachRequired", "/spec/volumeLifecycleModes"]),
        ("CSIStorageCapacity", vec!["/nodeTopology", "/storageClassName"]),
        ("VolumeAttachment", vec!["/spec"]),
        ("EndpointSlice", vec!["/addressType"]),
        ("ControllerRevision", vec!["/data"]),
        (
            "PersistentVolume",
            vec!["/spec", "/spec/csi", "/spec/csi/controllerExpandSecretRef", "/spec/nodeAffinity"],
        ),
        ("PersistentVolumeClaim", vec!["/spec", "/spec/storageClassName", "/spec/volumeName"]),
        ("CertificateSigningRequest", vec!["/spec"]),
        ("PodCertificateRequest", vec!["/spec"]),
        ("ClusterTrustBundle", vec!["/spec/signerName"]),
        ("LeaseCandidate", vec!["/spec/leaseName"]),
        ("IPAddress", vec!["/spec/parentRef"]),
        ("ResourceClaim", vec!["/spec"]),
        ("ResourceClaimTemplate", vec!["/spec"]),
        ("ResourceSlice", vec!["/spec/driver", "/spec/nodeName", "/spec/pool/name"]),
        ("StorageVersionMigration", vec!["/spec"]),
        ("Ingress", vec![]),
        ("Lease", vec![]),
        ("CronJob", vec![]),
    ] {
        assert_eq!(told(kind), paths, "{kind}");
    }
    assert!(TABLE.iter().all(|(group, kind, _)| crate::kube::kinds::is_built_in(group, kind)));
}

#[test]
fn a_stateful_set_changes_in_seven_fields() {
    for field in [
        "minReadySeconds",
        "ordinals",
        "persistentVolumeClaimRetentionPolicy",
        "replicas",
        "revisionHistoryLimit",
        "template",
        "updateStrategy",
    ] {
        let path = format!("/spec/{field}");
        let set = |value: u32| with("apps", "StatefulSet", &path, &json!(value));
        assert_eq!(verdict(&set(1), &set(2)), Verdict::Update, "{field}");
    }
}

#[test]
fn another_object_is_another_object() {
    let live = object("apps", "Deployment", &json!({}));
    for (path, value) in [("/metadata/name", "p"), ("/metadata/namespace", "m"), ("/kind", "DaemonSet")] {
        let mut declared = live.clone();
        *declared.pointer_mut(path).unwrap() = json!(value);
        assert_eq!(verdict(&live, &declared), replace(path));
    }
    let mut moved = live.clone();
    moved["apiVersion"] = json!("extensions/v1");
    assert_eq!(verdict(&live, &moved), replace("/apiVersion"));
    moved["apiVersion"] = json!("apps/v2");
    assert_eq!(verdict(&live, &moved), Verdict::Update, "a version of the same group is the same object");
}

#[test]
fn defaults_inside_a_field_are_no_difference_and_selectors_are_whole() {
    let binding = |role: &Value| with("rbac.authorization.k8s.io", "RoleBinding", "/roleRef", role);
    let (live, declared) =
        (json!({"apiGroup": "g", "kind": "Role", "name": "r"}), json!({"kind": "Role", "name": "r"}));
    assert_eq!(verdict(&binding(&live), &binding(&declared)), Verdict::Update);
    let class = |parameters: &Value| with("storage.k8s.io", "StorageClass", "/parameters", parameters);
    let (both, one) = (class(&json!({"a": "1", "b": "2"})), class(&json!({"a": "1"})));
    assert_eq!(verdict(&both, &one), Verdict::Update, "the other one is not ours");
    assert_eq!(Change::new(&both, &one, SERVER).applied(&both).verdict(), replace("/parameters"));
    let selector =
        |labels: &Value| with("apps", "Deployment", "/spec/selector", &json!({"matchLabels": labels}));
    assert_eq!(
        verdict(&selector(&json!({"a": "1", "b": "2"})), &selector(&json!({"a": "1"}))),
        replace("/spec/selector")
    );
}

#[test]
fn what_is_sealed_stays() {
    let config = |immutable: &Value, text: &str| {
        object("", "ConfigMap", &json!({"immutable": immutable, "data": {"k": text}}))
    };
    assert_eq!(verdict(&config(&json!(false), "a"), &config(&json!(false), "b")), Verdict::Update);
    assert_eq!(verdict(&config(&json!(false), "a"), &config(&json!(true), "b")), Verdict::Update);
    assert_eq!(verdict(&config(&json!(true), "a"), &config(&json!(true), "b")), replace("/data/k"));
    assert_eq!(verdict(&config(&json!(true), "a"), &config(&json!(false), "a")), replace("/immutable"));
    let secret =
        |data: &Value| object("", "Secret", &json!({"immutable": true, "type": "Opaque", "data": data}));
    let declared = |text: &str| object("", "Secret", &json!({"immutable": true, "stringData": {"k": text}}));
    for (encoded, text) in [("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("w7/Dvj4/", "ÿþ>?"), ("", "")]
    {
        assert_eq!(verdict(&secret(&json!({"k": encoded})), &declared(text)), Verdict::Update, "{text}");
        assert_eq!(verdict(&secret(&json!({"k": encoded})), &declared("other")), replace("/stringData/k"));
    }
}

fn claim(phase: &str, size: &str, rest: &Value) -> Value {
    let mut claim = object(
        "",
        "PersistentVolumeClaim",
        &json!({"spec": {"resources": {"requests": {"storage": size}}}, "status": {"phase": phase}}),
    );
    for (key, value) in rest.as_object().unwrap() {
        claim["spec"][key] = value.clone();
    }
    claim
}

#[test]
fn a_claim_grows_when_bound_and_never_shrinks() {
    const STORAGE: &str = "/spec/resources/requests/storage";
    let of = |phase: &str, size: &str| claim(phase, size, &json!({}));
    assert_eq!(verdict(&of("Bound", "10Gi"), &of("", "20Gi")), Verdict::Update);
    assert_eq!(verdict(&of("Bound", "10Gi"), &of("", "10240Mi")), Verdict::Update);
    assert_eq!(verdict(&of("Bound", "10Gi"), &of("", "9Gi")), replace(STORAGE));
    assert_eq!(verdict(&of("Pending", "10Gi"), &of("", "20Gi")), replace(STORAGE));
    let limits = |limit: &str| {
        claim(
            "Bound",
            "1Gi",
            &json!({"resources": {"limits": {"storage": limit}, "requests": {"storage": "1Gi"}}}),
        )
    };
    assert_eq!(verdict(&limits("2Gi"), &limits("2048Mi")), Verdict::Update);
    assert_eq!(verdict(&limits("2Gi"), &limits("3Gi")), replace("/spec/resources/limits"));
    let other = |amount: u32| {
        claim("Bound", "1Gi", &json!({"resources": {"requests": {"storage": "1Gi", "iops": amount}}}))
    };
    assert_eq!(verdict(&other(1), &other(2)), replace("/spec/resources/requests/iops"));
}

#[test]
fn the_attributes_of_a_volume_change_from_1_34() {
    const CLASS: &str = "/spec/volumeAttributesClassName";
    let of = |phase: &str, class: &str| claim(phase, "1Gi", &json!({"volumeAttributesClassName": class}));
    let (gold, silver) = (of("Bound", "gold"), of("Bound", "silver"));
    let on = |minor: u16| Change::new(&gold, &silver, KubernetesVersion::new(minor)).verdict();
    assert_eq!((on(33), on(34)), (replace(CLASS), Verdict::Update));
    assert_eq!(verdict(&of("Pending", "gold"), &silver), replace(CLASS));
    assert!(matches!(verdict(&gold, &of("", "")), Verdict::Refuse { path, .. } if path == CLASS));
    let none = claim("", "1Gi", &json!({}));
    assert_eq!(verdict(&gold, &none), Verdict::Update);
    assert!(matches!(Change::new(&gold, &none, SERVER).applied(&gold).verdict(), Verdict::Refuse { .. }));
    let volume = |class: &str| with("", "PersistentVolume", CLASS, &json!(class));
    assert_eq!(verdict(&volume("gold"), &volume("silver")), Verdict::Update);
}

#[test]
fn a_pod_changes_in_its_images_tolerations_and_deadline() {
    let pod = |container: &Value| object("", "Pod", &json!({"spec": {"containers": [container]}}));
    let of = |image: &str, command: &str| pod(&json!({"name": "c", "image": image, "command": [command]}));
    assert_eq!(verdict(&of("a", "x"), &of("b", "x")), Verdict::Update);
    assert_eq!(verdict(&of("a", "x"), &of("a", "y")), replace("/spec/containers/0/command"));
    let two = object("", "Pod", &json!({"spec": {"containers": [{"name": "c"}, {"name": "d"}]}}));
    assert_eq!(verdict(&of("a", "x"), &two), replace("/spec/containers"));
    let set = |path: &str, value: &Value| with("", "Pod", path, value);
    let deadline = |seconds: u32| set("/spec/activeDeadlineSeconds", &json!(seconds));
    assert_eq!(verdict(&deadline(10), &deadline(5)), Verdict::Update);
    assert_eq!(verdict(&deadline(10), &deadline(15)), replace("/spec/activeDeadlineSeconds"));
    let none = object("", "Pod", &json!({}));
    assert_eq!(
        Change::new(&deadline(10), &none, SERVER).applied(&deadline(10)).verdict(),
        replace("/spec/activeDeadlineSeconds")
    );
    let tolerations =
        |keys: &[&str]| set("/spec/tolerations", &keys.iter().map(|key| json!({"key": key})).collect());
    assert_eq!(verdict(&tolerations(&["a"]), &tolerations(&["a", "b"])), Verdict::Update);
    let (both, one) = (tolerations(&["a", "b"]), tolerations(&["a"]));
    assert_eq!(Change::new(&both, &one, SERVER).applied(&both).verdict(), replace("/spec/tolerations"));
}

#[test]
fn the_scopes_of_a_quota_have_no_order() {
    let quota = |scopes: &[&str]| with("", "ResourceQuota", "/spec/scopes", &json!(scopes));
    assert_eq!(verdict(&quota(&["a", "b"]), &quota(&["b", "a"])), Verdict::Update);
    assert_eq!(verdict(&quota(&["a", "b"]), &quota(&["a"])), replace("/spec/scopes"));
    assert_eq!(verdict(&quota(&["a"]), &object("", "ResourceQuota", &json!({}))), Verdict::Update);
}

#[test]
fn addresses_of_a_service_stay() {
    let service = |spec: &Value| object("", "Service", &json!({"spec": spec}));
    let live = json!({"type": "ClusterIP", "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ipFamilies": ["IPv4"]});
    let change = |declared: &Value| verdict(&service(&live), &service(declared));
    assert_eq!(change(&json!({"type": "NodePort"})), Verdict::Update);
    assert_eq!(change(&json!({"clusterIP": "10.0.0.2"})), replace("/spec/clusterIP"));
    assert_eq!(change(&json!({"clusterIP": "None"})), replace("/spec/clusterIP"));
    assert_eq!(change(&json!({"clusterIPs": ["10.0.0.2"]})), replace("/spec/clusterIPs/0"));
    assert_eq!(
        change(&json!({"clusterIPs": ["10.0.0.1", "fd00::1"], "ipFamilies": ["IPv4", "IPv6"]})),
        Verdict::Update
    );
    assert_eq!(change(&json!({"ipFamilies": ["IPv6"]})), replace("/spec/ipFamilies/0"));
    assert_eq!(change(&json!({"type": "ExternalName", "clusterIP": ""})), Verdict::Update);
    let dual = |second: &str, family: &str| {
        service(&json!({"clusterIPs": ["10.0.0.1", second], "ipFamilies": ["IPv4", family]}))
    };
    assert_eq!(verdict(&dual("fd00::1", "IPv6"), &dual("fd00::2", "IPv6")), replace("/spec/clusterIPs/1"));
    assert_eq!(verdict(&dual("fd00::1", "IPv6"), &dual("fd00::1", "x")), replace("/spec/ipFamilies/1"));
    let headless = |family: &str| service(&json!({"clusterIP": "None", "ipFamilies": [family]}));
    assert_eq!(verdict(&headless("IPv4"), &headless("IPv6")), Verdict::Update);
    let dropped = service(&json!({}));
    assert_eq!(
        Change::new(&service(&live), &dropped, SERVER).applied(&service(&live)).verdict(),
        Verdict::Update,
        "the server keeps it"
    );
}

#[test]
fn a_load_balancer_keeps_its_class_and_health_port() {
    let balancer = |class: &str, port: u32, policy: &str| {
        object(
            "",
            "Service",
            &json!({"spec": {"type": "LoadBalancer", "loadBalancerClass": class, "healthCheckNodePort": port, "externalTrafficPolicy": policy}}),
        )
    };
    let live = balancer("a", 1, "Local");
    assert_eq!(verdict(&live, &balancer("b", 1, "Local")), replace("/spec/loadBalancerClass"));
    assert_eq!(verdict(&live, &balancer("a", 2, "Local")), replace("/spec/healthCheckNodePort"));
    assert_eq!(verdict(&live, &balancer("a", 2, "Cluster")), Verdict::Update);
    let both = vec!["/spec/healthCheckNodePort".into(), "/spec/loadBalancerClass".into()];
    assert_eq!(verdict(&live, &balancer("b", 2, "Local")), Verdict::Replace(both));
    let none = object("", "Service", &json!({"spec": {"type": "ClusterIP", "loadBalancerClass": ""}}));
    assert_eq!(verdict(&live, &none), Verdict::Update);
}

#[test]
fn the_pods_of_a_job_stay_unless_it_never_started() {
    let job = |spec: &Value, started: bool| {
        let status = if started { json!({"startTime": "t"}) } else { json!({}) };
        object("batch", "Job", &json!({"spec": spec, "status": status}))
    };
    let pods = |suspend: bool, key: &str, value: &Value| json!({"suspend": suspend, "template": {"spec": {key: value}}});
    let change = |suspend: bool, started: bool, key: &str| {
        verdict(
            &job(&pods(suspend, key, &json!({"a": "1"})), started),
            &job(&pods(suspend, key, &json!({"a": "2"})), false),
        )
    };
    assert_eq!(change(false, true, "nodeSelector"), replace("/spec/template"));
    assert_eq!(change(true, true, "nodeSelector"), replace("/spec/template"));
    assert_eq!(change(true, false, "nodeSelector"), Verdict::Update);
    assert_eq!(change(true, false, "volumes"), replace("/spec/template/spec/volumes"));
    assert_eq!(change(true, false, "affinity"), replace("/spec/template/spec/affinity/a"));
    let indexed = |n: u32, parallel: u32| {
        job(&json!({"completionMode": "Indexed", "completions": n, "parallelism": parallel}), true)
    };
    assert_eq!(verdict(&indexed(2, 2), &indexed(3, 3)), Verdict::Update);
    assert_eq!(verdict(&indexed(2, 2), &indexed(3, 2)), replace("/spec/completions"));
    let plain = |n: u32| job(&json!({"completions": n, "parallelism": n}), true);
    assert_eq!(verdict(&plain(2), &plain(3)), replace("/spec/completions"));
}

#[test]
fn a_second_service_range_comes_from_1_34() {
    let ranges = |ranges: &[&str]| with("networking.k8s.io", "ServiceCIDR", "/spec/cidrs", &json!(ranges));
    let (one, two) = (ranges(&["a"]), ranges(&["a", "b"]));
    let on = |minor: u16| Change::new(&one, &two, KubernetesVersion::new(minor)).verdict();
    assert_eq!((on(33), on(34)), (replace("/spec/cidrs"), Verdict::Update));
    assert_eq!(verdict(&one, &ranges(&["b", "a"])), replace("/spec/cidrs"));
}

#[test]
fn a_definition_keeps_the_versions_that_are_stored() {
    let definition = |versions: &[&str]| {
        let versions: Vec<Value> = versions.iter().map(|name| json!({"name": name})).collect();
        object(
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            &json!({"spec": {"versions": versions}, "status": {"storedVersions": ["v1"]}}),
        )
    };
    assert_eq!(verdict(&definition(&["v1", "v2"]), &definition(&["v1"])), Verdict::Update);
    let Verdict::Refuse { path, why } = verdict(&definition(&["v1"]), &definition(&["v2"])) else {
        panic!("refused")
    };
    assert!(path == "/spec/versions" && why.contains("`v1`"), "{path} {why}");
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec!["", "a", "None", "10Gi", "500m"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let keys = prop::sample::select(vec!["a", "b", "name", "storage", "requests", "image"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map(keys, inner, 0..4).prop_map(|entries| json!(entries)),
        ]
    })
}

/// An object of a kind in the table, with values at the places that the table knows.
fn any_object() -> impl Strategy<Value = Value> {
    let places = [
        "spec",
        "data",
        "stringData",
        "binaryData",
        "status",
        "roleRef",
        "parameters",
        "type",
        "immutable",
        "value",
    ];
    let spec = [
        "resources",
        "clusterIP",
        "clusterIPs",
        "ipFamilies",
        "containers",
        "tolerations",
        "template",
        "completions",
        "suspend",
        "cidrs",
        "selector",
        "volumeAttributesClassName",
        "type",
        "csi",
        "scopes",
        "activeDeadlineSeconds",
    ];
    let rest = prop::collection::hash_map(prop::sample::select(places.to_vec()), any_value(), 0..6);
    let inner = prop::collection::hash_map(prop::sample::select(spec.to_vec()), any_value(), 0..6);
    (0..TABLE.len(), rest, inner).prop_map(|(row, rest, inner)| {
        let (group, kind, _) = TABLE[row];
        let mut rest = json!(rest);
        rest["spec"] = json!(inner);
        object(group, kind, &rest)
    })
}

proptest! {
    #[test]
    fn equal_objects_are_never_replaced(mut live in any_object(), minor in 33_u16..38) {
        // A secret's `stringData` is written and never shown: no server shows both.
        live.as_object_mut().unwrap().remove("stringData");
        let server = KubernetesVersion::new(minor);
        prop_assert!(!matches!(Change::new(&live, &live, server).verdict(), Verdict::Replace(_)));
        prop_assert!(!matches!(Change::new(&live, &live, server).applied(&live).verdict(), Verdict::Replace(_)));
    }

    #[test]
    fn what_states_nothing_replaces_nothing(live in any_object(), minor in 33_u16..38) {
        let mut declared = live.clone();
        declared.as_object_mut().unwrap().retain(|key, _| matches!(key.as_str(), "apiVersion" | "kind" | "metadata"));
        prop_assert_eq!(Change::new(&live, &declared, KubernetesVersion::new(minor)).verdict(), Verdict::Update);
    }
}
