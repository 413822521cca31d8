//! The ranges of a VPC's subnets, and what is wrong with them.

use super::Vpc;
use deathstar_core::{
    Diagnostic,
    model::{
        CidrPlanner, Ipv4Cidr, Tier, TierRequest,
        cidr::{CidrError, CidrProblem, Ipv4Net, NamedRange, Overlap, SubnetPlan, find_overlaps},
    },
};

/// The most zones that a region has.
const MOST_ZONES: u8 = 6;

/// The ranges of a VPC and its subnets.
pub(super) struct Layout {
    pub(super) range: Ipv4Cidr,
    /// The further range for pods.
    pub(super) pods: Option<Ipv4Cidr>,
    pub(super) zones: u8,
    subnets: Option<SubnetPlan<Ipv4Net>>,
    pod_subnets: Option<SubnetPlan<Ipv4Net>>,
}

/// Lays a VPC out. Where that is impossible the findings say why, and the layout stands in for the right one, so that all
/// other findings of the stack are told as well.
pub(super) fn lay_out(vpc: &Vpc) -> (Layout, Vec<Diagnostic>) {
    let mut findings = vec![];
    let zones = vpc.zones.clamp(1, MOST_ZONES); // The fact about zones tells when there are none or too many.
    let planner = CidrPlanner::aws(zones).growth_room(vpc.growth_room);
    let [conventional @ .., pods] = &vpc.requests;
    let range = parse(&vpc.range, &mut findings);
    let subnets = range.and_then(|range| plan(planner, range, conventional, &mut findings));
    let pod_range = vpc.pods.as_ref().and_then(|text| parse(text, &mut findings));
    let pod_subnets =
        pod_range.and_then(|range| plan(planner, range, std::slice::from_ref(pods), &mut findings));
    if let (Some(range), Some(pods)) = (range, pod_range) {
        let named = [NamedRange::new("the VPC", range.net()), NamedRange::new("its pods", pods.net())];
        let overlaps = find_overlaps(&named);
        let finding = |overlap: &Overlap| {
            let fix = "give pods a range outside, such as `100.64.0.0/16`";
            Diagnostic::new("cidr.overlap", overlap.to_string()).fix(fix)
        };
        findings.extend(overlaps.iter().map(finding));
    }
    let pods = vpc.pods.as_ref().map(|_| pod_range.unwrap_or_else(|| stand_in(100)));
    let range = range.unwrap_or_else(|| stand_in(10));
    // One range that is wrong in two ways is one finding.
    findings.dedup();
    (Layout { range, pods, zones, subnets, pod_subnets }, findings)
}

fn parse(text: &str, findings: &mut Vec<Diagnostic>) -> Option<Ipv4Cidr> {
    match text.parse::<Ipv4Cidr>() {
        Ok(range) => Some(range),
        Err(error) => {
            let code =
                if matches!(error, CidrError::HostBits { .. }) { "cidr.host-bits" } else { "cidr.form" };
            findings.push(Diagnostic::new(code, error.to_string()).fix(error.hint()));
            text.parse::<Ipv4Net>().ok().map(Ipv4Cidr::truncated)
        }
    }
}

fn plan(
    planner: CidrPlanner,
    range: Ipv4Cidr,
    requests: &[TierRequest],
    findings: &mut Vec<Diagnostic>,
) -> Option<SubnetPlan<Ipv4Net>> {
    match planner.plan_ipv4(range.net(), requests) {
        Ok(subnets) => Some(subnets),
        Err(error) => {
            findings.extend(error.problems().iter().filter_map(|problem| {
                let finding = Diagnostic::new(code(problem)?, problem.to_string());
                Some(finding.fix(problem.hint()))
            }));
            None
        }
    }
}

impl Layout {
    /// The IPv4 range of a subnet.
    pub(super) fn subnet(&self, tier: Tier, zone: u8) -> Ipv4Cidr {
        let planned = self.plan(tier).and_then(|plan| plan.subnet(tier.as_str(), zone));
        planned.map_or_else(|| stand_in_subnet(tier, zone), Ipv4Cidr::truncated)
    }

    /// The IPv4 ranges in which all subnets of a tier lie, those of zones that may follow among them.
    pub(super) fn room(&self, tier: Tier) -> Vec<Ipv4Cidr> {
        let planned = self.plan(tier).and_then(|plan| plan.tier(tier.as_str()));
        let all: Vec<_> = match planned {
            Some(planned) => planned.subnets.iter().chain(&planned.reserved).copied().collect(),
            None => (0..self.zones).map(|zone| stand_in_subnet(tier, zone).net()).collect(),
        };
        Ipv4Net::aggregate(&all).into_iter().map(Ipv4Cidr::truncated).collect()
    }

    fn plan(&self, tier: Tier) -> Option<&SubnetPlan<Ipv4Net>> {
        if tier == Tier::Pods { self.pod_subnets.as_ref() } else { self.subnets.as_ref() }
    }
}

fn stand_in(first: u8) -> Ipv4Cidr {
    Ipv4Cidr::truncated(Ipv4Net::new_assert(std::net::Ipv4Addr::new(first, 64, 0, 0), 16))
}

/// A range of its own for each subnet of a VPC that cannot be laid out.
fn stand_in_subnet(tier: Tier, zone: u8) -> Ipv4Cidr {
    let address = std::net::Ipv4Addr::new(10, 64, tier as u8 * MOST_ZONES + zone, 0);
    Ipv4Cidr::truncated(Ipv4Net::new_assert(address, 24))
}

