//! The network of a cluster: a VPC that is made, or one that others own.

mod declare;
mod existing;
mod flow_logs;
mod ipv6;
mod refs;
mod terrain;
mod vpc;

pub use deathstar_core::component::Egress as Nat;
pub use existing::{ExistingVpc, TierTag, VpcLookup, VpcTiers};
pub use flow_logs::FlowLogs;
pub use refs::{RouteTableRefs, VpcRefs};
pub use vpc::Vpc;

pub(crate) use ipv6::{IPV6_TIER, cut as ipv6_tier_of};

use crate::Aws;
use deathstar_core::{
    component::{FlowRecords, Network, NetworkChoices, NetworkSpec, PortableNetwork},
    model::traffic::RuleLimits,
};

impl From<NetworkSpec> for Vpc {
    fn from(spec: NetworkSpec) -> Self {
        let vpc = Self::of(NetworkChoices::of(&spec, RuleLimits::AWS)).private_endpoints(spec.endpoints);
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
