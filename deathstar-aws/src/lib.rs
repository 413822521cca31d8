//! AWS: its kinds, its components, and with the feature `client` the drivers that call it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ec2`] | kinds of EC2: one object each, with its calls |
//! | [`iam`] | kinds of IAM, and policy documents |
//! | [`kms`], [`logs`], [`route53`] | kinds of those services |
//! | [`network`] | the components [`Vpc`] and [`ExistingVpc`], made of those kinds |
//! | [`id`] | typed ids |
//!
//! A component is what a program usually declares; a kind is what a component is made of. [`Vpc`] is the component,
//! [`ec2::Vpc`] the bare object.

mod account;
mod caller;
mod catalogue;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credential;
pub mod ec2;
#[cfg(feature = "client")]
mod error;
pub mod iam;
pub mod id;
pub mod kms;
pub mod logs;
#[cfg(feature = "client")]
mod lookup;
pub mod network;
mod permission;
#[cfg(feature = "client")]
mod rates;
pub mod route53;
#[cfg(feature = "client")]
mod tags;

pub use account::{Account, AssumedRole, Aws};
pub use caller::{Caller, CallerIdentity, CallerOutputs, Partition};
pub use catalogue::kinds;
#[cfg(feature = "client")]
pub use catalogue::kinds_on;
#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use credential::Credentials;
pub use network::{ExistingVpc, FlowLogs, Nat, Vpc, VpcRefs};
