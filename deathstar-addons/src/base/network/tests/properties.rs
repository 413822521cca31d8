use super::{
    NAMESPACES, computed, declared,
    evaluate::{Endpoint, Packet, passes},
    groups, known, labels, terrain,
};
use deathstar_core::model::{
    IpCidr, Tier, Traffic,
    traffic::{AddressRange, Declaration, Direction, Packets, Party, Ports, Service, Services, Terrain},
};
use proptest::prelude::*;
use std::{net::IpAddr, sync::LazyLock};

fn services() -> impl Strategy<Value = Services> {
    prop_oneof![
        (0u16..40, 0u16..6).prop_map(|(first, more)| Service::tcp(first..=first + more).into()),
        (1u16..40).prop_map(|port| Service::udp(port).into()),
        Just(Service::tcp(0..=u16::MAX).into()),
        Just(Service::dns()),
        Just(Service::ping()),
        Just(Service::protocol(132).into()),
        Just(Service::all().into()),
    ]
}

fn pods() -> impl Strategy<Value = Party> {
    prop::sample::select(vec!["web", "orders", "all-of-shop", "gateway", "monitoring"]).prop_map(Party::group)
}

fn others() -> impl Strategy<Value = Party> {
    let range = (0u8..8, 25u8..28).prop_map(|(low, prefix)| {
        let text = format!("10.99.0.{}/{prefix}", u32::from(low) * 32);
        Party::Range(IpCidr::truncated(text.parse().unwrap()))
    });
    prop_oneof![
        4 => pods(),
        2 => prop::sample::select(vec!["nodes", "database"]).prop_map(Party::group),
        1 => prop::sample::select(vec![Tier::Public, Tier::Intra, Tier::Pods]).prop_map(Party::Tier),
        2 => range,
        1 => Just(Party::Range("198.18.0.0/24".parse().unwrap())),
        1 => Just(Party::Network),
        2 => Just(Party::Internet),
        1 => Just(Party::ObjectStorage),
    ]
}

fn traffic() -> impl Strategy<Value = Traffic> {
    let sides = prop_oneof![
        (pods(), others()),
        (others().prop_filter("storage answers", |party| *party != Party::ObjectStorage), pods()),
    ];
    prop::collection::vec((sides, services()), 0..8).prop_map(|all| {
        all.into_iter().enumerate().fold(groups(), |traffic, (index, ((from, to), services))| {
            traffic.allow(from, to, services, index.to_string())
        })
    })
}

fn endpoints() -> Vec<Endpoint> {
    let pod = |namespace, app: &[(&str, &str)], address: &str| Endpoint {
        pod: Some((namespace, app.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect())),
        address: address.parse().unwrap(),
    };
    let pods = [
        pod("shop", &[("app", "web")], "198.18.0.1"),
        pod("shop", &[("app", "web"), ("release", "2")], "198.18.1.1"),
        pod("shop", &[("app", "orders")], "fd00:2::1"),
        pod("shop", &[], "198.18.0.2"),
        pod("ingress", &[("app", "gateway")], "198.18.1.2"),
        pod("ingress", &[("app", "web")], "198.18.0.3"),
        pod("kube-system", &[("app", "monitoring")], "198.18.0.4"),
        pod("kube-system", &[("k8s-app", "kube-dns")], "198.18.0.5"),
        pod("elsewhere", &[("app", "web")], "10.20.0.7"),
    ];
    let outside = [
        "93.184.216.34",
        "2606:2800:220::1",
        "10.20.0.9",
        "fd00:1:0:1::9",
        "10.20.48.9",
        "10.20.52.9",
        "10.99.0.40",
        "10.99.0.200",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "fd00:ec2::254",
    ];
    let outside = outside.map(|address| Endpoint { pod: None, address: address.parse().unwrap() });
    pods.into_iter().chain(outside).collect()
}

