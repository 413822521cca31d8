//! The rules that stand in the in-memory cloud.

use super::{Access, Match, Peer, Rule, World};
use deathstar_core::{Memory, memory::MemoryObject};
use ipnet::IpNet;
use serde_json::Value;
use std::collections::BTreeMap;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn ranges(value: &Value) -> Vec<IpNet> {
    texts(value).iter().map(|range| range.parse().unwrap()).collect()
}

fn peer(value: &Value) -> Peer {
    if value == "any" {
        return Peer::Any;
    }
    let (sort, value) = value.as_object().unwrap().iter().next().unwrap();
    match sort.as_str() {
        "ranges" => Peer::Ranges(ranges(value)),
        "service-tag" => Peer::Tag(text(value)),
        "application-security-groups" => {
            let id = |group: &Value| text(group.get("id").unwrap_or(group));
            Peer::Groups(value.as_array().unwrap().iter().map(id).collect())
        }
        other => panic!("{other} is no peer"),
    }
}

fn about(rule: &Value) -> Vec<Match> {
    let ports: Vec<(u16, u16)> = match &rule["destination_ports"] {
        Value::String(any) if any == "any" => vec![(0, u16::MAX)],
        other => other["ranges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|ports| (ports["first"].as_u64().unwrap() as u16, ports["last"].as_u64().unwrap() as u16))
            .collect(),
    };
    match text(&rule["protocol"]).as_str() {
        "*" => vec![Match::All],
        "Tcp" => ports.into_iter().map(|(first, last)| Match::Tcp(first, last)).collect(),
        "Udp" => ports.into_iter().map(|(first, last)| Match::Udp(first, last)).collect(),
        "Icmp" => vec![Match::Icmp(None, None)],
        "Esp" => vec![Match::Other(50)],
        "Ah" => vec![Match::Other(51)],
        other => panic!("{other} is no protocol"),
    }
}

/// All that stands in a cloud with one virtual network. Machines of the public tier have public addresses, and those of the private
/// tier stand behind load balancers.
pub fn world(cloud: &Memory) -> World {
    let all = cloud.objects();
    let of = |family: &'static str| -> Vec<&MemoryObject> {
        all.iter().filter(move |object| object.family == family).collect()
    };
    let mut world = World::default();
    for vnet in of("azure.network.virtual-network") {
        world.ranges = ranges(&vnet.spec["address_prefixes"]);
    }
    for rule in of("azure.network.security-rule") {
        let spec = &rule.spec;
        world.rules.entry(text(&spec["network_security_group"])).or_default().push(Rule {
            inbound: spec["direction"] == "Inbound",
            priority: spec["priority"].as_u64().unwrap() as u16,
            access: if spec["access"] == "Allow" { Access::Allow } else { Access::Deny },
            about: about(spec),
            source: peer(&spec["source"]),
            destination: peer(&spec["destination"]),
        });
    }
    let mut tables: BTreeMap<String, Vec<IpNet>> = BTreeMap::new();
    for route in of("azure.network.route") {
        let to = text(&route.spec["address_prefix"]).parse().unwrap();
        tables.entry(text(&route.spec["route_table"])).or_default().push(to);
    }
    let gateways: BTreeMap<String, bool> = of("azure.network.nat-gateway")
        .iter()
        .map(|gateway| (text(&gateway.id), gateway.spec["public_ip_addresses_v6"].is_array()))
        .collect();
    for subnet in of("azure.network.subnet") {
        let (id, spec) = (text(&subnet.id), &subnet.spec);
        assert_eq!(spec["default_outbound_access"], false);
        world.subnets.insert(id.clone(), ranges(&spec["address_prefixes"]));
        world.filters.insert(id.clone(), text(&spec["network_security_group"]));
        if let Some(gateway) = spec["nat_gateway"].as_str() {
            world.nat.insert(id.clone(), gateways[gateway]);
        }
        if let Some(table) = spec["route_table"].as_str() {
            world.routes.insert(id.clone(), tables[table].clone());
        }
        if texts(&spec["service_endpoints"]).contains(&"Microsoft.Storage".to_owned()) {
            world.storage.insert(id.clone());
        }
        let name = text(&spec["name"]);
        if name == "public" {
            world.public.insert(id);
        } else if name.starts_with("private") {
            world.balanced.insert(id);
        }
    }
    world
}
