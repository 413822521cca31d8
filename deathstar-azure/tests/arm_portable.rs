//! The function of `examples/portable` on Azure Resource Manager, over HTTP, with the real SDK.
//!
//! What it cannot show: the server is our own reading of Microsoft's documentation, and no Azure.

#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

#[path = "../../examples/portable/network.rs"]
mod network;
#[path = "../../tests/shared/portable.rs"]
mod portable;
#[path = "arm_drivers/world.rs"]
mod world;

use deathstar_arm_server::{SUBSCRIPTION, TENANT, token};
use deathstar_azure::Azure;
use deathstar_core::apply::Patience;
use network::webshop;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};
use world::{World, subscription};

const RULE: &str = "networkSecurityGroups/webshop-network-intra/securityRules/in_database_tcp-5432-nodes";

/// What somebody else does: one call, of which the answer's first line is told.
fn call(url: &str, method: &str, path: &str, version: &str, body: &str) -> String {
    let host = url.strip_prefix("http://").unwrap();
    let token = token("https://management.azure.com/.default", TENANT);
    let length = body.len();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path}?api-version={version} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// The watcher that Azure makes with the first virtual network of a location.
fn watcher(url: &str) {
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/NetworkWatcherRG");
    let here = r#"{"location":"westeurope"}"#;
    assert!(call(url, "PUT", &group, "2025-04-01", here).contains(" 201"));
    let watcher = format!("{group}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope");
    assert!(call(url, "PUT", &watcher, "2025-07-01", here).contains(" 20"));
}

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
