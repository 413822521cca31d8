//! Custom resources against the schema of their definition, without a server.
//!
//! A custom resource whose definition is only in the plan cannot be shown to a server. [`Schemas`] reads the definition and checks the
//! object as the server would: it fills in defaults, refuses what is no field (as with `fieldValidation=Strict`), and compares every
//! value with its schema. What is not known until apply is left open, and not judged. Rules in CEL are named in
//! [`Checked::unchecked`], and not evaluated.
//!
//! Source: the semantics of Kubernetes 1.35, `apiextensions-apiserver` (structural schemas) and `kube-openapi` (value validation).
//!
//! ```
//! use deathstar_core::kube::schema::Schemas;
//! use serde_json::json;
//!
//! let definition = json!({
//!     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
//!     "spec": {
//!         "group": "example.com", "scope": "Cluster", "names": { "kind": "Fleet", "plural": "fleets" },
//!         "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": {
//!             "type": "object",
//!             "properties": { "spec": { "type": "object", "properties": { "ships": { "type": "integer" } } } },
//!         } } }],
//!     },
//! });
//! let schemas = Schemas::of(&definition)?;
//! let checked = schemas.check(&json!({
//!     "apiVersion": "example.com/v1", "kind": "Fleet", "metadata": { "name": "first" }, "spec": { "ship": 3 },
//! }));
//! assert_eq!(checked.findings[0].to_string(), "/spec/ship: `ship` is not a field here (did you mean `ships`?)");
//! # Ok::<(), deathstar_core::kube::schema::Unreadable>(())
//! ```

mod compile;
mod definition;
mod describe;
mod finding;
mod format;
mod judge;
mod metadata;
mod near;
mod node;
mod path;
mod pattern;
mod prepare;
mod structure;
#[cfg(test)]
mod tests;
mod types;

pub use definition::{Schemas, Scope, Unreadable};
pub use finding::{Checked, Finding, Unchecked};
pub use near::nearest;
