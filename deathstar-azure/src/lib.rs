//! Azure: its kinds, its components, and with the feature `client` the driver that calls Azure Resource Manager.
//!
//! | module | what it holds |
//! |---|---|
//! | [`network`] | the network of a cluster, as one component |
//! | [`resources`] | kinds of Azure Resource Manager itself: resource groups |
//! | [`networking`] | kinds of `Microsoft.Network`: one resource each |
//! | [`private_dns`] | private zones, their links and records |
//! | [`arm`] | what all kinds have in common, and how one is written |
//! | [`id`] | typed ids |
//!
//! A component is what a program usually declares; a kind is what a component is made of.

pub mod arm;
mod catalogue;
mod choice;
pub mod id;
mod location;
mod names;
pub mod network;
pub mod networking;
mod permission;
pub mod private_dns;
pub mod resources;
mod subscription;
mod tags;

pub use catalogue::kinds;
pub use location::Location;
pub use network::{FlowLogs, Nat, PrivateTarget, Vnet, VnetRefs};
pub use subscription::{Azure, Cloud, Subscription};
