//! What is declared, read as its documentation says, and without a look at any rule.

use super::Probe;
use deathstar_core::model::{
    Tier,
    traffic::{Declaration, Family, Group, Packets, Party, Traffic},
};
use std::net::IpAddr;

/// Who stands at one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A member of a group.
    Member {
        group: String,
        tier: Tier,
    },
    Outside,
    ObjectStorage,
}

fn family(address: IpAddr) -> Family {
    if address.is_ipv4() { Family::Ipv4 } else { Family::Ipv6 }
}

fn serves(packets: Packets, probe: Probe, address: IpAddr) -> bool {
    let icmp = |kind: deathstar_core::model::traffic::IcmpType, k: u8, c: u8| {
        kind.kind.is_none_or(|kind| kind == k) && kind.code.is_none_or(|code| code == c)
    };
    match (packets, probe) {
        (Packets::All, _) => true,
        (Packets::Tcp(ports), Probe::Tcp(port)) | (Packets::Udp(ports), Probe::Udp(port)) => {
            ports.first <= port && port <= ports.last
        }
        (Packets::Icmp(kind), Probe::Icmp(k, c)) => address.is_ipv4() && icmp(kind, k, c),
        (Packets::Icmpv6(kind), Probe::Icmp(k, c)) => address.is_ipv6() && icmp(kind, k, c),
        (Packets::Other(wanted), Probe::Other(number)) => wanted == number,
        _ => false,
    }
}

/// Whether who stands at an address is a party, by what it is.
fn is(party: &Party, who: &Who, address: IpAddr) -> bool {
    match (party, who) {
        (Party::Group(name), Who::Member { group, .. }) => name == group,
        (Party::Tier(tier), Who::Member { tier: own, .. }) => tier == own,
        (Party::Endpoints, Who::Member { group, .. }) => group == Group::ENDPOINTS,
        (Party::Network, Who::Member { .. })
        | (Party::Internet, Who::Outside | Who::ObjectStorage)
        | (Party::ObjectStorage, Who::ObjectStorage) => true,
        (Party::InternetOf(of), Who::Outside | Who::ObjectStorage) => *of == family(address),
        (Party::Range(range), Who::Outside | Who::ObjectStorage) => range.net().contains(&address),
        _ => false,
    }
}

/// Whether an address in the network is one of the internet, as rules see it.
fn is_any(party: &Party, address: IpAddr) -> bool {
    match party {
        Party::Internet => true,
        Party::InternetOf(of) => *of == family(address),
        _ => false,
    }
}

/// Whether a path is declared.
pub fn is_declared(traffic: &Traffic, from: (&Who, IpAddr), to: (&Who, IpAddr), probe: Probe) -> bool {
    let about = |declaration: &Declaration| {
        declaration.services.0.iter().any(|service| serves(service.packets(), probe, to.1))
    };
    let all = || traffic.declarations().iter().filter(|declaration| about(declaration));
    let one = all().any(|one| is(&one.from, from.0, from.1) && is(&one.to, to.0, to.1));
    // "any address" has the network's own in it: two declarations may meet.
    let sends = all().any(|one| is(&one.from, from.0, from.1) && is_any(&one.to, to.1));
    let takes = all().any(|one| is(&one.to, to.0, to.1) && is_any(&one.from, from.1));
    let inside = |who: &Who| matches!(who, Who::Member { .. });
    // Endpoints answer, and never begin.
    if matches!(from.0, Who::Member { group, .. } if group == Group::ENDPOINTS) {
        return false;
    }
    one || inside(from.0) && inside(to.0) && sends && takes
}
