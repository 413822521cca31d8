//! The rules that stand in the in-memory cloud.

use super::{AclEntry, GroupRule, Match, RulePeer, Via, World};
use deathstar_core::{Memory, memory::MemoryObject};
use ipnet::IpNet;
use serde_json::Value;
use std::collections::BTreeMap;

/// The addresses of S3 that routes of its endpoints lead to.
pub const S3: &str = "52.218.0.0/17";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn range(value: &Value) -> IpNet {
    text(value).parse().unwrap()
}

fn about(value: &Value) -> Match {
    let ports = |value: &Value| {
        let text = text(value);
        let (first, last) = text.split_once('-').unwrap_or((&text, &text));
        (first.parse().unwrap(), last.parse().unwrap())
    };
    let icmp = |value: &Value| match value {
        Value::String(all) if all == "all" => (None, None),
        Value::Object(one) if one.contains_key("type") => (Some(one["type"].as_u64().unwrap() as u8), None),
        other => {
            (Some(other["code"][0].as_u64().unwrap() as u8), Some(other["code"][1].as_u64().unwrap() as u8))
        }
    };
    if value == "all" {
        return Match::All;
    }
    let (name, value) = value.as_object().unwrap().iter().next().unwrap();
    match name.as_str() {
        "tcp" => Match::Tcp(ports(value).0, ports(value).1),
        "udp" => Match::Udp(ports(value).0, ports(value).1),
        "icmp" => Match::Icmp(icmp(value).0, icmp(value).1),
        "icmpv6" => Match::Icmpv6(icmp(value).0, icmp(value).1),
        "protocol" => Match::Other(value.as_u64().unwrap() as u8),
        other => panic!("{other} is no protocol"),
    }
}

fn via(value: &Value) -> Via {
    let (name, value) = value.as_object().unwrap().iter().next().unwrap();
    match name.as_str() {
        "internet-gateway" => Via::Internet,
        "egress-only-internet-gateway" => Via::EgressOnly,
        "nat-gateway" => Via::Nat(text(value)),
        _ => Via::Other,
    }
}

/// All that stands in a cloud with one VPC.
pub fn world(cloud: &Memory) -> World {
    let all = cloud.objects();
    let of = |family: &'static str| -> Vec<&MemoryObject> {
        all.iter().filter(move |object| object.family == family).collect()
    };
    let mut world = World::default();
    for vpc in of("aws.ec2.vpc") {
        world.ranges.push(range(&vpc.spec["cidr_block"]));
    }
    for block in of("aws.ec2.vpc-cidr-block") {
        let known = [&block.outputs["ipv4"], &block.outputs["ipv6"]];
        world.ranges.extend(known.into_iter().filter(|value| !value.is_null()).map(range));
    }
    for subnet in of("aws.ec2.subnet") {
        let known = [&subnet.spec["cidr_block"], &subnet.spec["ipv6_cidr_block"]];
        let ranges = known.into_iter().filter(|value| !value.is_null()).map(range).collect();
        world.subnets.insert(text(&subnet.id), ranges);
    }
    for rule in of("aws.ec2.security-group-rule") {
        let (sort, peer) = rule.spec["peer"].as_object().unwrap().iter().next().unwrap();
        let peer = match sort.as_str() {
            "ipv4" | "ipv6" => RulePeer::Range(range(peer)),
            "group" => RulePeer::Group(text(peer)),
            _ => RulePeer::PrefixList(text(peer)),
        };
        let egress = rule.spec["direction"] == "egress";
        let rule_of = GroupRule { egress, about: about(&rule.spec["traffic"]), peer };
        world.group_rules.entry(text(&rule.spec["group"])).or_default().push(rule_of);
    }
    let mut entries: BTreeMap<String, Vec<AclEntry>> = BTreeMap::new();
    for entry in of("aws.ec2.network-acl-entry") {
        let spec = &entry.spec;
        entries.entry(text(&spec["acl"])).or_default().push(AclEntry {
            egress: spec["direction"] == "egress",
            number: spec["number"].as_u64().unwrap() as u16,
            allow: spec["action"] == "allow",
            about: about(&spec["traffic"]),
            range: range(&spec["range"]),
        });
    }
    for association in of("aws.ec2.network-acl-association") {
        let acl = entries.get(&text(&association.spec["acl"])).cloned().unwrap_or_default();
        world.acls.insert(text(&association.spec["subnet"]), acl);
    }
    let mut tables: BTreeMap<String, Vec<(IpNet, Via)>> = BTreeMap::new();
    for route in of("aws.ec2.route") {
        let to = (range(&route.spec["destination"]), via(&route.spec["via"]));
        tables.entry(text(&route.spec["table"])).or_default().push(to);
    }
    for endpoint in
        of("aws.ec2.vpc-endpoint").into_iter().filter(|endpoint| endpoint.spec["kind"] == "gateway")
    {
        let s3: IpNet = S3.parse().unwrap();
        for table in endpoint.spec["route_tables"].as_array().unwrap() {
            tables.entry(text(table)).or_default().push((s3, Via::Endpoint));
        }
        world.prefix_lists.insert(text(&endpoint.outputs["prefix_list"]), vec![s3]);
    }
    for association in of("aws.ec2.route-table-association") {
        let routes = tables.get(&text(&association.spec["table"])).cloned().unwrap_or_default();
        world.routes.insert(text(&association.spec["subnet"]), routes);
    }
    for gateway in of("aws.ec2.nat-gateway") {
        world.nat.insert(text(&gateway.id), text(&gateway.spec["subnet"]));
    }
    world
}
