use super::*;
use crate::{Account, Nat, id::VpcId};
use deathstar_core::{Stack, component::NetworkRefs, component::NetworkSpec};
use std::collections::BTreeSet;

fn declared(vpc: Vpc) -> (BTreeSet<String>, VpcRefs) {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let refs = stack.add(&aws, "network", vpc);
    (stack.addresses().map(ToString::to_string).collect(), refs)
}

fn with(addresses: &BTreeSet<String>, end: &str) -> Vec<String> {
    addresses.iter().filter(|address| address.ends_with(end)).cloned().collect()
}

#[test]
fn the_network_of_a_production_cluster() {
    let (addresses, refs) = declared(Vpc::new("10.20.0.0/16"));
    assert_eq!(with(&addresses, "/subnet").len(), 9);
    assert_eq!(with(&addresses, "/association").len(), 9);
    assert_eq!(with(&addresses, "/route-table").len(), 5);
    assert_eq!(with(&addresses, "/nat-gateway").len(), 3);
    let routes: Vec<_> = ["private/0", "private/1", "private/2", "public"]
        .iter()
        .map(|place| format!("network/{place}/default-route"))
        .collect();
    assert_eq!(with(&addresses, "/default-route"), routes);
    assert_eq!(refs.nat_addresses().len(), 3);
    assert_eq!(refs.default_routes().len(), 4);
    assert_eq!((refs.subnets().len(), refs.zones().len()), (9, 3));
}

#[test]
fn subnets_are_told_with_zone_and_range() {
    let (_, refs) = declared(Vpc::new("10.20.0.0/16"));
    let private: Vec<_> =
        refs.tier(Tier::Private).into_iter().map(|s| (s.zone, s.range.unwrap().to_string())).collect();
    let expected = [(Some(0), "10.20.0.0/20"), (Some(1), "10.20.16.0/20"), (Some(2), "10.20.32.0/20")];
    assert_eq!(private, expected.map(|(zone, range)| (zone, range.to_owned())));
    assert_eq!(refs.range(), &Input::Known("10.20.0.0/16".parse().unwrap()));
}

#[test]
fn more_ways_out_only_add() {
    let (single, _) = declared(Vpc::new("10.20.0.0/16").nat(Nat::Single));
    let (per_zone, _) = declared(Vpc::new("10.20.0.0/16").nat(Nat::PerZone));
    assert!(single.is_subset(&per_zone));
    let added: Vec<_> = per_zone.difference(&single).cloned().collect();
    let expected = [
        "network/public/1/nat-address",
        "network/public/1/nat-gateway",
        "network/public/2/nat-address",
        "network/public/2/nat-gateway",
    ];
    assert_eq!(added, expected);
}

#[test]
fn without_nat_private_subnets_have_no_default_route() {
    let (addresses, refs) = declared(Vpc::new("10.20.0.0/16").nat(Nat::None));
    assert_eq!(with(&addresses, "/default-route"), ["network/public/default-route"]);
    assert!(with(&addresses, "/nat-address").is_empty() && refs.nat_addresses().is_empty());
}

#[test]
fn a_tier_that_is_left_out_is_not_there() {
    let (addresses, refs) = declared(Vpc::new("10.20.0.0/16").without(Tier::Public).nat(Nat::None));
    assert!(!addresses.iter().any(|address| address.contains("public") || address.contains("gateway")));
    assert!(refs.tier(Tier::Public).is_empty());
    let (addresses, _) = declared(Vpc::new("10.20.0.0/16").without(Tier::Intra));
    assert!(!addresses.iter().any(|address| address.contains("intra")));
}

#[test]
fn choices_that_do_not_go_together_are_told() {
    let codes = |vpc: Vpc| vpc.contradictions().into_iter().map(|finding| finding.code).collect::<Vec<_>>();
    let vpc = || Vpc::new("10.20.0.0/16");
    assert!(codes(vpc()).is_empty());
    assert_eq!(codes(vpc().without(Tier::Public)), ["network.nat"]);
    assert!(codes(vpc().without(Tier::Public).nat(Nat::None)).is_empty());
    assert!(codes(vpc().without(Tier::Public).without(Tier::Private)).is_empty());
    let nothing = vpc().without(Tier::Public).without(Tier::Private).without(Tier::Intra);
    assert_eq!(codes(nothing), ["network.tiers"]);
}

#[test]
fn the_neutral_spec_gives_the_same_network() {
    let (neutral, _) = declared(NetworkSpec::new("10.20.0.0/16").into());
    let (native, _) = declared(Vpc::new("10.20.0.0/16"));
    assert_eq!(neutral, native);
}

#[test]
fn an_existing_vpc_declares_one_question() {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let refs = stack.add(&aws, "network", Vpc::existing(VpcId::new("vpc-1")).zones(2));
    assert_eq!(stack.addresses().map(ToString::to_string).collect::<Vec<_>>(), ["network/lookup"]);
    assert_eq!(refs.subnets().len(), 4);
    assert!(refs.tier(Tier::Intra).is_empty() && refs.resource().is_none());
}
