use super::*;

fn codes_in(traffic: &Traffic, terrain: &Terrain) -> Vec<String> {
    traffic.compile(terrain, &RuleLimits::AWS).1.into_iter().map(|finding| finding.code).collect()
}

fn codes(traffic: &Traffic) -> Vec<String> {
    codes_in(traffic, &plain())
}

fn one(from: impl Into<Party>, to: impl Into<Party>, services: impl Into<Services>) -> Vec<String> {
    codes(&groups().allow(from, to, services, "why"))
}

fn range(text: &str) -> Party {
    Party::Range(text.parse().unwrap())
}

#[test]
fn unknown_parties() {
    assert_eq!(one("shop", "shap", Service::tcp(1)), ["traffic.unknown-party"]);
    assert_eq!(one("shop", Tier::Pods, Service::tcp(1)), ["traffic.unknown-party"]);
    let without = Terrain { endpoints: None, object_storage: false, ..plain() };
    let traffic = groups().allow("shop", Party::Endpoints, Service::tcp(443), "").allow(
        "shop",
        Party::ObjectStorage,
        Service::tcp(443),
        "",
    );
    assert_eq!(codes_in(&traffic, &without), ["traffic.unknown-party"; 2]);
    assert!(codes(&traffic).is_empty());
    let never = groups().never("shop", "nobody", Service::all(), "");
    assert_eq!(codes(&never), ["traffic.unknown-party"]);
}

#[test]
fn groups_have_one_name_and_a_tier_that_is_there() {
    assert_eq!(codes(&Traffic::new().group(Group::new("Shop", Tier::Private))), ["traffic.group-name"]);
    assert_eq!(codes(&Traffic::new().group(Group::new("a/b", Tier::Private))), ["traffic.group-name"]);
    assert_eq!(codes(&Traffic::new().group(Group::new("endpoints", Tier::Private))), ["traffic.group-name"]);
    assert_eq!(codes(&groups().group(Group::new("shop", Tier::Intra))), ["traffic.group-duplicate"]);
    assert_eq!(codes(&groups().group(Group::new("pods", Tier::Pods))), ["traffic.unknown-party"]);
    assert!(codes(&groups().group(Group::new("shop", Tier::Private))).is_empty(), "said twice");
}

#[test]
fn empty_services() {
    assert_eq!(one("shop", "web", vec![]), ["traffic.empty"]);
    assert_eq!(one("shop", "web", Service::tcp(Ports::new(9, 8))), ["traffic.empty"]);
    assert_eq!(one("shop", "web", Service::tcp(8).sent_from(Ports::new(9, 8))), ["traffic.empty"]);
}

#[test]
fn what_could_never_work() {
    assert_eq!(one(Party::Internet, "database", Service::tcp(443)), ["traffic.no-route"]);
    assert_eq!(one(Party::Internet, "shop", Service::tcp(443)), ["traffic.no-route"]);
    assert_eq!(one("database", Party::Internet, Service::tcp(443)), ["traffic.no-route"]);
    assert_eq!(one(Party::Network, Party::Internet, Service::tcp(443)), ["traffic.no-route"]);
    assert_eq!(one("database", Party::Internet, Service::path_mtu()), ["traffic.no-route"]);
    assert_eq!(one("shop", range("172.16.0.0/12"), Service::tcp(443)), ["traffic.no-route"]);
    assert_eq!(one("shop", Party::Internet, Service::protocol(50)), ["traffic.no-route"]);
    assert!(one("web", Party::Internet, Service::protocol(50)).is_empty());
    assert!(one("database", range("10.99.1.0/24"), Service::tcp(443)).is_empty(), "by a route of its own");
    assert!(one(range("10.99.1.0/24"), "database", Service::tcp(443)).is_empty());
    assert!(one(range("203.0.113.0/24"), "web", Service::tcp(443)).is_empty());
    assert!(one(Party::Internet, "shop", Service::path_mtu()).is_empty(), "it comes back on the shop's path");
}

#[test]
fn families_that_are_not_there() {
    assert_eq!(one("web", Party::InternetOf(Family::Ipv6), Service::tcp(1)), ["traffic.family"]);
    assert_eq!(one("web", range("2001:db8::/32"), Service::tcp(1)), ["traffic.family"]);
    assert_eq!(one("web", "shop", Service::icmpv6(IcmpType::ALL)), ["traffic.family"]);
    let mut mixed = terrain();
    mixed.tiers.get_mut(&Tier::Public).unwrap().retain(|range| range.family() == Family::Ipv4);
    let traffic = groups().allow("web", Party::InternetOf(Family::Ipv6), Service::tcp(1), "");
    assert_eq!(codes_in(&traffic, &mixed), ["traffic.family"]);
}

#[test]
fn sides_that_make_no_sense() {
    assert_eq!(one(Party::Internet, range("203.0.113.0/24"), Service::tcp(1)), ["traffic.outside"]);
    assert_eq!(one(Party::ObjectStorage, "shop", Service::tcp(1)), ["traffic.direction"]);
    assert_eq!(one(Party::Resolver, "shop", Service::tcp(1)), ["traffic.direction"]);
    assert_eq!(one(Party::Endpoints, "shop", Service::tcp(1)), ["traffic.direction"]);
    assert_eq!(one("shop", range("10.20.1.0/24"), Service::tcp(1)), ["traffic.range"]);
    assert_eq!(one("shop", range("0.0.0.0/1"), Service::tcp(1)), ["traffic.range"]);
}

#[test]
fn contradictions() {
    let never = groups().never(Party::Internet, Tier::Intra, Service::all(), "data stays inside");
    assert!(codes(&never).is_empty());
    let routed = never.clone().allow(range("10.99.0.0/16"), "database", Service::tcp(5432), "the office");
    assert_eq!(codes(&routed), ["traffic.contradiction"]);
    let other = never.allow(range("10.99.0.0/16"), "shop", Service::tcp(5432), "the office");
    assert!(codes(&other).is_empty());
    let ports = groups().never(Party::Network, "database", Service::tcp(22), "no shells").allow(
        "shop",
        "database",
        Service::tcp(1..=100),
        "all low ports",
    );
    assert_eq!(codes(&ports), ["traffic.contradiction"]);
}

#[test]
fn duplicates_and_shadows() {
    let twice =
        groups().allow("shop", "web", Service::tcp(1), "x").allow("shop", "web", Service::tcp(1), "x");
    assert_eq!(codes(&twice), ["traffic.duplicate"]);
    let joined = groups().allow("shop", "web", Service::tcp(1), "x");
    assert!(codes(&joined.clone().and(joined)).is_empty(), "two parts of a program may say the same");

    let shadowed = groups()
        .allow("shop", "web", Service::tcp(443), "narrow")
        .allow(Tier::Private, Party::Network, Service::tcp(1..=1000), "wide")
        .allow("shop", "database", Service::tcp(1001), "apart");
    let found: Vec<_> =
        shadowed.shadowed().into_iter().map(|(narrow, wide)| (&*narrow.why, &*wide.why)).collect();
    assert_eq!(found, [("narrow", "wide")]);
    assert!(codes(&shadowed).is_empty(), "a union of needs is no mistake");
    let equal =
        groups().allow("shop", "web", Service::tcp(1), "x").allow("shop", "web", Service::tcp(1), "y");
    let found: Vec<_> =
        equal.shadowed().into_iter().map(|(narrow, wide)| (&*narrow.why, &*wide.why)).collect();
    assert_eq!(found, [("y", "x")]);
}
