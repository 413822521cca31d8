//! Azure: its kinds, its components, and with the feature `client` the driver that calls Azure Resource Manager.
//!
//! | module | what it holds |
//! |---|---|
//! | [`network`] | the network of a cluster, as one component |
//! | [`resources`] | kinds of Azure Resource Manager itself: resource groups |
//! | [`networking`] | kinds of `Microsoft.Network`: one resource each |
//! | [`managed_identity`] | identities and their credentials |
//! | [`authorization`] | roles, and who has them |
//! | [`operational_insights`] | workspaces of Log Analytics |
//! | [`storage`] | storage accounts |
//! | [`private_dns`] | private zones, their links and records |
//! | [`arm`] | what all kinds have in common, and how one is written |
//! | [`id`] | typed ids |
//!
//! A component is what a program usually declares; a kind is what a component is made of.
//!
//! With the feature `azure-mgmt-network` the kinds of [`networking`] become models of `azure_mgmt_network`, and those become kinds, by
//! `TryFrom`. The models are of the version 2024-03-01 of the API: a spec with something newer has none.

pub mod arm;
pub mod authorization;
mod catalogue;
mod choice;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credential;
#[cfg(feature = "client")]
mod error;
pub mod id;
mod location;
pub mod managed_identity;
#[cfg(feature = "azure-mgmt-network")]
mod models;
mod names;
pub mod network;
pub mod networking;
pub mod operational_insights;
mod permission;
pub mod private_dns;
#[cfg(feature = "client")]
mod rates;
pub mod resources;
pub mod storage;
mod subscription;
mod tags;

pub use catalogue::kinds;
#[cfg(feature = "client")]
pub use catalogue::kinds_on;
#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use credential::Credentials;
pub use location::Location;
pub use network::{FlowLogs, Nat, PrivateTarget, Vnet, VnetRefs};
pub use subscription::{Azure, Cloud, Subscription};
