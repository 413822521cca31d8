//! The drivers against moto: AWS's API over HTTP, with the real SDK.

#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod connection;
mod life;
mod server;
mod take_over;