/// Whether a party is, or has, an endpoint.
fn has(traffic: &Traffic, party: &Party, endpoint: &Endpoint) -> bool {
    static TERRAIN: LazyLock<Terrain> = LazyLock::new(terrain);
    static PRIVATE: LazyLock<Vec<AddressRange>> = LazyLock::new(|| {
        let ranges = [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "169.254.0.0/16",
            "fc00::/7",
            "fe80::/10",
        ];
        ranges.map(known).into()
    });
    let terrain = &*TERRAIN;
    let within = |ranges: &[AddressRange]| {
        ranges.iter().any(|range| match range {
            AddressRange::Known(range) => range.net().contains(&endpoint.address),
            _ => panic!("all ranges are known here"),
        })
    };
    let of_internet = || !within(&PRIVATE) && !within(&terrain.network);
    match party {
        Party::Group(name) => {
            if let Some(pods) = traffic.pods().iter().find(|pods| pods.name == *name) {
                return endpoint.pod.as_ref().is_some_and(|(namespace, labels)| {
                    *namespace == pods.namespace
                        && pods.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
                });
            }
            let group = traffic.groups().iter().find(|group| group.name == *name).unwrap();
            within(&terrain.tiers[&group.tier])
        }
        Party::Tier(tier) => within(&terrain.tiers[tier]),
        Party::Network => within(&terrain.network),
        Party::Range(range) => range.net().contains(&endpoint.address),
        Party::Internet => of_internet(),
        Party::ObjectStorage => of_internet() && endpoint.address.is_ipv4(),
        other => panic!("{other} is not declared here"),
    }
}

fn offers(services: &Services, packet: Packet) -> bool {
    let has = |ports: Ports, protocol| {
        packet.protocol == protocol && (ports.first..=ports.last).contains(&packet.port)
    };
    services.0.iter().any(|service| match service.packets() {
        Packets::All => true,
        Packets::Tcp(ports) => has(ports, "TCP"),
        Packets::Udp(ports) => has(ports, "UDP"),
        Packets::Other(132) => packet.protocol == "SCTP",
        _ => false,
    })
}

/// Whether one side is declared to be open: pods outside of the base, and everything that is no pod, always are.
fn declared_open(
    traffic: &Traffic,
    own: &Endpoint,
    way: Direction,
    other: &Endpoint,
    packet: Packet,
) -> bool {
    match &own.pod {
        Some((namespace, _)) if NAMESPACES.contains(namespace) => {}
        _ => return true,
    }
    let is_dns = other.pod.as_ref().is_some_and(|(namespace, own)| {
        *namespace == "kube-system" && *own == labels([("k8s-app", "kube-dns")])
    });
    let asks = way == Direction::Out && is_dns && packet.port == 53 && packet.protocol != "SCTP";
    let of_pods = |party: &Party| {
        traffic.pods().iter().any(|pods| *party == Party::group(&*pods.name)) && has(traffic, party, own)
    };
    let declares = |declaration: &Declaration| {
        let (mine, theirs) = match way {
            Direction::Out => (&declaration.from, &declaration.to),
            Direction::In => (&declaration.to, &declaration.from),
        };
        of_pods(mine) && has(traffic, theirs, other) && offers(&declaration.services, packet)
    };
    asks || traffic.declarations().iter().any(declares)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_declared_is_open_and_nothing_else(traffic in traffic()) {
        let policies = computed(&declared(traffic.clone()));
        let endpoints = endpoints();
        for from in &endpoints {
            for to in endpoints.iter().filter(|to| *to != from && (from.pod.is_some() || to.pod.is_some())) {
                for protocol in ["TCP", "UDP", "SCTP"] {
                    for port in [1u16, 5, 20, 39, 44, 45, 53, 443, 65535] {
                        let packet = Packet { protocol, port };
                        let should = declared_open(&traffic, from, Direction::Out, to, packet)
                            && declared_open(&traffic, to, Direction::In, from, packet);
                        let is = passes(&policies, from, to, packet);
                        prop_assert_eq!(is, should, "{:?} to {:?}, {:?}", from, to, packet);
                    }
                }
            }
        }
    }

    #[test]
    fn a_declaration_more_takes_no_policy_away((before, more) in (traffic(), traffic())) {
        let first = computed(&declared(before.clone()));
        let then = computed(&declared(before.and(more)));
        for policy in first {
            let same = then.iter().find(|other| {
                other.metadata.name == policy.metadata.name && other.metadata.namespace == policy.metadata.namespace
            });
            prop_assert!(same.is_some(), "{:?} is gone", policy.metadata.name);
        }
    }
}

#[test]
fn endpoints_stand_on_both_sides_of_each_range() {
    let all = endpoints();
    let addresses: Vec<IpAddr> = all.iter().map(|one| one.address).collect();
    assert!(addresses.iter().any(IpAddr::is_ipv6) && addresses.iter().any(IpAddr::is_ipv4));
    for party in [Party::Internet, Party::Network, Party::Tier(Tier::Intra), Party::ObjectStorage] {
        let inside = all.iter().filter(|one| has(&groups(), &party, one)).count();
        assert!(inside > 0 && inside < all.len(), "{party}");
    }
}
