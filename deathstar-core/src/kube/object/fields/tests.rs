use super::*;
use serde_json::json;

fn written(manager: &str, operation: &str, fields: Value) -> Written {
    Written {
        manager: manager.into(),
        operation: operation.into(),
        subresource: None,
        api_version: "v1".into(),
        time: None,
        fields,
    }
}

fn applied(fields: Value) -> Vec<Written> {
    vec![written("deathstar", "Apply", fields)]
}

fn laid(want: &Value, seen: &Value, written: &[Written]) -> Value {
    managed(want, seen, &Owners::of(written), Applied::Same)
}

fn exactly(want: &Value, seen: &Value, written: &[Written]) -> Value {
    managed(want, seen, &Owners::of(written), Applied::Other)
}

#[test]
fn defaults_and_fields_of_others_are_no_difference() {
    let want = json!({"spec": {"replicas": 2}});
    let seen =
        json!({"spec": {"replicas": 2, "strategy": "Rolling"}, "metadata": {"labels": {"of": "others"}}});
    let mut all = applied(json!({"f:spec": {"f:replicas": {}}}));
    all.push(written("kubectl", "Update", json!({"f:metadata": {"f:labels": {".": {}, "f:of": {}}}})));
    assert_eq!(laid(&want, &seen, &all), want);
}

#[test]
fn what_is_ours_and_not_declared_any_more_is_a_difference() {
    let want = json!({"spec": {"replicas": 2}});
    let seen = json!({"spec": {"replicas": 2, "paused": true}, "metadata": {"labels": {"a": "1", "b": "2"}}});
    let all = applied(
        json!({"f:spec": {"f:replicas": {}, "f:paused": {}}, "f:metadata": {"f:labels": {"f:a": {}}}}),
    );
    let expected = json!({"spec": {"replicas": 2, "paused": true}, "metadata": {"labels": {"a": "1"}}});
    assert_eq!(laid(&want, &seen, &all), expected);
}

#[test]
fn a_value_that_others_changed_is_a_difference() {
    let want = json!({"spec": {"replicas": 2}});
    let all = [
        written("deathstar", "Apply", json!({})),
        written("kubectl", "Update", json!({"f:spec": {"f:replicas": {}}})),
    ];
    assert_eq!(laid(&want, &json!({"spec": {"replicas": 5}}), &all), json!({"spec": {"replicas": 5}}));
}

#[test]
fn our_updates_are_not_what_we_applied() {
    let all = [written("deathstar", "Update", json!({"f:spec": {"f:paused": {}}}))];
    assert_eq!(laid(&json!({}), &json!({"spec": {"paused": true}}), &all), json!({}));
}

#[test]
fn elements_of_associative_lists_are_told_apart_by_their_keys() {
    let want = json!({"ports": [{"containerPort": 80}, {"containerPort": 81, "name": "b"}]});
    let seen = json!({"ports": [
        {"containerPort": 9, "protocol": "TCP"},
        {"containerPort": 81, "name": "b", "protocol": "TCP"},
        {"containerPort": 80, "protocol": "TCP"},
    ]});
    let key = |port: u32| format!("k:{{\"containerPort\":{port},\"protocol\":\"TCP\"}}");
    let all = [
        written(
            "deathstar",
            "Apply",
            json!({"f:ports": {key(80): {".": {}, "f:containerPort": {}}, key(81): {".": {}, "f:containerPort": {}, "f:name": {}}}}),
        ),
        written("injector", "Update", json!({"f:ports": {key(9): {".": {}, "f:containerPort": {}}}})),
    ];
    assert_eq!(laid(&want, &seen, &all), want);
    let fewer = json!({"ports": [{"containerPort": 80}]});
    let expected = json!({"ports": [{"containerPort": 80}, {"containerPort": 81, "name": "b"}]});
    assert_eq!(laid(&fewer, &seen, &all), expected, "the second is ours and has to go");
}

#[test]
fn elements_of_sets_are_there_or_not() {
    let all = [
        written("deathstar", "Apply", json!({"f:finalizers": {"v:\"a\"": {}, "v:\"b\"": {}}})),
        written("other", "Update", json!({"f:finalizers": {"v:\"c\"": {}}})),
    ];
    let seen = json!({"finalizers": ["c", "a", "b"]});
    assert_eq!(laid(&json!({"finalizers": ["b", "a"]}), &seen, &all), json!({"finalizers": ["b", "a"]}));
    assert_eq!(laid(&json!({"finalizers": ["b"]}), &seen, &all), json!({"finalizers": ["b", "a"]}));
}

#[test]
fn defaults_in_what_is_one_whole_are_a_difference_only_when_something_was_declared_anew() {
    let want = json!({"rules": [{"port": 53}]});
    let seen = json!({"rules": [{"port": 53, "protocol": "TCP"}]});
    let all = applied(json!({"f:rules": {}}));
    assert_eq!(laid(&want, &seen, &all), want);
    assert_eq!(exactly(&want, &seen, &all), seen);
    let other = json!({"rules": [{"port": 54}, {"port": 53}]});
    assert_ne!(laid(&want, &other, &all), want, "another element in its place is a difference");
}

#[test]
fn what_others_put_into_one_whole_of_ours_is_a_difference() {
    let want = json!({"selector": {"zone": "a"}});
    let seen = json!({"selector": {"zone": "a", "disk": "ssd"}});
    let theirs = [
        written("deathstar", "Apply", json!({"f:x": {}})),
        written("kubectl", "Update", json!({"f:selector": {}})),
    ];
    assert_eq!(laid(&want, &seen, &theirs), seen);
    let before = managed(&want, &seen, &Owners::of(&theirs), Applied::Never);
    assert_eq!(before, want, "before we have applied, it is left as it is");
}

#[test]
fn what_the_server_leaves_out_because_it_is_empty_is_no_difference() {
    let want = json!({"env": "", "host": false, "labels": {}, "list": []});
    let all = applied(json!({"f:env": {}, "f:host": {}, "f:labels": {}, "f:list": {}}));
    assert_eq!(laid(&want, &json!({}), &all), want);
    let other = applied(json!({"f:x": {}}));
    let kept = json!({"labels": {}, "list": []});
    assert_eq!(laid(&want, &json!({}), &other), kept, "a value of its own was never written");
}

#[test]
fn equal_amounts_are_no_difference_where_amounts_stand() {
    let want = json!({"limits": {"cpu": "1000m"}, "data": {"cpu": "1000m"}});
    let seen = json!({"limits": {"cpu": "1"}, "data": {"cpu": "1"}});
    let expected = json!({"limits": {"cpu": "1000m"}, "data": {"cpu": "1"}});
    assert_eq!(
        laid(&want, &seen, &applied(json!({"f:limits": {"f:cpu": {}}, "f:data": {"f:cpu": {}}}))),
        expected
    );
}

#[test]
fn what_admission_adds_behind_a_list_that_is_managed_as_a_whole_is_no_difference() {
    let want = json!({"tolerations": [{"key": "spot"}]});
    let seen = json!({"tolerations": [{"key": "spot"}, {"key": "not-ready"}]});
    let all = applied(json!({"f:tolerations": {}}));
    assert_eq!(laid(&want, &seen, &all), want);
    // It is one when we applied something else, when others have the list, and when nobody of us has applied it.
    assert_eq!(exactly(&want, &seen, &all), seen);
    let theirs = [written("kubectl", "Apply", json!({"f:tolerations": {}}))];
    assert_eq!(laid(&want, &seen, &theirs), seen);
    assert_eq!(managed(&want, &seen, &Owners::of(&theirs), Applied::Never), seen);
}
