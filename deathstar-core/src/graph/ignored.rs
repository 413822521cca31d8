//! What is left alone although it differs: parts of specs, and tags.

use crate::{Raw, Result, driver::tags, erase::AnyKind, erase::Change};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

/// Parts of a spec whose differences are left alone, by JSON pointer: `/label` is a field, `/settings/replicas` a part of one.
///
/// A part that is left alone is never seen as a difference, and what is written leaves it as it is seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignored(BTreeSet<String>);

impl Ignored {
    /// Nothing.
    pub const NONE: Self = Self(BTreeSet::new());

    /// Adds a field by its name, or a part of one by its pointer.
    pub fn insert(&mut self, part: &str) {
        let pointer = if part.starts_with('/') { part.to_owned() } else { format!("/{part}") };
        self.0.insert(pointer);
    }

    /// Whether nothing is left alone.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pointers that name nothing which a kind with these fields and this spec can have, each with the reason.
    pub(crate) fn wrong<'i>(&'i self, fields: &[&str], spec: &Value) -> Vec<(&'i str, String)> {
        let mut wrong = vec![];
        for pointer in &self.0 {
            let mut parts = pointer[1..].split('/').map(unescaped);
            let field = parts.next().unwrap_or_default();
            if !fields.contains(&&*field) {
                wrong.push((pointer.as_str(), format!("the fields are {}", fields.join(", "))));
                continue;
            }
            let mut at = spec.get(&*field).unwrap_or(&Value::Null);
            for part in parts {
                let inner = match at {
                    // A member of a map may be added by others, and what is not known yet may have any.
                    Value::Null | Value::Object(_) => at.get(&*part).unwrap_or(&Value::Null),
                    Value::Array(items) => {
                        let Ok(index) = part.parse::<usize>() else {
                            wrong.push((pointer.as_str(), format!("`{part}` is no index of a list")));
                            break;
                        };
                        items.get(index).unwrap_or(&Value::Null)
                    }
                    plain => {
                        wrong.push((pointer.as_str(), format!("{plain} has no parts")));
                        break;
                    }
                };
                at = inner;
            }
        }
        wrong
    }

    /// `want` with the parts that are left alone as they are in `seen`.
    pub(crate) fn lay<'w>(&self, seen: &str, want: &'w Raw) -> Cow<'w, Raw> {
        if self.is_empty() {
            return Cow::Borrowed(want);
        }
        let seen: Value = serde_json::from_str(seen).unwrap_or_default();
        let mut all = want.value();
        for pointer in &self.0 {
            let (above, last) = pointer.rsplit_once('/').unwrap_or_default();
            let last = unescaped(last);
            let Some(of_seen) = seen.pointer(above) else { continue };
            match (all.pointer_mut(above), of_seen) {
                (Some(Value::Object(to)), Value::Object(from)) => {
                    match from.get(&*last) {
                        Some(value) => to.insert(last.into_owned(), value.clone()),
                        None => to.remove(&*last),
                    };
                }
                (Some(Value::Array(to)), Value::Array(from)) => {
                    let slot =
                        last.parse::<usize>().ok().and_then(|index| to.get_mut(index).zip(from.get(index)));
                    if let Some((slot, value)) = slot {
                        slot.clone_from(value);
                    }
                }
                _ => {}
            }
        }
        Raw::encode(&all).map_or(Cow::Borrowed(want), Cow::Owned)
    }

    /// The fields in which `want` differs from `seen`, but for what is left alone.
    ///
    /// # Errors
    /// When a spec cannot be read.
    pub(crate) fn compare(&self, kind: &dyn AnyKind, seen: &Raw, want: &Raw) -> Result<Vec<Change>> {
        kind.compare(seen.text(), self.lay(seen.text(), want).text())
    }
}

/// One part of a pointer as it is meant.
fn unescaped(part: &str) -> Cow<'_, str> {
    if part.contains('~') { part.replace("~1", "/").replace("~0", "~").into() } else { part.into() }
}

