//! Components: values that declare resources into a scope and hand back typed references.

mod declare;
mod network;

pub use declare::{Component, Gate, ResourceExt, Standing, With};
pub use network::{
    Egress, FlowRecords, IpFamilies, Network, NetworkRefs, NetworkSpec, NetworkTraffic, PortableNetwork,
    PrivateEndpoints, SubnetRefs,
};
