//! The proxy in front of moto: its rules, the drivers that break them, and the drivers of this workspace.
//!
//! It cannot show that AWS behaves as the rules say: they are our reading of its documentation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod accounts;
mod bench;
mod boto;
mod conformance;
#[path = "../../../shared/counterpart.rs"]
mod counterpart;
mod crowd;
mod faults;
mod forgotten;
mod mutants;
mod process;
mod rules;
mod samples;
mod settling;
mod table;
mod thin;
mod visibility;
