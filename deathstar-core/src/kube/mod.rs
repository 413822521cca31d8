//! Kubernetes objects as resources of the same graph.

pub mod kinds;
mod quantity;
pub mod ready;
pub mod removal;
mod view;
