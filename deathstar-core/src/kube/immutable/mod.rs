//! Fields that the API server refuses to change: a difference in one means replacement.
//!
//! The table is of built-in kinds. What a custom resource fixes by rules in its definition is told by the server's dry
//! run, which confirms the rest too: see [`Change::verdict`].

mod compare;
mod special;
mod table;
#[cfg(test)]
mod tests;

use super::view::{View, escape};
use crate::model::KubernetesVersion;
use compare::{differs, differs_as_whole, takes_away};
use serde_json::Value;
use table::{Field, TABLE};

/// What a change of an object takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An update in place, or nothing.
    Update,
    /// A new object in place of the old one, because of these fields (JSON pointers, in order).
    Replace(Vec<String>),
    /// Neither: the server refuses the update, and a replacement would not be what is meant.
    Refuse {
        /// The field, as a JSON pointer.
        path: String,
        /// Why, and what to do instead.
        why: String,
    },
}

/// A change from an object as it is to what is declared.
///
/// Declared is what is applied: a field that is not stated is left to the server and to others, and is no change, unless
/// it was stated by us before ([`Change::applied`]).
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    live: &'a Value,
    declared: &'a Value,
    applied: Option<&'a Value>,
    server: KubernetesVersion,
}

impl<'a> Change<'a> {
    /// From the object as the server shows it, to what is declared, on a server of this minor.
    pub const fn new(live: &'a Value, declared: &'a Value, server: KubernetesVersion) -> Self {
        Self { live, declared, applied: None, server }
    }

    /// What we applied last: a field that was in it and is no longer declared is taken away by the server.
    #[must_use]
    pub const fn applied(mut self, applied: &'a Value) -> Self {
        self.applied = Some(applied);
        self
    }

    /// What the change takes.
    ///
    /// ```
    /// use deathstar_core::kube::immutable::{Change, Verdict};
    /// use deathstar_core::model::KubernetesVersion;
    /// use serde_json::json;
    ///
    /// let class = |value: u32| json!({"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": value});
    /// let (live, declared) = (class(1), class(2));
    /// let change = Change::new(&live, &declared, KubernetesVersion::new(35));
    /// assert_eq!(change.verdict(), Verdict::Replace(vec!["/value".into()]));
    /// ```
    pub fn verdict(&self) -> Verdict {
        let mut paths: Vec<String> =
            IDENTITY.iter().filter(|path| self.changes(path)).map(|p| (*p).into()).collect();
        let (group, kind) = (View(self.live).group(), View(self.live).kind());
        if group != View(self.declared).group() {
            paths.push("/apiVersion".into());
        }
        if !paths.is_empty() {
            return Verdict::Replace(paths);
        }
        let fields =
            TABLE.iter().filter(|(g, k, _)| (*g, *k) == (group, kind)).flat_map(|(.., fields)| *fields);
        for field in fields {
            match field {
                Field::Fixed(path) => paths.extend(self.changes(path).then(|| (*path).to_owned())),
                Field::Whole(path) => paths.extend(self.changes_as_whole(path).then(|| (*path).to_owned())),
                Field::OnceSet(path) => {
                    paths.extend((self.is_set(path) && self.changes(path)).then(|| (*path).to_owned()));
                }
                Field::AllBut(path, free) => paths.extend(self.children(path, free)),
                Field::By(judge) => match judge(self) {
                    Verdict::Update => {}
                    Verdict::Replace(more) => paths.extend(more),
                    refused @ Verdict::Refuse { .. } => return refused,
                },
            }
        }
        paths.sort_unstable();
        paths.dedup();
        if paths.is_empty() { Verdict::Update } else { Verdict::Replace(paths) }
    }

    /// Whether applying the declaration changes what is at this place.
    fn changes(&self, path: &str) -> bool {
        match (View(self.live).at(path), View(self.declared).at(path)) {
            (Some(live), Some(declared)) => {
                let applied = self.applied.and_then(|applied| View(applied).at(path));
                differs(path, live, declared) || applied.is_some_and(|was| takes_away(was, live, declared))
            }
            (None, Some(declared)) => !is_empty(declared),
            (Some(_), None) => self.was_declared(path),
            (None, None) => false,
        }
    }

    /// The same of a value that is applied as a whole: what it does not state is taken away.
    fn changes_as_whole(&self, path: &str) -> bool {
        match (View(self.live).at(path), View(self.declared).at(path)) {
            (Some(live), Some(declared)) => differs_as_whole(live, declared),
            _ => self.changes(path),
        }
    }

    fn is_set(&self, path: &str) -> bool {
        View(self.live).at(path).is_some_and(|value| !is_empty(value))
    }

    fn was_declared(&self, path: &str) -> bool {
        self.applied.is_some_and(|applied| View(applied).at(path).is_some())
    }

    /// The fields of an object that change, apart from these.
    fn children(&self, path: &str, free: &[&str]) -> Vec<String> {
        let keys = |object: &'a Value| View(object).entries(path).map(|(key, _)| key);
        let applied = self.applied.into_iter().flat_map(keys);
        let mut keys: Vec<&str> =
            keys(self.declared).chain(applied).filter(|key| !free.contains(key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let paths = keys.into_iter().map(|key| format!("{path}/{}", escape(key)));
        paths.filter(|path| self.changes(path)).collect()
    }
}

/// What makes an object this one and no other.
const IDENTITY: [&str; 3] = ["/kind", "/metadata/name", "/metadata/namespace"];

/// An empty value is as good as none for the API server.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
