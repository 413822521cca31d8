//! The security groups of a VPC and their rules.

use super::{
    Parts,
    tags::{DISCOVERY, description, of_cluster},
};
use crate::{
    ec2::{self, EndpointService, SecurityGroup, SecurityGroupRule, VpcEndpointOutputs},
    network::vpc::S3,
};
use deathstar_core::{
    Input,
    component::{ResourceExt, network::explained},
    model::{
        Tier, Traffic,
        name::aws::SECURITY_GROUP,
        traffic::{
            AddressRange, Direction, Family, Group, IcmpType, KubernetesTraffic, Packets, Peer, Rules,
        },
    },
};

impl Parts<'_, '_> {
    /// Declares the group of each group of workloads, and that of endpoints.
    pub(super) fn groups(&mut self, traffic: &Traffic, endpoints: Option<Tier>) {
        for group in traffic.groups() {
            self.group(&group.name, &group.about);
        }
        if endpoints.is_some() {
            self.group(Group::ENDPOINTS, "private endpoints of AWS");
        }
    }

    fn group(&mut self, name: &str, about: &str) {
        if self.groups.contains_key(name) {
            return; // Two of one name are a finding.
        }
        let legal = SECURITY_GROUP.derive(name).unwrap_or_else(|_| name.to_owned());
        let spec = SecurityGroup::new(self.vpc.id(), legal, description(about));
        let of_nodes = (name == KubernetesTraffic::NODES).then_some(self.choice.cluster.as_deref()).flatten();
        let spec = match of_nodes {
            // The load balancer controller writes rules into the one group that carries this tag.
            Some(cluster) => {
                spec.keep_undeclared_rules().tag(of_cluster(cluster), "owned").tag(DISCOVERY, cluster)
            }
            None => spec.with(),
        };
        let group = self.named(&format!("groups/{name}/group"), spec);
        self.refs.parts.groups.insert(name.to_owned(), group.id());
        self.groups.insert(name.to_owned(), group);
    }

    /// Declares the rules of all groups.
    pub(super) fn group_rules(&mut self, rules: &Rules) {
        for rule in &rules.groups {
            let (Some(group), Some(peer)) = (self.groups.get(&rule.group), self.peer(&rule.opening.peer))
            else {
                continue; // A finding tells.
            };
            let group = group.id();
            let traffic = packets(rule.opening.packets);
            let spec = match rule.direction {
                Direction::In => SecurityGroupRule::ingress(group, traffic, peer),
                Direction::Out => SecurityGroupRule::egress(group, traffic, peer),
            };
            let first = rule.opening.reasons.first().map(|reason| reason.declaration.as_str());
            let spec = spec.description(description(first.unwrap_or_default()));
            let path = format!("groups/{}/{}/{}", rule.group, rule.direction.as_str(), rule.opening.slug());
            self.named(&path, explained(spec, &rule.opening));
        }
    }

    fn peer(&self, peer: &Peer) -> Option<ec2::Peer> {
        match peer {
            Peer::Group(name) => Some(ec2::Peer::group(self.groups.get(name)?.id())),
            Peer::Range(AddressRange::Known(range)) => Some(ec2::Peer::range(*range)),
            Peer::Range(range) => match (range.family(), self.range(*range)?) {
                (Family::Ipv6, Input::Pending(expr)) => Some(ec2::Peer::Ipv6(Input::Pending(expr))),
                _ => None,
            },
            Peer::Probes => None, // Load balancers ask from their own group: a finding tells.
            Peer::ObjectStorage => {
                let endpoint = self.refs.endpoints.get(&EndpointService::new(S3))?;
                Some(ec2::Peer::PrefixList(endpoint.prefix_list().into()))
            }
        }
    }
}

/// Packets as EC2 writes them.
pub(super) fn packets(packets: Packets) -> ec2::Traffic {
    let ports = |ports: deathstar_core::model::traffic::Ports| ec2::Ports::between(ports.first, ports.last);
    match packets {
        Packets::All => ec2::Traffic::All,
        Packets::Tcp(all) => ec2::Traffic::Tcp(ports(all)),
        Packets::Udp(all) => ec2::Traffic::Udp(ports(all)),
        Packets::Icmp(kind) => ec2::Traffic::Icmp(messages(kind)),
        Packets::Icmpv6(kind) => ec2::Traffic::IcmpV6(messages(kind)),
        Packets::Other(number) => ec2::Traffic::protocol(number),
    }
}

fn messages(kind: IcmpType) -> ec2::IcmpMessages {
    match (kind.kind, kind.code) {
        (None, _) => ec2::IcmpMessages::All,
        (Some(kind), None) => ec2::IcmpMessages::Type(kind),
        (Some(kind), Some(code)) => ec2::IcmpMessages::Code(kind, code),
    }
}
