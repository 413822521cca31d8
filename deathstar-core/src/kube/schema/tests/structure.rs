use super::{check, rule};
use serde_json::json;

#[test]
fn the_values_of_a_set_differ() {
    let set = json!({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}});
    rule(
        set,
        &[json!(["a", "b"])],
        &[(json!(["a", "b", "a"]), "/2: is the value of `/spec/0` again: `\"a\"`")],
    );
    let atomic = json!({"type": "array", "x-kubernetes-list-type": "atomic", "items": {"type": "string"}});
    rule(atomic, &[json!(["a", "a"])], &[]);
}

#[test]
fn the_keys_of_a_map_differ_after_defaults() {
    let items = json!({"type": "object", "required": ["port"], "properties": {
        "port": {"type": "integer"}, "protocol": {"type": "string", "default": "TCP"}, "name": {"type": "string"},
    }});
    let map = json!({
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"], "items": items,
    });
    rule(
        map,
        &[json!([{"port": 1}, {"port": 1, "protocol": "UDP"}, {"port": 2}])],
        &[(
            json!([{"port": 1, "name": "a"}, {"port": 1, "protocol": "TCP"}]),
            "/1: has the key of `/spec/0` again: `port` `1`, `protocol` `\"TCP\"`",
        )],
    );
}

#[test]
fn an_embedded_object_is_a_whole_one() {
    let schema = json!({"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true});
    rule(
        schema,
        &[
            json!({"apiVersion": "v1", "kind": "Pod", "spec": {"any": 1}}),
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"labels": {"a": "b"}}}),
        ],
        &[
            (
                json!({"kind": "Pod"}),
                "/apiVersion: `apiVersion` is required: this is a whole object (set `/spec/apiVersion`)",
            ),
            (
                json!({"apiVersion": "v1"}),
                "/kind: `kind` is required: this is a whole object (set `/spec/kind`)",
            ),
            (json!({"apiVersion": "v1", "kind": ""}), "/kind: must not be empty"),
            (json!({"apiVersion": 1, "kind": "Pod"}), "/apiVersion: must be string, and is `1`"),
            (
                json!({"apiVersion": "a/b/c", "kind": "Pod"}),
                "/apiVersion: must be `VERSION` or `GROUP/VERSION`, and is `a/b/c`",
            ),
            (
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"lables": {}}}),
                "/metadata/lables: `lables` is not a field of metadata (did you mean `labels`?)",
            ),
            (
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a/b"}}),
                "/metadata/name: must not be `.` or `..` or hold `/` or `%`, and is `a/b`",
            ),
        ],
    );
    // Without a word on what else there may be, only these three belong to it.
    let plain = json!({"type": "object", "x-kubernetes-embedded-resource": true, "properties": {"spec": {"type": "object"}}});
    rule(
        plain,
        &[json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {}})],
        &[(json!({"apiVersion": "v1", "kind": "Pod", "data": {}}), "/data: `data` is not a field here")],
    );
}

#[test]
fn rules_are_named_where_there_is_a_value() {
    let inner = json!({"type": "object", "x-kubernetes-validations": [{"rule": "self.a < 3", "message": "few"}],
        "properties": {"a": {"type": "integer"}}});
    let schema =
        json!({"type": "object", "properties": {"inner": inner, "list": {"type": "array", "items": inner}}});
    assert!(check(&schema, &json!({})).unchecked.is_empty());
    let checked = check(&schema, &json!({"inner": {"a": 9}, "list": [{}, {}]}));
    assert!(checked.findings.is_empty());
    let told: Vec<_> = checked.unchecked.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "/spec/inner: not checked: `self.a < 3` (few)",
            "/spec/list/0: not checked: `self.a < 3` (few)",
            "/spec/list/1: not checked: `self.a < 3` (few)",
        ]
    );
}
