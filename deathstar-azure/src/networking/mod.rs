//! Kinds of `Microsoft.Network`: each is one resource, and says what of it can be changed in place.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`VirtualNetwork`] | resource group and name | group, name and location replace it |
//! | [`Subnet`] | virtual network and name | the network, the name and ranges that go replace it |
//!
//! A part of a resource (a subnet of a network) is a kind of its own, shown by its parent. While one part is written Azure refuses to
//! write the others, so each holds its parent's [lane].

mod lane;
mod subnet;
mod virtual_network;

pub use lane::lane;
pub use subnet::{PrivateEndpointPolicies, Subnet, SubnetDetails};
pub use virtual_network::{VirtualNetwork, VirtualNetworkDetails, VirtualNetworkOutputs};

/// The version of `Microsoft.Network` that all its kinds are written for.
pub(crate) const API_VERSION: &str = "2025-07-01";
