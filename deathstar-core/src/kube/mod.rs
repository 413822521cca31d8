//! Kubernetes objects as resources of the same graph.

pub mod schema;
