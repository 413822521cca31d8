//! What the emulator takes, drops or does not look at.

use super::{by, gateway, subnet, table, vpc};
use crate::bench::{Bench, code};
use aws_sdk_ec2::types::{self, IpPermission, IpRange, ResourceType, RuleAction, Tag, TagSpecification};
use deathstar_aws_proxy::Settings;

#[tokio::test]
async fn what_the_emulator_takes_or_drops_is_refused() {
    let Some(bench) = Bench::new(Settings::default().pending(0)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc_id = vpc(&ec2, "10.0.5.5/16").await;
    let seen = ec2.describe_vpcs().vpc_ids(&vpc_id).send().await.unwrap();
    assert_eq!(seen.vpcs()[0].cidr_block(), Some("10.0.0.0/16"), "canonical");
    let subnet_id = subnet(&ec2, &vpc_id, "10.0.0.9/24").await;
    let seen = ec2.describe_subnets().subnet_ids(&subnet_id).send().await.unwrap();
    assert_eq!(seen.subnets()[0].cidr_block(), Some("10.0.0.0/24"), "canonical");
    assert_eq!(
        code(ec2.create_subnet().vpc_id(&vpc_id).cidr_block("10.0.1.0/29").send().await),
        "InvalidSubnet.Range"
    );

    let (one, two) = (gateway(&ec2, Some(&vpc_id)).await, gateway(&ec2, None).await);
    let attach = |id: String| ec2.attach_internet_gateway().internet_gateway_id(id).vpc_id(&vpc_id).send();
    assert_eq!(code(attach(two.clone()).await), "InvalidParameterValue");
    assert_eq!(code(attach(one.clone()).await), "Resource.AlreadyAssociated");

    let (first, second) = (table(&ec2, &vpc_id).await, table(&ec2, &vpc_id).await);
    let associate =
        |table: &str| ec2.associate_route_table().route_table_id(table).subnet_id(&subnet_id).send();
    associate(&first).await.unwrap();
    assert_eq!(code(associate(&second).await), "Resource.AlreadyAssociated");
    let six = || {
        ec2.create_route().route_table_id(&first).destination_ipv6_cidr_block("::/0").gateway_id(&one).send()
    };
    assert_eq!([code(six().await), code(six().await)], ["", "RouteAlreadyExists"]);
    let to = |table: &str| ec2.create_route().route_table_id(table).destination_cidr_block("0.0.0.0/0");
    assert_eq!(code(to(&first).gateway_id(&two).send().await), "InvalidParameterValue", "of another network");
    let ghost = "nat-0123456789abcdef0";
    assert_eq!(code(to(&first).nat_gateway_id(ghost).send().await), "InvalidNatGatewayID.NotFound");
    assert_eq!(code(ec2.delete_nat_gateway().nat_gateway_id(ghost).send().await), "NatGatewayNotFound");
    assert_eq!(code(ec2.describe_nat_gateways().nat_gateway_ids(ghost).send().await), "NatGatewayNotFound");

    let new = |vpc: &str, name: &str| {
        ec2.create_security_group().vpc_id(vpc).group_name(name).description("d").send()
    };
    assert_eq!(code(new("vpc-0123456789abcdef0", "a").await), "InvalidVpcID.NotFound");
    assert_eq!(code(new(&vpc_id, "sg-a").await), "InvalidParameterValue");
    let group = new(&vpc_id, "a").await.unwrap().group_id().unwrap().to_owned();
    let rule = |from, to, range: &str| {
        let range = IpRange::builder().cidr_ip(range).build();
        let rule =
            IpPermission::builder().ip_protocol("tcp").from_port(from).to_port(to).ip_ranges(range).build();
        ec2.authorize_security_group_ingress().group_id(&group).ip_permissions(rule).send()
    };
    assert_eq!(code(rule(90, 80, "10.0.0.0/8").await), "InvalidParameterValue");
    rule(80, 90, "10.1.2.3/8").await.unwrap();
    let seen = ec2.describe_security_groups().group_ids(&group).send().await.unwrap();
    assert_eq!(seen.security_groups()[0].ip_permissions()[0].ip_ranges()[0].cidr_ip(), Some("10.0.0.0/8"));

    let on = || types::AttributeBooleanValue::builder().value(true).build();
    let both = ec2.modify_vpc_attribute().vpc_id(&vpc_id).enable_dns_support(on()).enable_dns_hostnames(on());
    assert_eq!(code(both.send().await), "InvalidParameterCombination");
    assert_eq!(
        code(ec2.create_vpc().cidr_block("10.9.0.0/16").dry_run(true).send().await),
        "DryRunOperation"
    );
    let wrong = TagSpecification::builder()
        .resource_type(ResourceType::Subnet)
        .tags(Tag::builder().key("a").value("b").build());
    assert_eq!(
        code(ec2.create_vpc().cidr_block("10.9.0.0/16").tag_specifications(wrong.build()).send().await),
        "InvalidParameterValue"
    );
    assert_eq!(ec2.describe_vpcs().filters(by("cidr", "10.9.0.0/16")).send().await.unwrap().vpcs().len(), 0);
    assert_eq!(code(ec2.describe_vpcs().filters(by("color", "red")).send().await), "InvalidParameterValue");

    let acl = ec2.create_network_acl().vpc_id(&vpc_id).send().await.unwrap();
    let acl = acl.network_acl().unwrap().network_acl_id().unwrap().to_owned();
    let entry = |number| {
        ec2.create_network_acl_entry()
            .network_acl_id(&acl)
            .rule_number(number)
            .egress(false)
            .protocol("-1")
            .rule_action(RuleAction::Allow)
            .cidr_block("10.0.0.0/8")
            .send()
    };
    assert_eq!([code(entry(99_999).await), code(entry(10).await)], ["InvalidParameterValue", ""]);
    let gone = ec2.delete_network_acl_entry().network_acl_id(&acl).rule_number(11).egress(false).send();
    assert_eq!(code(gone.await), "InvalidNetworkAclEntry.NotFound");
    let seen = ec2.describe_network_acls().network_acl_ids(&acl).send().await.unwrap();
    let mut numbers: Vec<_> =
        seen.network_acls()[0].entries().iter().filter_map(types::NetworkAclEntry::rule_number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [10, 32_767, 32_767]);
    assert_eq!(
        code(ec2.describe_network_acls().network_acl_ids("acl-0123456789abcdef0").send().await),
        "InvalidNetworkAclID.NotFound"
    );
    let stale =
        ec2.replace_network_acl_association().association_id("aclassoc-01234567").network_acl_id(&acl);
    assert_eq!(code(stale.send().await), "InvalidAssociationID.NotFound");
}

#[tokio::test]
async fn tags_are_looked_at_where_the_emulator_does_not() {
    let Some(bench) = Bench::new(Settings::default().pending(0)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    for value in ["a", "b"] {
        let tags = TagSpecification::builder()
            .resource_type(ResourceType::Natgateway)
            .tags(Tag::builder().key("k").value(value).build());
        let call = ec2
            .create_nat_gateway()
            .subnet_id(&subnet_id)
            .connectivity_type(types::ConnectivityType::Private);
        call.tag_specifications(tags.build()).send().await.unwrap();
    }
    let seen = |value: &str| ec2.describe_nat_gateways().filter(by("tag:k", value)).send();
    assert_eq!(seen("a").await.unwrap().nat_gateways().len(), 1);
    assert_eq!(seen("*").await.unwrap().nat_gateways().len(), 2);
    let tags = TagSpecification::builder()
        .resource_type(ResourceType::DhcpOptions)
        .tags(Tag::builder().key("k").value("v").build());
    let names = types::NewDhcpConfiguration::builder().key("domain-name").values("a.b").build();
    let made = ec2
        .create_dhcp_options()
        .dhcp_configurations(names)
        .tag_specifications(tags.build())
        .send()
        .await
        .unwrap();
    let id = made.dhcp_options().unwrap().dhcp_options_id().unwrap();
    ec2.associate_dhcp_options().dhcp_options_id(id).vpc_id(&vpc).send().await.unwrap();
    assert_eq!(code(ec2.delete_dhcp_options().dhcp_options_id(id).send().await), "DependencyViolation");
    let seen = ec2.describe_dhcp_options().dhcp_options_ids(id).send().await.unwrap();
    assert_eq!(seen.dhcp_options()[0].tags()[0].key(), Some("k"));
}
