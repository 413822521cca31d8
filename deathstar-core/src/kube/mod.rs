//! Kubernetes objects as resources of the same graph.

pub mod immutable;
pub mod kinds;
pub mod order;
mod quantity;
pub mod ready;
pub mod removal;
mod view;
