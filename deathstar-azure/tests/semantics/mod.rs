//! What Azure lets pass, by its documentation: an evaluator of rules as they stand in a cloud, whoever put them there.
//!
//! It shares no code with what computes the rules. What it knows:
//!
//! - Network security groups ("Network security groups overview", "How network security groups filter network traffic"): rules are
//!   read by priority, lower numbers first, and the first about a packet decides; Azure's own come last (65000 and on); what was let
//!   through may be answered; they count inside of a subnet too.
//! - Service tags ("Virtual network service tags"): `VirtualNetwork` is its ranges and what its gateways lead to, `Internet` all that
//!   is outside of them, `AzureLoadBalancer` the platform's address.
//! - The way out ("Default outbound access", "Azure NAT Gateway"): a subnet without default access sends out by a NAT gateway, or by
//!   public addresses of machines. Standard gateways have no IPv6.
//! - Load balancers ("Components"): back ends see the client's address.
//!
//! What it cannot show: what a cloud does against its documentation.

pub mod case;
pub mod memory;
#[path = "../../../tests/shared/semantics/mod.rs"]
pub mod neutral;

pub use neutral::{End, Match, Probe, declared};

use ipnet::IpNet;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// From where load balancers ask.
pub const PLATFORM: &str = "168.63.129.16";
/// Addresses of storage accounts.
pub const STORAGE: &str = "52.218.0.0/17";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Allow,
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    Any,
    Ranges(Vec<IpNet>),
    Tag(String),
    Groups(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub inbound: bool,
    pub priority: u16,
    pub access: Access,
    pub about: Vec<Match>,
    pub source: Peer,
    pub destination: Peer,
}

/// The rules of a virtual network, as they stand in a cloud.
#[derive(Debug, Default)]
pub struct World {
    pub ranges: Vec<IpNet>,
    pub subnets: BTreeMap<String, Vec<IpNet>>,
    /// The network security group of each subnet.
    pub filters: BTreeMap<String, String>,
    pub rules: BTreeMap<String, Vec<Rule>>,
    /// Subnets with a NAT gateway, and whether it has IPv6.
    pub nat: BTreeMap<String, bool>,
    /// Subnets whose machines have public addresses.
    pub public: BTreeSet<String>,
    /// Subnets with back ends of load balancers.
    pub balanced: BTreeSet<String>,
    /// What the routes of each subnet lead to another way.
    pub routes: BTreeMap<String, Vec<IpNet>>,
    /// Subnets that reach storage by Azure's own network.
    pub storage: BTreeSet<String>,
}

impl World {
    /// Whether a request reaches the other end. What was let through may be answered.
    pub fn is_open(&self, from: &End, to: &End, probe: Probe) -> bool {
        let way = match (&from.inside, &to.inside) {
            (Some(_), Some(_)) => true,
            (Some((subnet, _)), None) => self.goes_out(subnet, to.address),
            (None, Some((subnet, _))) => self.comes_in(subnet, from.address),
            (None, None) => false,
        };
        way && self.allows(from, to, probe, false) && self.allows(from, to, probe, true)
    }

    fn is_routed(&self, subnet: &str, address: IpAddr) -> bool {
        self.routes.get(subnet).into_iter().flatten().any(|range| range.contains(&address))
    }

    fn goes_out(&self, subnet: &str, to: IpAddr) -> bool {
        let storage: IpNet = STORAGE.parse().unwrap();
        self.is_routed(subnet, to)
            || self.storage.contains(subnet) && storage.contains(&to)
            || self.public.contains(subnet)
            || self.nat.get(subnet).is_some_and(|ipv6| *ipv6 || to.is_ipv4())
    }

    fn comes_in(&self, subnet: &str, from: IpAddr) -> bool {
        self.is_routed(subnet, from)
            || from.to_string() == PLATFORM
            || self.public.contains(subnet)
            || self.balanced.contains(subnet)
    }

    /// Whether the filter of one side lets a packet pass.
    fn allows(&self, from: &End, to: &End, probe: Probe, inbound: bool) -> bool {
        let own = if inbound { to } else { from };
        let Some((subnet, _)) = &own.inside else { return true };
        let mut rules = self.rules.get(&self.filters[subnet]).cloned().unwrap_or_default();
        rules.extend(azures_own());
        rules.sort_by_key(|rule| rule.priority);
        let about = |rule: &&Rule| {
            rule.inbound == inbound
                && rule.about.iter().any(|about| about.is_about(probe, own.address.is_ipv6()))
                && self.is(&rule.source, from)
                && self.is(&rule.destination, to)
        };
        rules.iter().find(about).is_some_and(|rule| rule.access == Access::Allow)
    }

    fn is(&self, peer: &Peer, end: &End) -> bool {
        let address = end.address;
        let within = |ranges: &[IpNet]| ranges.iter().any(|range| range.contains(&address));
        let network = || within(&self.ranges) || self.routes.values().any(|ranges| within(ranges));
        match peer {
            Peer::Any => true,
            Peer::Ranges(ranges) => within(ranges),
            Peer::Groups(groups) => {
                end.inside.as_ref().is_some_and(|(_, own)| own.iter().any(|group| groups.contains(group)))
            }
            Peer::Tag(tag) => match &**tag {
                "VirtualNetwork" => network(),
                "AzureLoadBalancer" => address.to_string() == PLATFORM,
                "Internet" => !network() && address.to_string() != PLATFORM,
                tag if tag.starts_with("Storage") => within(&[STORAGE.parse().unwrap()]),
                other => panic!("{other} is no tag"),
            },
        }
    }
}

/// The rules that every network security group has.
fn azures_own() -> Vec<Rule> {
    let tag = |name: &str| Peer::Tag(name.into());
    let rule = |inbound, priority, access, source, destination| Rule {
        inbound,
        priority,
        access,
        about: vec![Match::All],
        source,
        destination,
    };
    vec![
        rule(true, 65000, Access::Allow, tag("VirtualNetwork"), tag("VirtualNetwork")),
        rule(true, 65001, Access::Allow, tag("AzureLoadBalancer"), Peer::Any),
        rule(true, 65500, Access::Deny, Peer::Any, Peer::Any),
        rule(false, 65000, Access::Allow, tag("VirtualNetwork"), tag("VirtualNetwork")),
        rule(false, 65001, Access::Allow, Peer::Any, tag("Internet")),
        rule(false, 65500, Access::Deny, Peer::Any, Peer::Any),
    ]
}
