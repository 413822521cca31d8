//! Networks, what is declared in them, and who may talk there.

use super::{End, Probe, declared::Who};
use deathstar_core::{
    apply::Report,
    component::{Egress, IpFamilies, NetworkRefs},
    model::{
        Tier, Traffic,
        traffic::{ClientPorts, Family, Group, Packets, Party, Service, Services},
    },
};
use ipnet::IpNet;
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    net::IpAddr,
};

pub const ROUTED: &str = "10.99.0.0/16";
pub const FRIEND: &str = "10.99.0.0/24";
pub const OFFICE: &str = "203.0.113.0/25";

/// A network, and what is declared in it.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one choice of a random network")]
pub struct Case {
    pub families: IpFamilies,
    pub pods: bool,
    pub nat: Egress,
    pub endpoints: bool,
    pub tight: bool,
    /// Whether a route leads to a peer.
    pub routed: bool,
    pub cloud: Cloud,
    pub declarations: Vec<(Party, Party, Services)>,
}

/// What a cloud has.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that a cloud has or not")]
pub struct Cloud {
    /// Networks without IPv4.
    pub ipv6_only: bool,
    /// Rules that know types of ICMP.
    pub icmp_types: bool,
    /// IPv6 through gateways that stand in one zone.
    pub zonal_ipv6: bool,
    /// Load balancers that pass clients on to the private tier, with their addresses.
    pub balanced: bool,
}

pub const GROUPS: [(&str, Tier, ClientPorts); 6] = [
    ("web", Tier::Public, ClientPorts::Any),
    ("shop", Tier::Private, ClientPorts::Linux),
    ("worker", Tier::Private, ClientPorts::Windows),
    ("database", Tier::Intra, ClientPorts::Linux),
    ("cache", Tier::Intra, ClientPorts::Linux),
    ("pod", Tier::Pods, ClientPorts::Any),
];

impl Case {
    pub fn tiers(&self) -> Vec<Tier> {
        Tier::ALL.into_iter().filter(|tier| self.pods || *tier != Tier::Pods).collect()
    }

    pub fn groups(&self) -> impl Iterator<Item = (&'static str, Tier, ClientPorts)> {
        let tiers = self.tiers();
        GROUPS.into_iter().filter(move |(_, tier, _)| tiers.contains(tier))
    }

    pub fn has(&self, tier: Tier, family: Family) -> bool {
        match family {
            Family::Ipv4 => self.families != IpFamilies::Ipv6Only || tier == Tier::Public,
            Family::Ipv6 => self.families.has_ipv6(),
        }
    }

    pub fn traffic(&self) -> Traffic {
        let groups = self.groups().fold(Traffic::new(), |traffic, (name, tier, ports)| {
            traffic.group(Group::new(name, tier).client_ports(ports))
        });
        self.declarations.iter().enumerate().fold(groups, |traffic, (index, (from, to, services))| {
            traffic.allow(from.clone(), to.clone(), services.clone(), index.to_string())
        })
    }
}

/// What a declaration is made of, before it is known whether the network has it.
#[derive(Clone, Debug)]
pub struct Seed {
    sort: u8,
    a: usize,
    b: usize,
    services: Services,
}

pub fn services(cloud: Cloud) -> impl Strategy<Value = Services> {
    prop_oneof![
        4 => (1u16..3000, 0u16..50).prop_map(|(first, more)| Service::tcp(first..=first + more).into()),
        2 => (1u16..3000).prop_map(|port| Service::udp(port).into()),
        1 => Just(Service::dns()),
        1 => Just(Service::ntp().into()),
        1 => Just(if cloud.icmp_types { Service::ping() } else { Service::dns() }),
        1 => Just(Service::all().into()),
        1 => Just([Service::tcp(443), Service::udp(443)].into()),
    ]
}

