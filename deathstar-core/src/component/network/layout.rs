//! The ranges of a network's subnets, and what is wrong with them.

use super::{NetworkChoices, ipv6};
use crate::{
    Diagnostic,
    model::{
        CidrPlanner, Ipv4Cidr, Ipv6Cidr, Tier, TierRequest,
        cidr::{
            CidrError, CidrProblem, Ipv4Net, Limits, NamedRange, Overlap, Spread, SubnetPlan, find_overlaps,
        },
        traffic::{AddressRange, Family},
    },
};
use std::net::Ipv4Addr;

/// More zones than any region has, of any cloud.
const MOST_ZONES: u8 = 6;

/// What a cloud allows for the layout of its networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayoutRules {
    /// The lengths of prefixes.
    pub limits: Limits,
    /// The most zones that a region has.
    pub most_zones: u8,
    /// What the cloud calls its networks, for people.
    pub network: &'static str,
    /// Whether the kind of a network tells itself that its range is too wide or too narrow.
    pub told_by_kinds: bool,
}

/// The IPv6 range of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ipv6Space {
    /// There is none.
    #[default]
    None,
    /// The cloud chooses it when the network is made.
    Chosen,
    /// It is known while declaring.
    Known(Ipv6Cidr),
}

/// The ranges of a network and its subnets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NetworkLayout {
    /// The first IPv4 range.
    pub range: Ipv4Cidr,
    /// The further range for pods.
    pub pods: Option<Ipv4Cidr>,
    /// Over how many zones, as far as there can be so many.
    pub zones: u8,
    /// The IPv6 range: none until a backend says so.
    pub ipv6: Ipv6Space,
    spreads: [(Tier, Spread); 4],
    subnets: Option<SubnetPlan<Ipv4Net>>,
    pod_subnets: Option<SubnetPlan<Ipv4Net>>,
}

impl NetworkChoices {
    /// Lays the network out. Where that is impossible the findings say why, and the layout stands in for the right one, so that
    /// all other findings of the stack are told as well.
    ///
    /// Too many zones, or none, are for the backend to tell.
    pub fn lay_out(&self, rules: &LayoutRules) -> (NetworkLayout, Vec<Diagnostic>) {
        let mut findings = vec![];
        let zones = self.zones.clamp(1, rules.most_zones.min(MOST_ZONES));
        let planner = CidrPlanner::new(rules.limits, zones).growth_room(self.growth_room);
        let (conventional, pods) = self.requests();
        let range = parse(&self.range, &mut findings);
        let subnets = range.and_then(|range| plan(planner, range, conventional, rules, &mut findings));
        let pod_range = self.pods.as_ref().and_then(|text| parse(text, &mut findings));
        let pod_subnets = pod_range
            .and_then(|range| plan(planner, range, std::slice::from_ref(pods), rules, &mut findings));
        if let (Some(range), Some(pods)) = (range, pod_range) {
            let named =
                [NamedRange::new(rules.network, range.net()), NamedRange::new("its pods", pods.net())];
            let overlaps = find_overlaps(&named);
            let finding = |overlap: &Overlap| {
                let fix = "give pods a range outside, such as `100.64.0.0/16`";
                Diagnostic::new("cidr.overlap", overlap.to_string()).fix(fix)
            };
            findings.extend(overlaps.iter().map(finding));
        }
        let pods = self.pods.as_ref().map(|_| pod_range.unwrap_or_else(|| stand_in(100)));
        let range = range.unwrap_or_else(|| stand_in(10));
        // One range that is wrong in two ways is one finding.
        findings.dedup();
        let spreads = Tier::ALL.map(|tier| (tier, self.spread(tier)));
        (NetworkLayout { range, pods, zones, ipv6: Ipv6Space::None, spreads, subnets, pod_subnets }, findings)
    }
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
    rules: &LayoutRules,
    findings: &mut Vec<Diagnostic>,
) -> Option<SubnetPlan<Ipv4Net>> {
    match planner.plan_ipv4(range.net(), requests) {
        Ok(subnets) => Some(subnets),
        Err(error) => {
            findings.extend(error.problems().iter().filter_map(|problem| {
                let finding = Diagnostic::new(code(problem, rules)?, problem.to_string());
                Some(finding.fix(problem.hint()))
            }));
            None
        }
    }
}

