use super::rule;
use serde_json::json;

#[test]
fn an_undeclared_field_is_refused_with_the_nearest_name() {
    let inner = json!({"type": "object", "properties": {"replicas": {"type": "integer"}}});
    rule(
        json!({"type": "object", "properties": {"pool": inner}}),
        &[json!({"pool": {}})],
        &[
            (
                json!({"pool": {"replica": 3}}),
                "/pool/replica: `replica` is not a field here (did you mean `replicas`?)",
            ),
            (json!({"pool": {"other": 3}}), "/pool/other: `other` is not a field here"),
        ],
    );
    let items = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    rule(
        json!({"type": "array", "items": items}),
        &[json!([{"a": ""}])],
        &[(json!([{"a": ""}, {"bcd": 1}]), "/1/bcd: `bcd` is not a field here")],
    );
}

#[test]
fn undeclared_fields_stay_where_the_schema_says_so_and_only_there() {
    let declared = json!({"type": "object", "properties": {"known": {"type": "string"}}});
    rule(
        json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"declared": declared}}),
        &[json!({"any": {"thing": [null]}})],
        &[
            (json!({"declared": {"other": 1}}), "/declared/other: `other` is not a field here"),
            (json!({"declared": {"known": 1}}), "/declared/known: must be string, and is `1`"),
        ],
    );
    // What a list keeps, its items keep.
    let items = json!({"type": "object", "properties": {"known": {"type": "string"}}});
    rule(
        json!({"type": "array", "x-kubernetes-preserve-unknown-fields": true, "items": items}),
        &[json!([{"other": {"a": 1}}])],
        &[(json!([{"known": 1}]), "/0/known: must be string, and is `1`")],
    );
    rule(
        json!({"x-kubernetes-preserve-unknown-fields": true}),
        &[json!(1), json!([{"a": 1}]), json!({"a": null})],
        &[],
    );
}

#[test]
fn a_free_value_that_is_declared_as_anything_has_no_fields() {
    rule(
        json!({"type": "object", "additionalProperties": true}),
        &[json!({"a": 1, "b": ["c"]})],
        &[
            (json!({"a": {"b": 1}}), "/a/b: `b` is not a field here"),
            (json!({"a": [{"b": 1}]}), "/a/0/b: `b` is not a field here"),
        ],
    );
}

#[test]
fn defaults_are_filled_in_before_anything_is_checked() {
    let inner = json!({"type": "object", "default": {}, "required": ["mode"], "properties": {
        "mode": {"type": "string", "default": "fast"},
    }});
    let schema = json!({"type": "object", "required": ["inner"], "properties": {"inner": inner}});
    rule(
        schema,
        &[json!({}), json!({"inner": {}}), json!({"inner": null}), json!({"inner": {"mode": null}})],
        &[],
    );
    // A default is no better than what somebody writes.
    let wrong = json!({"type": "object", "properties": {"a": {"type": "integer", "default": "x"}}});
    rule(wrong, &[], &[(json!({}), "/a: must be integer, and is `\"x\"`")]);
    let items = json!({"type": "array", "items": {"type": "string", "default": "x"}});
    rule(items, &[json!([null])], &[]);
    let others = json!({"type": "object", "additionalProperties": {"type": "string", "default": "x"}, "minProperties": 1});
    rule(others, &[json!({"a": null})], &[]);
}

#[test]
fn null_falls_away_where_it_is_no_value() {
    let a = json!({"type": "string"});
    rule(json!({"type": "object", "properties": {"a": a}}), &[json!({"a": null})], &[]);
    rule(
        json!({"type": "object", "required": ["a"], "properties": {"a": a}}),
        &[],
        &[(json!({"a": null}), "/a: `a` is required (set `/spec/a`)")],
    );
    let nullable = json!({"type": "string", "nullable": true, "default": "x", "minLength": 5});
    rule(
        json!({"type": "object", "required": ["a"], "properties": {"a": nullable}}),
        &[json!({"a": null})],
        &[(json!({}), "/a: must have at least 5 characters, and has 1")],
    );
    rule(
        json!({"type": "object", "minProperties": 1, "additionalProperties": a}),
        &[],
        &[(json!({"a": null}), ": must have at least 1 members, and has 0")],
    );
}
