//! What the emulator drops or forgets to do, and the proxy keeps.

use crate::{
    bench::Bench,
    rules::{by, group, table, vpc},
};
use aws_sdk_ec2::{
    Client,
    types::{IcmpTypeCode, IpPermission, PrefixListId, RuleAction, UserIdGroupPair, VpcEndpointType},
};

#[tokio::test]
async fn entries_of_acls_keep_their_types_of_icmp() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let acl = ec2.create_network_acl().vpc_id(&vpc).send().await.unwrap();
    let acl = acl.network_acl().unwrap().network_acl_id().unwrap().to_owned();
    let about = |kind, code| IcmpTypeCode::builder().r#type(kind).code(code).build();
    let entry = ec2.create_network_acl_entry().network_acl_id(&acl).rule_number(10).egress(true);
    let entry = entry.protocol("1").rule_action(RuleAction::Allow).cidr_block("10.0.0.0/8");
    entry.icmp_type_code(about(3, 4)).send().await.unwrap();
    let shown = || async {
        let seen = ec2.describe_network_acls().network_acl_ids(&acl).send().await.unwrap();
        let entries = seen.network_acls()[0].entries().iter();
        let types = entries.filter_map(|entry| entry.icmp_type_code());
        types.map(|about| (about.r#type().unwrap(), about.code().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(shown().await, [(3, 4)]);
    let entry = ec2.replace_network_acl_entry().network_acl_id(&acl).rule_number(10).egress(true);
    let entry = entry.protocol("1").rule_action(RuleAction::Allow).cidr_block("10.0.0.0/8");
    entry.icmp_type_code(about(8, -1)).send().await.unwrap();
    assert_eq!(shown().await, [(8, -1)]);
    let entry = ec2.delete_network_acl_entry().network_acl_id(&acl).rule_number(10).egress(true);
    entry.send().await.unwrap();
    let entry = ec2.create_network_acl_entry().network_acl_id(&acl).rule_number(10).egress(true);
    let entry = entry.protocol("-1").rule_action(RuleAction::Allow).cidr_block("10.0.0.0/8");
    entry.send().await.unwrap();
    assert_eq!(shown().await, []);
}

async fn ways(ec2: &Client, table: &str) -> usize {
    let seen = ec2.describe_route_tables().filters(by("route-table-id", table)).send().await.unwrap();
    let routes = seen.route_tables()[0].routes().iter();
    routes.filter(|route| route.gateway_id().is_some_and(|id| id.starts_with("vpce-"))).count()
}

#[tokio::test]
async fn a_gateway_endpoint_is_a_route_in_each_of_its_tables() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let (first, second) = (table(&ec2, &vpc).await, table(&ec2, &vpc).await);
    let made = ec2.create_vpc_endpoint().vpc_id(&vpc).service_name("com.amazonaws.eu-west-1.s3");
    let made = made.vpc_endpoint_type(VpcEndpointType::Gateway).route_table_ids(&first).send().await.unwrap();
    let endpoint = made.vpc_endpoint().unwrap().vpc_endpoint_id().unwrap().to_owned();
    assert_eq!((ways(&ec2, &first).await, ways(&ec2, &second).await), (1, 0));
    let change = ec2.modify_vpc_endpoint().vpc_endpoint_id(&endpoint);
    change.add_route_table_ids(&second).remove_route_table_ids(&first).send().await.unwrap();
    assert_eq!((ways(&ec2, &first).await, ways(&ec2, &second).await), (0, 1));
    let gone = ec2.delete_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await.unwrap();
    assert!(gone.unsuccessful().is_empty(), "{gone:?}");
    assert_eq!(ways(&ec2, &second).await, 0);
}

#[tokio::test]
async fn rules_for_groups_and_lists_keep_their_descriptions() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let (own, other) = (group(&ec2, &vpc, "own").await, group(&ec2, &vpc, "other").await);
    let lists = ec2.describe_managed_prefix_lists().send().await.unwrap();
    let list = lists.prefix_lists()[0].prefix_list_id().unwrap();
    let tcp = |port| IpPermission::builder().ip_protocol("tcp").from_port(port).to_port(port);
    let pair = |text: &str| UserIdGroupPair::builder().group_id(&other).description(text).build();
    // The emulator answers the rules of the last permission of a call alone.
    for (port, text) in [(1, "one"), (2, "two")] {
        let made = ec2.authorize_security_group_ingress().group_id(&own);
        let made =
            made.ip_permissions(tcp(port).user_id_group_pairs(pair(text)).build()).send().await.unwrap();
        assert_eq!(made.security_group_rules()[0].description(), Some(text), "{made:?}");
    }
    let ranges = PrefixListId::builder().prefix_list_id(list).description("three").build();
    let made = ec2.authorize_security_group_egress().group_id(&own);
    made.ip_permissions(tcp(3).prefix_list_ids(ranges).build()).send().await.unwrap();
    let seen = ec2.describe_security_group_rules().filters(by("group-id", &own)).send().await.unwrap();
    let mut said: Vec<_> = seen
        .security_group_rules()
        .iter()
        .filter_map(|rule| Some((rule.from_port().filter(|port| *port > 0)?, rule.description()?.to_owned())))
        .collect();
    said.sort();
    assert_eq!(said, [(1, "one".to_owned()), (2, "two".to_owned()), (3, "three".to_owned())]);
}
