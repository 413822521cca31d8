//! The planner: the conventional layout, what is refused, and what never moves.
#![allow(clippy::unwrap_used, reason = "a refused plan is a failed test")]

mod properties;
mod refusals;

use super::space::Space;
use super::{CidrPlanner, Ipv4Net, Ipv6Net, Slots, SubnetPlan, TierRequest, TierSize};
use crate::model::zone::Tier;

fn v4(text: &str) -> Ipv4Net {
    text.parse().unwrap()
}

fn v6(text: &str) -> Ipv6Net {
    text.parse().unwrap()
}

fn subnets<N: Copy + ToString>(plan: &SubnetPlan<N>, tier: &str) -> Vec<String> {
    plan.tier(tier).unwrap().subnets.iter().map(ToString::to_string).collect()
}

/// Tiers that each have subnets of this prefix length.
fn tiers(of: &[(&str, u8)]) -> Vec<TierRequest> {
    of.iter().map(|(name, prefix)| TierRequest::new(*name, TierSize::Prefix(*prefix))).collect()
}

#[test]
fn a_16_with_three_zones_has_the_conventional_layout() {
    let plan = CidrPlanner::aws(3).plan_ipv4(v4("10.20.0.0/16"), &TierRequest::conventional()).unwrap();
    assert_eq!(subnets(&plan, "private"), ["10.20.0.0/20", "10.20.16.0/20", "10.20.32.0/20"]);
    assert_eq!(subnets(&plan, "public"), ["10.20.48.0/24", "10.20.49.0/24", "10.20.50.0/24"]);
    assert_eq!(subnets(&plan, "intra"), ["10.20.52.0/24", "10.20.53.0/24", "10.20.54.0/24"]);
    assert_eq!(plan.tier("private").unwrap().slots, [0, 1, 2, 4]);
    assert_eq!(plan.tier("public").unwrap().slots, [48, 49, 50, 51]);
    assert_eq!(plan.tier("intra").unwrap().reserved, [v4("10.20.55.0/24")]);
    assert_eq!(plan.tier("intra").unwrap().prefix, 24);
    assert_eq!((plan.block(), plan.tiers().len()), (v4("10.20.0.0/16"), 3));
    assert_eq!(plan.iter().last(), Some(("intra", 2, v4("10.20.54.0/24"))));
    assert_eq!((plan.subnet("intra", 3), plan.subnet("other", 0)), (None, None));
}

#[test]
fn the_order_of_large_and_small_tiers_does_not_matter() {
    let reordered = [Tier::Public, Tier::Private, Tier::Intra].map(TierRequest::from);
    let plan = CidrPlanner::aws(3).plan_ipv4(v4("10.20.0.0/16"), &reordered).unwrap();
    assert_eq!(subnets(&plan, "private")[0], "10.20.0.0/20");
    assert_eq!(subnets(&plan, "public")[0], "10.20.48.0/24");
}

#[test]
fn the_conventional_tiers_fit_every_block_from_16_to_24_on_both_clouds() {
    for prefix in 16..=24 {
        let block = Ipv4Net::new([10, 0, 0, 0].into(), prefix).unwrap();
        for (planner, smallest) in [(CidrPlanner::aws(4), 28), (CidrPlanner::azure(4), 29)] {
            let plan = planner.plan_ipv4(block, &TierRequest::conventional()).unwrap();
            let sizes: Vec<u8> = plan.tiers().iter().map(|tier| tier.prefix).collect();
            assert_eq!(
                sizes,
                [(prefix + 4).min(smallest), (prefix + 8).min(smallest), (prefix + 8).min(smallest)]
            );
        }
    }
}

#[test]
fn small_tiers_that_overflow_their_region_take_the_top_of_the_block() {
    let of: Vec<(String, u8)> = (0..6).map(|index| (format!("t{index}"), 24)).collect();
    let of: Vec<(&str, u8)> = of.iter().map(|(name, prefix)| (name.as_str(), *prefix)).collect();
    let plan = CidrPlanner::aws(1).plan_ipv4(v4("10.0.0.0/16"), &tiers(&of)).unwrap();
    let first: Vec<String> = plan.iter().map(|(_, _, net)| net.to_string()).collect();
    let expected = ["48", "52", "56", "60", "240", "244"].map(|third| format!("10.0.{third}.0/24"));
    assert_eq!(first, expected);
}

#[test]
fn a_tier_that_fills_one_region_is_small() {
    let plan = CidrPlanner::aws(1).plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 22), ("b", 21)])).unwrap();
    assert_eq!(subnets(&plan, "a"), ["10.0.48.0/22"]);
    assert_eq!(subnets(&plan, "b"), ["10.0.0.0/21"]);
}

#[test]
fn large_tiers_use_the_small_region_when_nothing_else_is_left() {
    let plan = CidrPlanner::aws(4).plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 18)])).unwrap();
    assert_eq!(subnets(&plan, "a"), ["10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18", "10.0.0.0/18"]);
    let full =
        CidrPlanner::aws(4).growth_room(16).plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 20)])).unwrap();
    let slots = full.tier("a").unwrap().slots.clone();
    assert_eq!((&slots[..4], slots.len(), slots[15]), (&[0, 1, 2, 4][..], 16, 3));
}