impl NetworkLayout {
    /// The places of a tier's subnets: each of its zones, or no zone where one subnet is for all of them.
    pub fn places(&self, tier: Tier) -> Vec<Option<u8>> {
        match self.spread(tier) {
            Spread::Zonal => (0..self.zones).map(Some).collect(),
            Spread::Regional => vec![None],
        }
    }

    /// The IPv4 range of a subnet.
    pub fn subnet(&self, tier: Tier, zone: Option<u8>) -> Ipv4Cidr {
        let zone = zone.unwrap_or(0);
        let planned = self.plan(tier).and_then(|plan| plan.subnet(tier.as_str(), zone));
        planned.map_or_else(|| stand_in_subnet(tier, zone), Ipv4Cidr::truncated)
    }

    /// The IPv6 range of a subnet, where it is known.
    pub fn ipv6_subnet(&self, tier: Tier, zone: Option<u8>) -> Option<Ipv6Cidr> {
        let Ipv6Space::Known(range) = self.ipv6 else { return None };
        ipv6::subnet(range, ipv6::subnet_number(tier, zone.unwrap_or(0)))
    }

    /// The network's own ranges, as traffic sees them.
    pub fn ranges(&self) -> Vec<AddressRange> {
        let ipv4 =
            std::iter::once(self.range).chain(self.pods).map(|range| AddressRange::Known(range.into()));
        ipv4.chain(self.ipv6.range(None)).collect()
    }

    /// The ranges in which all subnets of a tier lie, those of zones that may follow among them, as traffic sees them.
    pub fn room(&self, tier: Tier, ipv4: bool) -> Vec<AddressRange> {
        let own = ipv4.then(|| self.ipv4_room(tier)).into_iter().flatten();
        own.map(|range| AddressRange::Known(range.into())).chain(self.ipv6.range(Some(tier))).collect()
    }

    /// The IPv4 ranges in which all subnets of a tier lie, those of zones that may follow among them.
    fn ipv4_room(&self, tier: Tier) -> Vec<Ipv4Cidr> {
        let planned = self.plan(tier).and_then(|plan| plan.tier(tier.as_str()));
        let all: Vec<_> = match planned {
            Some(planned) => planned.subnets.iter().chain(&planned.reserved).copied().collect(),
            None => (0..self.zones).map(|zone| stand_in_subnet(tier, zone).net()).collect(),
        };
        Ipv4Net::aggregate(&all).into_iter().map(Ipv4Cidr::truncated).collect()
    }

    fn spread(&self, tier: Tier) -> Spread {
        self.spreads.iter().find(|(of, _)| *of == tier).map(|(_, spread)| *spread).unwrap_or_default()
    }

    fn plan(&self, tier: Tier) -> Option<&SubnetPlan<Ipv4Net>> {
        if tier == Tier::Pods { self.pod_subnets.as_ref() } else { self.subnets.as_ref() }
    }
}

impl Ipv6Space {
    /// The range of a tier, or of the whole network.
    fn range(self, tier: Option<Tier>) -> Option<AddressRange> {
        match (self, tier) {
            (Self::None, _) => None,
            (Self::Chosen, None) => Some(AddressRange::OfNetwork(Family::Ipv6)),
            (Self::Chosen, Some(tier)) => Some(AddressRange::OfTier(tier, Family::Ipv6)),
            (Self::Known(range), None) => Some(AddressRange::Known(range.into())),
            (Self::Known(range), Some(tier)) => {
                ipv6::tier(range, ipv6::tier_number(tier)).map(|range| AddressRange::Known(range.into()))
            }
        }
    }
}

fn stand_in(first: u8) -> Ipv4Cidr {
    Ipv4Cidr::truncated(Ipv4Net::new_assert(Ipv4Addr::new(first, 64, 0, 0), 16))
}

/// A range of its own for each subnet of a network that cannot be laid out.
fn stand_in_subnet(tier: Tier, zone: u8) -> Ipv4Cidr {
    let address = Ipv4Addr::new(10, 64, tier as u8 * MOST_ZONES + zone, 0);
    Ipv4Cidr::truncated(Ipv4Net::new_assert(address, 24))
}

/// The name of the rule; none where something else tells the same.
fn code(problem: &CidrProblem, rules: &LayoutRules) -> Option<&'static str> {
    Some(match problem {
        CidrProblem::NoZones => return None,
        CidrProblem::BlockOutsideLimits { .. } if rules.told_by_kinds => return None,
        CidrProblem::BlockOutsideLimits { .. } => "cidr.block-size",
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
mod tests;
