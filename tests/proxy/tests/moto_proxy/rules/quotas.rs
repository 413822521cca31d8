//! How many objects there may be.

use super::{address, gateway, group, subnet, table, vpc};
use crate::bench::{Bench, code};
use aws_sdk_ec2::types::{self, IpPermission, IpRange, RuleAction};
use deathstar_aws_proxy::{Quotas, Settings};

#[tokio::test]
async fn quotas_are_counted() {
    let quotas = Quotas {
        rules_per_security_group: 2,
        entries_per_network_acl: 1,
        routes_per_table: 1,
        nat_gateways_per_zone: 1,
        ..Quotas::default()
    };
    let Some(bench) = Bench::new(Settings::default().pending(0).quotas(quotas)).await else { return };
    let ec2 = bench.ec2().await;
    // Every account has a default VPC, which counts.
    let mut ids = vec![];
    for number in 0..4 {
        ids.push(vpc(&ec2, &format!("10.{number}.0.0/16")).await);
    }
    assert_eq!(code(ec2.create_vpc().cidr_block("10.9.0.0/16").send().await), "VpcLimitExceeded");
    for _ in 0..5 {
        address(&ec2).await;
    }
    assert_eq!(code(ec2.allocate_address().send().await), "AddressLimitExceeded");
    let subnet_id = subnet(&ec2, &ids[0], "10.0.0.0/24").await;
    let private = || {
        ec2.create_nat_gateway()
            .subnet_id(&subnet_id)
            .connectivity_type(types::ConnectivityType::Private)
            .send()
    };
    assert_eq!([code(private().await), code(private().await)], ["", "NatGatewayLimitExceeded"]);
    let group = group(&ec2, &ids[0], "a").await;
    let rule = |port| {
        let range = IpRange::builder().cidr_ip("10.0.0.0/8").build();
        let rule =
            IpPermission::builder().ip_protocol("tcp").from_port(port).to_port(port).ip_ranges(range).build();
        ec2.authorize_security_group_ingress().group_id(&group).ip_permissions(rule).send()
    };
    let codes = [code(rule(1).await), code(rule(2).await), code(rule(3).await)];
    assert_eq!(codes, ["", "", "RulesPerSecurityGroupLimitExceeded"]);
    let internet = gateway(&ec2, Some(&ids[0])).await;
    let table_id = table(&ec2, &ids[0]).await;
    let route = |to: &str| {
        ec2.create_route().route_table_id(&table_id).destination_cidr_block(to).gateway_id(&internet).send()
    };
    assert_eq!([code(route("1.0.0.0/8").await), code(route("2.0.0.0/8").await)], ["", "RouteLimitExceeded"]);
    let acl = ec2.create_network_acl().vpc_id(&ids[0]).send().await.unwrap();
    let acl = acl.network_acl().unwrap().network_acl_id().unwrap().to_owned();
    let entry = |number, egress| {
        ec2.create_network_acl_entry()
            .network_acl_id(&acl)
            .rule_number(number)
            .egress(egress)
            .protocol("-1")
            .rule_action(RuleAction::Allow)
            .cidr_block("10.0.0.0/8")
            .send()
    };
    let codes = [code(entry(1, true).await), code(entry(2, true).await), code(entry(1, false).await)];
    assert_eq!(codes, ["", "NetworkAclEntryLimitExceeded", ""]);
}
