use super::{check, rule};
use serde_json::json;

#[test]
fn types_are_kept() {
    rule(json!({"type": "string"}), &[json!("a")], &[(json!(1), ": must be string, and is `1`")]);
    rule(
        json!({"type": "integer"}),
        &[json!(1), json!(1.0)],
        &[(json!(1.5), ": must be integer, and is `1.5`"), (json!("1"), ": must be integer, and is `\"1\"`")],
    );
    rule(
        json!({"type": "number"}),
        &[json!(1), json!(1.5)],
        &[(json!(true), ": must be number, and is `true`")],
    );
    rule(json!({"type": "boolean"}), &[json!(false)], &[(json!("no"), ": must be boolean, and is `\"no\"`")]);
    rule(
        json!({"type": "array", "items": {"type": "string"}}),
        &[json!([]), json!(["a"])],
        &[(json!({}), ": must be array, and is `{}`"), (json!(["a", 1]), "/1: must be string, and is `1`")],
    );
    rule(json!({"type": "object"}), &[json!({})], &[(json!([]), ": must be object, and is `[]`")]);
}

#[test]
fn an_integer_or_text_is_one_of_both() {
    rule(
        json!({"x-kubernetes-int-or-string": true, "pattern": "^[0-9]+%?$"}),
        &[json!(1), json!("50%")],
        &[
            (json!(1.5), ": must be string or integer, and is `1.5`"),
            (json!("half"), ": must match `^[0-9]+%?$`, and is `\"half\"`"),
        ],
    );
    let both = json!([{"type": "integer"}, {"type": "string"}]);
    rule(json!({"x-kubernetes-int-or-string": true, "anyOf": both}), &[json!(1), json!("1")], &[]);
}

#[test]
fn null_is_a_value_only_where_it_may_be() {
    let list = |nullable| json!({"type": "array", "items": {"type": "string", "nullable": nullable}});
    rule(list(true), &[json!([null])], &[]);
    rule(list(false), &[], &[(json!([null]), "/0: must be string, and is `null`")]);
    let choice = json!({"type": "array", "items": {"type": "string", "nullable": true, "enum": ["a", null]}});
    rule(
        choice,
        &[json!(["a"])],
        &[(json!([null]), "/0: must be string, one of `\"a\"`, `null`, and is `null`")],
    );
}

#[test]
fn choices_are_kept_and_the_nearest_is_told() {
    rule(
        json!({"type": "string", "enum": ["Always", "Never"]}),
        &[json!("Never")],
        &[
            (
                json!("always"),
                ": must be string, one of `\"Always\"`, `\"Never\"`, and is `\"always\"` (did you mean `Always`?)",
            ),
            (json!("x"), ": must be string, one of `\"Always\"`, `\"Never\"`, and is `\"x\"`"),
        ],
    );
    rule(
        json!({"type": "number", "enum": [1]}),
        &[json!(1), json!(1.0)],
        &[(json!(2), ": must be number, `1`, and is `2`")],
    );
}

#[test]
fn numbers_stay_in_their_range() {
    rule(
        json!({"type": "integer", "minimum": 1, "maximum": 3}),
        &[json!(1), json!(3)],
        &[(json!(0), ": must be at least 1, and is 0"), (json!(4), ": must be at most 3, and is 4")],
    );
    rule(
        json!({"type": "number", "minimum": 1, "maximum": 3, "exclusiveMinimum": true, "exclusiveMaximum": true}),
        &[json!(1.01), json!(2.99), json!(2)],
        &[(json!(1), ": must be more than 1, and is 1"), (json!(3.0), ": must be less than 3, and is 3.0")],
    );
    rule(
        json!({"type": "number", "maximum": 0.5}),
        &[json!(0.5)],
        &[(json!(1), ": must be at most 0.5, and is 1")],
    );
    // A float would not tell these apart.
    let large = i64::MAX - 1;
    rule(
        json!({"type": "integer", "maximum": 4_503_599_627_370_496_i64}),
        &[json!(4_503_599_627_370_496_i64)],
        &[(json!(large), ": must be at most 4503599627370496, and is 9223372036854775806")],
    );
}

