//! What means the same is the same, and what does not is not.

use super::*;
use deathstar_core::{Diagnostic, Input, Output};
use proptest::prelude::*;

fn read(json: &str) -> PolicyDocument {
    PolicyDocument::from_json(json).unwrap()
}

fn codes(document: &PolicyDocument, for_use: PolicyUse) -> Vec<String> {
    document.validate(for_use, "/document").into_iter().map(|Diagnostic { code, .. }| code).collect()
}

#[test]
fn texts_that_mean_the_same_are_equal() {
    let one = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":["b","a"]}}"#;
    let other = r#"{ "Statement": [ {"Resource":["a","b","a"], "Action":["s3:GetObject"], "Effect":"Allow"} ], "Version":"2012-10-17"}"#;
    assert_eq!(read(one), read(other));
    assert_eq!(read(one).to_json(), read(other).to_json());
    for (one, other) in [
        (r#""*""#, r#"{"AWS":"*"}"#),
        (r#""*""#, r#"{"AWS":["*"]}"#),
        (r#"{"AWS":"123456789012"}"#, r#"{"AWS":["arn:aws-cn:iam::123456789012:root"]}"#),
        (r#"{"Service":["b","a"]}"#, r#"{"Service":["a","b"]}"#),
    ] {
        let of = |principal: &str| {
            read(&format!(r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},"Action":"*"}}}}"#))
        };
        assert_eq!(of(one), of(other), "{one} {other}");
    }
    let condition = |value: &str| {
        read(&format!(
            r#"{{"Statement":{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"Bool":{{"k":{value}}}}}}}}}"#
        ))
    };
    assert_eq!(condition("false"), condition(r#"["false"]"#));
    assert_eq!(condition("7"), condition(r#""7""#));
}

#[test]
fn texts_that_mean_something_else_differ() {
    let base =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"a"}]}"#;
    for other in [
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"a"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"a"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"s3:GetObject","Resource":"a"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","NotResource":"a"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Action":"s3:GetObject","Resource":"a"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"a","Condition":{"Null":{"k":"true"}}}]}"#,
    ] {
        assert_ne!(read(base), read(other), "{other}");
    }
    assert_eq!(
        read(r#"{"Statement":[]}"#),
        read(r#"{"Version":"2008-10-17","Statement":[]}"#),
        "documents that name no version are of the older one"
    );
}

#[test]
fn what_is_no_policy_is_refused_and_shown() {
    for wrong in [
        "",
        "[]",
        "{\"Statement\":[{\"Effect\":\"Maybe\"}]}",
        r#"{"Version":"2012-10-17","Statement":[],"Extra":1}"#,
    ] {
        assert!(PolicyDocument::from_json(wrong).is_err(), "{wrong}");
    }
}

#[cfg(feature = "client")]
#[test]
fn what_cannot_be_read_differs_from_what_can_be_declared() {
    let seen = PolicyDocument::seen("{x");
    assert!(seen.to_json().contains("{x"));
    assert!(codes(&seen, PolicyUse::Managed).contains(&"policy.empty".to_owned()));
}

#[test]
fn a_statement_grows_by_parts() {
    let statement = Statement::allow("a:B")
        .and_action("a:A")
        .sid("Parts")
        .on("r2")
        .on("r1")
        .by(Principal::service("ec2.amazonaws.com"))
        .by(Principal::arn("arn:aws:iam::123456789012:root"))
        .when("StringEquals", "k", "2")
        .when("StringEquals", "k", "1");
    let expected = concat!(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Parts","Effect":"Allow","#,
        r#""Principal":{"AWS":"123456789012","Service":"ec2.amazonaws.com"},"Action":["a:A","a:B"],"Resource":["r1","r2"],"#,
        r#""Condition":{"StringEquals":{"k":["1","2"]}}}]}"#
    );
    assert_eq!(PolicyDocument::of([statement]).to_json(), expected);
    let all_but = Statement::deny_all_but(["a:A"]).and_action("a:B").on("r").on_all_but(["s"]);
    let all_but = all_but.by(Principal::Everyone).by_all_but(Principal::account("123456789012"));
    let expected = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"123456789012"},"NotAction":["a:A","a:B"],"NotResource":"s"}"#;
    assert_eq!(serde_json::to_string(&all_but).unwrap(), expected);
}

