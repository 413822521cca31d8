use super::*;
use crate::kube::object::Written;
use serde_json::json;

fn object(body: Value) -> Object {
    let mut object = Object::from_value(json!({"apiVersion": "apps/v1", "kind": "Deployment"}));
    object.body = body;
    object
}

fn written(manager: &str, operation: &str, through: Option<&str>, time: &str, fields: Value) -> Written {
    Written {
        manager: manager.into(),
        operation: operation.into(),
        subresource: through.map(str::to_owned),
        api_version: "apps/v1".into(),
        time: Some(time.into()),
        fields,
    }
}

/// What differs, as it is shown.
fn told(seen: Value, want: Value, by: Vec<Written>) -> Vec<String> {
    let mut seen = object(seen);
    seen.written = Some(by);
    let line = |part: Part| {
        let by = part.by.map_or_else(String::new, |by| format!(" ({by})"));
        format!("{}: {} -> {}{by}", part.path, part.before, part.after)
    };
    parts(&object(want), &seen, "body").into_iter().map(line).collect()
}

#[test]
fn places_are_told_with_who_wrote_them() {
    let seen = json!({"spec": {"replicas": 3, "paused": true, "strategy": {"type": "Recreate"}}});
    let want = json!({"spec": {"replicas": 2, "strategy": {"type": "RollingUpdate"}, "minReadySeconds": 5}});
    let ours = json!({"f:spec": {"f:paused": {}, "f:strategy": {"f:type": {}}}});
    let all = vec![
        written("deathstar", "Apply", None, "2026-01-01T00:00:00Z", ours),
        written(
            "kubectl",
            "Update",
            Some("scale"),
            "2026-01-02T00:00:00Z",
            json!({"f:spec": {"f:replicas": {}}}),
        ),
        written("editor", "Update", None, "2026-01-03T00:00:00Z", json!({"f:spec": {"f:strategy": {}}})),
    ];
    assert_eq!(
        told(seen, want, all),
        [
            "spec.minReadySeconds: null -> 5",
            "spec.paused: true -> null",
            "spec.replicas: 3 -> 2 (kubectl, Update of scale, 2026-01-02T00:00:00Z)",
            "spec.strategy.type: \"Recreate\" -> \"RollingUpdate\" (editor, Update, 2026-01-03T00:00:00Z)",
        ]
    );
}

#[test]
fn elements_are_told_by_their_keys() {
    let seen = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]});
    let want = json!({"containers": [{"name": "b", "image": "2"}, {"name": "c", "image": "1"}]});
    let by = json!({"f:containers": {"k:{\"name\":\"b\"}": {".": {}, "f:image": {}}}});
    let all = vec![written("other", "Apply", None, "t", by)];
    assert_eq!(
        told(seen, want, all),
        [
            "containers[name=b].image: \"1\" -> \"2\" (other, Apply, t)",
            "containers[name=c]: null -> {\"image\":\"1\",\"name\":\"c\"}",
            "containers[name=a]: {\"image\":\"1\",\"name\":\"a\"} -> null",
        ]
    );
}

#[test]
fn a_key_that_is_a_default_does_not_part_an_element_from_itself() {
    let seen = json!({"ports": [{"port": 80, "targetPort": 1}]});
    let want = json!({"ports": [{"port": 80, "targetPort": 2}]});
    let by = json!({"f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {"f:targetPort": {}}}});
    assert_eq!(
        told(seen, want, vec![written("x", "Update", None, "t", by)]),
        ["ports[port=80].targetPort: 1 -> 2 (x, Update, t)"]
    );
}

#[test]
fn members_of_sets_are_there_or_not() {
    let by = json!({"f:finalizers": {"v:\"a\"": {}, "v:\"b\"": {}}});
    assert_eq!(
        told(
            json!({"finalizers": ["a", "b"]}),
            json!({"finalizers": ["b", "c"]}),
            vec![written("x", "Update", None, "t", by)]
        ),
        ["finalizers[a]: \"a\" -> null (x, Update, t)", "finalizers[c]: null -> \"c\""]
    );
}

#[test]
fn lists_without_keys_are_told_by_number_and_a_change_of_order_is_one() {
    assert_eq!(
        told(json!({"args": ["a", "b"]}), json!({"args": ["a", "c", "d"]}), vec![]),
        ["args[1]: \"b\" -> \"c\"", "args[2]: null -> \"d\""]
    );
    let (one, other) = (json!([{"name": "a"}, {"name": "b"}]), json!([{"name": "b"}, {"name": "a"}]));
    let text = format!("env: {one} -> {other}");
    assert_eq!(told(json!({"env": one}), json!({"env": other}), vec![]), [text]);
}

#[test]
fn names_that_are_no_words_stand_in_brackets() {
    let seen = json!({"metadata": {"annotations": {"example.com/role": "a"}}});
    let want = json!({"metadata": {"annotations": {"example.com/role": "b"}}});
    assert_eq!(told(seen, want, vec![]), ["metadata.annotations[example.com/role]: \"a\" -> \"b\""]);
}

#[test]
fn what_is_known_after_apply_is_one_value() {
    let pending = json!({"$deathstar": {"ref": ["s", "a", "/id"]}});
    let want = json!({"data": {"a": pending}});
    assert_eq!(
        told(json!({"data": {"a": {"b": 1}}}), want, vec![]),
        [format!("data.a: {{\"b\":1}} -> {pending}")]
    );
}
