use super::*;
use crate::{
    arm::testing::{change, document, read},
    id::ApplicationSecurityGroupId,
};
use deathstar_core::{Class, model::IpCidr};
use proptest::prelude::*;
use serde_json::{Value, json};

const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/web";
const ID: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/web/securityRules/a";

fn rule() -> SecurityRule {
    SecurityRule::inbound(NetworkSecurityGroupId::new(GROUP), "a", 100)
}

fn ranges(all: &[&str]) -> RulePeer {
    RulePeer::ranges(all.iter().map(|text| text.parse::<IpCidr>().unwrap()))
}

fn application(name: &str) -> ApplicationSecurityGroupId {
    let group = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups";
    ApplicationSecurityGroupId::new(format!("{group}/{name}"))
}

fn codes(rule: &SecurityRule) -> Vec<String> {
    rule.validate().into_iter().map(|finding| finding.code).collect()
}

fn properties(rule: &SecurityRule) -> Value {
    document(rule)["properties"].clone()
}

#[test]
fn a_rule_is_written_in_the_members_of_its_ends() {
    let all = rule().on(Protocol::Tcp, 443).from(ranges(&["10.0.0.0/8"])).to(RulePeer::tag("virtualnetwork"));
    assert_eq!(
        properties(&all.description("web")),
        json!({"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "description": "web",
            "sourceAddressPrefix": "10.0.0.0/8", "sourcePortRange": "*",
            "destinationAddressPrefix": "VirtualNetwork", "destinationPortRange": "443"})
    );
    let many = rule().on(Protocol::Udp, RulePorts::ranges([53..=53, 1000..=1005, 1006..=1010]));
    let many =
        many.from(ranges(&["10.0.0.0/8", "192.168.0.0/16"])).to(RulePeer::groups([application("web")]));
    let written = properties(&many.deny());
    assert_eq!(written["access"], "Deny");
    assert_eq!(written["sourceAddressPrefixes"], json!(["10.0.0.0/8", "192.168.0.0/16"]));
    assert_eq!(
        written["destinationPortRanges"],
        json!(["53", "1000-1010"]),
        "what borders on each other is one"
    );
    assert_eq!(written["destinationApplicationSecurityGroups"], json!([{"id": application("web")}]));
    for member in ["sourceAddressPrefix", "destinationAddressPrefix", "destinationPortRange"] {
        assert_eq!(written.get(member), None, "{member}");
    }
}

/// A document with two of the members would mean both.
#[test]
fn a_change_leaves_one_member_of_each_end() {
    let seen = document(
        &rule().from(ranges(&["10.0.0.0/8", "10.128.0.0/9"])).from_ports(RulePorts::ranges([1u16, 5])),
    );
    let changed = change(&rule().from(RulePeer::tag("Internet")), &seen);
    assert_eq!(changed["properties"]["sourceAddressPrefix"], "Internet");
    assert_eq!(changed["properties"]["sourcePortRange"], "*");
    let left = |of: &Value, member: &str| of["properties"].get(member).is_some();
    assert!(!left(&changed, "sourceAddressPrefixes") && !left(&changed, "sourcePortRanges"));
    let changed = change(&rule().from(RulePeer::groups([application("a")])), &changed);
    assert!(!left(&changed, "sourceAddressPrefix"));
}

/// Azure shows empty lists beside the member that counts, and writes words in other cases than it documents.
#[test]
fn what_azure_shows_is_read() {
    let shown = json!({"properties": {
        "priority": 100, "direction": "inbound", "access": "ALLOW", "protocol": "TCP",
        "sourceAddressPrefix": "10.0.0.4", "sourceAddressPrefixes": [], "sourcePortRange": "*", "sourcePortRanges": [],
        "destinationAddressPrefix": "", "destinationAddressPrefixes": ["*"], "destinationPortRange": "",
        "destinationPortRanges": ["80-90", "443"], "destinationApplicationSecurityGroups": [],
    }});
    let expected =
        rule().on(Protocol::Tcp, RulePorts::ranges([443..=443, 80..=90])).from(ranges(&["10.0.0.4/32"]));
    assert_eq!(read::<SecurityRule>(ID, &shown), expected);
    let odd = json!({"properties": {"priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Sctp",
        "sourceAddressPrefixes": ["10.0.0.0/8", "Internet"], "destinationPortRange": "http"}});
    let odd = read::<SecurityRule>(ID, &odd);
    assert_eq!(codes(&odd), ["choice.unknown", "security-rule.peer", "security-rule.ports"]);
}

