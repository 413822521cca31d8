use super::*;
use crate::model::{TierSize, traffic::RuleLimits};
use std::collections::BTreeSet;

const RULES: LayoutRules =
    LayoutRules { limits: Limits::AWS, most_zones: 6, network: "the network", told_by_kinds: true };

/// Choices as components have them.
#[derive(Clone)]
struct Chosen {
    choices: NetworkChoices,
}

impl Chosen {
    fn new(range: &str) -> Self {
        Self { choices: NetworkChoices::new(range, RuleLimits::AWS) }
    }

    fn with(mut self, change: impl FnOnce(&mut NetworkChoices)) -> Self {
        change(&mut self.choices);
        self
    }

    fn zones(self, zones: u8) -> Self {
        self.with(|choices| choices.zones = zones)
    }

    fn pods(self, range: &str) -> Self {
        self.with(|choices| choices.pods(range))
    }

    fn size(self, tier: Tier, size: TierSize) -> Self {
        self.with(|choices| choices.size(tier, size))
    }

    fn slots<const N: usize>(self, tier: Tier, slots: [u32; N]) -> Self {
        self.with(|choices| choices.ask(tier, |request| request.slots(slots)))
    }

    fn without(self, tier: Tier) -> Self {
        self.with(|choices| {
            choices.tiers.remove(&tier);
        })
    }
}

fn lay_out(chosen: &Chosen) -> (NetworkLayout, Vec<Diagnostic>) {
    chosen.choices.lay_out(&RULES)
}

fn codes(chosen: &Chosen) -> Vec<String> {
    lay_out(chosen).1.into_iter().map(|finding| finding.code).collect()
}

fn room(layout: &NetworkLayout, tier: Tier) -> Vec<String> {
    layout.room(tier, true).iter().map(ToString::to_string).collect()
}

#[test]
fn the_conventional_layout() {
    let (layout, findings) = lay_out(&Chosen::new("10.20.0.0/16"));
    assert!(findings.is_empty());
    let subnet = |tier, zone| layout.subnet(tier, Some(zone)).to_string();
    assert_eq!(subnet(Tier::Private, 0), "10.20.0.0/20");
    assert_eq!(subnet(Tier::Public, 0), "10.20.48.0/24");
    assert_eq!(subnet(Tier::Intra, 2), "10.20.54.0/24");
}

#[test]
fn a_zone_more_and_a_tier_less_move_nothing() {
    let (three, _) = lay_out(&Chosen::new("10.20.0.0/16"));
    let (four, _) = lay_out(&Chosen::new("10.20.0.0/16").zones(4));
    let (less, _) = lay_out(&Chosen::new("10.20.0.0/16").without(Tier::Private));
    for (tier, zone) in Tier::CONVENTIONAL.into_iter().flat_map(|tier| (0..3).map(move |zone| (tier, zone))) {
        assert_eq!(three.subnet(tier, Some(zone)), four.subnet(tier, Some(zone)));
        assert_eq!(three.subnet(tier, Some(zone)), less.subnet(tier, Some(zone)));
    }
}

#[test]
fn a_zone_more_is_in_the_room_already() {
    let texts = |chosen: &Chosen, tier| room(&lay_out(chosen).0, tier);
    let (three, four) = (Chosen::new("10.20.0.0/16").zones(2), Chosen::new("10.20.0.0/16").zones(4));
    assert_eq!(texts(&three, Tier::Private), ["10.20.0.0/19", "10.20.32.0/20", "10.20.64.0/20"]);
    assert_eq!(texts(&three, Tier::Public), ["10.20.48.0/22"]);
    for tier in Tier::CONVENTIONAL {
        assert_eq!(texts(&three, tier), texts(&four, tier));
    }
    assert_eq!(texts(&three.pods("100.64.0.0/16"), Tier::Pods), ["100.64.0.0/16"]);
}

#[test]
fn pods_have_a_range_of_their_own() {
    let (layout, findings) = lay_out(&Chosen::new("10.20.0.0/16").pods("100.64.0.0/16"));
    assert!(findings.is_empty());
    assert_eq!(layout.subnet(Tier::Pods, Some(0)).to_string(), "100.64.64.0/18");
    assert_eq!(codes(&Chosen::new("10.20.0.0/16").pods("10.20.128.0/17")), ["cidr.overlap"]);
    assert_eq!(codes(&Chosen::new("10.20.0.0/16").pods("pods")), ["cidr.form"]);
}