/// The name of the rule; none where a kind tells the same.
fn code(problem: &CidrProblem) -> Option<&'static str> {
    Some(match problem {
        CidrProblem::BlockOutsideLimits { .. } | CidrProblem::NoZones => return None,
        CidrProblem::BlockNotCanonical { .. } => "cidr.host-bits",
        CidrProblem::BlockTooSmall { .. } => "cidr.block-too-small",
        CidrProblem::ZonesOverGrowthRoom { .. } => "cidr.growth-room",
        CidrProblem::SubnetTooSmall { .. } | CidrProblem::SubnetWiderThanBlock { .. } => "cidr.subnet-size",
        CidrProblem::SlotsMissing { .. } | CidrProblem::SlotOutsideBlock { .. } => "cidr.slot",
        CidrProblem::SlotTaken { .. } => "cidr.overlap",
        _ => "cidr.plan",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use deathstar_core::model::TierSize;
    use std::collections::BTreeSet;

    fn codes(vpc: &Vpc) -> Vec<String> {
        lay_out(vpc).1.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_conventional_layout() {
        let (layout, findings) = lay_out(&Vpc::new("10.20.0.0/16"));
        assert!(findings.is_empty());
        let subnet = |tier, zone| layout.subnet(tier, zone).to_string();
        assert_eq!(subnet(Tier::Private, 0), "10.20.0.0/20");
        assert_eq!(subnet(Tier::Public, 0), "10.20.48.0/24");
        assert_eq!(subnet(Tier::Intra, 2), "10.20.54.0/24");
    }

    #[test]
    fn a_zone_more_and_a_tier_less_move_nothing() {
        let (three, _) = lay_out(&Vpc::new("10.20.0.0/16"));
        let (four, _) = lay_out(&Vpc::new("10.20.0.0/16").zones(4));
        let (less, _) = lay_out(&Vpc::new("10.20.0.0/16").without(Tier::Private));
        for (tier, zone) in
            Tier::CONVENTIONAL.into_iter().flat_map(|tier| (0..3).map(move |zone| (tier, zone)))
        {
            assert_eq!(three.subnet(tier, zone), four.subnet(tier, zone));
            assert_eq!(three.subnet(tier, zone), less.subnet(tier, zone));
        }
    }

    #[test]
    fn a_zone_more_is_in_the_room_already() {
        let texts =
            |vpc: &Vpc, tier| lay_out(vpc).0.room(tier).iter().map(ToString::to_string).collect::<Vec<_>>();
        let (three, four) = (Vpc::new("10.20.0.0/16").zones(2), Vpc::new("10.20.0.0/16").zones(4));
        assert_eq!(texts(&three, Tier::Private), ["10.20.0.0/19", "10.20.32.0/20", "10.20.64.0/20"]);
        assert_eq!(texts(&three, Tier::Public), ["10.20.48.0/22"]);
        for tier in Tier::CONVENTIONAL {
            assert_eq!(texts(&three, tier), texts(&four, tier));
        }
        assert_eq!(texts(&three.pods("100.64.0.0/16"), Tier::Pods), ["100.64.0.0/16"]);
    }

    #[test]
    fn pods_have_a_range_of_their_own() {
        let (layout, findings) = lay_out(&Vpc::new("10.20.0.0/16").pods("100.64.0.0/16"));
        assert!(findings.is_empty());
        assert_eq!(layout.subnet(Tier::Pods, 0).to_string(), "100.64.64.0/18");
        assert_eq!(codes(&Vpc::new("10.20.0.0/16").pods("10.20.128.0/17")), ["cidr.overlap"]);
        assert_eq!(codes(&Vpc::new("10.20.0.0/16").pods("pods")), ["cidr.form"]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(codes(&Vpc::new("10.20.3.7/16")), ["cidr.host-bits"]);
        assert_eq!(codes(&Vpc::new("ten")), ["cidr.form"]);
        assert_eq!(codes(&Vpc::new("10.0.0.0/16").zones(5)), ["cidr.growth-room"]);
        assert_eq!(
            codes(&Vpc::new("10.0.0.0/24").size(Tier::Private, TierSize::Prefix(26))),
            ["cidr.block-too-small"]
        );
        assert_eq!(
            codes(&Vpc::new("10.0.0.0/16").size(Tier::Private, TierSize::Prefix(29))),
            ["cidr.subnet-size"]
        );
        assert_eq!(codes(&Vpc::new("10.0.0.0/16").slots(Tier::Intra, [0, 1])), ["cidr.slot", "cidr.overlap"]);
        assert_eq!(codes(&Vpc::new("10.0.0.0/16").slots(Tier::Intra, [0, 1, 2])), ["cidr.overlap"]);
    }

    #[test]
    fn what_kinds_tell_is_not_told_twice() {
        assert!(codes(&Vpc::new("10.0.0.0/8")).is_empty());
        assert!(codes(&Vpc::new("10.0.0.0/16").zones(0)).is_empty());
    }

    #[test]
    fn the_stand_in_has_no_overlap() {
        let (layout, _) = lay_out(&Vpc::new("ten").zones(9));
        assert_eq!(layout.zones, MOST_ZONES);
        let ranges: BTreeSet<_> = Tier::ALL
            .into_iter()
            .flat_map(|tier| (0..MOST_ZONES).map(move |zone| (tier, zone)))
            .map(|(tier, zone)| layout.subnet(tier, zone))
            .collect();
        assert_eq!(ranges.len(), 24);
    }
}
