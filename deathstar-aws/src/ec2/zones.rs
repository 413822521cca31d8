//! The availability zones of a region.

use crate::{Aws, permission::lists};
use deathstar_core::{
    Diagnostic, Fact,
    model::ZoneName,
    permission::{Permission, Verb},
};
use serde::{Deserialize, Serialize};

/// The most zones that a region has.
const MOST: u8 = 6;

/// The availability zones of the connection's region, sorted by name: all that can be used without opting in.
///
/// Frozen: subnets keep their zones when AWS adds one. It is asked again when more zones are needed.
///
/// # Permissions
/// `ec2:DescribeAvailabilityZones`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Zones {
    /// How many are needed at least.
    pub count: u8,
}

impl Zones {
    /// At least this many.
    pub const fn at_least(count: u8) -> Self {
        Self { count }
    }
}

impl Fact for Zones {
    type Provider = Aws;
    type Answer = Vec<ZoneName>;

    const FAMILY: &'static str = "aws.ec2.zones";
    const FROZEN: bool = true;

    fn validate(&self) -> Vec<Diagnostic> {
        if (1..=MOST).contains(&self.count) {
            return vec![];
        }
        let why = format!("no region has {} zones to choose from", self.count);
        let fix = format!("ask for 1 to {MOST} zones; most regions have 3");
        vec![Diagnostic::new("zones.count", why).at("/count").fix(fix)]
    }

    fn permissions(&self, verb: Verb) -> Vec<Permission> {
        if verb == Verb::Ask { lists(["ec2:DescribeAvailabilityZones"]) } else { vec![] }
    }

    fn simulate(&self) -> Vec<ZoneName> {
        ('a'..='f').filter_map(|letter| ZoneName::new(format!("memory-1{letter}")).ok()).collect()
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::Zones;
    use crate::{client::Client, error::read, tags::filter};
    use aws_sdk_ec2::types::{AvailabilityZone, AvailabilityZoneState};
    use deathstar_core::{Result, driver::Ask, kind::Answered, model::ZoneName};

    impl Ask<Zones> for Client {
        async fn holds(&self, fact: &Zones) -> Result<Answered<Vec<ZoneName>>> {
            let call = self
                .ec2
                .describe_availability_zones()
                .filters(filter("zone-type", ["availability-zone"]))
                .filters(filter("opt-in-status", ["opt-in-not-required"]))
                .filters(filter("state", ["available"]));
            let found = read("ec2:DescribeAvailabilityZones", call.send()).await?;
            Ok(answer(fact.count, &self.region, found.availability_zones()))
        }
    }

    fn answer(count: u8, region: &str, found: &[AvailabilityZone]) -> Answered<Vec<ZoneName>> {
        let mut zones: Vec<_> = found
            .iter()
            .filter(|zone| zone.state().is_none_or(|state| *state == AvailabilityZoneState::Available))
            .filter_map(|zone| ZoneName::new(zone.zone_name()?).ok())
            .collect();
        zones.sort_unstable();
        zones.dedup();
        if zones.len() < usize::from(count) {
            let has = zones.len();
            return Answered::No(format!(
                "region `{region}` has {has} zones that can be used, and {count} are needed"
            ));
        }
        Answered::Yes(zones)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn zone(name: &str) -> AvailabilityZone {
            AvailabilityZone::builder().zone_name(name).build()
        }

        #[test]
        fn zones_are_sorted() {
            let found = [zone("eu-west-1c"), zone("eu-west-1a"), zone("eu-west-1b")];
            let Answered::Yes(zones) = answer(2, "eu-west-1", &found) else { panic!("there are enough") };
            assert_eq!(
                zones.iter().map(ZoneName::as_str).collect::<Vec<_>>(),
                ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
            );
        }

        #[test]
        fn too_few_zones_are_told_with_both_numbers() {
            let impaired =
                AvailabilityZone::builder().zone_name("x-1c").state(AvailabilityZoneState::Impaired).build();
            let answered = answer(3, "x-1", &[zone("x-1a"), zone("x-1b"), impaired]);
            let expected = "region `x-1` has 2 zones that can be used, and 3 are needed";
            assert_eq!(answered, Answered::No(expected.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_1_to_6_zones() {
        for (count, right) in [(0, false), (1, true), (6, true), (7, false)] {
            assert_eq!(Zones::at_least(count).validate().is_empty(), right, "{count}");
        }
    }

    #[test]
    fn the_in_memory_cloud_has_enough_zones_to_grow() {
        assert_eq!(Zones::at_least(1).simulate().len(), usize::from(MOST));
    }
}