/// Tags that others write, such as policies of an organisation: never seen as drift, never written again, never removed.
///
/// A declared tag that is covered is written when the object is created, and left alone afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredTags {
    keys: BTreeSet<String>,
    prefixes: BTreeSet<String>,
}

impl IgnoredTags {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.insert(key.into());
        self
    }

    /// Adds all keys with a prefix, such as `aws:`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefixes.insert(prefix.into());
        self
    }

    /// Whether a key is covered.
    pub fn covers(&self, key: &str) -> bool {
        self.keys.contains(key) || self.prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    }

    /// A key or prefix that covers tags of ours, which nobody may leave alone.
    pub(crate) fn of_ours(&self) -> Option<&str> {
        let key = self.keys.iter().find(|key| tags::is_ours(key));
        let covers = |prefix: &&String| tags::is_ours(prefix) || tags::PREFIX.starts_with(prefix.as_str());
        key.or_else(|| self.prefixes.iter().find(covers)).map(String::as_str)
    }

    pub(super) fn add(&mut self, more: &Self) {
        self.keys.extend(more.keys.iter().cloned());
        self.prefixes.extend(more.prefixes.iter().cloned());
    }
}

/// The tags that are left alone on one connection: those of the stack and its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeftTags {
    pub(super) of_stack: Arc<IgnoredTags>,
    pub(super) of_connection: Arc<IgnoredTags>,
}

impl LeftTags {
    pub(crate) fn covers(&self, key: &str) -> bool {
        self.of_stack.covers(key) || self.of_connection.covers(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ignored(parts: &[&str]) -> Ignored {
        let mut all = Ignored::default();
        for part in parts {
            all.insert(part);
        }
        all
    }

    #[test]
    fn parts_are_taken_from_what_is_seen() {
        let seen = json!({"a": 1, "b": {"x": 1, "y": 2}, "c": [1, 2], "d": null}).to_string();
        let want =
            Raw::encode(&json!({"a": 2, "b": {"x": 5, "y": 6}, "c": [7, 8], "d": {"x": 1}, "e": 3})).unwrap();
        let laid = |parts: &[&str]| ignored(parts).lay(&seen, &want).value();
        assert_eq!(laid(&[]), want.value());
        assert_eq!(
            laid(&["a", "/b/x", "/c/1", "/d/x", "/c/9", "/z/y"]),
            json!({"a": 1, "b": {"x": 1, "y": 6}, "c": [7, 2], "d": {"x": 1}, "e": 3})
        );
        assert_eq!(laid(&["/b/z", "e"])["e"], Value::Null, "what others did not write is not written either");
    }

    #[test]
    fn what_no_spec_can_have_is_told() {
        let spec = json!({"a": 1, "b": {"x": 1}, "c": [1], "~/": {}});
        let wrong = |part: &str| ignored(&[part]).wrong(&["a", "b", "c", "d", "~/"], &spec).len();
        for good in ["a", "/b/x", "/b/new", "/c/0", "/c/7", "/d/any/thing", "/~0~1/q"] {
            assert_eq!(wrong(good), 0, "{good}");
        }
        for bad in ["z", "/z/a", "/a/x", "/c/x", "/b/x/y", ""] {
            assert_eq!(wrong(bad), 1, "{bad}");
        }
    }

    #[test]
    fn tags_are_covered_by_key_and_by_prefix_and_ours_cannot_be() {
        let all = IgnoredTags::new().key("team").prefix("aws:");
        assert!(all.covers("team") && all.covers("aws:x") && !all.covers("teams") && !all.covers("aws"));
        assert_eq!(all.of_ours(), None);
        for ours in [
            IgnoredTags::new().key("deathstar:token"),
            IgnoredTags::new().prefix("deathstar:t"),
            IgnoredTags::new().prefix("death"),
            IgnoredTags::new().prefix(""),
        ] {
            assert!(ours.of_ours().is_some(), "{ours:?}");
        }
    }
}
