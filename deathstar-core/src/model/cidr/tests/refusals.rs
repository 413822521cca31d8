//! What is refused, all at once, and what the refusal says to do.

use super::{tiers, v4, v6};
use crate::model::cidr::{CidrPlanner, CidrProblem, Limits, Remedy, TierRequest, TierSize};
use crate::model::zone::Tier;

/// The problems of a plan in a block, with their hints.
fn problems(planner: CidrPlanner, block: &str, tiers: &[TierRequest]) -> Vec<CidrProblem> {
    planner.plan_ipv4(v4(block), tiers).unwrap_err().problems().to_vec()
}

#[test]
fn a_block_with_host_bits_is_refused_with_the_canonical_one() {
    let found = problems(CidrPlanner::aws(1), "10.0.3.7/16", &tiers(&[("a", 24)]));
    let expected =
        CidrProblem::BlockNotCanonical { block: "10.0.3.7/16".into(), canonical: "10.0.0.0/16".into() };
    assert_eq!(found, [expected]);
    assert_eq!(found[0].hint(), "write `10.0.0.0/16`");
    assert!(CidrPlanner::aws(1).plan_ipv6(v6("2001:db8::1/56"), &tiers(&[("a", 24)])).is_err());
}

#[test]
fn a_block_outside_the_limits_of_the_cloud_is_refused() {
    let refused = |planner: CidrPlanner, block: &str| planner.plan_ipv4(v4(block), &[]).is_err();
    assert!(refused(CidrPlanner::aws(1), "10.0.0.0/15") && refused(CidrPlanner::aws(1), "10.0.0.0/29"));
    assert!(!refused(CidrPlanner::aws(1), "10.0.0.0/16") && !refused(CidrPlanner::aws(1), "10.0.0.0/28"));
    assert!(refused(CidrPlanner::azure(1), "10.0.0.0/30") && !refused(CidrPlanner::azure(1), "10.0.0.0/8"));
    let refused = |planner: CidrPlanner, block: &str| planner.plan_ipv6(v6(block), &[]).is_err();
    assert!(refused(CidrPlanner::aws(1), "2001:db8::/43") && refused(CidrPlanner::aws(1), "2001:db8::/61"));
    assert!(!refused(CidrPlanner::aws(1), "2001:db8::/44") && !refused(CidrPlanner::aws(1), "2001:db8::/60"));
    assert!(
        refused(CidrPlanner::azure(1), "2001:db8::/65") && !refused(CidrPlanner::azure(1), "2001:db8::/64")
    );
    let found = problems(CidrPlanner::aws(1), "10.0.0.0/8", &[]);
    assert_eq!(found, [CidrProblem::BlockOutsideLimits { prefix: 8, widest: 16, narrowest: 28 }]);
}

#[test]
fn subnets_smaller_than_the_cloud_takes_are_refused() {
    let found = problems(CidrPlanner::aws(1), "10.0.0.0/16", &tiers(&[("a", 29)]));
    assert_eq!(found, [CidrProblem::SubnetTooSmall { tier: "a".into(), prefix: 29, smallest: 28 }]);
    assert!(CidrPlanner::azure(1).plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 29)])).is_ok());
    assert!(CidrPlanner::azure(1).plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 30)])).is_err());
    assert!(CidrPlanner::azure(1).plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 255)])).is_err());
}

#[test]
fn a_subnet_wider_than_the_block_is_refused() {
    let found = problems(CidrPlanner::aws(1), "10.0.0.0/20", &tiers(&[("a", 18)]));
    assert_eq!(found, [CidrProblem::SubnetWiderThanBlock { tier: "a".into(), prefix: 18, block: 20 }]);
    assert_eq!(found[0].hint(), "give tier `a` subnets longer than /20, or use a block wider than /18");
}

