//! The platform base in a real Kubernetes control plane: what the server accepts, refuses and authorizes.
//!
//! The control plane has no containers and no network plugin: it stores network policies and enforces none. What they open is
//! proven beside the code that computes them, by the rules of the Kubernetes documentation.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod acceptance;
#[path = "../../../tests/shared/counterpart.rs"]
mod counterpart;
mod refusals;
mod roles;
mod world;
