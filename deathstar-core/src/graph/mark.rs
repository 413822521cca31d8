//! Finding expressions and secrets inside an encoded spec, and putting values in their place.
//!
//! A spec is encoded once. An expression stands in it as `{"$deathstar":{"ref":[..]}}`, a secret as
//! `{"$deathstar":{"secret":..}}`. Since quotes inside JSON strings are escaped, the text `{"$deathstar":` can only be such a mark.

use super::{Address, Expr, Reference, expression::KEY};
use serde::Deserialize;
use serde_json::Value;
use std::{borrow::Cow, ops::Range};

/// One mark and where it stands in the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) at: Range<usize>,
    pub(crate) what: Marked,
}

/// What a mark stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Marked {
    Expr(Expr),
    /// A secret: its number among the node's secrets, or its keyed digest.
    Secret(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Content {
    Secret(String),
    #[serde(untagged)]
    Expr(Expr),
}

/// How every mark begins: the envelope with its one [`KEY`].
const OPENING: &str = "{\"$deathstar\":";

/// All marks of an encoded value, in order.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    let mut found = vec![];
    let mut from = 0;
    while let Some(offset) = next(&text[from..]) {
        let start = from + offset;
        let inner = start + OPENING.len();
        if let Some((reference, length)) = plain_reference(&text[inner..]) {
            from = inner + length;
            found.push(Mark { at: start..from, what: Marked::Expr(Expr::Ref(reference)) });
            continue;
        }
        let mut stream = serde_json::Deserializer::from_str(&text[inner..]).into_iter::<Content>();
        let Some(Ok(content)) = stream.next() else {
            from = inner;
            continue;
        };
        // The envelope's closing brace follows its only member.
        let end = inner + stream.byte_offset() + 1;
        let what = match content {
            Content::Secret(name) => Marked::Secret(name),
            Content::Expr(expr) => Marked::Expr(expr),
        };
        found.push(Mark { at: start..end, what });
        from = end;
    }
    found
}

/// Where the first mark opens. A dollar sign is rarer than anything else in the opening.
fn next(text: &str) -> Option<usize> {
    let opens =
        |dollar: &usize| *dollar >= 2 && text.as_bytes()[dollar - 2..].starts_with(OPENING.as_bytes());
    memchr::memchr_iter(b'$', text.as_bytes()).find(opens).map(|dollar| dollar - 2)
}

/// The reference that a mark without escapes holds, and how long the rest of the mark is; anything else takes the long way.
fn plain_reference(rest: &str) -> Option<(Reference, usize)> {
    let inner = rest.strip_prefix("{\"ref\":[\"")?;
    let (stack, left) = plain_text(inner)?;
    let (at, left) = plain_text(left.strip_prefix(",\"")?)?;
    let (path, left) = plain_text(left.strip_prefix(",\"")?)?;
    let left = left.strip_prefix("]}}")?;
    let reference =
        Reference { stack: stack.into(), import: false, at: Address::unchecked(at), path: path.into() };
    Some((reference, rest.len() - left.len()))
}

/// A text up to its closing quote, when nothing in it is escaped, and what follows.
fn plain_text(from: &str) -> Option<(&str, &str)> {
    let end = memchr::memchr2(b'"', b'\\', from.as_bytes())?;
    (from.as_bytes()[end] == b'"').then(|| (&from[..end], &from[end + 1..]))
}

/// Room for most values in the place of a mark, in bytes.
const USUAL_VALUE: usize = 64;