#[test]
fn zones_are_at_least_one_and_within_the_growth_room() {
    assert_eq!(problems(CidrPlanner::aws(0), "10.0.0.0/16", &tiers(&[("a", 24)])), [CidrProblem::NoZones]);
    let over = [CidrProblem::ZonesOverGrowthRoom { zones: 5, growth_room: 4 }];
    assert_eq!(problems(CidrPlanner::aws(5), "10.0.0.0/16", &tiers(&[("a", 24), ("b", 24)])), over);
    assert!(over[0].hint().contains("set the growth room to 5"));
    let roomy = CidrPlanner::aws(5).growth_room(5);
    assert!(roomy.plan_ipv4(v4("10.0.0.0/16"), &tiers(&[("a", 24)])).is_ok());
    let listed = [TierRequest::new("a", TierSize::Prefix(24)).slots([0, 1, 2, 3, 9])];
    assert!(CidrPlanner::aws(5).plan_ipv4(v4("10.0.0.0/16"), &listed).is_ok());
    let regional = [TierRequest::new("a", TierSize::Prefix(24)).regional()];
    assert!(CidrPlanner::aws(5).plan_ipv4(v4("10.0.0.0/16"), &regional).is_ok());
}

#[test]
fn a_list_of_slots_covers_the_zones() {
    let listed = [TierRequest::new("a", TierSize::Prefix(24)).slots([0, 1])];
    let found = problems(CidrPlanner::aws(3), "10.0.0.0/16", &listed);
    assert_eq!(found, [CidrProblem::SlotsMissing { tier: "a".into(), slots: 2, zones: 3 }]);
    assert_eq!(found[0].hint(), "list 1 more slots for tier `a`");
}

#[test]
fn slots_end_with_the_block() {
    let late = |slot: u32| [TierRequest::new("a", TierSize::Prefix(24)).slot(slot)];
    assert!(CidrPlanner::aws(1).plan_ipv4(v4("10.0.0.0/16"), &late(252)).is_ok());
    let found = problems(CidrPlanner::aws(1), "10.0.0.0/16", &late(253));
    assert_eq!(found, [CidrProblem::SlotOutsideBlock { tier: "a".into(), slot: 256, last: 255 }]);
    assert!(CidrPlanner::aws(1).plan_ipv4(v4("10.0.0.0/16"), &late(u32::MAX)).is_err());
}

#[test]
fn a_taken_slot_names_both_tiers_and_the_free_slots() {
    let mut request = TierRequest::conventional().to_vec();
    request.insert(0, TierRequest::new("database", TierSize::Relative(8)).slot(50));
    let found = problems(CidrPlanner::aws(3), "10.0.0.0/16", &request);
    let taken = |range: &str, other: &str, other_range: &str| CidrProblem::SlotTaken {
        tier: "database".into(),
        range: range.into(),
        other: other.into(),
        other_range: other_range.into(),
        free: vec![56, 57, 58, 59],
        other_free: vec![56, 57, 58, 59],
    };
    let expected =
        [taken("10.0.50.0/24", "public", "10.0.50.0/24"), taken("10.0.52.0/24", "intra", "10.0.52.0/24")];
    assert_eq!(found, expected);
    assert_eq!(
        found[0].hint(),
        "move the one that has no subnets yet: for `database` slots [56, 57, 58, 59] are free, \
         for `public` slots [56, 57, 58, 59] are free"
    );
    request[0] = TierRequest::new("database", TierSize::Relative(8)).slot(56);
    assert!(CidrPlanner::aws(3).plan_ipv4(v4("10.0.0.0/16"), &request).is_ok());
}

#[test]
fn a_slot_is_used_once_within_a_tier_too() {
    let twice = [TierRequest::new("a", TierSize::Prefix(17)).slots([0, 0, 1])];
    let found = problems(CidrPlanner::aws(3), "10.0.0.0/16", &twice);
    assert!(matches!(&found[..], [CidrProblem::SlotTaken { tier, other, .. }] if tier == other), "{found:?}");
    assert_eq!(found[0].hint(), "for `a` there is no room left in the block");
}

#[test]
fn an_ipv6_slot_is_used_once_too() {
    let request = [TierRequest::from(Tier::Private), TierRequest::from(Tier::Public).ipv6_slot(3)];
    let error = CidrPlanner::aws(3).plan_ipv6(v6("2001:db8::/56"), &request).unwrap_err();
    let expected = CidrProblem::SlotTaken {
        tier: "public".into(),
        range: "2001:db8:0:3::/64".into(),
        other: "private".into(),
        other_range: "2001:db8:0:3::/64".into(),
        free: vec![7, 8, 9, 10],
        other_free: vec![7, 8, 9, 10],
    };
    assert_eq!(error.problems(), [expected]);
}

