//! Each rule, seen by AWS's own SDK: what is refused, what is shown, and that the same is let through where it should be.

use crate::bench::{Bench, code};
use aws_sdk_ec2::{
    Client,
    types::{
        self, Filter, IpPermission, IpRange, ResourceType, RuleAction, Tag, TagSpecification,
        UserIdGroupPair, VpcEndpointType,
    },
};
use deathstar_aws_proxy::{Quotas, Settings};

pub async fn vpc(ec2: &Client, range: &str) -> String {
    let made = ec2.create_vpc().cidr_block(range).send().await.unwrap();
    made.vpc().unwrap().vpc_id().unwrap().to_owned()
}

pub async fn subnet(ec2: &Client, vpc: &str, range: &str) -> String {
    let call = ec2.create_subnet().vpc_id(vpc).cidr_block(range).availability_zone("eu-west-1a");
    call.send().await.unwrap().subnet().unwrap().subnet_id().unwrap().to_owned()
}

pub async fn gateway(ec2: &Client, vpc: Option<&str>) -> String {
    let made = ec2.create_internet_gateway().send().await.unwrap();
    let id = made.internet_gateway().unwrap().internet_gateway_id().unwrap().to_owned();
    if let Some(vpc) = vpc {
        ec2.attach_internet_gateway().internet_gateway_id(&id).vpc_id(vpc).send().await.unwrap();
    }
    id
}

pub async fn address(ec2: &Client) -> String {
    ec2.allocate_address().send().await.unwrap().allocation_id().unwrap().to_owned()
}

pub async fn nat(ec2: &Client, subnet: &str, address: &str) -> String {
    let made = ec2.create_nat_gateway().subnet_id(subnet).allocation_id(address).send().await.unwrap();
    made.nat_gateway().unwrap().nat_gateway_id().unwrap().to_owned()
}

pub async fn table(ec2: &Client, vpc: &str) -> String {
    let made = ec2.create_route_table().vpc_id(vpc).send().await.unwrap();
    made.route_table().unwrap().route_table_id().unwrap().to_owned()
}

pub async fn group(ec2: &Client, vpc: &str, name: &str) -> String {
    let call = ec2.create_security_group().vpc_id(vpc).group_name(name).description(name);
    call.send().await.unwrap().group_id().unwrap().to_owned()
}

async fn nat_state(ec2: &Client, id: &str) -> String {
    let seen = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
    seen.nat_gateways()[0].state().unwrap().as_str().to_owned()
}

