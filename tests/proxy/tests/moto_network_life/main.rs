//! The webshop's whole network, from the program to moto: this workspace's engine and drivers, AWS's own SDK, and the proxy with all
//! its rules.
//!
//! Time is virtual, so nothing waits. It cannot show that AWS behaves as the proxy's rules say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../moto_proxy/bench.rs"]
mod bench;
mod boto;
mod drift;
#[path = "../../../shared/expectations.rs"]
mod expectations;
mod foreign;
mod life;
mod lost;
#[path = "../../../../examples/portable/network.rs"]
mod network;
mod on_two_clouds;
mod oracle;
#[path = "../../../shared/portable.rs"]
mod portable;
mod refresh;
mod taken_over;
#[path = "../../../../deathstar-aws/tests/webshop/mod.rs"]
mod webshop;
mod world;
