//! What networks of all clouds share.

//!
//! | file | what is the same in all clouds |
//! |---|---|
//! | `spec`, `choice` | the neutral spec, and the choices in it |
//! | [`NetworkChoices`] | what the components of all clouds are chosen by, and the methods for it ([`network_choices!`](crate::network_choices)) |
//! | [`NetworkLayout`] | the ranges of subnets, over zones or for all of them |
//! | `terrain` | what a network is for declared traffic, and what is declared in it |
//! | [`NetworkRefs`], [`NetworkParts`] | what a declared network tells |

mod choice;
mod choices;
pub mod ipv6;
mod layout;
mod refs;
mod spec;
mod terrain;

pub use choice::{Egress, FlowRecords, IpFamilies, PrivateEndpoints};
pub use choices::NetworkChoices;
pub use layout::{Ipv6Space, LayoutRules, NetworkLayout};
pub use refs::{NetworkParts, NetworkRefs, NetworkTraffic, PartsOf, SubnetRefs};
pub use spec::NetworkSpec;
pub use terrain::{explained, place, tell};

use super::Component;
use crate::graph::Provider;

/// A network component of one cloud, which can be made from the neutral spec.
pub trait Network: Component<Refs: NetworkRefs> + From<NetworkSpec> {}

/// A cloud for programs that are generic over the cloud: `fn platform<P: PortableNetwork>(..)`.
pub trait PortableNetwork: Provider + Sized {
    /// Its network.
    type Network: Network<Provider = Self>;
}
