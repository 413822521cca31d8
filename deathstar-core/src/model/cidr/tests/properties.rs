//! What holds for every plan.

use crate::model::cidr::{
    CidrPlanner, Ipv4Net, Ipv6Net, NamedRange, Slots, SubnetPlan, TierRequest, TierSize, find_overlaps,
};
use proptest::prelude::*;

fn block() -> impl Strategy<Value = Ipv4Net> {
    (any::<u32>(), 16u8..=24).prop_map(|(bits, prefix)| Ipv4Net::new(bits.into(), prefix).unwrap().trunc())
}

fn size() -> impl Strategy<Value = TierSize> {
    prop_oneof![(3u8..=10).prop_map(TierSize::Relative), (20u8..=28).prop_map(TierSize::Prefix)]
}

fn request() -> impl Strategy<Value = (TierSize, bool)> {
    (size(), prop::bool::weighted(0.2))
}

/// Tiers with names of their own.
fn named(requests: Vec<(TierSize, bool)>) -> Vec<TierRequest> {
    requests
        .into_iter()
        .enumerate()
        .map(|(index, (size, regional))| {
            let tier = TierRequest::new(format!("tier-{index}"), size);
            if regional { tier.regional() } else { tier }
        })
        .collect()
}

fn requests() -> impl Strategy<Value = Vec<TierRequest>> {
    prop::collection::vec(request(), 0..6).prop_map(named)
}

/// All that is planned or kept free for growth.
fn ranges<N: Copy + Into<ipnet::IpNet>>(plan: &SubnetPlan<N>) -> Vec<NamedRange> {
    let nets = plan.tiers().iter().flat_map(|tier| tier.subnets.iter().chain(&tier.reserved));
    nets.map(|net| NamedRange::new("", *net)).collect()
}

fn keeps<N: Copy + PartialEq + std::fmt::Debug>(
    before: &SubnetPlan<N>,
    after: &SubnetPlan<N>,
) -> Result<(), TestCaseError> {
    for (tier, zone, net) in before.iter() {
        prop_assert_eq!(after.subnet(tier, zone), Some(net));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn subnets_are_apart_inside_the_block_and_as_large_as_asked(
        block in block(), tiers in requests(), zones in 1u8..=4, growth in 4u8..=8,
    ) {
        let planner = CidrPlanner::aws(zones).growth_room(growth);
        let Ok(plan) = planner.plan_ipv4(block, &tiers) else { return Ok(()) };
        prop_assert_eq!(find_overlaps(&ranges(&plan)), []);
        for range in ranges(&plan) {
            prop_assert!(ipnet::IpNet::from(block).contains(&range.range));
            prop_assert_eq!(range.range, range.range.trunc());
        }
        for (request, tier) in tiers.iter().zip(plan.tiers()) {
            let regional = request.clone().regional() == *request;
            prop_assert_eq!(&request.name, &tier.name);
            prop_assert_eq!(tier.subnets.len(), if regional { 1 } else { zones.into() });
            prop_assert_eq!(tier.slots.len(), if regional { 1 } else { growth.into() });
            for net in tier.subnets.iter().chain(&tier.reserved) {
                prop_assert_eq!(net.prefix_len(), request.size.prefix_in(block.prefix_len(), 28));
            }
        }
        prop_assert_eq!(planner.plan_ipv4(block, &tiers), Ok(plan));
    }

    #[test]
    fn what_was_planned_stays_when_zones_and_tiers_are_added(
        block in block(), tiers in requests(), added in requests(), fewer in 1u8..=4, more in 0u8..=3,
    ) {
        let zones = (fewer + more).min(4);
        let Ok(before) = CidrPlanner::aws(fewer).plan_ipv4(block, &tiers) else { return Ok(()) };
        let grown = CidrPlanner::aws(zones).plan_ipv4(block, &tiers);
        prop_assert!(grown.is_ok(), "there was room for {} zones: {:?}", zones, grown);
        keeps(&before, &grown.unwrap())?;
        let added = added.into_iter().map(|tier| TierRequest { name: format!("added-{}", tier.name), ..tier });
        let all: Vec<_> = tiers.into_iter().chain(added).collect();
        if let Ok(after) = CidrPlanner::aws(zones).plan_ipv4(block, &all) {
            keeps(&before, &after)?;
        }
    }

    #[test]
    fn what_was_planned_stays_when_a_tier_with_a_slot_is_inserted_anywhere(
        block in block(), tiers in requests(), size in size(), slot in 0u32..256, at in 0usize..6, zones in 1u8..=4,
    ) {
        let planner = CidrPlanner::aws(zones);
        let Ok(before) = planner.plan_ipv4(block, &tiers) else { return Ok(()) };
        let mut all = tiers.clone();
        all.insert(at.min(tiers.len()), TierRequest::new("inserted", size).slot(slot));
        if let Ok(after) = planner.plan_ipv4(block, &all) {
            keeps(&before, &after)?;
            prop_assert_eq!(find_overlaps(&ranges(&after)), []);
            prop_assert_eq!(&after.tier("inserted").unwrap().slots, &(slot..slot + 4).collect::<Vec<_>>());
        }
    }

    #[test]
    fn pinned_tiers_stay_whatever_happens_to_the_list(
        block in block(), tiers in requests(), removed in 0usize..6, zones in 1u8..=4,
    ) {
        let planner = CidrPlanner::aws(zones);
        let Ok(before) = planner.plan_ipv4(block, &tiers) else { return Ok(()) };
        let mut pinned: Vec<TierRequest> = tiers
            .into_iter()
            .zip(before.tiers())
            .map(|(tier, planned)| TierRequest { slots: Slots::Each(planned.slots.clone()), ..tier })
            .collect();
        pinned.reverse();
        if removed < pinned.len() {
            pinned.remove(removed);
        }
        let after = planner.plan_ipv4(block, &pinned).unwrap();
        for (tier, zone, net) in after.iter() {
            prop_assert_eq!(before.subnet(tier, zone), Some(net));
        }
    }

    #[test]
    fn slots_do_not_depend_on_where_the_block_lies(
        block in block(), tiers in requests(), six: u128, prefix in 44u8..=60,
    ) {
        let slots = |plan: &SubnetPlan<Ipv4Net>| {
            plan.tiers().iter().map(|tier| tier.slots.clone()).collect::<Vec<_>>()
        };
        let planner = CidrPlanner::aws(3);
        let zero = Ipv4Net::new([0, 0, 0, 0].into(), block.prefix_len()).unwrap();
        let (here, there) = (planner.plan_ipv4(block, &tiers), planner.plan_ipv4(zero, &tiers));
        prop_assert_eq!(here.as_ref().ok().map(slots), there.as_ref().ok().map(slots));

        let block = Ipv6Net::new(six.into(), prefix).unwrap().trunc();
        if let Ok(plan) = planner.plan_ipv6(block, &tiers) {
            prop_assert_eq!(find_overlaps(&ranges(&plan)), []);
            for tier in plan.tiers() {
                for (net, slot) in tier.subnets.iter().chain(&tier.reserved).zip(&tier.slots) {
                    prop_assert!(block.contains(net) && net.prefix_len() == 64);
                    let offset = (u128::from(net.network()) - u128::from(block.network())) >> 64;
                    prop_assert_eq!(offset, u128::from(*slot));
                }
            }
            let mut more = tiers.clone();
            more.push(TierRequest::new("added", TierSize::Relative(8)));
            if let Ok(after) = CidrPlanner::aws(4).plan_ipv6(block, &more) {
                keeps(&plan, &after)?;
            }
        }
    }
}
