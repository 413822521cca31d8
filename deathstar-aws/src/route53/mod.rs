//! Kinds of Route 53.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`HostedZone`] | token | the name, and public or private, replace it; the VPCs of a private one change in place |
//! | [`RecordSet`] | zone, name, type and set identifier | what is answered changes in place |
//!
//! Route 53 knows no regions: a zone belongs to one connection to its account, and its VPCs may lie anywhere in the partition.

#[cfg(feature = "client")]
mod calls;
mod domain_name;
mod hosted_zone;
mod record_set;

pub use domain_name::DomainName;
pub use hosted_zone::{HostedZone, HostedZoneDetails, HostedZoneOutputs, Visibility, ZoneVpc};
pub use record_set::{FailoverRole, RecordData, RecordSet, RecordSetId, RecordType, Routing};
