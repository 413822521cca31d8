//! What AWS lets pass, by its documentation: an evaluator of rules as they stand in a cloud, whoever put them there.
//!
//! It shares no code with what computes the rules. What it knows:
//!
//! - Security groups (Amazon VPC User Guide, "Control traffic to your AWS resources using security groups"): rules allow, all rules
//!   of all groups count, what is not allowed is dropped; what was let in or out may be answered.
//! - Network ACLs ("Control subnet traffic with network access control lists"): entries are read by number, the first about a
//!   packet decides, and none about it drops it; they apply where traffic enters and leaves a subnet, not inside; answers are
//!   packets like all others.
//! - Route tables ("Route priority"): the longest prefix decides.
//! - NAT gateways ("NAT gateway basics"): what they translate enters and leaves their subnet, by ports 1024 to 65535.
//!
//! What it cannot show: what a cloud does against its documentation.

pub mod case;
pub mod memory;
#[path = "../../../tests/shared/semantics/mod.rs"]
pub mod neutral;
#[cfg(feature = "client")]
pub mod sdk;

#[allow(unused_imports, reason = "not all tests need it")]
pub use neutral::{End, Match, Probe, declared};

use ipnet::IpNet;
use neutral::is_notice;
use std::{collections::BTreeMap, net::IpAddr};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePeer {
    Range(IpNet),
    Group(String),
    PrefixList(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    pub egress: bool,
    pub about: Match,
    pub peer: RulePeer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclEntry {
    pub egress: bool,
    pub number: u16,
    pub allow: bool,
    pub about: Match,
    pub range: IpNet,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    Local,
    Internet,
    EgressOnly,
    Nat(String),
    Endpoint,
    Other,
}

/// The rules of a VPC, as they stand in a cloud.
#[derive(Debug, Default)]
pub struct World {
    pub ranges: Vec<IpNet>,
    pub subnets: BTreeMap<String, Vec<IpNet>>,
    pub group_rules: BTreeMap<String, Vec<GroupRule>>,
    /// The entries of each subnet's ACL.
    pub acls: BTreeMap<String, Vec<AclEntry>>,
    /// The routes of each subnet's table, those of its VPC left out.
    pub routes: BTreeMap<String, Vec<(IpNet, Via)>>,
    /// The subnet of each NAT gateway.
    pub nat: BTreeMap<String, String>,
    pub prefix_lists: BTreeMap<String, Vec<IpNet>>,
}

/// The ports from which a NAT gateway sends.
const TRANSLATED: [u16; 2] = [1024, 65535];

impl World {
    /// Whether a request reaches the other end and, where it is answered, the answer comes back, for each of these client ports.
    pub fn is_open(&self, from: &End, to: &End, probe: Probe, client_ports: &[u16]) -> bool {
        self.groups_allow(from, to, probe) && self.passes(from, to, probe, client_ports)
    }

    /// Whether the groups of both ends allow it.
    pub fn groups_allow(&self, from: &End, to: &End, probe: Probe) -> bool {
        self.group_allows(from, to, probe, true) && self.group_allows(to, from, probe, false)
    }

    fn group_allows(&self, own: &End, other: &End, probe: Probe, egress: bool) -> bool {
        let Some((_, groups)) = &own.inside else { return true };
        let ipv6 = own.address.is_ipv6();
        groups.iter().flat_map(|group| self.group_rules.get(group).into_iter().flatten()).any(|rule| {
            let peer = match &rule.peer {
                RulePeer::Range(range) => range.contains(&other.address),
                RulePeer::Group(group) => {
                    other.inside.as_ref().is_some_and(|(_, groups)| groups.contains(group))
                }
                RulePeer::PrefixList(list) => self
                    .prefix_lists
                    .get(list)
                    .into_iter()
                    .flatten()
                    .any(|range| range.contains(&other.address)),
            };
            rule.egress == egress && peer && rule.about.is_about(probe, ipv6)
        })
    }

    /// Whether ACLs and routes let it pass, there and back.
    pub fn passes(&self, from: &End, to: &End, probe: Probe, client_ports: &[u16]) -> bool {
        match (&from.inside, &to.inside) {
            (Some((a, _)), Some((b, _))) => {
                let local = |subnet: &str, address| self.route(subnet, address) == Some(&Via::Local);
                local(a, to.address)
                    && local(b, from.address)
                    && (a == b
                        || self.crosses(a, to.address, b, from.address, probe)
                            && answers(probe, to.address, client_ports)
                                .into_iter()
                                .all(|answer| self.crosses(b, from.address, a, to.address, answer)))
            }
            (Some((subnet, _)), None) => self.goes_out(subnet, from.address, to.address, probe, client_ports),
            (None, Some((subnet, _))) => self.comes_in(subnet, from.address, to.address, probe, client_ports),
            (None, None) => false,
        }
    }

    /// Whether a packet leaves one subnet and enters another.
    fn crosses(&self, from: &str, to_address: IpAddr, to: &str, from_address: IpAddr, probe: Probe) -> bool {
        self.acl(from, true, to_address, probe) && self.acl(to, false, from_address, probe)
    }

    fn goes_out(&self, subnet: &str, own: IpAddr, to: IpAddr, probe: Probe, client_ports: &[u16]) -> bool {
        let back = answers(probe, to, client_ports);
        let own_acl = self.acl(subnet, true, to, probe)
            && back.iter().all(|answer| self.acl(subnet, false, to, *answer));
        match self.route(subnet, to) {
            Some(Via::Internet | Via::EgressOnly | Via::Endpoint | Via::Other) => own_acl,
            Some(Via::Nat(gateway)) => {
                let Some(at) = self.nat.get(gateway) else { return false };
                let translated = answers(probe, to, &TRANSLATED);
                own_acl
                    && self.route(at, to) == Some(&Via::Internet)
                    && self.acl(at, false, own, probe)
                    && self.acl(at, true, to, probe)
                    && translated.iter().all(|answer| self.acl(at, false, to, *answer))
                    && back.iter().all(|answer| self.acl(at, true, own, *answer))
            }
            _ => false,
        }
    }

    fn comes_in(&self, subnet: &str, from: IpAddr, own: IpAddr, probe: Probe, client_ports: &[u16]) -> bool {
        let back = answers(probe, from, client_ports);
        let own_acl = self.acl(subnet, false, from, probe)
            && back.iter().all(|answer| self.acl(subnet, true, from, *answer));
        match self.route(subnet, from) {
            Some(Via::Internet | Via::Other) => own_acl,
            // Nothing begins there; messages about a packet come back on its path.
            Some(Via::EgressOnly) => is_notice(probe, from) && own_acl,
            Some(Via::Nat(gateway)) => {
                let Some(at) = self.nat.get(gateway) else { return false };
                let through = self.acl(at, false, from, probe) && self.acl(at, true, own, probe);
                is_notice(probe, from) && own_acl && through
            }
            _ => false,
        }
    }

    /// The route that is taken: the one with the longest prefix.
    fn route(&self, subnet: &str, to: IpAddr) -> Option<&Via> {
        if self.ranges.iter().any(|range| range.contains(&to)) {
            return Some(&Via::Local);
        }
        let all = self.routes.get(subnet)?.iter();
        all.filter(|(range, _)| range.contains(&to))
            .max_by_key(|(range, _)| range.prefix_len())
            .map(|(_, via)| via)
    }

    /// Whether the ACL of a subnet lets a packet pass.
    fn acl(&self, subnet: &str, egress: bool, peer: IpAddr, probe: Probe) -> bool {
        let Some(entries) = self.acls.get(subnet) else { return false };
        let mut about: Vec<_> = entries
            .iter()
            .filter(|entry| {
                entry.egress == egress
                    && entry.range.contains(&peer)
                    && entry.about.is_about(probe, peer.is_ipv6())
            })
            .collect();
        about.sort_by_key(|entry| entry.number);
        about.first().is_some_and(|entry| entry.allow)
    }
}

/// What comes back.
fn answers(probe: Probe, address: IpAddr, client_ports: &[u16]) -> Vec<Probe> {
    match probe {
        Probe::Tcp(_) => client_ports.iter().map(|port| Probe::Tcp(*port)).collect(),
        Probe::Udp(_) => client_ports.iter().map(|port| Probe::Udp(*port)).collect(),
        Probe::Other(_) => vec![probe],
        Probe::Icmp(8, 0) if address.is_ipv4() => vec![Probe::Icmp(0, 0)],
        Probe::Icmp(128, 0) if address.is_ipv6() => vec![Probe::Icmp(129, 0)],
        Probe::Icmp(..) => vec![],
    }
}