#[test]
fn a_priority_is_given_once_in_a_group_and_direction() {
    let life = |rule: &SecurityRule| rule.holds().into_iter().find(|hold| hold.slot.starts_with("priority"));
    let outbound = SecurityRule::outbound(NetworkSecurityGroupId::new(GROUP), "b", 100);
    assert_eq!(life(&rule()), life(&SecurityRule { name: "b".into(), ..rule() }));
    assert_ne!(life(&rule()), life(&outbound));
    assert_ne!(life(&rule()), life(&SecurityRule { priority: 101, ..rule() }));
    let other = NetworkSecurityGroupId::new(GROUP.replace("web", "db"));
    assert_ne!(life(&rule()), life(&SecurityRule { network_security_group: other.into(), ..rule() }));
}

#[test]
fn only_its_group_and_its_name_replace_it() {
    let replaces = SecurityRule::FIELDS.iter().filter(|field| matches!(field.class, Class::Replace));
    assert_eq!(replaces.map(|field| field.name).collect::<Vec<_>>(), ["network_security_group", "name"]);
    assert_eq!(rule().shown_in(), Some(Key::of(GROUP)));
    assert_eq!(rule().key(), Some(Key::of(rule().simulate(1).0)));
}

#[test]
fn what_azure_refuses_is_found_before() {
    assert!(codes(&rule()).is_empty());
    for (priority, right) in [(99, false), (100, true), (4096, true), (4097, false)] {
        assert_eq!(codes(&SecurityRule { priority, ..rule() }).is_empty(), right, "{priority}");
    }
    assert_eq!(codes(&rule().on(Protocol::Icmp, 443)), ["security-rule.ports"]);
    assert!(codes(&rule().on(Protocol::Icmp, RulePorts::Any)).is_empty());
    assert_eq!(codes(&rule().from(ranges(&[]))), ["security-rule.peer"]);
    assert_eq!(codes(&rule().from(ranges(&["10.0.0.0/8", "fd00::/8"]))), ["security-rule.family"]);
    let mixed = rule().from(ranges(&["10.0.0.0/8"])).to(ranges(&["fd00::/8"]));
    assert_eq!(codes(&mixed), ["security-rule.family"]);
    assert_eq!(codes(&rule().from(RulePeer::tag("no tag"))), ["security-rule.peer"]);
    assert_eq!(codes(&rule().from_ports(RulePorts::ranges::<u16>([]))), ["security-rule.ports"]);
    #[allow(clippy::reversed_empty_ranges, reason = "that is what is wrong")]
    let reversed = rule().from_ports(9..=1);
    assert_eq!(codes(&reversed), ["security-rule.ports"]);
    let groups = |count: u8| rule().from(RulePeer::groups((0..count).map(|n| application(&format!("a{n}")))));
    assert!(codes(&groups(10)).is_empty());
    assert_eq!((codes(&groups(0)).len(), codes(&groups(11)).len()), (1, 1));
    assert!(codes(&rule().description("d".repeat(140))).is_empty());
    assert_eq!(codes(&rule().description("d".repeat(141))), ["security-rule.description"]);
}

#[test]
fn it_joins_the_application_security_groups_of_both_ends() {
    let links =
        rule().from(RulePeer::groups([application("a")])).to(RulePeer::groups([application("b")])).links();
    let action = "Microsoft.Network/applicationSecurityGroups/joinNetworkSecurityRule/action";
    assert_eq!(links.iter().map(|link| &*link.action).collect::<Vec<_>>(), [action, action]);
}

proptest! {
    /// Ranges that open the same ports are the same value, however they are cut.
    #[test]
    fn ports_have_one_form(cuts in proptest::collection::vec((0u16..40, 0u16..6), 1..8)) {
        let all: Vec<_> = cuts.iter().map(|(first, more)| *first..=first + more).collect();
        let single: Vec<_> = all.iter().cloned().flatten().map(|port| port..=port).collect();
        let (RulePorts::Ranges(one), RulePorts::Ranges(other)) = (RulePorts::ranges(all), RulePorts::ranges(single)) else {
            panic!("they are ranges")
        };
        prop_assert_eq!(&one, &other);
        prop_assert!(one.all().windows(2).all(|pair| pair[0].last + 1 < pair[1].first));
    }
}
