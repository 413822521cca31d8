//! The network of a cluster: a virtual network that is made, or one that others own.

mod declare;
mod existing;
mod flow_logs;
mod refs;
mod targets;
mod terrain;
mod vnet;

pub use deathstar_core::component::Egress as Nat;
pub use existing::{ExistingVnet, VnetLookup, VnetTiers};
pub use flow_logs::FlowLogs;
pub use refs::{NatRefs, RouteTableRefs, VnetRefs};
pub use targets::PrivateTarget;
pub use vnet::Vnet;

use crate::Azure;
use deathstar_core::component::{FlowRecords, Network, NetworkSpec, PortableNetwork};

impl From<NetworkSpec> for Vnet {
    fn from(spec: NetworkSpec) -> Self {
        let vnet = Self::of_spec(&spec).private_endpoints(spec.endpoints);
        match spec.flow_records {
            FlowRecords::On => vnet,
            FlowRecords::Off => vnet.flow_logs(FlowLogs::Off),
        }
    }
}

impl Network for Vnet {}

impl PortableNetwork for Azure {
    type Network = Vnet;
}
