//! How the engine's tags stand on an object: one label, by which lists find ours, and annotations.

use crate::driver::{Tags, tags};
use serde_json::{Map, Value};

/// The label by which lists find a stack's objects.
pub(in crate::kube) const STACK_LABEL: &str = "deathstar.dev/stack";
/// Annotations: the stack's name, the object's address and token, the user's tags, what was applied, what is told, when it is
/// ready, and which places are secret.
const STACK: &str = "deathstar.dev/stack";
const ADDRESS: &str = "deathstar.dev/address";
const TOKEN: &str = "deathstar.dev/token";
const TAGS: &str = "deathstar.dev/tags";
pub(in crate::kube) const APPLIED: &str = "deathstar.dev/applied";
pub(in crate::kube) const TOLD: &str = "deathstar.dev/told";
pub(in crate::kube) const READY: &str = "deathstar.dev/ready";
pub(in crate::kube) const SECRETS: &str = "deathstar.dev/secrets";
const ALL: [&str; 8] = [STACK, ADDRESS, TOKEN, TAGS, APPLIED, TOLD, READY, SECRETS];

/// A stack's name as the value of a label. Almost every name is one; what ends in a sign gets a digest instead.
pub(in crate::kube) fn label(stack: &str) -> String {
    let legal = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    let ends = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut bytes = stack.bytes();
    let is_label =
        stack.len() <= 63 && stack.bytes().all(legal) && ends(bytes.next()) && ends(stack.bytes().last());
    if is_label {
        stack.to_owned()
    } else {
        format!("digest-{}", &blake3::hash(stack.as_bytes()).to_hex()[..32])
    }
}

/// Writes tags onto the metadata of an object.
pub(in crate::kube) fn write(tags: &Tags, metadata: &mut Map<String, Value>) {
    let mut put = |map: &str, key: &str, value: String| {
        let entry = metadata.entry(map).or_insert_with(|| Value::Object(Map::new()));
        if let Some(map) = entry.as_object_mut() {
            map.insert(key.into(), value.into());
        }
    };
    let mut more = Tags::new();
    for (key, value) in tags {
        match key.as_str() {
            tags::STACK => {
                put("labels", STACK_LABEL, label(value));
                put("annotations", STACK, value.clone());
            }
            tags::ADDRESS => put("annotations", ADDRESS, value.clone()),
            tags::TOKEN => put("annotations", TOKEN, value.clone()),
            _ => _ = more.insert(key.clone(), value.clone()),
        }
    }
    if !more.is_empty() {
        put("annotations", TAGS, serde_json::to_string(&more).unwrap_or_default());
    }
}

/// Takes our label and annotations off an object's metadata and answers the tags that they are, and the other annotations of ours.
pub(in crate::kube) fn take(metadata: &mut Map<String, Value>) -> (Tags, Map<String, Value>) {
    let mut tags = Tags::new();
    let mut own = Map::new();
    if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
        labels.remove(STACK_LABEL);
    }
    if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
        for key in ALL {
            own.extend(annotations.remove(key).map(|value| (key.to_owned(), value)));
        }
    }
    for map in ["labels", "annotations"] {
        if metadata.get(map).and_then(Value::as_object).is_some_and(Map::is_empty) {
            metadata.remove(map);
        }
    }
    for (annotation, tag) in [(STACK, tags::STACK), (ADDRESS, tags::ADDRESS), (TOKEN, tags::TOKEN)] {
        if let Some(Value::String(value)) = own.remove(annotation) {
            tags.insert(tag.into(), value);
        }
    }
    if let Some(Value::String(text)) = own.remove(TAGS) {
        tags.extend(serde_json::from_str::<Tags>(&text).unwrap_or_default());
    }
    (tags, own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tags_come_back_as_they_were_written(
            (stack, address) in ("[a-z0-9][a-z0-9._-]{0,62}", ".*"),
            more in proptest::collection::btree_map("[^d].{0,20}", ".*", 0..4),
        ) {
            let mut all = more;
            all.extend(tags::owner(&stack, &address, "token").map(|(key, value)| (key.to_owned(), value.to_owned())));
            let mut metadata = Map::new();
            write(&all, &mut metadata);
            let value = metadata["labels"][STACK_LABEL].as_str().unwrap().to_owned();
            prop_assert_eq!(&value, &label(&stack));
            prop_assert!(value.len() <= 63 && value.starts_with(|c: char| c.is_ascii_alphanumeric()));
            prop_assert!(value.ends_with(|c: char| c.is_ascii_alphanumeric()));
            let (taken, own) = take(&mut metadata);
            prop_assert_eq!(taken, all);
            prop_assert!(own.is_empty() && metadata.is_empty());
        }
    }

    #[test]
    fn names_that_are_no_labels_stay_apart() {
        assert_eq!(label("web.shop-1"), "web.shop-1");
        assert_ne!(label("web-"), label("web_"));
        assert!(label("web-").starts_with("digest-"));
    }
}
