//! What networks of all clouds share.

mod choice;
mod refs;
mod spec;

pub use choice::{Egress, FlowRecords, IpFamilies, PrivateEndpoints};
pub use refs::{NetworkRefs, NetworkTraffic, SubnetRefs};
pub use spec::NetworkSpec;

use super::Component;
use crate::graph::Provider;

/// A network component of one cloud, which can be made from the neutral spec.
pub trait Network: Component<Refs: NetworkRefs> + From<NetworkSpec> {}

/// A cloud for programs that are generic over the cloud: `fn platform<P: PortableNetwork>(..)`.
pub trait PortableNetwork: Provider + Sized {
    /// Its network.
    type Network: Network<Provider = Self>;
}
