//! Why one object comes before another.

use super::{arranged, definition, deployment, object, why};
use crate::kube::order::{Edge, Why, arrange};
use serde_json::json;

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
