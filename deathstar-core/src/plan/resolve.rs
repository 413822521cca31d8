//! Putting values in the place of expressions, on encoded text.

use crate::{
    Error, Result,
    driver::Catalogue,
    graph::{Expr, Mark, Marked, Reference, splice},
};
use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};
use std::{borrow::Cow, fmt};

/// Where the values of references come from.
pub(crate) trait Values {
    /// The JSON text of a reference's value; none while it is not known.
    fn value(&self, reference: &Reference) -> Option<Cow<'_, str>>;
    /// Whether a reference's value may stay what it was although it is not known now.
    fn catalogue(&self) -> &Catalogue;
}

/// A text in which expressions were replaced as far as they are known.
#[derive(Debug)]
pub(crate) struct Resolved<'t> {
    /// Owned when something was replaced.
    pub(crate) text: Cow<'t, str>,
    /// Whether everything is known.
    pub(crate) complete: bool,
}

/// Replaces the expressions and the secrets of a text.
///
/// # Errors
/// When a function of the catalogue is missing or fails.
pub(crate) fn resolve<'t>(
    text: &'t str,
    marks: &[Mark],
    values: &impl Values,
    secret: impl Fn(&str) -> String,
) -> Result<Resolved<'t>> {
    let (mut complete, mut failure) = (true, None);
    let text = splice(text, marks, |mark, out| match &mark.what {
        Marked::Secret(name) => {
            out.push_str("{\"$deathstar\":{\"secret\":\"");
            out.push_str(&secret(name));
            out.push_str("\"}}");
            true
        }
        Marked::Expr(expr) => match value_of(expr, values) {
            Ok(Some(value)) => {
                out.push_str(&value);
                true
            }
            Ok(None) => {
                complete = false;
                false
            }
            Err(error) => {
                failure = Some(error);
                false
            }
        },
    });
    failure.map_or(Ok(Resolved { text, complete }), Err)
}

/// The JSON text of an expression's value; none while it is not known.
pub(crate) fn value_of<'v>(expr: &Expr, values: &'v impl Values) -> Result<Option<Cow<'v, str>>> {
    match expr {
        Expr::Lit(value) => Ok(Some(value.to_string().into())),
        Expr::Ref(reference) => Ok(values.value(reference)),
        Expr::Call(name, args) => {
            let mut known = Vec::with_capacity(args.len());
            for arg in args {
                let Some(text) = value_of(arg, values)? else { return Ok(None) };
                let value: Value = serde_json::from_str(&text)
                    .map_err(|error| Error::internal("an argument cannot be read").because(error))?;
                if crate::graph::pending(&value) {
                    return Ok(None);
                }
                known.push(value);
            }
            let function = values.catalogue().named(name).ok_or_else(|| {
                Error::internal(format!("the catalogue has no function `{name}`"))
                    .hint("add it with `Catalogue::function`")
            })?;
            Ok(Some(function(&known)?.to_string().into()))
        }
    }
}

/// The JSON text at a pointer inside a JSON text, without building a tree.
pub(crate) fn fragment<'t>(text: &'t str, pointer: &str) -> Option<&'t str> {
    if pointer.is_empty() {
        return Some(text);
    }
    let (segment, rest) = pointer.strip_prefix('/')?.split_once('/').map_or_else(
        || (&pointer[1..], ""),
        |(segment, rest)| (segment, &pointer[pointer.len() - rest.len() - 1..]),
    );
    let unescaped;
    let segment = if segment.contains('~') {
        unescaped = segment.replace("~1", "/").replace("~0", "~");
        &unescaped
    } else {
        segment
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = Member(segment).deserialize(&mut deserializer).ok()??;
    fragment(found.get(), rest)
}

struct Member<'s>(&'s str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        // As in RFC 6901: digits alone, and no leading zero.
        let plain = !self.0.starts_with('+') && (self.0 == "0" || !self.0.starts_with('0'));
        let wanted: Option<usize> = self.0.parse().ok().filter(|_| plain);
        let (mut found, mut index) = (None, 0);
        loop {
            if Some(index) == wanted {
                let Some(item) = items.next_element()? else { break };
                found = Some(item);
            } else if items.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
            index += 1;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fragments_are_found_at_any_depth() {
        let text = r#"{"a":{"b/c":[1,{"d~":"x"}]},"e":null}"#;
        for (pointer, want) in [
            ("", Some(text)),
            ("/a/b~1c/0", Some("1")),
            ("/a/b~1c/1/d~0", Some("\"x\"")),
            ("/e", Some("null")),
            ("/a/b~1c/2", None),
            ("/a/b~1c/00", None),
            ("/a/b~1c/+0", None),
            ("/z", None),
            ("/e/f", None),
        ] {
            assert_eq!(fragment(text, pointer), want, "{pointer}");
        }
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            "[a-z\"/~]{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[a-c\"/~]{1,2}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_fragment_is_what_a_pointer_finds(value in tree(), pointer in "(/([a-c~01/]{1,2}|[0-3])){0,3}") {
            let text = value.to_string();
            let found = fragment(&text, &pointer).map(|t| serde_json::from_str::<Value>(t).unwrap());
            prop_assert_eq!(found.as_ref(), value.pointer(&pointer));
        }
    }
}
