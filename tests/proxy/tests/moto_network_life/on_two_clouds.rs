//! The function of `examples/portable` on AWS's API, through the proxy: an emulator alone loses the types of ICMP entries.

use crate::{network::webshop, portable, world::World};
use aws_sdk_ec2::types::Filter;
use deathstar_aws::Aws;
use deathstar_aws_proxy::Settings;

#[tokio::test(flavor = "multi_thread")]
async fn the_portable_network_lives_on_aws_and_leaves_nothing() {
    let Some(world) = World::new(Settings::default()).await else { return };
    let declared = |egress| webshop::<Aws>(world.bench.declared(), egress).0;
    let drift = async |_: &_| {
        let outside = world.bench.outside().await;
        let name =
            Filter::builder().name("tag:Name").values("webshop-network-groups-database-in-tcp-5432-nodes");
        let rules = outside.describe_security_group_rules().filters(name.build()).send().await.unwrap();
        let rule = &rules.security_group_rules()[0];
        let revoke = outside.revoke_security_group_ingress().group_id(rule.group_id().unwrap());
        revoke.security_group_rule_ids(rule.security_group_rule_id().unwrap()).send().await.unwrap();
        "network/groups/database/in/tcp-5432-nodes"
    };
    Box::pin(portable::life(&world.engine, declared, drift)).await;
}
