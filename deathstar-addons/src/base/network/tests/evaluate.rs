//! What policies let through, by the rules of the Kubernetes documentation ("Network Policies").
//!
//! Left out is what no policy decides on: that a pod reaches itself, and that its node reaches it. Of an `ipBlock` the documentation
//! leaves open whether it holds for pods; here it does, by their addresses, which is what opens most.

use super::super::super::metadata::Texts;
use deathstar_core::model::IpCidr;
use k8s_openapi::{
    api::networking::v1::{NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec},
    apimachinery::pkg::{apis::meta::v1::LabelSelector, util::intstr::IntOrString},
};
use std::net::IpAddr;

/// Who sends or receives.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Endpoint {
    /// The namespace and the labels of a pod; everything else has none.
    pub(super) pod: Option<(&'static str, Texts)>,
    pub(super) address: IpAddr,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Packet {
    pub(super) protocol: &'static str,
    pub(super) port: u16,
}

/// Whether a connection comes about: it has to be let out, and let in.
pub(super) fn passes(all: &[NetworkPolicy], from: &Endpoint, to: &Endpoint, packet: Packet) -> bool {
    is_open(all, from, "Egress", to, packet) && is_open(all, to, "Ingress", from, packet)
}

fn is_open(all: &[NetworkPolicy], own: &Endpoint, way: &str, other: &Endpoint, packet: Packet) -> bool {
    let Some((namespace, labels)) = &own.pod else { return true };
    let of_pod = |policy: &&NetworkPolicy| {
        let spec = policy.spec.as_ref().unwrap();
        policy.metadata.namespace.as_deref() == Some(*namespace)
            && selects(spec.pod_selector.as_ref().unwrap(), labels)
            && spec.policy_types.as_ref().unwrap().iter().any(|one| one == way)
    };
    let mut selecting = all.iter().filter(of_pod).peekable();
    // Who is selected by no policy is not isolated.
    selecting.peek().is_none()
        || selecting.any(|policy| lets(policy.spec.as_ref().unwrap(), namespace, way, other, packet))
}

type Rule<'a> = (&'a Option<Vec<NetworkPolicyPeer>>, &'a Option<Vec<NetworkPolicyPort>>);

fn lets(spec: &NetworkPolicySpec, namespace: &str, way: &str, other: &Endpoint, packet: Packet) -> bool {
    let rules: Vec<Rule<'_>> = match way {
        "Ingress" => spec.ingress.iter().flatten().map(|rule| (&rule.from, &rule.ports)).collect(),
        _ => spec.egress.iter().flatten().map(|rule| (&rule.to, &rule.ports)).collect(),
    };
    rules.into_iter().any(|(peers, ports)| {
        // A list that is empty or missing is everybody, and everything.
        let of_peer = peers
            .as_ref()
            .is_none_or(|all| all.is_empty() || all.iter().any(|one| is_peer(one, namespace, other)));
        let of_port =
            ports.as_ref().is_none_or(|all| all.is_empty() || all.iter().any(|one| is_port(one, packet)));
        of_peer && of_port
    })
}

fn is_peer(peer: &NetworkPolicyPeer, own: &str, other: &Endpoint) -> bool {
    if let Some(block) = &peer.ip_block {
        assert!(peer.namespace_selector.is_none() && peer.pod_selector.is_none(), "the server refuses both");
        let within = |range: &String| {
            let range: IpCidr = range.parse().unwrap();
            range.net().contains(&other.address)
        };
        return within(&block.cidr) && !block.except.iter().flatten().any(within);
    }
    let Some((namespace, labels)) = &other.pod else { return false };
    let of_namespace = match &peer.namespace_selector {
        Some(selector) => selects(selector, &super::labels([("kubernetes.io/metadata.name", namespace)])),
        None => *namespace == own,
    };
    of_namespace && peer.pod_selector.as_ref().is_none_or(|selector| selects(selector, labels))
}

fn is_port(port: &NetworkPolicyPort, packet: Packet) -> bool {
    if port.protocol.as_deref().unwrap_or("TCP") != packet.protocol {
        return false;
    }
    let Some(first) = &port.port else { return true };
    let IntOrString::Int(first) = first else { panic!("no port is named here") };
    let last = port.end_port.unwrap_or(*first);
    assert!(
        (1..=65535).contains(first) && (*first..=65535).contains(&last),
        "the server refuses {first}-{last}"
    );
    (*first..=last).contains(&i32::from(packet.port))
}

fn selects(selector: &LabelSelector, labels: &Texts) -> bool {
    assert!(selector.match_expressions.is_none(), "none are made");
    selector.match_labels.iter().flatten().all(|(key, value)| labels.get(key) == Some(value))
}
