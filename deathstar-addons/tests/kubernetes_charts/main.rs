//! Charts on a real control plane: made, changed field by field, and gone.
//!
//! What they cannot show: containers. A job has ended because kwok says so.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod bench;
#[path = "../../../tests/shared/counterpart.rs"]
mod counterpart;
mod discovery;
mod life;
