use super::rule;
use serde_json::json;

fn two() -> serde_json::Value {
    json!({"a": {"type": "integer"}, "b": {"type": "integer"}})
}

#[test]
fn all_forms_fit() {
    let all = json!([{"required": ["a"]}, {"properties": {"a": {"minimum": 2}}}]);
    rule(
        json!({"type": "object", "properties": two(), "allOf": all}),
        &[json!({"a": 2})],
        &[
            (json!({"a": 1}), "/a: must be at least 2, and is 1"),
            (json!({"b": 1}), "/a: `a` is required (set `/spec/a`)"),
        ],
    );
}

#[test]
fn any_form_fits() {
    let any = json!([{"required": ["a"]}, {"required": ["b"]}]);
    rule(
        json!({"type": "object", "properties": two(), "anyOf": any}),
        &[json!({"a": 1}), json!({"b": 1}), json!({"a": 1, "b": 1})],
        &[(json!({}), ": none of the allowed forms fits: `a` is required; or `b` is required")],
    );
}

#[test]
fn one_form_fits_and_no_other() {
    let one = json!([{"required": ["a"]}, {"required": ["b"]}]);
    rule(
        json!({"type": "object", "properties": two(), "oneOf": one}),
        &[json!({"a": 1}), json!({"b": 1})],
        &[
            (json!({}), ": none of the forms fits, of which one must: `a` is required; or `b` is required"),
            (
                json!({"a": 1, "b": 1}),
                ": only one of these forms may fit: an object with `a`; an object with `b`",
            ),
        ],
    );
}

#[test]
fn what_must_not_fit_does_not() {
    let not = json!({"required": ["a", "b"]});
    rule(
        json!({"type": "object", "properties": two(), "not": not}),
        &[json!({"a": 1}), json!({})],
        &[(json!({"a": 1, "b": 1}), ": must not be an object with `a`, `b`")],
    );
    rule(
        json!({"type": "string", "not": {"enum": ["x"]}}),
        &[json!("y")],
        &[(json!("x"), ": must not be `\"x\"`")],
    );
}

#[test]
fn forms_add_no_fields() {
    let any = json!([{"properties": {"c": {"minimum": 1}}}]);
    rule(
        json!({"type": "object", "properties": two(), "anyOf": any}),
        &[json!({"a": 1})],
        &[(json!({"c": 1}), "/c: `c` is not a field here (did you mean `a`?)")],
    );
}
