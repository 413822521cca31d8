use super::*;

fn texts(rules: &Rules, tier: Tier, direction: Direction) -> Vec<String> {
    let mut all: Vec<_> = rules.filter(tier, direction).iter().map(|entry| entry.opening.slug()).collect();
    all.sort_unstable();
    all
}

fn compiled(traffic: &Traffic, terrain: &Terrain) -> Rules {
    let (rules, findings) = traffic.compile(terrain, &RuleLimits::AWS);
    assert_eq!(findings, []);
    rules
}

#[test]
fn a_declaration_opens_both_groups_and_both_filters_with_answers() {
    let rules = compiled(&groups().allow("shop", "database", Service::tcp(5432), "orders"), &plain());
    let group = |name, direction| {
        rules.group(name, direction).iter().map(|rule| rule.opening.slug()).collect::<Vec<_>>()
    };
    assert_eq!(group("shop", Direction::Out), ["tcp-5432-database"]);
    assert_eq!(group("database", Direction::In), ["tcp-5432-shop"]);
    assert_eq!(rules.groups.len(), 2, "a group keeps state: no rule for answers");
    assert_eq!(texts(&rules, Tier::Private, Direction::Out), ["tcp-5432-10.20.52.0_22"]);
    assert_eq!(texts(&rules, Tier::Private, Direction::In), ["tcp-32768-60999-10.20.52.0_22"]);
    let private = ["10.20.0.0_19", "10.20.32.0_20", "10.20.64.0_20"];
    assert_eq!(texts(&rules, Tier::Intra, Direction::In), private.map(|range| format!("tcp-5432-{range}")));
    assert_eq!(
        texts(&rules, Tier::Intra, Direction::Out),
        private.map(|range| format!("tcp-32768-60999-{range}"))
    );
    assert!(texts(&rules, Tier::Public, Direction::In).is_empty());
}

#[test]
fn answers_go_to_the_ports_from_which_the_client_sends() {
    let out = |traffic: Traffic, tier| texts(&compiled(&traffic, &plain()), tier, Direction::Out);
    let windows = groups().allow("database", "web", Service::tcp(443), "");
    assert_eq!(out(windows, Tier::Public), ["tcp-49152-65535-10.20.52.0_22"]);
    let anyone = groups().allow(Party::Internet, "web", Service::udp(443), "");
    assert_eq!(out(anyone, Tier::Public), ["udp-1024-65535-anywhere-ipv4"]);
    let clock = groups().allow("database", "web", Service::ntp().sent_from(123), "");
    assert_eq!(out(clock, Tier::Public), ["udp-123-10.20.52.0_22"]);
    let tier = groups().allow(Tier::Public, "database", Service::tcp(5432), "");
    assert_eq!(out(tier, Tier::Intra), ["tcp-1024-65535-10.20.48.0_22"], "load balancers stand there");
    let tier = groups().allow(Tier::Intra, "web", Service::tcp(1), "");
    assert_eq!(out(tier, Tier::Public), ["tcp-49152-65535-10.20.52.0_22"], "as its groups do");
}

#[test]
fn what_is_translated_passes_the_filter_of_the_gateway() {
    let rules = compiled(&groups().allow("shop", Party::Internet, Service::tcp(443), "APIs"), &plain());
    assert_eq!(texts(&rules, Tier::Private, Direction::Out), ["tcp-443-anywhere-ipv4"]);
    assert_eq!(texts(&rules, Tier::Private, Direction::In), ["tcp-32768-60999-anywhere-ipv4"]);
    let public_in = texts(&rules, Tier::Public, Direction::In);
    assert_eq!(public_in.len(), 4);
    assert!(
        public_in.contains(&"tcp-1024-65535-anywhere-ipv4".to_owned()),
        "a NAT gateway sends from any port"
    );
    assert!(public_in.contains(&"tcp-443-10.20.32.0_20".to_owned()));
    let public_out = texts(&rules, Tier::Public, Direction::Out);
    assert!(public_out.contains(&"tcp-443-anywhere-ipv4".to_owned()));
    assert!(public_out.contains(&"tcp-32768-60999-10.20.32.0_20".to_owned()));
    assert!(rules.filter(Tier::Public, Direction::In).iter().all(|entry| {
        let transit =
            |reason: &Reason| matches!(reason.purpose, Purpose::Transit | Purpose::TransitAnswer(_));
        entry.opening.reasons.iter().all(transit)
    }));
}

