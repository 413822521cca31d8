use super::{
    super::{Dns, remarks},
    *,
};
use deathstar_core::{
    Input,
    model::{
        IpCidr,
        traffic::{Family, Party, Service},
    },
};

fn named(policies: &[NetworkPolicy], namespace: &str, name: &str) -> NetworkPolicy {
    let own = |one: &&NetworkPolicy| {
        one.metadata.namespace.as_deref() == Some(namespace) && one.metadata.name.as_deref() == Some(name)
    };
    policies.iter().find(own).unwrap().clone()
}

fn json(policy: &NetworkPolicy) -> serde_json::Value {
    serde_json::to_value(policy.spec.as_ref().unwrap()).unwrap()
}

#[test]
fn a_policy_says_who_asked_for_it() {
    let traffic = groups().allow("gateway", "web", Service::tcp(8080), "clients buy").allow(
        "monitoring",
        "web",
        Service::tcp(9090),
        "numbers are read",
    );
    let policy = named(&computed(&declared(traffic)), "shop", "web-in");
    let why = &policy.metadata.annotations.as_ref().unwrap()["deathstar.dev/why"];
    assert_eq!(why, "gateway to web, tcp 8080: clients buy\nmonitoring to web, tcp 9090: numbers are read");
    assert_eq!(policy.spec.unwrap().ingress.unwrap().len(), 2);
}

#[test]
fn the_internet_is_without_what_it_does_not_carry() {
    let traffic = groups().allow("web", Party::Internet, Service::tcp(443), "payments");
    let policy = json(&named(&computed(&declared(traffic)), "shop", "web-out"));
    let except = policy["egress"][0]["to"][0]["ipBlock"]["except"].as_array().unwrap();
    for range in ["169.254.0.0/16", "10.0.0.0/8", "198.18.0.0/16"] {
        assert!(except.iter().any(|one| one == range), "{range}: {except:?}");
    }
    assert!(!except.iter().any(|one| one == "10.20.0.0/16"), "it lies in another: {except:?}");
}

#[test]
fn a_cache_of_names_on_each_node_is_asked_by_its_address() {
    let mut declared = declared(groups());
    declared.dns = Dns::NodeLocal("169.254.20.10/32".parse().unwrap());
    let policy = json(&named(&computed(&declared), "shop", "dns"));
    assert_eq!(policy["egress"][0]["to"], serde_json::json!([{"ipBlock": {"cidr": "169.254.20.10/32"}}]));
    let ports = policy["egress"][0]["ports"].as_array().unwrap();
    assert_eq!(ports.len(), 2);
}

#[test]
fn a_range_that_the_cloud_chooses_is_told_by_an_input_or_not_at_all() {
    let range = AddressRange::OfTier(Tier::Intra, Family::Ipv6);
    let mut declared = declared(groups().allow("orders", "database", Service::tcp(5432), "orders are kept"));
    declared.terrain.tiers.insert(Tier::Intra, vec![range]);
    let (_, findings) = all_policies(&declared, NAMESPACES.into_iter());
    assert_eq!(findings.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["traffic.no-range"]);
    let told: IpCidr = "2001:db8::/64".parse().unwrap();
    declared.ranges.insert(range, Input::Known(told));
    let policy = json(&named(&computed(&declared), "shop", "orders-out"));
    assert_eq!(policy["egress"][0]["to"][0]["ipBlock"]["cidr"], "2001:db8::/64");
}

#[test]
fn what_policies_do_not_decide_on_is_remarked() {
    let traffic = groups().allow("web", Party::Internet, Service::ping(), "is it there").allow(
        "nodes",
        "nodes",
        Service::ping(),
        "no pod's business",
    );
    let remarks = remarks(&declared(traffic), &NAMESPACES.map(str::to_owned));
    assert_eq!(remarks.len(), 2, "{remarks:?}");
    assert!(remarks[0].contains("`monitoring`") && remarks[0].contains("`kube-system`"), "{remarks:?}");
    assert!(
        remarks[1].contains("icmp 8 and icmpv6 128") && remarks[1].contains("is it there"),
        "{remarks:?}"
    );
}

#[test]
fn what_is_open_to_everything_has_no_ports() {
    let traffic = groups()
        .allow("web", "orders", Service::tcp(1), "a port")
        .allow("web", "orders", Service::all(), "everything")
        .allow("web", "orders", Service::udp(1), "one more");
    let policy = json(&named(&computed(&declared(traffic)), "shop", "web-out"));
    assert!(policy["egress"][0]["ports"].is_null(), "{policy}");
    assert_eq!(policy["egress"].as_array().unwrap().len(), 1);
}

#[test]
fn no_packet_has_the_port_0() {
    let traffic = groups().allow("web", "orders", Service::tcp(0..=5), "some").allow(
        "gateway",
        "web",
        Service::tcp(0),
        "none",
    );
    let policies = computed(&declared(traffic));
    let some = json(&named(&policies, "shop", "web-out"));
    assert_eq!(
        some["egress"][0]["ports"][0],
        serde_json::json!({"protocol": "TCP", "port": 1, "endPort": 5})
    );
    assert!(!policies.iter().any(|one| one.metadata.name.as_deref() == Some("gateway-out")));
}
