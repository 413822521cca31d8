//! The network of a cluster: a VPC that is made, or one that others own.

mod declare;
mod existing;
mod flow_logs;
mod ipv6;
mod layout;
mod refs;
mod terrain;
mod vpc;

pub use existing::{ExistingVpc, TierTag, VpcLookup, VpcTiers};
pub use flow_logs::FlowLogs;
pub use refs::{RouteTableRefs, VpcRefs};
pub use vpc::{Nat, Vpc};

pub(crate) use ipv6::{IPV6_TIER, cut as ipv6_tier_of};

use crate::Aws;
use deathstar_core::{
    component::{Egress, FlowRecords, Network, NetworkSpec, PortableNetwork},
    model::Tier,
};

impl From<NetworkSpec> for Vpc {
    fn from(spec: NetworkSpec) -> Self {
        let nat = match spec.egress {
            Egress::None => Nat::None,
            Egress::Single => Nat::Single,
            Egress::PerZone => Nat::PerZone,
        };
        let mut vpc = Self::new(spec.range)
            .zones(spec.zones)
            .nat(nat)
            .families(spec.families)
            .private_endpoints(spec.endpoints)
            .traffic(spec.traffic);
        for tier in Tier::CONVENTIONAL.into_iter().filter(|tier| !spec.tiers.contains(tier)) {
            vpc = vpc.without(tier);
        }
        if let Some(range) = spec.pods {
            vpc = vpc.pods(range);
        }
        if let Some(zone) = spec.private_zone {
            vpc = vpc.private_zone(zone);
        }
        match spec.flow_records {
            FlowRecords::On => vpc,
            FlowRecords::Off => vpc.flow_logs(FlowLogs::Off),
        }
    }
}

impl Network for Vpc {}

impl PortableNetwork for Aws {
    type Network = Vpc;
}
