//! The neutral spec of a network.

use super::{Egress, FlowRecords, IpFamilies, PrivateEndpoints};
use crate::model::{Tier, Traffic};
use std::collections::BTreeSet;

/// A network that every cloud can make: the neutral spec from which each backend's own component is made.
///
/// Unless said otherwise it is the network of a production cluster: public, private and intra tiers over three zones, a way out
/// per zone, records of its traffic, and rules that open what a Kubernetes cluster needs and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "a spec declares nothing until a backend's component is made from it"]
pub struct NetworkSpec {
    /// Its range, in CIDR notation.
    pub range: String,
    /// Over how many zones.
    pub zones: u8,
    /// Its tiers.
    pub tiers: BTreeSet<Tier>,
    /// Its way out.
    pub egress: Egress,
    /// Its address families.
    pub families: IpFamilies,
    /// A further range, from which pods have their addresses.
    pub pods: Option<String>,
    /// Which services of the cloud are reached without the internet.
    pub endpoints: PrivateEndpoints,
    /// What is recorded of its traffic.
    pub flow_records: FlowRecords,
    /// The name of a private DNS zone that is answered in it.
    pub private_zone: Option<String>,
    /// What its parts may say to each other, beside what every cluster needs.
    pub traffic: Traffic,
}

impl NetworkSpec {
    /// A network over three zones with one way out per zone.
    pub fn new(range: impl Into<String>) -> Self {
        Self {
            range: range.into(),
            zones: 3,
            tiers: BTreeSet::from(Tier::CONVENTIONAL),
            egress: Egress::default(),
            families: IpFamilies::default(),
            pods: None,
            endpoints: PrivateEndpoints::default(),
            flow_records: FlowRecords::default(),
            private_zone: None,
            traffic: Traffic::new(),
        }
    }

    /// Over how many zones.
    pub fn zones(mut self, zones: u8) -> Self {
        self.zones = zones;
        self
    }

    /// Leaves a tier out.
    pub fn without(mut self, tier: Tier) -> Self {
        self.tiers.remove(&tier);
        self
    }

    /// Its way out.
    pub fn egress(mut self, egress: Egress) -> Self {
        self.egress = egress;
        self
    }

    /// Its address families.
    pub fn families(mut self, families: IpFamilies) -> Self {
        self.families = families;
        self
    }

    /// Gives pods a tier of their own, out of a further range such as `100.64.0.0/16`.
    pub fn pods(mut self, range: impl Into<String>) -> Self {
        self.pods = Some(range.into());
        self
    }

    /// Which services of the cloud are reached without the internet.
    pub fn private_endpoints(mut self, endpoints: PrivateEndpoints) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// What is recorded of its traffic.
    pub fn flow_records(mut self, records: FlowRecords) -> Self {
        self.flow_records = records;
        self
    }

    /// Answers the names of a private DNS zone in it.
    pub fn private_zone(mut self, name: impl Into<String>) -> Self {
        self.private_zone = Some(name.into());
        self
    }

    /// What its parts may say to each other, beside what every cluster needs and what was said before.
    pub fn traffic(mut self, traffic: Traffic) -> Self {
        self.traffic = self.traffic.and(traffic);
        self
    }
}
