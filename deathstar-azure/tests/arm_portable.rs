//! The function of `examples/portable` on Azure Resource Manager, over HTTP, with the real SDK.
//!
//! What it cannot show: the server is our own reading of Microsoft's documentation, and no Azure.

#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;
#[path = "../../examples/portable/network.rs"]
mod network;
#[path = "arm_drivers/others.rs"]
mod others;
#[path = "../../tests/shared/portable.rs"]
mod portable;
#[path = "arm_drivers/world.rs"]
mod world;

use deathstar_azure::Azure;
use deathstar_core::apply::Patience;
use network::webshop;
use others::{call, watcher};
use std::time::Duration;
use world::{World, subscription};

const RULE: &str = "networkSecurityGroups/webshop-network-intra/securityRules/in_database_tcp-5432-nodes";

#[tokio::test]
async fn the_portable_network_lives_on_azure_and_leaves_nothing() {
    let world = World::new();
    watcher(world.server.url());
    let engine = world.engine.clone().patience(Patience::default().missing(Duration::from_secs(1)));
    let declared = |egress| webshop::<Azure>(subscription(), egress).0;
    let drift = async |_: &_| {
        let rule =
            world.server.standing().into_iter().find(|one| one.id.ends_with(RULE)).expect("it is there");
        let ask = |method| call(world.server.url(), method, &rule.id, "2025-07-01", "");
        assert!(ask("DELETE").contains(" 20"));
        // It ends after some looks.
        let looks = (0..10).take_while(|_| ask("GET").contains(" 200")).count();
        assert!(looks < 10, "it is still there");
        "network/groups/database/in/tcp-5432-nodes"
    };
    Box::pin(portable::life(&engine, declared, drift)).await;
    let left: Vec<_> = world.server.standing().into_iter().map(|one| one.id).collect();
    assert!(left.iter().all(|id| id.to_ascii_lowercase().contains("networkwatcher")), "{left:#?}");
}
