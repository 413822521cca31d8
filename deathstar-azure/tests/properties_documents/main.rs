//! The documents of every kind beside what Microsoft says of them: its descriptions of types, and its models in Rust.
//!
//! Specs are generated, so that every field is there and is left out. What this cannot show: that Azure takes two values together, and
//! that it shows what it was told.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../../../tests/shared/counterpart.rs"]
mod counterpart;
mod described;
mod fits;
#[cfg(feature = "azure-mgmt-network")]
mod models;
mod specs;
