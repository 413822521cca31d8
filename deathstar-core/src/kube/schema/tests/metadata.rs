use super::{definition, findings};
use serde_json::{Value, json};

/// What is found about an object's metadata; paths begin there.
fn found(scope: &str, metadata: &Value) -> Vec<String> {
    let mut definition = definition(&json!({"type": "object"}));
    definition["spec"]["scope"] = json!(scope);
    let object = json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": metadata});
    let texts = findings(&definition, &object).into_iter().map(|finding| {
        let path = finding.path.strip_prefix("/metadata").map(ToOwned::to_owned).unwrap();
        format!("{path}: {}", finding.reason)
    });
    texts.collect()
}

#[test]
fn an_object_has_a_name_and_stands_where_its_kind_does() {
    assert_eq!(found("Cluster", &json!({"name": "a.b"})), [""; 0]);
    assert_eq!(found("Cluster", &json!({"generateName": "a-"})), [""; 0]);
    assert_eq!(found("Namespaced", &json!({"name": "a", "namespace": "b"})), [""; 0]);
    assert_eq!(found("Cluster", &json!({})), ["/name: `name` is required"]);
    assert_eq!(found("Cluster", &json!({"name": ""})), ["/name: `name` is required"]);
    assert_eq!(
        found("Namespaced", &json!({"name": "a"})),
        ["/namespace: `namespace` is required: this kind is namespaced"]
    );
    assert_eq!(
        found("Cluster", &json!({"name": "a", "namespace": "b"})),
        ["/namespace: not allowed: this kind is in no namespace"]
    );
    assert!(found("Cluster", &json!({"name": "A"}))[0].starts_with("/name: "));
    assert!(found("Cluster", &json!({"generateName": "A-"}))[0].starts_with("/generateName: "));
    assert!(found("Namespaced", &json!({"name": "a", "namespace": "b.c"}))[0].starts_with("/namespace: "));
}

#[test]
fn labels_annotations_and_finalizers_are_named_by_rule() {
    let with = |field: &str, value: Value| found("Cluster", &json!({"name": "a", field: value}));
    assert_eq!(with("labels", json!({"a.b/c": "d", "e": ""})), [""; 0]);
    assert!(with("labels", json!({"a b": "c"}))[0].starts_with("/labels/a b: "));
    assert!(with("labels", json!({"a": "b c"}))[0].starts_with("/labels/a: "));
    assert_eq!(with("labels", json!({"a": 1})), ["/labels/a: must be string, and is `1`"]);
    assert_eq!(with("labels", json!([])), ["/labels: must be an object of texts, and is `[]`"]);
    assert_eq!(with("annotations", json!({"A.B/C": "d e f"})), [""; 0]);
    assert!(with("annotations", json!({"a/b/c": ""}))[0].starts_with("/annotations/a~1b~1c: "));
    let large = "x".repeat(256 << 10);
    assert!(with("annotations", json!({"a": large}))[0].starts_with("/annotations: all annotations"));
    assert_eq!(with("annotations", json!({"a": large[1..]})), [""; 0]);
    assert_eq!(with("finalizers", json!(["a.b/c"])), [""; 0]);
    assert!(with("finalizers", json!(["a b"]))[0].starts_with("/finalizers/0: "));
    let owner = json!({"apiVersion": "v1", "kind": "A", "name": "a", "uid": ""});
    assert_eq!(with("ownerReferences", json!([owner])), ["/ownerReferences/0/uid: `uid` is required"]);
}

#[test]
fn metadata_has_its_own_fields() {
    assert_eq!(
        found("Cluster", &json!({"name": "a", "label": {}})),
        ["/label: `label` is not a field of metadata"]
    );
    assert_eq!(found("Cluster", &json!({"name": "a", "creationTimestamp": null, "labels": null})), [""; 0]);
    assert_eq!(found("Cluster", &json!({"name": 1})), ["/name: must be text, and is `1`"]);
    assert_eq!(found("Cluster", &json!("a")), [": must be object, and is `\"a\"`"]);
}

#[test]
fn what_is_not_known_in_metadata_is_left_open() {
    let mark = super::mark();
    let all = json!({"name": mark, "namespace": mark, "labels": {"a": mark}, "annotations": mark, "finalizers": mark});
    assert_eq!(found("Namespaced", &all), [""; 0]);
    assert_eq!(found("Namespaced", &mark), [""; 0]);
}
