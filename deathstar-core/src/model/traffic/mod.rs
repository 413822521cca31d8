//! Declared traffic: who talks to whom on what, and why. Rules of every layer are computed from it, for both directions.
//!
//! | type | what it is |
//! |---|---|
//! | [`Traffic`] | groups of workloads, and the declarations of all who need something |
//! | [`Pods`] | groups of pods of a cluster, which share the network interfaces of another group |
//! | [`Party`], [`Service`] | who, and on what |
//! | [`Terrain`] | the network that the traffic crosses: ranges, tiers, ways to the internet |
//! | [`Rules`] | what is computed: rules of groups (stateful), entries of filters (stateless), each with who asked for it |
//! | [`TierRules`] | the same for clouds whose filters keep state and know groups: one list for each tier |
//! | [`KubernetesTraffic`] | what every Kubernetes cluster needs |
//!
//! ```
//! use deathstar_core::model::{Tier, traffic::{Group, Service, Traffic}};
//!
//! let traffic = Traffic::new()
//!     .group(Group::new("shop", Tier::Private))
//!     .group(Group::new("database", Tier::Intra))
//!     .allow("shop", "database", Service::tcp(5432), "the shop keeps its orders");
//! assert_eq!(traffic.declarations()[0].to_string(), "shop to database, tcp 5432: the shop keeps its orders");
//! ```
//!
//! # What is open
//! What nobody declares is closed. A declared path is open in every layer: the sender's group lets it out, the receiver's
//! group lets it in, the filters of both tiers let the request and its answers pass, and there is a route; where there can be
//! none the declaration is a finding.
//!
//! A rule is as wide as its declaration and no wider, with what a layer cannot express as the only exceptions:
//!
//! - A filter knows addresses alone: of a group it admits the ranges of the group's tier. The group's own rules are exact.
//! - A filter keeps no state, so that it has to admit answers, on the ports from which the client may have sent
//!   ([`ClientPorts`]).
//! - Rules of tiers, which keep state and know groups, know no types of ICMP: one type that is declared opens all of it.
//! - A filter cannot name the addresses of a service of the cloud ([`Party::ObjectStorage`]), and admits all of IPv4 on its ports.
//! - [`Party::Internet`] is any address, the network's own included.

mod aggregate;
mod check;
mod client;
mod compile;
mod declaration;
mod filter;
mod ground;
mod group;
mod kubernetes;
mod number;
mod opening;
mod packets;
mod party;
mod pod_rules;
mod pods;
mod service;
mod terrain;
#[cfg(test)]
mod tests;
mod tier_rules;

pub use client::ClientPorts;
pub use compile::{FilterEntry, GroupRule, RuleLimits, Rules};
pub use declaration::{Declaration, Refusal, Traffic};
pub use group::Group;
pub use kubernetes::KubernetesTraffic;
pub use opening::{Direction, Opening, Peer, Purpose, Reason};
pub use packets::{IcmpType, Packets, Ports};
pub use party::{Family, Party};
pub use pods::Pods;
pub use service::{Service, Services};
pub use terrain::{AddressRange, Carried, Gateways, Terrain, Way};
pub use tier_rules::{TierRule, TierRules};
