//! One policy, of the rules of a group of pods in one direction.

use super::{
    super::metadata::{Texts, selector, within},
    Declared, Policy,
};
use deathstar_core::{
    Diagnostic, Input,
    kube::Object,
    model::{
        IpCidr, Traffic,
        traffic::{AddressRange, Direction, Family, GroupRule, Packets, Peer, Pods, Ports},
    },
};
use k8s_openapi::{
    api::networking::v1::{
        IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
        NetworkPolicyPort, NetworkPolicySpec,
    },
    apimachinery::pkg::util::intstr::IntOrString,
};

/// The annotation that tells people who asked for what a policy opens.
pub(super) const WHY: &str = "deathstar.dev/why";
/// The label of each namespace that has its name; the API server keeps it.
const NAMESPACE: &str = "kubernetes.io/metadata.name";
/// SCTP, as IANA numbers it.
const SCTP: u8 = 132;

/// Closes a namespace in both directions: policies open, and none of them closes what another has opened.
pub(super) fn closed(namespace: &str) -> Policy {
    const NAME: &str = "default-deny";
    let types = [Direction::In, Direction::Out].map(policy_type);
    let object = Object::of(NetworkPolicy {
        metadata: within(namespace, NAME),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selector(&Texts::new())),
            policy_types: Some(types.into()),
            ..NetworkPolicySpec::default()
        }),
    });
    Policy { name: NAME.to_owned(), object, reasons: vec![] }
}

const fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "Ingress",
        Direction::Out => "Egress",
    }
}

fn policy_type(direction: Direction) -> String {
    word(direction).to_owned()
}

/// One peer with the ports that are open to it.
struct Rule {
    peer: NetworkPolicyPeer,
    /// Its range, where that is known only when the network is made.
    range: Option<Input<IpCidr>>,
    passing: Passing,
}

/// What passes between a policy's pods and a peer.
enum Passing {
    /// Everything, whatever the protocol.
    All,
    /// What goes to these ports.
    Ports(Vec<NetworkPolicyPort>),
}

impl Passing {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Ports(mut ports), Self::Ports(more)) => {
                ports.extend(more);
                Self::Ports(ports)
            }
            _ => Self::All,
        }
    }

    fn ports(self) -> Option<Vec<NetworkPolicyPort>> {
        match self {
            Self::All => None,
            Self::Ports(ports) => Some(ports),
        }
    }
}

