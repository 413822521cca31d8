use super::{found, mark, rule};
use serde_json::{Value, json};

#[test]
fn what_is_not_known_is_not_judged() {
    for schema in [
        json!({"type": "string", "pattern": "^a$", "enum": ["a"]}),
        json!({"type": "object", "required": ["a"]}),
        json!({"type": "object", "not": {"required": ["$deathstar"]}}),
        json!({"x-kubernetes-int-or-string": true, "minimum": 3}),
    ] {
        assert_eq!(found(&schema, &mark()), [""; 0], "{schema}");
        assert_eq!(found(&schema, &json!({"$deathstar": {"secret": "1"}})), [""; 0], "{schema}");
    }
}

#[test]
fn what_is_not_known_counts_as_there() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string", "default": "x"}, "list": {"type": "array", "maxItems": 1, "items": {"type": "string"}},
    }});
    rule(
        schema,
        &[json!({"a": mark()}), json!({"a": "", "list": [mark()]})],
        &[(json!({"list": [mark(), mark()]}), "/list: must have at most 1 items, and has 2")],
    );
}

#[test]
fn what_is_known_around_it_is_judged() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
    assert_eq!(found(&schema, &json!({"a": mark(), "b": 1})), ["/b: must be string, and is `1`"]);
}

fn of_a(schemas: &Value, keyword: &str) -> Value {
    json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, keyword: schemas})
}

#[test]
fn a_form_that_depends_on_it_is_left_open() {
    let open = |text: &str| json!({"properties": {"a": {"enum": [text]}}, "required": ["a"]});
    let spec = json!({"a": mark()});
    let with_b = json!({"a": mark(), "b": ""});
    for keyword in ["anyOf", "oneOf"] {
        let schema = of_a(&json!([open("x"), open("y")]), keyword);
        assert_eq!(found(&schema, &spec), [""; 0], "{keyword}");
        assert_eq!(found(&schema, &json!({})).len(), 1, "{keyword}");
    }
    assert_eq!(found(&of_a(&open("x"), "not"), &spec), [""; 0]);
    // One form fits and another may: only all values tell.
    assert_eq!(found(&of_a(&json!([{"required": ["b"]}, open("x")]), "oneOf"), &with_b), [""; 0]);
    // Two forms fit whatever it is.
    let two = json!([{"required": ["b"]}, {"required": ["a"]}, open("x")]);
    assert_eq!(found(&of_a(&two, "oneOf"), &with_b).len(), 1);
    // A form that only asks that it is there does not depend on its value.
    let presence = json!({"required": ["a"], "properties": {"a": {}}});
    assert_eq!(found(&of_a(&presence, "not"), &spec).len(), 1);
    // An open form inside a form leaves that open too.
    assert_eq!(found(&of_a(&json!({"anyOf": [open("x")]}), "not"), &spec), [""; 0]);
    assert_eq!(found(&of_a(&json!({"oneOf": [open("x")]}), "not"), &spec), [""; 0]);
    assert_eq!(found(&of_a(&json!({"not": open("x")}), "not"), &spec), [""; 0]);
}

#[test]
fn a_choice_of_whole_values_is_left_open() {
    let schema = json!({"type": "array", "items": {"type": "string"}, "enum": [["a"]]});
    assert_eq!(found(&schema, &json!([mark()])), [""; 0]);
    assert_eq!(found(&schema, &json!(["b"])).len(), 1);
}

#[test]
fn items_that_are_not_known_are_not_the_same() {
    let set = json!({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}});
    assert_eq!(found(&set, &json!([mark(), mark()])), [""; 0]);
    let items = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let map = json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"], "items": items});
    assert_eq!(found(&map, &json!([{"name": mark()}, {"name": mark()}])), [""; 0]);
}
