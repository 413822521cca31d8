//! The one driver against the server of tests: Azure Resource Manager over HTTP, with the real SDK.
//!
//! What it cannot show: the server is our own reading of Microsoft's documentation, and no Azure. Its documents are checked against
//! Microsoft's descriptions of types where those are there.

#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod conformance;
mod connection;
#[path = "../every_kind/mod.rs"]
mod every_kind;
#[path = "../../../tests/shared/expectations.rs"]
mod expectations;
mod faults;
mod life;
mod samples;
mod world;
