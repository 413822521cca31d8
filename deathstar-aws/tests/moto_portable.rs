//! The function of `examples/portable` on AWS's API over HTTP, with the real SDK.
//!
//! What it cannot show: moto deletes what is in use, and knows no throttling and no quota.

#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, dead_code, reason = "a test has no users")]

#[path = "../../examples/portable/network.rs"]
mod network;
#[path = "../../tests/shared/portable.rs"]
mod portable;
#[path = "moto_drivers/server.rs"]
mod server;

use aws_sdk_ec2::types::Filter;
use deathstar_aws::Aws;
use deathstar_core::{Engine, state::MemoryStore};
use network::webshop;

#[tokio::test]
async fn the_portable_network_lives_on_aws_and_leaves_nothing() {
    let Some(moto) = server::moto() else { return };
    let account = moto.account();
    let engine = Engine::new(MemoryStore::new(), account.credentials());
    let declared = |egress| webshop::<Aws>(account.declared(), egress).0;
    let drift = async |_: &_| {
        let outside = account.outside().await;
        let name =
            Filter::builder().name("tag:Name").values("webshop-network-groups-database-in-tcp-5432-nodes");
        let rules = outside.describe_security_group_rules().filters(name.build()).send().await.unwrap();
        let rule = &rules.security_group_rules()[0];
        let revoke = outside.revoke_security_group_ingress().group_id(rule.group_id().unwrap());
        revoke.security_group_rule_ids(rule.security_group_rule_id().unwrap()).send().await.unwrap();
        "network/groups/database/in/tcp-5432-nodes"
    };
    Box::pin(portable::life(&engine, declared, drift)).await;
}