#[test]
fn ipv6_is_not_translated_and_has_its_own_ranges() {
    let traffic = groups().allow("shop", Party::InternetOf(Family::Ipv6), Service::tcp(443), "APIs");
    let rules = compiled(&traffic, &terrain());
    assert_eq!(texts(&rules, Tier::Private, Direction::Out), ["tcp-443-anywhere-ipv6"]);
    assert!(texts(&rules, Tier::Public, Direction::Out).is_empty());
    let rules = compiled(&groups().allow("shop", "database", Service::tcp(1), ""), &terrain());
    assert!(texts(&rules, Tier::Private, Direction::Out).contains(&"tcp-1-intra-ipv6".to_owned()));
}

#[test]
fn messages_have_no_answers_and_come_back_through_the_gateway() {
    let traffic = groups().allow(Party::Internet, "shop", Service::path_mtu(), "its path");
    let rules = compiled(&traffic, &terrain());
    assert_eq!(
        texts(&rules, Tier::Private, Direction::In),
        ["icmp-3-4-anywhere-ipv4", "icmpv6-2-anywhere-ipv6"]
    );
    assert!(texts(&rules, Tier::Private, Direction::Out).is_empty());
    assert_eq!(texts(&rules, Tier::Public, Direction::In), ["icmp-3-4-anywhere-ipv4"]);
    assert_eq!(texts(&rules, Tier::Public, Direction::Out).len(), 3);
    let ping = compiled(&groups().allow("shop", "web", Service::ping(), ""), &terrain());
    assert_eq!(
        texts(&ping, Tier::Private, Direction::In),
        ["icmp-0-10.20.48.0_22", "icmpv6-129-public-ipv6"]
    );
}

#[test]
fn a_filter_names_addresses_where_a_group_names_the_storage() {
    let rules =
        compiled(&groups().allow("shop", Party::ObjectStorage, Service::tcp(443), "layers"), &plain());
    assert_eq!(rules.groups[0].opening.peer, Peer::ObjectStorage);
    assert_eq!(texts(&rules, Tier::Private, Direction::Out), ["tcp-443-anywhere-ipv4"]);
    assert!(texts(&rules, Tier::Public, Direction::In).is_empty(), "it meets no gateway");
}

#[test]
fn what_no_cloud_filters_needs_no_rule() {
    let traffic = groups().allow("shop", Party::Resolver, Service::dns(), "names").allow(
        "shop",
        Party::Clock,
        Service::ntp(),
        "the time",
    );
    assert_eq!(compiled(&traffic, &plain()), Rules::default());
}

#[test]
fn equal_rules_are_one_with_every_reason() {
    let traffic = groups().allow("shop", "database", Service::tcp(5432), "orders").allow(
        "shop",
        "database",
        Service::tcp([5432..=5432].into_iter().next().unwrap()),
        "customers",
    );
    let rules = compiled(&traffic, &plain());
    let [rule] = rules.group("shop", Direction::Out)[..] else { panic!("one rule") };
    let why: Vec<_> = rule.opening.reasons.iter().map(ToString::to_string).collect();
    assert_eq!(why, ["shop to database, tcp 5432: orders", "shop to database, tcp 5432: customers"]);
}