#[test]
fn what_is_wrong_is_told() {
    assert_eq!(codes(&Chosen::new("10.20.3.7/16")), ["cidr.host-bits"]);
    assert_eq!(codes(&Chosen::new("ten")), ["cidr.form"]);
    assert_eq!(codes(&Chosen::new("10.0.0.0/16").zones(5)), ["cidr.growth-room"]);
    assert_eq!(
        codes(&Chosen::new("10.0.0.0/24").size(Tier::Private, TierSize::Prefix(26))),
        ["cidr.block-too-small"]
    );
    assert_eq!(
        codes(&Chosen::new("10.0.0.0/16").size(Tier::Private, TierSize::Prefix(29))),
        ["cidr.subnet-size"]
    );
    assert_eq!(codes(&Chosen::new("10.0.0.0/16").slots(Tier::Intra, [0, 1])), ["cidr.slot", "cidr.overlap"]);
    assert_eq!(codes(&Chosen::new("10.0.0.0/16").slots(Tier::Intra, [0, 1, 2])), ["cidr.overlap"]);
}

#[test]
fn what_kinds_tell_is_not_told_twice() {
    assert!(codes(&Chosen::new("10.0.0.0/8")).is_empty());
    let rules = LayoutRules { told_by_kinds: false, ..RULES };
    let (_, findings) = Chosen::new("10.0.0.0/8").choices.lay_out(&rules);
    assert_eq!(findings[0].code, "cidr.block-size");
    assert!(codes(&Chosen::new("10.0.0.0/16").zones(0)).is_empty());
}

#[test]
fn the_stand_in_has_no_overlap() {
    let (layout, _) = lay_out(&Chosen::new("ten").zones(9));
    assert_eq!(layout.zones, MOST_ZONES);
    let ranges: BTreeSet<_> = Tier::ALL
        .into_iter()
        .flat_map(|tier| (0..MOST_ZONES).map(move |zone| (tier, zone)))
        .map(|(tier, zone)| layout.subnet(tier, Some(zone)))
        .collect();
    assert_eq!(ranges.len(), 24);
}

#[test]
fn a_tier_may_have_one_subnet_for_all_zones() {
    let mut chosen = Chosen::new("10.20.0.0/16").pods("100.64.0.0/16");
    for tier in Tier::ALL {
        chosen.choices.ask(tier, |_| TierRequest::spanning(tier));
    }
    let (layout, findings) = lay_out(&chosen);
    assert!(findings.is_empty(), "{findings:?}");
    let subnet = |tier| {
        assert_eq!(layout.places(tier), [None]);
        layout.subnet(tier, None).to_string()
    };
    assert_eq!(subnet(Tier::Private), "10.20.64.0/18");
    assert_eq!(subnet(Tier::Public), "10.20.48.0/22");
    assert_eq!(subnet(Tier::Intra), "10.20.52.0/22");
    assert_eq!(subnet(Tier::Pods), "100.64.0.0/16");
    for tier in Tier::ALL {
        assert_eq!(room(&layout, tier), [subnet(tier)], "the room of a tier is its subnet");
    }
    let (zonal, _) = lay_out(&Chosen::new("10.20.0.0/16").zones(2));
    assert_eq!(zonal.places(Tier::Private), [Some(0), Some(1)]);
}

#[test]
fn ipv6_is_known_where_the_cloud_does_not_choose_it() {
    let (mut layout, _) = lay_out(&Chosen::new("10.20.0.0/16"));
    assert_eq!((layout.ranges().len(), layout.ipv6_subnet(Tier::Intra, None)), (1, None));
    layout.ipv6 = Ipv6Space::Chosen;
    assert_eq!(layout.ranges()[1], AddressRange::OfNetwork(Family::Ipv6));
    assert_eq!(layout.room(Tier::Intra, false), [AddressRange::OfTier(Tier::Intra, Family::Ipv6)]);
    layout.ipv6 = Ipv6Space::Known("fd00:1:2::/48".parse().unwrap());
    assert_eq!(layout.ranges()[1].to_string(), "fd00:1:2::/48");
    assert_eq!(layout.room(Tier::Intra, false)[0].to_string(), "fd00:1:2:10::/61");
    let subnet = layout.ipv6_subnet(Tier::Intra, Some(2)).map(|range| range.to_string());
    assert_eq!(subnet.as_deref(), Some("fd00:1:2:12::/64"));
}
