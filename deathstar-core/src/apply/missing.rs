//! What an object lacks of what it should be.

use super::work::Object;
use crate::{
    Raw, Result,
    driver::{AnySeen, Tags, tags},
    erase::Change,
};

/// What an object lacks of what it should be.
pub(super) struct Missing {
    /// Fields with another value.
    pub(super) changes: Vec<Change>,
    /// Tags that it should carry, or carry with another value.
    pub(super) set: Tags,
    /// Tags of ours that it should not carry.
    pub(super) unset: Vec<String>,
}

impl Missing {
    /// Compares an object with `target`, as the planner does. With `write_once` what cannot be read back is missing.
    pub(super) fn of(object: &Object, seen: &AnySeen, target: &Raw, write_once: bool) -> Result<Self> {
        let mut changes = object.kind.compare(seen.spec.text(), target.text())?;
        changes.retain(|change| !change.write_only || write_once);
        let (set, unset) = if object.kind.about().identity.tagged() {
            tags::differ(&seen.tags, &object.cx.tags, &[], &object.had, &object.left)
        } else {
            (Tags::new(), vec![])
        };
        Ok(Self { changes, set, unset })
    }

    /// Whether it lacks nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.set.is_empty() && self.unset.is_empty()
    }

    /// The fields and tags, by their paths.
    pub(super) fn names(&self) -> String {
        let mut fields = vec![];
        for change in &self.changes {
            if change.parts.is_empty() {
                fields.push(change.field.to_owned());
            }
            fields.extend(change.parts.iter().map(|part| part.path.clone()));
        }
        let tags = self.set.keys().chain(&self.unset).map(|tag| format!("tags.{tag}"));
        fields.into_iter().chain(tags).collect::<Vec<_>>().join(", ")
    }
}
