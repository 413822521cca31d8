//! Components: values that declare resources into a scope and hand back typed references.

mod declare;
pub mod network;

pub use declare::{Component, Gate, ResourceExt, Standing, With};
pub use network::{
    Egress, FlowRecords, IpFamilies, Network, NetworkChoices, NetworkRefs, NetworkSpec, NetworkTraffic,
    PortableNetwork, PrivateEndpoints, SubnetRefs,
};