#[test]
fn only_a_list_that_is_too_long_is_made_tighter() {
    let range = |text: &str| Party::Range(text.parse().unwrap());
    let traffic = groups()
        .allow("web", range("198.51.100.0/25"), Service::tcp(443), "a")
        .allow("web", range("198.51.100.128/25"), Service::tcp(443), "b")
        .allow("web", range("203.0.113.0/24"), Service::tcp(8000..=8009), "c")
        .allow("web", range("203.0.113.0/24"), Service::tcp(8010..=8019), "d")
        .allow("web", range("203.0.113.64/26"), Service::tcp(8001), "e");
    let out = |limit| {
        let (rules, findings) = traffic.compile(&plain(), &RuleLimits::AWS.group_rules(limit));
        let slugs: Vec<_> =
            rules.group("web", Direction::Out).iter().map(|rule| rule.opening.slug()).collect();
        (slugs, findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>())
    };
    assert_eq!(out(5).0.len(), 5);
    let (tight, findings) = out(4);
    assert_eq!(tight.len(), 4, "no shorter than asked for");
    assert_eq!(tight[0], "tcp-443-198.51.100.0_24");
    assert!(findings.is_empty());
    assert_eq!(out(2).0, ["tcp-443-198.51.100.0_24", "tcp-8000-8019-203.0.113.0_24"]);
    assert_eq!(out(1).1, ["traffic.quota"]);
}

#[test]
fn a_full_range_of_numbers_has_room_for_every_entry() {
    let limits = RuleLimits { numbers: 5..=6, ..RuleLimits::AWS };
    let traffic = groups().allow("web", "database", Service::dns(), "");
    let (rules, _) = traffic.compile(&plain(), &limits);
    let numbers: Vec<_> =
        rules.filter(Tier::Public, Direction::Out).iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [5, 6]);
}

#[test]
fn a_cluster_stays_inside_what_aws_takes() {
    let cluster = |pods| {
        KubernetesTraffic::new()
            .pods(pods)
            .ingress(true)
            .internet(Party::Internet)
            .endpoints(true)
            .object_storage(true)
            .webhook(9443, "the load balancer controller validates ingresses")
            .backend(8080, "the shop answers")
    };
    let fits = |traffic: KubernetesTraffic, terrain: &Terrain, entries: usize| {
        let limits = RuleLimits::AWS.filter_entries(entries);
        Traffic::from(traffic).compile(terrain, &limits).1.is_empty()
    };
    let mut dual_stack = terrain();
    dual_stack.tiers.remove(&Tier::Pods);
    dual_stack.network.retain(|range| *range != known("100.64.0.0/16"));
    assert!(fits(cluster(false), &plain(), 20));
    for (traffic, terrain) in [(cluster(false), &dual_stack), (cluster(true), &terrain())] {
        assert!(!fits(traffic.clone(), terrain, 20), "both families need more than AWS gives everyone");
        assert!(fits(traffic, terrain, 40));
    }
}

#[test]
fn ports_of_others_are_only_open_when_they_are_declared() {
    let open = |traffic: Traffic| {
        let rules = compiled(&traffic, &plain());
        rules.groups.iter().any(|rule| {
            rule.group == "nodes"
                && rule.direction == Direction::In
                && rule.opening.peer == Peer::Group("control-plane".into())
                && rule.opening.packets.covers(Packets::Tcp(9443.into()))
        })
    };
    assert!(!open(KubernetesTraffic::new().into()));
    assert!(open(KubernetesTraffic::new().webhook(9443, "webhooks").into()));
}

#[test]
fn a_filter_leaves_out_what_an_earlier_declaration_opens() {
    let wide = groups().allow("web", Party::Internet, Service::tcp(1..=1000), "wide");
    let both = wide.clone().allow("web", "database", Service::tcp(443), "narrow");
    let out = |traffic: &Traffic| texts(&compiled(traffic, &plain()), Tier::Public, Direction::Out);
    assert_eq!(out(&both), ["tcp-1-1000-anywhere-ipv4"]);
    let rules = compiled(&both, &plain());
    let reasons = &rules.filter(Tier::Public, Direction::Out)[0].opening.reasons;
    assert_eq!(reasons.len(), 2);
    assert_eq!(rules.group("web", Direction::Out).len(), 2, "a group says exactly what was declared");
}