#[test]
fn what_does_not_fit_says_what_is_needed_and_what_would_fit() {
    let wide = tiers(&[("a", 20), ("b", 20), ("c", 20), ("d", 20), ("e", 21)]);
    let found = problems(CidrPlanner::azure(3), "10.0.0.0/16", &wide);
    let remedy = Remedy { block: Some(15), growth_room: Some(3), smaller_by: Some(1) };
    assert_eq!(
        found,
        [CidrProblem::BlockTooSmall {
            tiers: vec!["e".into()],
            room: 4,
            needed: 73_728,
            available: 65_536,
            unit: "addresses",
            remedy
        }]
    );
    assert_eq!(
        found[0].to_string(),
        "no room for `e`: with room for 4 zones each, all automatic tiers need 73728 addresses of 65536"
    );
    let hint = "use a /15 block, or make each tier 1 bit smaller, or keep room for 3 zones only";
    assert_eq!(found[0].hint(), hint);
    // Each remedy does what it says, and nothing less would.
    assert!(CidrPlanner::azure(3).plan_ipv4(v4("10.0.0.0/15"), &wide).is_ok());
    assert!(CidrPlanner::azure(3).growth_room(3).plan_ipv4(v4("10.0.0.0/16"), &wide).is_ok());
    let smaller = tiers(&[("a", 21), ("b", 21), ("c", 21), ("d", 21), ("e", 22)]);
    assert!(CidrPlanner::azure(3).plan_ipv4(v4("10.0.0.0/16"), &smaller).is_ok());
}

#[test]
fn a_remedy_that_does_not_exist_is_not_offered() {
    // AWS takes no wider block, four zones need the room that is kept, and a relative size grows with the block.
    let relative: Vec<_> = (0..5).map(|i| TierRequest::new(format!("t{i}"), TierSize::Relative(4))).collect();
    let found = problems(CidrPlanner::aws(4), "10.0.0.0/16", &relative);
    let [CidrProblem::BlockTooSmall { remedy, .. }] = &found[..] else { panic!("{found:?}") };
    assert_eq!(*remedy, Remedy { block: None, growth_room: None, smaller_by: Some(1) });
    let narrow = Limits { widest_ipv4_block: 28, ..Limits::AWS };
    let full = problems(CidrPlanner::new(narrow, 4), "10.0.0.0/28", &tiers(&[("a", 28)]));
    assert_eq!(full[0].hint(), "use fewer or smaller tiers");
}

#[test]
fn an_ipv6_block_can_be_too_small_too() {
    let many: Vec<_> = (0..5).map(|i| TierRequest::new(format!("t{i}"), TierSize::Relative(8))).collect();
    let error = CidrPlanner::aws(3).plan_ipv6(v6("2001:db8::/60"), &many).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`2001:db8::/60` cannot be cut into these subnets: no room for `t4`: with room for 4 zones each, \
         all automatic tiers need 20 /64 subnets of 16"
    );
    assert_eq!(error.hint(), "use a /59 block, or keep room for 3 zones only");
    assert_eq!(error.block(), "2001:db8::/60");
}

#[test]
fn all_problems_are_told_at_once() {
    let request = [
        TierRequest::from(Tier::Private),
        TierRequest::from(Tier::Private),
        TierRequest::new("tiny", TierSize::Prefix(30)),
        TierRequest::new("wide", TierSize::Prefix(15)),
        TierRequest::new("listed", TierSize::Prefix(24)).slots([0, 900]),
    ];
    let error = CidrPlanner::aws(9).plan_ipv4(v4("10.0.0.1/16"), &request).unwrap_err();
    let text = error.to_string();
    for part in [
        "has host bits",
        "two tiers are called `private`",
        "wants /30 subnets",
        "wants /15 subnets in a /16 block",
        "lists 2 slots for 9 zones",
        "9 zones are more than the growth room of 4",
        "slot 900 of tier `listed` lies outside the block",
        "`10.0.0.0/24` of tier `listed` overlaps `10.0.0.0/20` that is kept for tier `private`",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(error.problems().len(), 8);
    assert_eq!(error.hint().lines().count(), 8);
}
