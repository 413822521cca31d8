//! Finding expressions and secrets inside an encoded spec, and putting values in their place.
//!
//! A spec is encoded once. An expression stands in it as `{"$deathstar":{"ref":[..]}}`, a secret as
//! `{"$deathstar":{"secret":..}}`. Since quotes inside JSON strings are escaped, the text `{"$deathstar":` can only be such a mark.

use super::{Expr, expression::KEY};
use serde::Deserialize;
use serde_json::Value;
use std::ops::Range;

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

/// All marks of an encoded value, in order.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    let mut found = vec![];
    let mut from = 0;
    let opening = format!("{{\"{KEY}\":");
    let finder = memchr::memmem::Finder::new(opening.as_bytes());
    while let Some(offset) = finder.find(&text.as_bytes()[from..]) {
        let start = from + offset;
        let inner = start + opening.len();
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

/// The text with each mark replaced by what `put` writes; `put` answers `false` to leave a mark as it is.
pub(crate) fn splice(text: &str, marks: &[Mark], mut put: impl FnMut(&Mark, &mut String) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks {
        out.push_str(&text[from..mark.at.start]);
        let before = out.len();
        if !put(mark, &mut out) {
            out.truncate(before);
            out.push_str(&text[mark.at.clone()]);
        }
        from = mark.at.end;
    }
    out.push_str(&text[from..]);
    out
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

    proptest! {
        #[test]
        fn no_text_of_a_user_is_taken_for_a_mark(text in ".*", key in "[$a-z]{0,12}") {
            let value = serde_json::json!({ key: text, "list": ["{\"$deathstar\":{\"ref\":[\"a\",\"b\",\"c\"]}}"] });
            let encoded = serde_json::to_string(&value).unwrap();
            prop_assert!(marks(&encoded).is_empty());
        }
    }
}