pub fn by(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

#[tokio::test]
async fn what_is_in_use_is_not_deleted() {
    let Some(bench) = Bench::new(Settings::default().pending(0).quotas(Quotas::ample())).await else {
        return;
    };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let delete_vpc = || async { code(ec2.delete_vpc().vpc_id(&vpc).send().await) };
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    assert_eq!(delete_vpc().await, "DependencyViolation", "a subnet");
    let internet = gateway(&ec2, Some(&vpc)).await;
    let address = address(&ec2).await;
    let nat_id = nat(&ec2, &subnet_id, &address).await;
    let detach = || async {
        code(ec2.detach_internet_gateway().internet_gateway_id(&internet).vpc_id(&vpc).send().await)
    };
    let release = || async { code(ec2.release_address().allocation_id(&address).send().await) };
    let delete_subnet = || async { code(ec2.delete_subnet().subnet_id(&subnet_id).send().await) };
    for when in ["available", "deleting"] {
        assert_eq!(detach().await, "DependencyViolation", "mapped addresses, {when}");
        assert_eq!(release().await, "InvalidIPAddress.InUse", "{when}");
        assert_eq!(delete_subnet().await, "DependencyViolation", "a gateway, {when}");
        ec2.delete_nat_gateway().nat_gateway_id(&nat_id).send().await.unwrap();
    }
    assert_eq!(nat_state(&ec2, &nat_id).await, "deleting");
    assert_eq!(nat_state(&ec2, &nat_id).await, "deleted");
    assert_eq!([release().await, detach().await], ["", ""]);

    let endpoint = ec2.create_vpc_endpoint().vpc_id(&vpc).vpc_endpoint_type(VpcEndpointType::Interface);
    let group_id = group(&ec2, &vpc, "endpoints").await;
    let endpoint = endpoint
        .service_name("com.amazonaws.eu-west-1.ecr.api")
        .subnet_ids(&subnet_id)
        .security_group_ids(&group_id);
    let endpoint =
        endpoint.send().await.unwrap().vpc_endpoint().unwrap().vpc_endpoint_id().unwrap().to_owned();
    let delete_group = |id: String| async { code(ec2.delete_security_group().group_id(id).send().await) };
    assert_eq!(delete_subnet().await, "DependencyViolation", "an endpoint");
    assert_eq!(delete_group(group_id.clone()).await, "DependencyViolation", "an endpoint");
    ec2.delete_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await.unwrap();
    assert_eq!(delete_subnet().await, "DependencyViolation", "an endpoint that is deleting");
    let seen = ec2.describe_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await.unwrap();
    assert_eq!(seen.vpc_endpoints()[0].state().unwrap().as_str().to_ascii_lowercase(), "deleting");
    assert_eq!(
        code(ec2.describe_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await),
        "InvalidVpcEndpointId.NotFound"
    );
    assert_eq!(delete_subnet().await, "");

    let other = group(&ec2, &vpc, "other").await;
    let pair = UserIdGroupPair::builder().group_id(&group_id).build();
    let rule =
        IpPermission::builder().ip_protocol("tcp").from_port(1).to_port(2).user_id_group_pairs(pair).build();
    ec2.authorize_security_group_ingress().group_id(&other).ip_permissions(rule).send().await.unwrap();
    assert_eq!(delete_group(group_id.clone()).await, "DependencyViolation", "a rule");
    assert_eq!(delete_vpc().await, "DependencyViolation", "a security group");
    assert_eq!([delete_group(other).await, delete_group(group_id).await], ["", ""]);
    let groups = ec2.describe_security_groups().filters(by("vpc-id", &vpc)).send().await.unwrap();
    let default = groups.security_groups()[0].group_id().unwrap().to_owned();
    assert_eq!(delete_group(default).await, "CannotDelete");

    let acl = ec2.create_network_acl().vpc_id(&vpc).send().await.unwrap();
    let acl = acl.network_acl().unwrap().network_acl_id().unwrap().to_owned();
    assert_eq!(delete_vpc().await, "DependencyViolation", "a network ACL");
    ec2.delete_network_acl().network_acl_id(&acl).send().await.unwrap();
    let acls = ec2.describe_network_acls().filters(by("vpc-id", &vpc)).send().await.unwrap();
    let default = acls.network_acls()[0].network_acl_id().unwrap();
    assert_eq!(code(ec2.delete_network_acl().network_acl_id(default).send().await), "InvalidParameterValue");

    let table_id = table(&ec2, &vpc).await;
    assert_eq!(delete_vpc().await, "DependencyViolation", "a route table");
    ec2.delete_route_table().route_table_id(&table_id).send().await.unwrap();
    let tables = ec2.describe_route_tables().filters(by("vpc-id", &vpc)).send().await.unwrap();
    let main = tables.route_tables()[0].route_table_id().unwrap();
    assert_eq!(code(ec2.delete_route_table().route_table_id(main).send().await), "DependencyViolation");

    let egress = ec2.create_egress_only_internet_gateway().vpc_id(&vpc).send().await.unwrap();
    let egress =
        egress.egress_only_internet_gateway().unwrap().egress_only_internet_gateway_id().unwrap().to_owned();
    assert_eq!(delete_vpc().await, "DependencyViolation", "an egress-only gateway");
    ec2.delete_egress_only_internet_gateway().egress_only_internet_gateway_id(egress).send().await.unwrap();
    let again = gateway(&ec2, Some(&vpc)).await;
    assert_eq!(delete_vpc().await, "DependencyViolation", "an internet gateway");
    ec2.detach_internet_gateway().internet_gateway_id(again).vpc_id(&vpc).send().await.unwrap();
    assert_eq!(delete_vpc().await, "");
}

#[tokio::test]
async fn a_token_is_one_call() {
    let Some(bench) = Bench::strict().await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let make = |token: &str, key: &str| {
        let tag = Tag::builder().key(key).value("1").build();
        let tags = TagSpecification::builder().resource_type(ResourceType::RouteTable).tags(tag).build();
        ec2.create_route_table().vpc_id(&vpc).client_token(token).tag_specifications(tags).send()
    };
    let id = |made: &aws_sdk_ec2::operation::create_route_table::CreateRouteTableOutput| {
        made.route_table().unwrap().route_table_id().unwrap().to_owned()
    };
    let (first, again, other) =
        (make("a", "k").await.unwrap(), make("a", "k").await.unwrap(), make("b", "k").await.unwrap());
    assert_eq!(id(&first), id(&again));
    assert_ne!(id(&first), id(&other));
    assert_eq!(code(make("a", "another").await), "IdempotentParameterMismatch");
    let tables = ec2.describe_route_tables().filters(by("vpc-id", &vpc)).send().await.unwrap();
    assert_eq!(tables.route_tables().len(), 3);
}

#[tokio::test]
async fn lists_are_cut_into_pages() {
    let Some(bench) = Bench::new(Settings::default().page(3)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let mut ids = vec![];
    for number in 0..7 {
        ids.push(subnet(&ec2, &vpc, &format!("10.0.{number}.0/24")).await);
    }
    let list = || ec2.describe_subnets().filters(by("vpc-id", &vpc));
    let first = list().send().await.unwrap();
    assert_eq!(first.subnets().len(), 3);
    let token = first.next_token().unwrap();
    let all = list().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let mut seen: Vec<_> = all.iter().map(|subnet| subnet.subnet_id().unwrap().to_owned()).collect();
    seen.sort_unstable();
    ids.sort_unstable();
    assert_eq!(seen, ids);
    let pages: Vec<_> =
        bench.proxy.calls().of("ec2", "DescribeSubnets").iter().map(|call| call.page).collect();
    assert_eq!(pages, [1, 1, 2, 3]);
    assert_eq!(code(list().next_token("abc").send().await), "InvalidNextToken");
    assert_eq!(
        code(ec2.describe_subnets().next_token(token).send().await),
        "InvalidNextToken",
        "of another list"
    );
    assert_eq!(code(list().max_results(4).send().await), "InvalidParameterValue", "fewer than 5");
    let by_ids = ec2.describe_subnets().set_subnet_ids(Some(ids)).send().await.unwrap();
    assert_eq!((by_ids.subnets().len(), by_ids.next_token()), (7, None));
}

#[tokio::test]
async fn objects_begin_and_end_slowly() {
    let Some(bench) = Bench::new(Settings::default().pending(2).deleting(2)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    gateway(&ec2, Some(&vpc)).await;
    let nat_id = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    let table_id = table(&ec2, &vpc).await;
    let route = || {
        ec2.create_route()
            .route_table_id(&table_id)
            .destination_cidr_block("0.0.0.0/0")
            .nat_gateway_id(&nat_id)
            .send()
    };
    assert_eq!(code(route().await), "InvalidNatGatewayID.NotFound");
    let available = || ec2.describe_nat_gateways().filter(by("state", "available")).send();
    assert!(available().await.unwrap().nat_gateways().is_empty(), "it is pending, and not looked at");
    for state in ["pending", "pending", "available"] {
        assert_eq!(nat_state(&ec2, &nat_id).await, state);
    }
    assert_eq!(available().await.unwrap().nat_gateways().len(), 1);
    assert_eq!(code(route().await), "");
    ec2.delete_nat_gateway().nat_gateway_id(&nat_id).send().await.unwrap();
    for state in ["deleting", "deleting", "deleted"] {
        assert_eq!(nat_state(&ec2, &nat_id).await, state);
    }
    let vpcs = || async {
        let seen = ec2.describe_vpcs().vpc_ids(&vpc).send().await.unwrap();
        seen.vpcs()[0].state().unwrap().as_str().to_owned()
    };
    assert_eq!([vpcs().await, vpcs().await, vpcs().await], ["pending", "pending", "available"]);
}

#[tokio::test]
async fn a_nat_gateway_fails_as_told_or_without_a_way_out() {
    let Some(bench) = Bench::new(Settings::default().pending(1)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc = vpc(&ec2, "10.0.0.0/16").await;
    let subnet_id = subnet(&ec2, &vpc, "10.0.0.0/24").await;
    let look = |id: String| {
        let ec2 = &ec2;
        async move {
            let seen = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
            let nat = &seen.nat_gateways()[0];
            (nat.state().unwrap().as_str().to_owned(), nat.failure_code().map(str::to_owned))
        }
    };
    let first = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    assert_eq!(look(first.clone()).await, ("pending".into(), None));
    assert_eq!(look(first).await, ("failed".into(), Some("Gateway.NotAttached".into())));
    gateway(&ec2, Some(&vpc)).await;
    bench.proxy.fail_nat_gateway("InsufficientFreeAddressesInSubnet", "full");
    let second = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    look(second.clone()).await;
    assert_eq!(look(second).await, ("failed".into(), Some("InsufficientFreeAddressesInSubnet".into())));
    let third = nat(&ec2, &subnet_id, &address(&ec2).await).await;
    look(third.clone()).await;
    assert_eq!(look(third).await, ("available".into(), None));
}

#[tokio::test]
async fn a_new_object_is_shown_late() {
    let Some(bench) = Bench::new(Settings::default().hidden(2).pending(0)).await else { return };
    let ec2 = bench.ec2().await;
    let vpc_id = vpc(&ec2, "10.0.0.0/16").await;
    let by_id = || async { code(ec2.describe_vpcs().vpc_ids(&vpc_id).send().await) };
    assert_eq!(
        [by_id().await, by_id().await, by_id().await],
        ["InvalidVpcID.NotFound", "InvalidVpcID.NotFound", ""]
    );
    let other = vpc(&ec2, "10.1.0.0/16").await;
    let listed =
        || async { ec2.describe_vpcs().filters(by("vpc-id", &other)).send().await.unwrap().vpcs().len() };
    assert_eq!(listed().await, 0);
    let use_it = || async { code(ec2.create_subnet().vpc_id(&other).cidr_block("10.1.0.0/24").send().await) };
    assert_eq!([use_it().await, use_it().await], ["InvalidVpcID.NotFound", ""]);
    assert_eq!(listed().await, 1);
}

#[tokio::test]
async fn a_new_role_cannot_be_used_at_once() {
    let Some(bench) = Bench::new(Settings::default().hidden(1).unusable_roles(1)).await else { return };
    let config = bench.config().await;
    let (iam, sts) = (aws_sdk_iam::Client::new(&config), aws_sdk_sts::Client::new(&config));
    iam.create_role().role_name("a").assume_role_policy_document("{}").send().await.unwrap();
    let role = || async {
        iam.get_role()
            .role_name("a")
            .send()
            .await
            .err()
            .map(|e| e.into_service_error().is_no_such_entity_exception())
    };
    assert_eq!([role().await, role().await], [Some(true), None]);
    let arn = format!("arn:aws:iam::{}:role/a", bench.account);
    let assume = || async { sts.assume_role().role_arn(&arn).role_session_name("x").send().await.is_ok() };
    assert_eq!([assume().await, assume().await], [false, true]);
}

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
