//! Address ranges: canonical text, overlaps, and a planner that never moves a subnet.
//!
//! [`Ipv4Net`], [`Ipv6Net`] and [`IpNet`] are those of `ipnet`; [`Cidr`] wraps one that has no host bits.
//! [`CidrPlanner`] cuts one block into subnets for tiers and zones:
//!
//! ```
//! use deathstar_core::model::cidr::{CidrPlanner, TierRequest, TierSize};
//!
//! let tiers = TierRequest::conventional();
//! let plan = CidrPlanner::aws(3).plan_ipv4("10.20.0.0/16".parse()?, &tiers)?;
//! assert_eq!(plan.subnet("private", 1).map(|net| net.to_string()).as_deref(), Some("10.20.16.0/20"));
//! assert_eq!(plan.subnet("public", 0).map(|net| net.to_string()).as_deref(), Some("10.20.48.0/24"));
//!
//! let mut more = tiers.to_vec();
//! more.push(TierRequest::new("database", TierSize::Relative(8)));
//! let grown = CidrPlanner::aws(4).plan_ipv4("10.20.0.0/16".parse()?, &more)?;
//! assert!(plan.iter().all(|(tier, zone, net)| grown.subnet(tier, zone) == Some(net)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod layout;
mod limits;
mod overlap;
mod plan;
mod planner;
mod problem;
mod range;
mod request;
mod space;
#[cfg(test)]
mod tests;

pub use ipnet::{IpNet, Ipv4Net, Ipv6Net};
pub use limits::Limits;
pub use overlap::{NamedRange, Overlap, find_overlaps};
pub use plan::{PlannedTier, SubnetPlan};
pub use planner::{CidrPlanner, DEFAULT_GROWTH_ROOM};
pub use problem::{CidrPlanError, CidrProblem, Remedy};
pub use range::{Cidr, CidrError, IpCidr, Ipv4Cidr, Ipv6Cidr, Network};
pub use request::{Slots, Spread, TierRequest, TierSize};
