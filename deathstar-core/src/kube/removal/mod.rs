//! Deletion: how an object's dependents go, what is lost with it, and who has to act when it does not go.

mod finalizer;
mod loss;
mod namespace;
#[cfg(test)]
mod tests;

use super::view::View;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

pub use crate::driver::Loss;
pub use loss::{Alongside, loss};

/// What becomes of an object's dependents when it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub enum Propagation {
    /// They go first: when the object is gone, so are they.
    Foreground,
    /// They go after it, by the garbage collector.
    Background,
    /// They stay.
    Orphan,
}

/// Kinds whose pods have to be gone when they are: what stands under them (a claim, a network) could not go before.
const WITH_PODS: &[(&str, &str)] = &[
    ("", "ReplicationController"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("batch", "CronJob"),
    ("batch", "Job"),
];

/// How objects of this kind are deleted.
///
/// Workloads take their pods along and wait for them. Everything else is deleted at once, its dependents after it:
/// a controller that cleans up has a finalizer for it. Nothing is orphaned unless somebody asks for it.
///
/// Source: Kubernetes documentation, "Garbage Collection: Cascading deletion".
pub fn propagation(group: &str, kind: &str) -> Propagation {
    if WITH_PODS.contains(&(group, kind)) { Propagation::Foreground } else { Propagation::Background }
}

/// What keeps an object from going, and who has to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The object: kind, namespace and name.
    pub object: String,
    /// The finalizer, if it is one.
    pub finalizer: Option<String>,
    /// Who has to act: a controller.
    pub who: String,
    /// What it waits for, as far as that is known.
    pub what: String,
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object)?;
        if let Some(finalizer) = &self.finalizer {
            write!(f, " has the finalizer `{finalizer}`")?;
        }
        write!(f, ": {} has to act", self.who)?;
        if self.what.is_empty() { Ok(()) } else { write!(f, " ({})", self.what) }
    }
}

/// What keeps an object from going that is being deleted; empty for one that is not, or that nothing keeps.
///
/// Finalizers that are known name their controller; of others, the field manager that wrote them is told. A namespace
/// tells in its conditions what is left in it. An unfinished deletion is nobody's failure at first: whoever waits decides
/// when it is stuck.
pub fn blockers(object: &Value) -> Vec<Blocker> {
    let object = View(object);
    if !object.is_being_deleted() {
        return Vec::new();
    }
    let finalizers = object.words("/metadata/finalizers").map(|name| finalizer::blocker(object, name));
    let mut blockers: Vec<Blocker> = finalizers.collect();
    if (object.group(), object.kind()) == ("", "Namespace") {
        blockers.extend(namespace::blockers(object));
    }
    if blockers.is_empty() && (object.group(), object.kind()) == ("", "Pod") {
        blockers.extend(finalizer::node(object));
    }
    blockers
}

/// Kind, namespace and name, for people.
fn named(object: View<'_>) -> String {
    let namespace = object.namespace().map_or_else(String::new, |namespace| format!("{namespace}/"));
    format!("{} `{namespace}{}`", object.kind(), object.name())
}