pub fn cases(cloud: Cloud) -> impl Strategy<Value = Case> {
    let last = if cloud.ipv6_only { IpFamilies::Ipv6Only } else { IpFamilies::DualStack };
    let families = prop_oneof![Just(IpFamilies::Ipv4), Just(IpFamilies::DualStack), Just(last)];
    let nat = prop_oneof![Just(Egress::PerZone), Just(Egress::Single), Just(Egress::None)];
    let seed = (0u8..8, 0usize..20, 0usize..20, services(cloud)).prop_map(|(sort, a, b, services)| Seed {
        sort,
        a,
        b,
        services,
    });
    let seeds = prop::collection::vec(seed, 0..7);
    (families, any::<bool>(), nat, any::<bool>(), any::<bool>(), seeds).prop_map(
        move |(families, pods, nat, endpoints, tight, seeds)| {
            let zonal = nat == Egress::Single && families.has_ipv6() && !cloud.zonal_ipv6;
            let nat = if zonal { Egress::PerZone } else { nat };
            let declarations = vec![];
            let mut case = Case { families, pods, nat, endpoints, tight, routed: true, cloud, declarations };
            for seed in seeds {
                let one = declare(&case, seed);
                if !case.declarations.contains(&one) {
                    case.declarations.push(one);
                }
            }
            case
        },
    )
}

/// A declaration that the network can carry.
pub fn declare(case: &Case, seed: Seed) -> (Party, Party, Services) {
    let Seed { sort, a, b, services } = seed;
    let pick = |all: &[Party], index: usize| all[index % all.len()].clone();
    let mut inside: Vec<Party> = case.groups().map(|(name, ..)| Party::group(name)).collect();
    inside.extend(case.tiers().into_iter().map(Party::Tier));
    inside.push(Party::Network);
    let mut asked = inside.clone();
    if case.endpoints {
        asked.push(Party::Endpoints);
    }
    let in_tier = |tiers: &[Tier]| -> Vec<Party> {
        let groups = case.groups().filter(|(_, tier, _)| tiers.contains(tier));
        let of_tiers = case.tiers().into_iter().filter(|tier| tiers.contains(tier)).map(Party::Tier);
        groups.map(|(name, ..)| Party::group(name)).chain(of_tiers).collect()
    };
    let public = in_tier(&[Tier::Public]);
    let sending = if case.nat == Egress::None {
        public.clone()
    } else {
        in_tier(&[Tier::Public, Tier::Private, Tier::Pods])
    };
    let office = Party::Range(OFFICE.parse().unwrap());
    let friend = Party::Range(FRIEND.parse().unwrap());
    let ipv4: Vec<Tier> = case.tiers().into_iter().filter(|tier| case.has(*tier, Family::Ipv4)).collect();
    match sort {
        3 => {
            let from = pick(&sending, a);
            let of_public = public.contains(&from);
            let mut to = vec![Party::Internet];
            if of_public || case.families != IpFamilies::Ipv6Only {
                to.extend([Party::InternetOf(Family::Ipv4), office]);
            }
            if case.families.has_ipv6() {
                to.push(Party::InternetOf(Family::Ipv6));
            }
            (from, pick(&to, b), services)
        }
        4 => {
            let balanced = if case.cloud.balanced { in_tier(&[Tier::Public, Tier::Private]) } else { public };
            let clients = [Party::Internet, Party::InternetOf(Family::Ipv4), office];
            (pick(&clients, a), pick(&balanced, b), services)
        }
        5 if case.families != IpFamilies::Ipv6Only => {
            (pick(&in_tier(&ipv4), a), Party::ObjectStorage, services)
        }
        6 if case.cloud.icmp_types => (Party::Internet, pick(&sending, a), Service::path_mtu()),
        7 if a % 2 == 0 => (friend, pick(&in_tier(&ipv4), b), services),
        7 => (pick(&in_tier(&ipv4), b), friend, services),
        _ => (pick(&inside, a), pick(&asked, b), services),
    }
}

pub struct Probed {
    pub who: Who,
    pub end: End,
    pub client_ports: Vec<u16>,
}

