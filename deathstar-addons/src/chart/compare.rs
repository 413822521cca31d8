//! Where two renderings of one chart differ.

use super::{document::Document, values::escape};
use deathstar_core::kube::ObjectId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One place in which two renderings differ.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Difference {
    /// The object, as it is rendered.
    pub(super) id: ObjectId,
    /// The place in it; empty for the whole.
    pub(super) pointer: String,
    /// How they differ there.
    pub(super) how: How,
}

/// How two renderings differ in one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum How {
    /// Both have a scalar there, and not the same one.
    Scalar {
        /// That of the first rendering.
        first: Value,
        /// That of the second one.
        second: Value,
    },
    /// They have other keys, lists of other lengths, or other sorts of values there; or what is there decides what the object is.
    Structure,
    /// Only one of them has the object.
    Object,
}

impl How {
    /// Whether a value that makes this difference decides about more than one value.
    pub(super) fn is_structural(&self) -> bool {
        !matches!(self, Self::Scalar { .. })
    }
}

/// The places of an object that say what it is, or what is done with it.
fn decides(pointer: &str) -> bool {
    ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"].contains(&pointer)
        || pointer.starts_with("/metadata/annotations/helm.sh~1")
}

/// All places in which two renderings differ.
pub(super) fn differences(first: &[Document], second: &[Document]) -> Vec<Difference> {
    let by_id = |all: &[Document]| -> BTreeMap<ObjectId, Value> {
        all.iter().map(|one| (one.id.clone(), one.manifest.clone())).collect()
    };
    let (first, second) = (by_id(first), by_id(second));
    let ids: BTreeSet<&ObjectId> = first.keys().chain(second.keys()).collect();
    let mut found = vec![];
    for id in ids {
        let mut tell =
            |pointer: &str, how| found.push(Difference { id: id.clone(), pointer: pointer.to_owned(), how });
        match (first.get(id), second.get(id)) {
            (Some(first), Some(second)) => compare(first, second, "", &mut tell),
            _ => tell("", How::Object),
        }
    }
    found
}

fn compare(first: &Value, second: &Value, pointer: &str, tell: &mut impl FnMut(&str, How)) {
    match (first, second) {
        _ if first == second => {}
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let below = format!("{pointer}/{}", escape(key));
                match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => compare(one, other, &below, tell),
                    _ => tell(&below, How::Structure),
                }
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(one, other, &format!("{pointer}/{index}"), tell);
            }
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => {
            tell(pointer, How::Structure);
        }
        _ if decides(pointer) => tell(pointer, How::Structure),
        (first, second) => {
            tell(pointer, How::Scalar { first: first.clone(), second: second.clone() });
        }
    }
}

/// Whether a place is, or is inside of, one of these.
pub(super) fn covers<'p>(places: impl IntoIterator<Item = &'p str>, pointer: &str) -> bool {
    let inside = |place: &str| {
        pointer.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    places.into_iter().any(inside)
}

/// A manifest without these places.
pub(super) fn without<'p>(manifest: &Value, places: impl IntoIterator<Item = &'p str>) -> Value {
    let mut rest = manifest.clone();
    for place in places {
        let Some((above, name)) = place.rsplit_once('/') else { continue };
        match rest.pointer_mut(above) {
            Some(Value::Object(map)) => _ = map.remove(&name.replace("~1", "/").replace("~0", "~")),
            Some(Value::Array(list)) => {
                if let Some(place) = name.parse::<usize>().ok().and_then(|index| list.get_mut(index)) {
                    *place = Value::Null;
                }
            }
            _ => {}
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use deathstar_core::kube::Object;
    use proptest::prelude::*;
    use serde_json::json;

    fn document(manifest: Value) -> Document {
        let id = Object::from_value(manifest.clone()).id();
        Document { template: "t".into(), id, manifest }
    }

    fn config(data: &Value) -> Document {
        document(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}))
    }

    #[test]
    fn a_difference_is_a_scalar_a_structure_or_an_object() {
        let first = [config(&json!({"a": "1", "b": ["x"], "c": {"d": 1}, "e": 1}))];
        let second = [config(&json!({"a": 1, "b": ["x", "y"], "c": {"f": 1}, "e": [1]}))];
        let found = differences(&first, &second);
        let told: Vec<_> = found.iter().map(|one| (one.pointer.as_str(), one.how.is_structural())).collect();
        let expected = [
            ("/data/a", false),
            ("/data/b", true),
            ("/data/c/d", true),
            ("/data/c/f", true),
            ("/data/e", true),
        ];
        assert_eq!(told, expected);
        let other = document(json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}));
        assert_eq!(differences(&first, &[first[0].clone(), other])[0].how, How::Object);
    }

    #[test]
    fn what_says_what_an_object_is_is_structure() {
        let hook = |weight: &str, version: &str| {
            document(
                json!({"apiVersion": version, "kind": "Job", "metadata": {"name": "a", "annotations": {"helm.sh/hook-weight": weight}}}),
            )
        };
        for (one, other) in
            [(hook("1", "batch/v1"), hook("2", "batch/v1")), (hook("1", "batch/v1"), hook("1", "batch/v2"))]
        {
            assert!(differences(&[one], &[other]).iter().all(|one| one.how.is_structural()));
        }
    }

    #[test]
    fn a_place_covers_what_is_inside_of_it() {
        assert!(covers(["/data/a"], "/data/a") && covers(["/data"], "/data/a"));
        assert!(!covers(["/data/a"], "/data/ab") && !covers(["/data/a"], "/data"));
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<bool>().prop_map(Value::from), "[a-z/~]{0,3}".prop_map(Value::from)];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-c/~]{1,2}", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn without_the_places_in_which_they_differ_renderings_are_equal(one in tree(), other in tree()) {
            let found = differences(&[config(&one)], &[config(&other)]);
            let places: Vec<_> = found.iter().map(|one| one.pointer.as_str()).collect();
            prop_assert_eq!(one == other, places.is_empty());
            let strip = |data: &Value| without(&config(data).manifest, places.iter().copied());
            prop_assert_eq!(strip(&one), strip(&other));
        }
    }
}
