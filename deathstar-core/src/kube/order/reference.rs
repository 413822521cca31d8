//! What an object's specification names.

use super::pattern::places;
use super::table::{By, IN_PODS, IN_SPECS, POD_SPECS, Row, Where};
use crate::kube::view::{View, group_of};
use crate::kube::{ObjectId, kinds};
use serde_json::Value;

/// A place in an object that names another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The place, as a JSON pointer.
    pub path: String,
    /// What it names.
    pub to: Target,
}

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An object.
    Object(ObjectId),
    /// The definition of a custom resource, by the group and kind that it defines.
    Definition {
        /// The group.
        group: String,
        /// The kind.
        kind: String,
    },
}

/// All that an object's specification names, in order of place: its namespace, its definition, accounts, config, claims,
/// roles, classes, backends, targets. Whether these exist nobody knows here.
///
/// ```
/// use deathstar_core::kube::order::{Target, references};
/// use serde_json::json;
///
/// let binding = json!({
///     "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
///     "metadata": {"name": "readers", "namespace": "shop"},
///     "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
/// });
/// let names: Vec<String> = references(&binding).into_iter().map(|reference| reference.path).collect();
/// assert_eq!(names, ["/metadata/namespace", "/roleRef"]);
/// ```
pub fn references(object: &Value) -> Vec<Reference> {
    let object = View(object);
    let mut found = Vec::new();
    if let Some(namespace) = object.namespace() {
        let to = Target::Object(ObjectId::new("", "Namespace", None, namespace));
        found.push(Reference { path: "/metadata/namespace".into(), to });
    }
    let (group, kind) = (object.group(), object.kind());
    if !kinds::is_built_in(group, kind) {
        let to = Target::Definition { group: group.into(), kind: kind.into() };
        found.push(Reference { path: "/kind".into(), to });
    }
    for (.., row) in IN_SPECS.iter().filter(|(g, k, _)| (*g, *k) == (group, kind)) {
        found.extend(named(object, row, ""));
    }
    if let Some((.., spec)) = POD_SPECS.iter().find(|(g, k, _)| (*g, *k) == (group, kind)) {
        found.extend(IN_PODS.iter().flat_map(|row| named(object, row, spec)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Where the pod specification of a workload is.
pub(super) fn pod_spec(object: View<'_>) -> Option<&'static str> {
    let found = POD_SPECS.iter().find(|(g, k, _)| (*g, *k) == (object.group(), object.kind()));
    found.map(|(.., spec)| *spec)
}

fn named(object: View<'_>, row: &Row, before: &str) -> Vec<Reference> {
    let places = places(object, &format!("{before}{}", row.pattern));
    places
        .into_iter()
        .filter_map(|(path, value)| Some(Reference { path, to: target(object, row, value)? }))
        .collect()
}

fn target(object: View<'_>, row: &Row, value: View<'_>) -> Option<Target> {
    let (group, kind, name) = match row.by {
        By::Name(group, kind) => (group, kind, value.0.as_str()?),
        By::Named(group, kind) => (group, kind, value.text("/name")?),
        By::Reference => (api_group(value)?, value.text("/kind")?, value.text("/name")?),
        By::ReferenceOr(group, kind) => {
            let group = api_group(value).unwrap_or(group);
            (group, value.text("/kind").unwrap_or(kind), value.text("/name")?)
        }
    };
    // Users and groups are subjects, and no objects.
    if name.is_empty() || matches!(kind, "User" | "Group") {
        return None;
    }
    let namespace = match row.place {
        Where::Cluster => None,
        Where::Here if is_cluster_wide(group, kind) => None,
        Where::Here => Some(value.text("/namespace").or(object.namespace())?),
    };
    Some(Target::Object(ObjectId::new(group, kind, namespace, name)))
}

/// Reference types say `apiGroup`, `group` or `apiVersion`.
fn api_group(reference: View<'_>) -> Option<&str> {
    let group = reference.text("/apiGroup").or(reference.text("/group"));
    group.or_else(|| reference.text("/apiVersion").map(group_of))
}

fn is_cluster_wide(group: &str, kind: &str) -> bool {
    kinds::of_kind(group, kind).next().is_some_and(|known| !known.namespaced)
}
