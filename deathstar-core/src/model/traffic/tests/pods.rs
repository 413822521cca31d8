use super::*;
use crate::Diagnostic;

fn shop() -> Traffic {
    groups()
        .group(Group::new("nodes", Tier::Private).client_ports(ClientPorts::Any))
        .with_pods(Pods::of("cart", "shop").label("app", "cart"))
        .with_pods(Pods::of("orders", "shop").label("app", "orders"))
}

fn openings(rules: &[GroupRule], group: &str, direction: Direction) -> Vec<String> {
    let own = rules.iter().filter(|rule| rule.group == group && rule.direction == direction);
    own.map(|rule| rule.opening.slug()).collect()
}

fn codes(findings: &[Diagnostic]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn in_the_network_pods_are_members_of_the_group_that_carries_them() {
    let traffic = shop().allow("orders", "database", Service::tcp(5432), "orders are kept");
    let (rules, findings) = traffic.compile(&plain(), &RuleLimits::AWS);
    assert_eq!(findings, []);
    assert_eq!(openings(&rules.groups, "nodes", Direction::Out), ["tcp-5432-database"]);
    assert_eq!(openings(&rules.groups, "database", Direction::In), ["tcp-5432-nodes"]);
    assert_eq!(rules.groups.len(), 2);
    let back = rules.filter(Tier::Intra, Direction::Out);
    assert!(back.iter().all(|entry| entry.opening.packets == Packets::Tcp(ClientPorts::Any.ports())));
    assert_eq!(back.len(), 3, "the private tier has three ranges");
}

#[test]
fn pods_add_nothing_to_what_their_carriers_have_declared() {
    let wide = shop().allow("nodes", "nodes", Service::tcp(1024..=65535), "pods talk to pods");
    let (rules, _) = wide
        .clone()
        .allow("cart", "orders", Service::tcp(8080), "a cart is ordered")
        .compile(&plain(), &RuleLimits::AWS);
    assert_eq!(openings(&rules.groups, "nodes", Direction::In), ["tcp-1024-65535-nodes"]);
    assert_eq!(rules.groups[0].opening.reasons.len(), 2, "who asked for it is told all the same");
    let (rules, _) = wide
        .allow("cart", "orders", Service::tcp(80), "a cart is ordered")
        .compile(&plain(), &RuleLimits::AWS);
    assert_eq!(openings(&rules.groups, "nodes", Direction::In), ["tcp-1024-65535-nodes", "tcp-80-nodes"]);
}

#[test]
fn rules_of_pods_name_pods_exactly_and_others_by_addresses() {
    let traffic = shop()
        .allow("nodes", "nodes", Service::all(), "the network's own business")
        .allow("web", "cart", Service::tcp(8080), "clients buy")
        .allow("cart", "orders", Service::tcp(8080), "a cart is ordered")
        .allow("cart", Party::Internet, Service::tcp(443), "payments");
    let (rules, findings) = traffic.pod_rules(&plain());
    assert_eq!(findings, []);
    assert_eq!(openings(&rules, "cart", Direction::In), ["tcp-8080-10.20.48.0_22"]);
    assert_eq!(openings(&rules, "cart", Direction::Out), ["tcp-8080-orders", "tcp-443-anywhere-ipv4"]);
    assert_eq!(openings(&rules, "orders", Direction::In), ["tcp-8080-cart"]);
    assert_eq!(rules.len(), 4, "{rules:?}");
    assert_eq!(rules[0].opening.reasons[0].to_string(), "web to cart, tcp 8080: clients buy");
}

#[test]
fn without_a_network_the_internet_is_that_of_both_families() {
    let (rules, findings) =
        shop().allow("cart", Party::Internet, Service::tcp(443), "payments").pod_rules(&Terrain::default());
    assert_eq!(findings, []);
    assert_eq!(openings(&rules, "cart", Direction::Out), ["tcp-443-anywhere-ipv4", "tcp-443-anywhere-ipv6"]);
    let (rules, _) =
        shop().allow("cart", Party::Internet, Service::ping(), "is it there").pod_rules(&Terrain::default());
    assert_eq!(
        openings(&rules, "cart", Direction::Out),
        ["icmp-8-anywhere-ipv4", "icmpv6-128-anywhere-ipv6"],
        "each in its own family"
    );
}

#[test]
fn a_party_without_known_addresses_is_told() {
    for party in [Party::Resolver, Party::Clock, Party::Tier(Tier::Pods), Party::group("nobody")] {
        let (rules, findings) = shop().allow("cart", party, Service::udp(53), "names").pod_rules(&plain());
        assert_eq!((rules.len(), codes(&findings)), (0, vec!["traffic.no-range"]));
    }
}

#[test]
fn what_is_wrong_with_groups_of_pods_is_told() {
    let wrong = [
        (Pods::of("web", "shop"), "traffic.group-duplicate"),
        (Pods::of("cart", "other"), "traffic.group-duplicate"),
        (Pods::of("Cart", "shop"), "traffic.pods"),
        (Pods::of("more", "Shop"), "traffic.pods"),
        (Pods::of("more", "shop").label("-", ""), "traffic.pods"),
        (Pods::of("more", "shop").label("app", "-"), "traffic.pods"),
    ];
    for (pods, code) in wrong {
        let traffic = shop().with_pods(pods.clone());
        for findings in [traffic.pod_rules(&plain()).1, traffic.compile(&plain(), &RuleLimits::AWS).1] {
            assert_eq!(codes(&findings), [code], "{pods:?}");
        }
    }
    let lost = groups().with_pods(Pods::of("cart", "shop")).allow("cart", "web", Service::tcp(1), "");
    let (_, findings) = lost.compile(&plain(), &RuleLimits::AWS);
    assert_eq!(codes(&findings), ["traffic.unknown-party"]);
    assert!(findings[0].why.contains("`nodes`"), "{findings:?}");
}

#[test]
fn what_is_refused_to_pods_is_no_word_of_those_who_carry_them() {
    let refused = shop().never("cart", "database", Service::all(), "carts are not orders");
    let of_carrier = refused.clone().allow("nodes", "database", Service::tcp(5432), "orders are kept");
    assert_eq!(of_carrier.compile(&plain(), &RuleLimits::AWS).1, []);
    let of_pods = refused.allow("cart", "database", Service::tcp(5432), "carts are kept");
    for findings in [of_pods.compile(&plain(), &RuleLimits::AWS).1, of_pods.pod_rules(&plain()).1] {
        assert_eq!(codes(&findings), ["traffic.contradiction"]);
    }
    let network = shop().never("nodes", "database", Service::all(), "closed").allow(
        "orders",
        "database",
        Service::tcp(5432),
        "orders are kept",
    );
    assert_eq!(codes(&network.pod_rules(&plain()).1), ["traffic.contradiction"], "pods go by their carrier");
}

#[test]
fn a_declaration_of_pods_stands_in_no_shadow() {
    let traffic = shop().allow("nodes", "database", Service::all(), "wide").allow(
        "orders",
        "database",
        Service::tcp(5432),
        "narrow",
    );
    assert!(traffic.shadowed().is_empty());
}
