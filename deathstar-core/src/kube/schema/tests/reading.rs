use super::{super::Scope, Schemas, definition, findings, object};
use serde_json::{Value, json};

fn refused(edit: impl FnOnce(&mut Value)) -> String {
    let mut definition = definition(&json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    edit(&mut definition);
    Schemas::of(&definition).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_definition_tells_its_names_and_what_it_serves() {
    let schemas = Schemas::of(&definition(&json!({"type": "object"}))).unwrap();
    assert_eq!((schemas.group(), schemas.kind(), schemas.plural()), ("example.com", "Thing", "things"));
    assert_eq!(schemas.scope(), Scope::Namespaced);
    assert_eq!(schemas.versions().collect::<Vec<_>>(), ["v1"]);
    assert!(schemas.describes(&object(&json!({}))));
    assert!(schemas.describes(&json!({"apiVersion": "example.com/v9", "kind": "Thing"})));
    assert!(!schemas.describes(&json!({"apiVersion": "other.com/v1", "kind": "Thing"})));
    assert!(!schemas.describes(&json!({"apiVersion": "example.com/v1", "kind": "Other"})));
}

#[test]
fn what_no_server_takes_is_refused_with_its_place() {
    let at = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a";
    for (edit, said) in [
        (json!({"type": "text"}), format!("`{at}/type` is no type that Kubernetes knows")),
        (json!({"type": 1}), format!("`{at}/type` is not text")),
        (json!({"$ref": "#/x"}), format!("`{at}/$ref` is not allowed in a structural schema")),
        (
            json!({"uniqueItems": true}),
            format!("`{at}/uniqueItems` must not be true: a list whose items differ is a set"),
        ),
        (json!({"minLength": -1}), format!("`{at}/minLength` is not a count")),
        (json!({"required": [1]}), format!("`{at}/required` is not a list of texts")),
        (json!({"anyOf": [1]}), format!("`{at}/anyOf/0` a schema is an object")),
        (
            json!({"x-kubernetes-list-type": "bag"}),
            format!("`{at}/x-kubernetes-list-type` is none of `atomic`, `set` and `map`"),
        ),
        (
            json!({"x-kubernetes-validations": [{}]}),
            format!("`{at}/x-kubernetes-validations` has an entry without a rule"),
        ),
    ] {
        let refused = refused(|definition| *definition.pointer_mut(at).unwrap() = edit);
        assert_eq!(refused, format!("the definition cannot be read: {said}"));
    }
    assert!(
        refused(|definition| definition["apiVersion"] = json!("apiextensions.k8s.io/v1beta1"))
            .contains("`/apiVersion`")
    );
    assert!(refused(|definition| definition["kind"] = json!("Pod")).contains("`/kind`"));
    assert!(refused(|definition| definition["spec"]["scope"] = json!("World")).contains("`/spec/scope`"));
    assert!(refused(|definition| definition["spec"]["versions"] = json!({})).contains("`/spec/versions`"));
    assert!(
        refused(|definition| definition["spec"]["versions"][0]["schema"] = json!({}))
            .contains("openAPIV3Schema` is required")
    );
}

#[test]
fn an_object_of_another_kind_or_version_is_refused() {
    let definition = definition(&json!({"type": "object"}));
    for (path, value, said) in [
        ("/kind", "Thin", "/kind: must be `Thing`"),
        ("/apiVersion", "other.com/v1", "/apiVersion: must be of the group `example.com`"),
        (
            "/apiVersion",
            "example.com/v2",
            "/apiVersion: `v2` is not served; served are `v1` (did you mean `example.com/v1`?)",
        ),
        ("/apiVersion", "example.com/v1beta1", "/apiVersion: `v1beta1` is not served; served are `v1`"),
    ] {
        let mut object = object(&json!({}));
        *object.pointer_mut(path).unwrap() = json!(value);
        let found: Vec<_> = findings(&definition, &object).iter().map(ToString::to_string).collect();
        assert_eq!(found, [said]);
    }
}

#[test]
fn a_status_with_a_call_of_its_own_is_not_judged_but_its_fields_are_known() {
    let mut definition = definition(&json!({"type": "object"}));
    let properties = "/spec/versions/0/schema/openAPIV3Schema/properties";
    definition.pointer_mut(properties).unwrap()["status"] =
        json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let mut object = object(&json!({}));
    object["status"] = json!({"a": 1});
    assert_eq!(findings(&definition, &object)[0].path, "/status/a");
    definition["spec"]["versions"][0]["subresources"] = json!({"status": {}});
    assert_eq!(findings(&definition, &object), []);
    object["status"] = json!({"other": 1});
    assert_eq!(findings(&definition, &object)[0].path, "/status/other");
}

#[test]
fn replicas_of_a_scale_are_a_count() {
    let mut definition =
        definition(&json!({"type": "object", "properties": {"replicas": {"type": "integer"}}}));
    definition["spec"]["versions"][0]["subresources"] =
        json!({"scale": {"specReplicasPath": ".spec.replicas"}});
    for (replicas, fits) in
        [(json!(0), true), (json!(-1), false), (json!(3_000_000_000_i64), false), (super::mark(), true)]
    {
        let found = findings(&definition, &object(&json!({"replicas": replicas})));
        assert_eq!(found.is_empty(), fits, "{found:?}");
    }
    assert_eq!(findings(&definition, &object(&json!({}))), []);
}
