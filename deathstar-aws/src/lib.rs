//! AWS: its kinds, its components, and with the feature `client` the drivers that call it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ec2`] | kinds of EC2: one object each, with its calls |
//! | [`iam`] | policy documents and kinds of IAM |
//! | [`network`] | the components [`Vpc`] and [`ExistingVpc`], made of those kinds |
//! | [`id`] | typed ids |
//!
//! A component is what a program usually declares; a kind is what a component is made of. [`Vpc`] is the component,
//! [`ec2::Vpc`] the bare object.

mod account;
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
pub mod network;
mod permission;
#[cfg(feature = "client")]
mod tags;

pub use account::{Account, AssumedRole, Aws};
pub use catalogue::kinds;
#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use credential::Credentials;
pub use network::{ExistingVpc, Nat, Vpc, VpcRefs};
