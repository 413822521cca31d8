//! Charts, rendered by the `helm` that `DEATHSTAR_HELM` names, and by the other version that `DEATHSTAR_HELM_4` may name; planned and
//! applied on the in-memory cloud.
//!
//! What they cannot show: that a server takes the objects. `kubernetes_charts` does.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

mod again;
mod bench;
#[path = "../../../tests/shared/counterpart.rs"]
mod counterpart;
mod hooks;
mod known;
mod registry;
mod render;
mod sources;
mod unknown;
mod unstable;