#[test]
fn small_tiers_are_scattered_only_when_no_region_has_room_for_all() {
    // Sixteen regions of 16 units, and the first unit of each is taken.
    let mut space = Space::with_regions(8);
    assert!((0..16).all(|region| space.take(region * 16..region * 16 + 1)));
    let whole = space.clone().place(0, 15);
    assert_eq!(whole, Some((49..64).collect()));
    let scattered = space.place(0, 16);
    assert_eq!(scattered, Some((1..16).chain([17]).collect()));
}

#[test]
fn a_plan_can_be_pinned_by_its_slots() {
    let planner = CidrPlanner::aws(3);
    let block = v4("10.20.0.0/16");
    let before = planner.plan_ipv4(block, &TierRequest::conventional()).unwrap();
    let pinned: Vec<TierRequest> = TierRequest::conventional()
        .into_iter()
        .map(|tier| {
            let slots = before.tier(&tier.name).unwrap().slots.clone();
            tier.slots(slots)
        })
        .rev()
        .collect();
    let after = planner.plan_ipv4(block, &pinned).unwrap();
    for (tier, zone, net) in before.iter() {
        assert_eq!(after.subnet(tier, zone), Some(net));
    }
}

#[test]
fn the_slots_of_an_existing_layout_can_be_written_down() {
    let tiers = [
        TierRequest::from(Tier::Private).slots([0, 1, 2]),
        TierRequest::from(Tier::Public).slot(48),
        TierRequest::from(Tier::Intra).slot(52),
    ];
    let plan = CidrPlanner::aws(3).plan_ipv4(v4("10.20.0.0/16"), &tiers).unwrap();
    let conventional =
        CidrPlanner::aws(3).plan_ipv4(v4("10.20.0.0/16"), &TierRequest::conventional()).unwrap();
    assert!(plan.iter().eq(conventional.iter()));
}

#[test]
fn a_regional_tier_has_one_subnet_and_keeps_room_for_no_more() {
    let tiers =
        [TierRequest::new("bastion", TierSize::Prefix(26)).regional(), TierRequest::from(Tier::Public)];
    let plan = CidrPlanner::azure(3).plan_ipv4(v4("10.0.0.0/16"), &tiers).unwrap();
    assert_eq!(subnets(&plan, "bastion"), ["10.0.48.0/26"]);
    assert_eq!(plan.tier("bastion").unwrap().reserved, []);
    assert_eq!(plan.iter().count(), 4);
}

#[test]
fn ipv6_subnets_are_64s_numbered_from_the_bottom() {
    let tiers = TierRequest::conventional();
    let aws = CidrPlanner::aws(3).plan_ipv6(v6("2001:db8:0:100::/56"), &tiers).unwrap();
    assert_eq!(
        subnets(&aws, "private"),
        ["2001:db8:0:100::/64", "2001:db8:0:101::/64", "2001:db8:0:102::/64"]
    );
    assert_eq!(subnets(&aws, "public")[0], "2001:db8:0:104::/64");
    assert_eq!(aws.tier("intra").unwrap().slots, [8, 9, 10, 11]);
    let azure = CidrPlanner::azure(3).plan_ipv6(v6("fd00:db8:dead::/48"), &tiers).unwrap();
    assert_eq!(subnets(&azure, "intra")[2], "fd00:db8:dead:a::/64");
}

#[test]
fn ipv6_slots_are_apart_from_ipv4_slots() {
    let tier = TierRequest::from(Tier::Public).slot(48).ipv6_slot(16);
    assert_eq!((&tier.slots, &tier.ipv6_slots), (&Slots::From(48), &Slots::From(16)));
    let plan = CidrPlanner::aws(2).plan_ipv6(v6("2001:db8:0:100::/56"), std::slice::from_ref(&tier)).unwrap();
    assert_eq!(subnets(&plan, "public"), ["2001:db8:0:110::/64", "2001:db8:0:111::/64"]);
    let each =
        CidrPlanner::aws(2).plan_ipv6(v6("2001:db8:0:100::/56"), &[tier.ipv6_slots([255, 0])]).unwrap();
    assert_eq!(subnets(&each, "public"), ["2001:db8:0:1ff::/64", "2001:db8:0:100::/64"]);
}

#[test]
fn a_plan_and_its_request_survive_serde() {
    let tiers = vec![
        TierRequest::from(Tier::Public).slot(48),
        TierRequest::new("b", TierSize::Prefix(24)).regional(),
    ];
    let json = serde_json::to_string(&tiers).unwrap();
    assert_eq!(serde_json::from_str::<Vec<TierRequest>>(&json).unwrap(), tiers);
    let short = r#"{"name":"private","size":{"relative":4}}"#;
    assert_eq!(serde_json::from_str::<TierRequest>(short).unwrap(), Tier::Private.into());
    let plan = CidrPlanner::aws(2).plan_ipv4(v4("10.0.0.0/16"), &TierRequest::conventional()).unwrap();
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<SubnetPlan<Ipv4Net>>(&json).unwrap(), plan);
}
