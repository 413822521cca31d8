//! The rules that stand in an account, read by AWS's own SDK.

use super::{AclEntry, GroupRule, Match, RulePeer, Via, World};
use aws_sdk_ec2::{
    Client,
    types::{Route, SecurityGroupRule},
};
use ipnet::IpNet;

fn about(protocol: &str, from: Option<i32>, to: Option<i32>) -> Match {
    let port = |value: Option<i32>, else_: u16| {
        value.filter(|v| *v >= 0).map_or(else_, |v| u16::try_from(v).unwrap())
    };
    let number = |value: Option<i32>| value.filter(|v| *v >= 0).map(|v| u8::try_from(v).unwrap());
    match protocol {
        "-1" => Match::All,
        "tcp" | "6" => Match::Tcp(port(from, 0), port(to, u16::MAX)),
        "udp" | "17" => Match::Udp(port(from, 0), port(to, u16::MAX)),
        "icmp" | "1" => Match::Icmp(number(from), number(to)),
        "icmpv6" | "58" => Match::Icmpv6(number(from), number(to)),
        other => Match::Other(other.parse().unwrap()),
    }
}

fn group_rule(rule: &SecurityGroupRule) -> GroupRule {
    let range = rule.cidr_ipv4().or(rule.cidr_ipv6()).map(|text| RulePeer::Range(text.parse().unwrap()));
    let group =
        rule.referenced_group_info().and_then(|info| info.group_id()).map(|id| RulePeer::Group(id.into()));
    let list = rule.prefix_list_id().map(|id| RulePeer::PrefixList(id.into()));
    GroupRule {
        egress: rule.is_egress().unwrap(),
        about: about(rule.ip_protocol().unwrap(), rule.from_port(), rule.to_port()),
        peer: range.or(group).or(list).unwrap(),
    }
}

fn via(route: &Route) -> Via {
    if let Some(nat) = route.nat_gateway_id() {
        Via::Nat(nat.into())
    } else if route.egress_only_internet_gateway_id().is_some() {
        Via::EgressOnly
    } else if route.gateway_id().is_some_and(|id| id.starts_with("igw-")) {
        Via::Internet
    } else {
        Via::Other
    }
}

/// All that stands in an account with one VPC of its own.
pub async fn world(ec2: &Client, vpc: &str) -> World {
    let mut world = World::default();
    let all = ec2.describe_vpcs().vpc_ids(vpc).send().await.unwrap();
    let own = &all.vpcs()[0];
    let blocks = own.cidr_block_association_set().iter().filter_map(|block| block.cidr_block());
    let blocks6 = own.ipv6_cidr_block_association_set().iter().filter_map(|block| block.ipv6_cidr_block());
    world.ranges = blocks.chain(blocks6).map(|text| text.parse().unwrap()).collect();
    let of_vpc = |name: &str| aws_sdk_ec2::types::Filter::builder().name(name).values(vpc).build();

    let subnets = ec2.describe_subnets().filters(of_vpc("vpc-id")).send().await.unwrap();
    for subnet in subnets.subnets() {
        let six = subnet.ipv6_cidr_block_association_set().iter().filter_map(|block| block.ipv6_cidr_block());
        let ranges =
            subnet.cidr_block().into_iter().chain(six).filter_map(|text| text.parse().ok()).collect();
        world.subnets.insert(subnet.subnet_id().unwrap().into(), ranges);
    }
    let mut rules = ec2.describe_security_group_rules().into_paginator().items().send();
    while let Some(rule) = rules.next().await {
        let rule = rule.unwrap();
        world.group_rules.entry(rule.group_id().unwrap().into()).or_default().push(group_rule(&rule));
    }
    let acls = ec2.describe_network_acls().filters(of_vpc("vpc-id")).send().await.unwrap();
    for acl in acls.network_acls() {
        let entries: Vec<AclEntry> = acl
            .entries()
            .iter()
            .map(|entry| {
                let ports = entry.port_range();
                let icmp = entry.icmp_type_code();
                let from = ports.and_then(|p| p.from()).or(icmp.and_then(|i| i.r#type()));
                let to = ports.and_then(|p| p.to()).or(icmp.and_then(|i| i.code()));
                let range: IpNet = entry.cidr_block().or(entry.ipv6_cidr_block()).unwrap().parse().unwrap();
                AclEntry {
                    egress: entry.egress().unwrap(),
                    number: u16::try_from(entry.rule_number().unwrap()).unwrap(),
                    allow: entry.rule_action().unwrap().as_str() == "allow",
                    about: about(entry.protocol().unwrap(), from, to),
                    range,
                }
            })
            .collect();
        for association in acl.associations() {
            world.acls.insert(association.subnet_id().unwrap().into(), entries.clone());
        }
    }
    let endpoints = ec2.describe_vpc_endpoints().filters(of_vpc("vpc-id")).send().await.unwrap();
    let s3: IpNet = super::memory::S3.parse().unwrap();
    let gateways: Vec<&str> =
        endpoints.vpc_endpoints().iter().flat_map(|one| one.route_table_ids()).map(String::as_str).collect();
    // The addresses of a list are AWS's; that of S3 is the only one here.
    let lists = world.group_rules.values().flatten().filter_map(|rule| match &rule.peer {
        RulePeer::PrefixList(list) => Some((list.clone(), vec![s3])),
        _ => None,
    });
    world.prefix_lists = lists.collect();
    let tables = ec2.describe_route_tables().filters(of_vpc("vpc-id")).send().await.unwrap();
    for table in tables.route_tables() {
        let mut routes: Vec<(IpNet, Via)> = vec![];
        for route in table.routes().iter().filter(|route| route.gateway_id() != Some("local")) {
            let to = route.destination_cidr_block().or(route.destination_ipv6_cidr_block());
            if let Some(to) = to {
                routes.push((to.parse().unwrap(), via(route)));
            }
        }
        if gateways.contains(&table.route_table_id().unwrap()) {
            routes.push((s3, Via::Endpoint));
        }
        for subnet in table.associations().iter().filter_map(|association| association.subnet_id()) {
            world.routes.insert(subnet.into(), routes.clone());
        }
    }
    let gateways = ec2.describe_nat_gateways().send().await.unwrap();
    for gateway in gateways.nat_gateways() {
        world.nat.insert(gateway.nat_gateway_id().unwrap().into(), gateway.subnet_id().unwrap().into());
    }
    world
}
