//! The drivers against moto: AWS's API over HTTP, with the real SDK; and against answers of AWS that moto does not give.

#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod answers;
mod conformance;
mod connection;
mod ec2_conformance;
mod ec2_drift;
mod ec2_kinds;
#[path = "../every_kind/mod.rs"]
mod every_kind;
#[path = "../../../tests/shared/expectations.rs"]
mod expectations;
mod life;
mod permissions;
mod relay;
mod scripted;
mod server;
mod services;
mod take_over;
mod world;