/// The policy of a group of pods in one direction; none where nothing is open.
pub(super) fn of_pods(
    declared: &Declared,
    traffic: &Traffic,
    name: &str,
    pods: &Pods,
    direction: Direction,
    rules: &[&GroupRule],
) -> Result<Option<Policy>, Diagnostic> {
    let mut made: Vec<(&Peer, Rule)> = vec![];
    let mut reasons: Vec<String> = vec![];
    for rule in rules {
        let opening = &rule.opening;
        let Some(passing) = passing(opening.packets) else { continue };
        for reason in &opening.reasons {
            let reason = reason.to_string();
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if let Some((_, same)) = made.iter_mut().find(|(peer, _)| **peer == opening.peer) {
            same.passing = std::mem::replace(&mut same.passing, Passing::All).and(passing);
        } else {
            let (peer, range) = peer(declared, traffic, &opening.peer)?;
            made.push((&opening.peer, Rule { peer, range, passing }));
        }
    }
    if made.is_empty() {
        return Ok(None);
    }
    let ranges: Vec<_> = made.iter().map(|(_, rule)| rule.range.clone()).collect();
    let rules = made.into_iter().map(|(_, rule)| rule);
    let mut spec = NetworkPolicySpec {
        pod_selector: Some(selector(&pods.labels)),
        policy_types: Some(vec![policy_type(direction)]),
        ..NetworkPolicySpec::default()
    };
    match direction {
        Direction::In => {
            let rules = rules.map(|rule| NetworkPolicyIngressRule {
                from: Some(vec![rule.peer]),
                ports: rule.passing.ports(),
            });
            spec.ingress = Some(rules.collect());
        }
        Direction::Out => {
            let rules = rules.map(|rule| NetworkPolicyEgressRule {
                to: Some(vec![rule.peer]),
                ports: rule.passing.ports(),
            });
            spec.egress = Some(rules.collect());
        }
    }
    let mut metadata = within(&pods.namespace, name);
    metadata.annotations = Some([(WHY.to_owned(), reasons.join("\n"))].into());
    let (list, side) = match direction {
        Direction::In => ("ingress", "from"),
        Direction::Out => ("egress", "to"),
    };
    let policy = Object::of(NetworkPolicy { metadata, spec: Some(spec) });
    let object = ranges.into_iter().enumerate().fold(policy, |policy, (index, range)| match range {
        Some(range) => policy.set(&format!("/spec/{list}/{index}/{side}/0/ipBlock/cidr"), range),
        None => policy,
    });
    Ok(Some(Policy { name: name.to_owned(), object, reasons }))
}

/// Whether a policy can say anything about such packets.
pub(super) fn can_say(packets: Packets) -> bool {
    passing(packets).is_some()
}

/// What passes, as a policy says it. Policies say nothing about ICMP and other protocols but TCP, UDP
/// and SCTP: whether these pass is up to the network plugin.
///
/// Source: Kubernetes documentation, "Network Policies", network traffic filtering.
fn passing(packets: Packets) -> Option<Passing> {
    let of = |protocol: &str, ports: Ports| {
        let first = ports.first.max(1);
        let (port, end_port) = match ports {
            Ports { first: 0 | 1, last: u16::MAX } => (None, None),
            _ => (
                Some(IntOrString::Int(first.into())),
                Some(i32::from(ports.last)).filter(|_| ports.last > first),
            ),
        };
        let port = NetworkPolicyPort { protocol: Some(protocol.to_owned()), port, end_port };
        // No packet has the port 0.
        (ports.last > 0).then(|| Passing::Ports(vec![port]))
    };
    match packets {
        Packets::All => Some(Passing::All),
        Packets::Tcp(ports) => of("TCP", ports),
        Packets::Udp(ports) => of("UDP", ports),
        Packets::Other(SCTP) => of("SCTP", Ports::new(0, u16::MAX)),
        Packets::Icmp(_) | Packets::Icmpv6(_) | Packets::Other(_) => None,
    }
}

type Named = (NetworkPolicyPeer, Option<Input<IpCidr>>);

/// The other side, as a policy names it.
fn peer(declared: &Declared, traffic: &Traffic, peer: &Peer) -> Result<Named, Diagnostic> {
    let block = |cidr: String, except: Vec<String>| NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr, except: Some(except).filter(|except| !except.is_empty()) }),
        ..NetworkPolicyPeer::default()
    };
    match peer {
        Peer::Group(name) => {
            let of_name = traffic.pods().iter().find(|pods| pods.name == *name);
            let (namespace, labels) =
                of_name.map(|pods| (pods.namespace.clone(), pods.labels.clone())).unwrap_or_default();
            let peer = NetworkPolicyPeer {
                namespace_selector: Some(selector(&[(NAMESPACE.to_owned(), namespace)].into())),
                pod_selector: Some(selector(&labels)),
                ..NetworkPolicyPeer::default()
            };
            Ok((peer, None))
        }
        Peer::Range(AddressRange::Known(range)) => {
            Ok((block(range.to_string(), except(declared, *range)), None))
        }
        Peer::ObjectStorage => {
            let range = AddressRange::anywhere(Family::Ipv4);
            self::peer(declared, traffic, &Peer::Range(range))
        }
        Peer::Probes => {
            let why = "the cloud's probes come to nodes, and no rule of pods can name them";
            Err(Diagnostic::new("traffic.no-range", why).fix("take the declaration back"))
        }
        Peer::Range(range) => {
            let told = declared.ranges.get(range).ok_or_else(|| {
                let why = format!("{range} is chosen by the cloud, and nothing tells it to the cluster");
                Diagnostic::new("traffic.no-range", why).fix("give it to the base with `PlatformBase::range`")
            })?;
            Ok((block(String::new(), vec![]), Some(told.clone())))
        }
    }
}

/// What is left out of all addresses of a family: those that the internet does not carry, and the network's own. With them, the
/// services that a cloud offers to each machine at addresses of the link, such as the credentials of its role.
fn except(declared: &Declared, range: IpCidr) -> Vec<String> {
    if range.net().prefix_len() > 0 {
        return vec![];
    }
    let family = AddressRange::Known(range).family();
    let mut all: Vec<IpCidr> = AddressRange::private(family).collect();
    for own in &declared.terrain.network {
        if let AddressRange::Known(own) = own
            && AddressRange::Known(*own).family() == family
            && !all.iter().any(|wide| wide.net().contains(&own.net()))
        {
            all.push(*own);
        }
    }
    all.iter().map(ToString::to_string).collect()
}