#[test]
fn multiples_are_exact_for_integers_and_nearly_so_for_floats() {
    rule(
        json!({"type": "integer", "multipleOf": 3}),
        &[json!(9), json!(-3), json!(0)],
        &[
            (json!(10), ": must be a multiple of 3, and is 10"),
            (json!(9_223_372_036_854_775_807_i64), ": must be a multiple of 3, and is 9223372036854775807"),
        ],
    );
    rule(
        json!({"type": "number", "multipleOf": 0.1}),
        &[json!(0.3), json!(0.7), json!(0), json!(2)],
        &[(json!(0.35), ": must be a multiple of 0.1, and is 0.35")],
    );
}

#[test]
fn lengths_count_code_points() {
    rule(
        json!({"type": "string", "minLength": 2, "maxLength": 3}),
        &[json!("éé"), json!("ééé")],
        &[
            (json!("é"), ": must have at least 2 characters, and has 1"),
            (json!("éééé"), ": must have at most 3 characters, and has 4"),
        ],
    );
}

#[test]
fn patterns_match_somewhere() {
    rule(
        json!({"type": "string", "pattern": "b+"}),
        &[json!("abc")],
        &[(json!("ac"), ": must match `b+`, and is `\"ac\"`")],
    );
    let unreadable = check(&json!({"type": "string", "pattern": "(?=a)"}), &json!("b"));
    assert!(unreadable.findings.is_empty());
    assert_eq!(
        unreadable.unchecked[0].to_string(),
        "/spec: not checked: `pattern: (?=a)` (the pattern cannot be read)"
    );
}

#[test]
fn formats_are_checked_where_the_server_does() {
    rule(
        json!({"type": "string", "format": "date-time"}),
        &[json!("2024-01-02T03:04:05Z")],
        &[(json!("today"), ": must have the format `date-time`, and is `\"today\"`")],
    );
    rule(json!({"type": "string", "format": "quantity"}), &[json!("anything")], &[]);
    let isbn = check(&json!({"type": "string", "format": "isbn"}), &json!("x"));
    assert!(isbn.findings.is_empty());
    assert_eq!(isbn.unchecked[0].rule, "format: isbn");
}

#[test]
fn a_number_beyond_its_format_is_named_since_no_server_refuses_it() {
    let schema = json!({"type": "integer", "format": "int32"});
    let checked = check(&schema, &json!(3_000_000_000_i64));
    assert!(checked.findings.is_empty());
    assert_eq!(checked.unchecked[0].rule, "format: int32");
    assert!(check(&schema, &json!(3)).unchecked.is_empty());
    assert!(
        check(&json!({"type": "integer", "format": "int64"}), &json!(3_000_000_000_i64)).unchecked.is_empty()
    );
}

#[test]
fn lists_and_objects_are_counted() {
    rule(
        json!({"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer"}}),
        &[json!([1]), json!([1, 1])],
        &[
            (json!([]), ": must have at least 1 items, and has 0"),
            (json!([1, 2, 3]), ": must have at most 2 items, and has 3"),
        ],
    );
    let of = json!({"type": "integer"});
    rule(
        json!({"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": of}),
        &[json!({"a": 1})],
        &[
            (json!({}), ": must have at least 1 members, and has 0"),
            (json!({"a": 1, "b": 2, "c": 3}), ": must have at most 2 members, and has 3"),
            (json!({"a": "1"}), "/a: must be integer, and is `\"1\"`"),
        ],
    );
}

#[test]
fn what_is_required_is_there() {
    let schema = json!({"type": "object", "required": ["a/b"], "properties": {"a/b": {"type": "string"}}});
    rule(schema, &[json!({"a/b": ""})], &[(json!({}), "/a~1b: `a/b` is required (set `/spec/a~1b`)")]);
}
