//! Kubernetes objects as resources of the same graph.
//!
//! | name | what it is |
//! |---|---|
//! | [`Cluster`] | one connection: how an API server is reached, from outputs of what makes the cluster or from a kubeconfig |
//! | [`Object`], [`Manifests`] | one object of any kind, and many of them from YAML |
//! | [`Access`], [`TokenSource`] | who the caller is |
//! | [`Client`] | the calls: server-side apply, and one list per kind to look |
//! | [`kinds()`] | the catalogue |
//! | [`mod@kinds`], [`immutable`], [`order`], [`ready`], [`removal`] | what is known of Kubernetes' own kinds |
//!
//! # What a spec manages
//! What it declares. Defaults of the server and fields of others are no difference. What we applied once and is not declared any
//! more is one: the server keeps who wrote what (`metadata.managedFields`), and an apply removes it.
//!
//! # Whose an object is
//! The stack's name is a label, by which lists find what is ours; address and token are annotations. What exists and does not
//! carry our token is not touched; import it to take it over.

#[cfg(feature = "kube-client")]
mod access;
mod catalogue;
#[cfg(feature = "kube-client")]
mod client;
mod cluster;
pub mod immutable;
pub mod kinds;
mod object;
pub mod order;
mod policies;
mod quantity;
pub mod ready;
pub mod removal;
pub mod schema;
#[cfg(feature = "kube-client")]
mod selector;
mod view;

#[cfg(feature = "kube-client")]
pub use access::{Access, TokenSource};
pub use catalogue::kinds;
#[cfg(feature = "kube-client")]
pub use client::Client;
pub use cluster::{Cluster, Kubernetes};
pub use object::{
    FieldValue, MANAGER, ManifestError, Manifests, Object, ObjectId, ObjectOutputs, Outputs, Written,
    read_yaml,
};

#[cfg(test)]
mod tests;
