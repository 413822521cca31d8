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

use deathstar_arm_server::{TENANT, token};
use deathstar_azure::Azure;
use network::webshop;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};
use world::{World, subscription};

const RULE: &str = "networkSecurityGroups/webshop-network-intra/securityRules/in_database_tcp-5432-nodes";

/// What somebody else does: one call, of which the answer's first line is told.
fn delete(url: &str, path: &str) -> String {
    let host = url.strip_prefix("http://").unwrap();
    let token = token("https://management.azure.com/.default", TENANT);
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "DELETE {path}?api-version=2025-07-01 HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_portable_network_lives_on_azure_and_leaves_nothing() {
    let world = World::new();
    let declared = |egress| webshop::<Azure>(subscription(), egress).0;
    let drift = async |_: &_| {
        let rule =
            world.server.standing().into_iter().find(|one| one.id.ends_with(RULE)).expect("it is there");
        let answer = delete(world.server.url(), &rule.id);
        assert!(answer.contains(" 20"), "{answer}");
        "network/groups/database/in/tcp-5432-nodes"
    };
    Box::pin(portable::life(&world.engine, declared, drift)).await;
    let left: Vec<_> = world.server.standing().into_iter().map(|one| one.id).collect();
    assert!(left.iter().all(|id| id.to_ascii_lowercase().contains("networkwatcher")), "{left:#?}");
}
