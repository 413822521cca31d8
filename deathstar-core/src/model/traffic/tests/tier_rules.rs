use super::*;

/// The cloud whose filters keep state and know groups: gateways stand in no tier, and load balancers pass clients on.
fn azure() -> Terrain {
    let nat = Way::Translated(Gateways { tier: None, carry: Carried::Echo });
    let mut terrain = plain();
    terrain.internet.insert((Tier::Private, Family::Ipv4), nat);
    Terrain { balanced: [Tier::Private].into(), probes: true, ..terrain }
}

fn made(traffic: &Traffic) -> TierRules {
    let made = traffic.tier_rules(&azure(), &RuleLimits::AZURE);
    assert_eq!(made.findings, []);
    made
}

fn texts(made: &TierRules, tier: Tier, direction: Direction) -> Vec<String> {
    let text =
        |rule: &&TierRule| format!("{} {}", rule.group.as_deref().unwrap_or("all"), rule.opening.slug());
    let mut all: Vec<_> = made.of(tier, direction).iter().map(text).collect();
    all.sort_unstable();
    all
}

fn codes(traffic: &Traffic, terrain: &Terrain) -> Vec<String> {
    let made = traffic.tier_rules(terrain, &RuleLimits::AZURE);
    made.findings.into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_declaration_opens_both_tiers_for_their_groups_and_answers_need_no_rule() {
    let made = made(&groups().allow("shop", "database", Service::tcp(5432), "orders"));
    assert_eq!(texts(&made, Tier::Private, Direction::Out), ["shop tcp-5432-database"]);
    assert_eq!(texts(&made, Tier::Intra, Direction::In), ["database tcp-5432-shop"]);
    assert_eq!(made.rules.len(), 2);
    assert_eq!(made.remarks, [""; 0]);
}

#[test]
fn gateways_that_stand_in_no_tier_open_none() {
    let made = made(&groups().allow("shop", Party::Internet, Service::tcp(443), "APIs"));
    assert_eq!(texts(&made, Tier::Private, Direction::Out), ["shop tcp-443-anywhere-ipv4"]);
    assert!(
        made.of(Tier::Public, Direction::In).is_empty() && made.of(Tier::Public, Direction::Out).is_empty()
    );
    let (rules, _) = groups()
        .allow("shop", Party::Internet, Service::tcp(443), "APIs")
        .compile(&azure(), &RuleLimits::AWS);
    assert!(rules.filter(Tier::Public, Direction::Out).is_empty());
}

#[test]
fn load_balancers_pass_clients_on_and_ask() {
    let traffic = groups().allow(Party::Internet, "shop", Service::tcp(443), "clients").allow(
        Party::Probes,
        "shop",
        Service::tcp(10256),
        "are you well",
    );
    let made = made(&traffic);
    let expected = ["shop tcp-10256-probes", "shop tcp-443-anywhere-ipv4"];
    assert_eq!(texts(&made, Tier::Private, Direction::In), expected);
    let alone = Terrain { balanced: [].into(), probes: false, ..azure() };
    assert_eq!(codes(&traffic, &alone), ["traffic.no-route", "traffic.unknown-party"]);
    assert_eq!(
        codes(&groups().allow("shop", Party::Probes, Service::tcp(1), ""), &azure()),
        ["traffic.direction"]
    );
    let friend = Party::Range("172.16.0.0/24".parse().unwrap());
    let not_of_the_internet = groups().allow(friend, "shop", Service::tcp(443), "");
    assert_eq!(codes(&not_of_the_internet, &azure()), ["traffic.no-route"]);
}

#[test]
fn what_gateways_do_not_carry_has_no_route() {
    let code = |services: Services| codes(&groups().allow("shop", Party::Internet, services, ""), &azure());
    assert!(code(Service::ping()).is_empty());
    assert_eq!(code(Service::icmp(IcmpType::ALL).into()), ["traffic.no-route"]);
    assert_eq!(code(Service::protocol(50).into()), ["traffic.no-route"]);
    let notice = groups().allow(Party::Internet, "shop", Service::path_mtu(), "");
    let closed = Terrain { balanced: [].into(), ..azure() };
    assert_eq!(codes(&notice, &closed), ["traffic.no-route"], "nothing tells of it there");
}

#[test]
fn what_rules_have_no_word_for_is_told() {
    let made = made(&groups().allow("shop", "web", Service::ping(), "are you there"));
    assert_eq!(texts(&made, Tier::Private, Direction::Out), ["shop icmp-web"]);
    assert!(made.remarks[0].contains("opens all of ICMP"), "{:?}", made.remarks);
    let within = |service: Service| {
        let traffic = groups().allow("shop", "database", service, "");
        let mut terrain = azure();
        terrain.network.push(AddressRange::OfNetwork(Family::Ipv6));
        for (tier, ranges) in &mut terrain.tiers {
            ranges.push(AddressRange::OfTier(*tier, Family::Ipv6));
        }
        let made = traffic.tier_rules(&terrain, &RuleLimits::AZURE);
        (made.rules.len(), made.findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>())
    };
    assert_eq!(within(Service::protocol(50)), (2, vec![]));
    assert_eq!(within(Service::protocol(4)), (0, vec!["traffic.no-word".to_owned()]));
    assert_eq!(within(Service::icmpv6(IcmpType::ALL)), (0, vec!["traffic.no-word".to_owned()]));
    assert_eq!(within(Service::all()), (2, vec![]));
}

#[test]
fn who_carries_no_group_is_named_by_ranges() {
    let terrain = Terrain { ungrouped: [Tier::Intra].into(), ..azure() };
    let traffic = groups().allow("shop", "database", Service::tcp(5432), "orders");
    let made = traffic.tier_rules(&terrain, &RuleLimits::AZURE);
    assert_eq!(texts(&made, Tier::Private, Direction::Out), ["shop tcp-5432-10.20.52.0_22"]);
    assert_eq!(texts(&made, Tier::Intra, Direction::In), ["all tcp-5432-shop"]);
    assert_eq!(codes(&traffic.group(Group::new("cache", Tier::Intra)), &terrain), ["traffic.ungrouped"]);
}

#[test]
fn too_many_rules_are_joined_and_else_told() {
    let traffic = (1..=3).fold(groups(), |traffic, port| {
        traffic.allow("shop", "database", Service::tcp(port), port.to_string())
    });
    let tight = RuleLimits::AZURE.filter_entries(2);
    let made = traffic.tier_rules(&azure(), &tight);
    assert_eq!(texts(&made, Tier::Private, Direction::Out), ["shop tcp-1-3-database"]);
    let apart =
        traffic.allow("shop", "database", Service::tcp(9), "").allow("shop", "web", Service::tcp(9), "");
    assert_eq!(apart.tier_rules(&azure(), &tight).findings[0].code, "traffic.quota");
}

#[test]
fn pods_add_nothing_to_what_opens_for_who_carries_them() {
    let traffic = groups()
        .with_pods(Pods::of("orders", "shop").on("shop"))
        .allow("shop", "database", Service::tcp(5000..=6000), "all of it")
        .allow("orders", "database", Service::tcp(5432), "orders");
    let made = made(&traffic);
    assert_eq!(texts(&made, Tier::Private, Direction::Out), ["shop tcp-5000-6000-database"]);
    assert_eq!(made.of(Tier::Private, Direction::Out)[0].opening.reasons.len(), 2);
}