pub fn host(range: IpNet, number: u32) -> IpAddr {
    match range {
        IpNet::V4(net) => IpAddr::V4((u32::from(net.network()) + number).into()),
        IpNet::V6(net) => IpAddr::V6((u128::from(net.network()) + u128::from(number)).into()),
    }
}

/// Everyone who may talk: a member of each group in each zone and family, and addresses outside.
pub fn ends<R>(case: &Case, subnets: &BTreeMap<String, Vec<IpNet>>, refs: &R, report: &Report) -> Vec<Probed>
where
    R: NetworkRefs<SubnetId: Display, GroupId: Display>,
{
    let sample = |ports: ClientPorts| {
        let ports = ports.ports();
        vec![ports.first, ports.first.midpoint(ports.last), ports.last]
    };
    let own = case.endpoints.then_some((Group::ENDPOINTS, Tier::Private, ClientPorts::Any));
    let mut all = vec![];
    for (number, (name, tier, ports)) in (10..).zip(case.groups().chain(own)) {
        let group = report.value(&refs.group(name).unwrap()).unwrap().to_string();
        for subnet in refs.tier(tier) {
            let id = report.value(&subnet.id).unwrap().to_string();
            for range in &subnets[&id] {
                let inside = Some((id.clone(), vec![group.clone()]));
                let end = End { address: host(*range, number), inside };
                let who = Who::Member { group: name.to_owned(), tier };
                all.push(Probed { who, end, client_ports: sample(ports) });
            }
        }
    }
    let outside = [
        "198.51.100.7",
        "2600:1f00::7",
        "203.0.113.5",
        "203.0.113.200",
        "10.99.0.9",
        "10.99.1.9",
        "52.218.0.9",
    ];
    for text in outside {
        let who = if text.starts_with("52.") { Who::ObjectStorage } else { Who::Outside };
        let end = End { address: text.parse().unwrap(), inside: None };
        all.push(Probed { who, end, client_ports: vec![1024, 65535] });
    }
    all
}

/// What is worth trying: the edges of all that is declared, and some that mostly is not.
pub fn probes(traffic: &Traffic) -> Vec<Probe> {
    let mut all = BTreeSet::from([
        Probe::Tcp(22),
        Probe::Tcp(50_000),
        Probe::Udp(50_000),
        Probe::Icmp(8, 0),
        Probe::Icmp(128, 0),
        Probe::Icmp(3, 4),
        Probe::Icmp(2, 0),
    ]);
    for service in traffic.declarations().iter().flat_map(|declaration| &declaration.services.0) {
        if let Packets::Tcp(ports) | Packets::Udp(ports) = service.packets() {
            for port in [ports.first - 1, ports.first, ports.last, ports.last + 1] {
                all.insert(Probe::Tcp(port));
                all.insert(Probe::Udp(port));
            }
        }
    }
    all.into_iter().collect()
}

/// Whether two ends could ever talk: what comes in from the internet reaches public addresses alone.
pub fn has_way(case: &Case, from: &Probed, to: &Probed, probe: Probe) -> bool {
    let tier = |who: &Who| if let Who::Member { tier, .. } = who { Some(*tier) } else { None };
    let routed = |address: IpAddr| ROUTED.parse::<IpNet>().unwrap().contains(&address);
    let notice = matches!(probe, Probe::Icmp(3, 4)) && from.end.address.is_ipv4()
        || matches!(probe, Probe::Icmp(2, 0)) && from.end.address.is_ipv6();
    match (tier(&from.who), tier(&to.who)) {
        (Some(_), Some(_)) => true,
        (Some(tier), None) => {
            to.who == Who::ObjectStorage
                || routed(to.end.address)
                || tier == Tier::Public
                || matches!(tier, Tier::Private | Tier::Pods) && case.nat != Egress::None
        }
        (None, Some(tier)) => {
            from.who == Who::Outside
                && (routed(from.end.address)
                    || tier == Tier::Public
                    || case.cloud.balanced && tier == Tier::Private
                    || notice && matches!(tier, Tier::Private | Tier::Pods) && case.nat != Egress::None)
        }
        (None, None) => false,
    }
}