/// The text with each mark replaced by what `put` writes; `put` answers `false` to leave a mark as it is.
pub(crate) fn splice<'t>(
    text: &'t str,
    marks: &[Mark],
    mut put: impl FnMut(&Mark, &mut String) -> bool,
) -> Cow<'t, str> {
    if marks.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut value) = (String::new(), String::with_capacity(USUAL_VALUE));
    let mut from = 0;
    for mark in marks {
        value.clear();
        if put(mark, &mut value) {
            if from == 0 {
                out.reserve(text.len() + value.len());
            }
            out.push_str(&text[from..mark.at.start]);
            out.push_str(&value);
            from = mark.at.end;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// Whether a value is a mark: what stands in its place is an expression or a secret.
#[cfg(feature = "kube")]
pub(crate) fn is_mark(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.len() == 1 && members.contains_key(KEY))
}

/// Whether a value holds an expression that is not known yet.
pub(crate) fn pending(value: &Value) -> bool {
    match value {
        Value::Object(map) => match map.get(KEY) {
            Some(mark) if map.len() == 1 => mark.get("secret").is_none(),
            _ => map.values().any(pending),
        },
        Value::Array(items) => items.iter().any(pending),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Address, Input, Reference};
    use proptest::prelude::*;

    fn reference(at: &str, path: &str) -> Expr {
        Expr::Ref(Reference {
            stack: "s".into(),
            import: false,
            at: Address::unchecked(at),
            path: path.into(),
        })
    }

    #[test]
    fn marks_are_found_and_replaced() {
        let spec = (
            "{\"$deathstar\":1}",
            Input::<String>::Pending(reference("a", "/id")),
            Input::<u8>::Pending(Expr::Call(
                "f".into(),
                vec![reference("b", "/outputs/x"), Expr::Lit(3.into())],
            )),
        );
        let text = serde_json::to_string(&spec).unwrap();
        let found = marks(&text);
        assert_eq!(found.len(), 2, "{text}");
        assert_eq!(found[0].what, Marked::Expr(reference("a", "/id")));
        let all = splice(&text, &found, |_, out| {
            out.push('7');
            true
        });
        assert_eq!(all, "[\"{\\\"$deathstar\\\":1}\",7,7]");
        assert_eq!(splice(&text, &found, |_, _| false), text);
    }

    #[test]
    fn a_place_is_told_by_what_stands_in_it() {
        use crate::{Sensitive, graph::Encoded};
        let of = |value: serde_json::Value| Encoded::of(&value);
        let expr = reference("a", "/id");
        let input = serde_json::to_value(Input::<u8>::Pending(expr.clone())).unwrap();
        assert_eq!(of(input.clone()), Encoded::Expression(expr));
        assert_eq!(of(serde_json::to_value(Sensitive::new(1)).unwrap()), Encoded::Secret);
        for plain in [serde_json::json!({"a": input}), serde_json::json!({"$deathstar": 1}), 1.into()] {
            assert_eq!(of(plain), Encoded::Plain);
        }
    }

    proptest! {
        #[test]
        fn any_reference_is_found_as_it_was_written(
            parts in [r#"[a-z/\\"\]},é$]{0,12}"#, r#"[a-z/\\"\]},é$]{0,12}"#, r#"[a-z/\\"\]},é$]{0,12}"#],
            import in any::<bool>(),
        ) {
            let [stack, at, path] = &parts;
            let expr = Expr::Ref(Reference {
                stack: stack.as_str().into(),
                import,
                at: Address::unchecked(at),
                path: path.as_str().into(),
            });
            let text = serde_json::to_string(&("é$", Input::<u8>::Pending(expr.clone()), path)).unwrap();
            let found = marks(&text);
            prop_assert_eq!(found.len(), 1, "{}", text);
            prop_assert_eq!(&found[0].what, &Marked::Expr(expr));
            let rest = splice(&text, &found, |_, out| {
                out.push('7');
                true
            });
            prop_assert_eq!(rest, serde_json::to_string(&("é$", 7, path)).unwrap());
        }

        #[test]
        fn no_text_of_a_user_is_taken_for_a_mark(text in ".*", key in "[$a-z]{0,12}") {
            let value = serde_json::json!({ key: text, "list": ["{\"$deathstar\":{\"ref\":[\"a\",\"b\",\"c\"]}}"] });
            let encoded = serde_json::to_string(&value).unwrap();
            prop_assert!(marks(&encoded).is_empty());
        }
    }
}
