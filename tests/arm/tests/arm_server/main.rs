//! The server by itself: what it makes, refuses, shows and forgets.
//!
//! It cannot show that Azure behaves so: these are our readings of Microsoft's documentation. The judges say what others think of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod client;
mod conflicts;
#[path = "../../../shared/counterpart.rs"]
mod counterpart;
mod every_type;
mod extensions;
mod fakes;
mod faults;
mod life;
mod limits;
mod samples;
mod schemas;
mod sdk;