#[test]
fn results_of_other_resources_may_stand_in_it() {
    let output: Output<u8> = Output::import("other", "arn");
    let document = PolicyDocument::of([Statement::allow("a:A").on(&output).on("known")]);
    assert!(!document.is_known());
    let text = document.to_json();
    assert_eq!(read(&text), document);
    let resolved = text.replace(&serde_json::to_string(&Input::<u8>::from(output)).unwrap(), "\"zzz\"");
    assert_eq!(read(&resolved), PolicyDocument::of([Statement::allow("a:A").on_all(["zzz", "known"])]));
}

#[test]
fn findings_follow_from_the_use() {
    let may = PolicyDocument::of([Statement::allow("a:A").on("*")]);
    let trust = PolicyDocument::trusting(Principal::service("ec2.amazonaws.com"));
    let key = PolicyDocument::of([Statement::allow("kms:*")
        .on("*")
        .by(Principal::account("123456789012"))
        .sid("Who may")]);
    assert!(codes(&may, PolicyUse::Managed).is_empty() && codes(&may, PolicyUse::Inline).is_empty());
    assert!(codes(&trust, PolicyUse::Trust).is_empty());
    assert!(codes(&key, PolicyUse::Key).is_empty());
    assert_eq!(codes(&may, PolicyUse::Trust), ["policy.statement", "policy.statement"]);
    assert_eq!(codes(&trust, PolicyUse::Managed), ["policy.statement", "policy.statement"]);
    assert_eq!(codes(&key, PolicyUse::Managed), ["policy.sid", "policy.statement"]);
    assert_eq!(codes(&PolicyDocument::of([]), PolicyUse::Key), ["policy.empty"]);
    let twice = may
        .clone()
        .and(Statement::allow("a:A").sid("x").on("*"))
        .and(Statement::deny("a:B").sid("x").on("*"));
    assert_eq!(codes(&twice, PolicyUse::Managed), ["policy.sid"]);
    let none: [&str; 0] = [];
    assert_eq!(
        codes(&PolicyDocument::of([Statement::allow_all(none).on("*")]), PolicyUse::Managed),
        ["policy.statement"]
    );
    let both = read(r#"{"Statement":{"Effect":"Deny","Action":"a:A","NotAction":"a:B","Resource":"*"}}"#);
    assert_eq!(codes(&both, PolicyUse::Managed), ["policy.statement"]);
    for (action, right) in [
        ("*", true),
        ("s3:*", true),
        ("s3:Get?bject", true),
        ("s3", false),
        ("s3:", false),
        (":Get", false),
        ("s3:Get Object", false),
    ] {
        assert_eq!(
            codes(&PolicyDocument::of([Statement::allow(action).on("*")]), PolicyUse::Managed).is_empty(),
            right,
            "{action}"
        );
    }
}

#[test]
fn a_policy_has_a_longest_length_and_white_space_is_not_counted() {
    let of = |length: usize| PolicyDocument::of([Statement::allow("a:A").on("x".repeat(length) + "   ")]);
    let rest = of(0).to_json().len() - 3;
    assert!(codes(&of(6_144 - rest), PolicyUse::Managed).is_empty());
    assert_eq!(codes(&of(6_145 - rest), PolicyUse::Managed), ["policy.length"]);
    assert!(codes(&of(6_145 - rest), PolicyUse::Inline).is_empty());
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z]{1,3}", 1..4)
}

proptest! {
    /// The order of lists and of statements means nothing, and neither does the encoding.
    #[test]
    fn order_means_nothing(statements in prop::collection::vec((texts(), texts(), texts()), 0..4), turn in 0_usize..4) {
        let of = |(actions, resources, values): &(Vec<String>, Vec<String>, Vec<String>), turn: usize| {
            let turned = |all: &Vec<String>| {
                let mut all = all.clone();
                let by = turn % all.len();
                all.rotate_left(by);
                all
            };
            Statement::allow_all(turned(actions)).on_all(turned(resources)).when_any("StringLike", "k", turned(values))
        };
        let one: PolicyDocument = statements.iter().map(|statement| of(statement, 0)).collect();
        let other: PolicyDocument = statements.iter().rev().map(|statement| of(statement, turn)).collect();
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(read(&one.to_json()), other);
    }
}
