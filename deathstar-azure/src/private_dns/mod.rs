//! Kinds of private DNS.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`PrivateDnsZone`] | resource group and name | everything replaces it |
//! | [`VirtualNetworkLink`] | zone and name | the zone, the name and the virtual network replace it |
//! | [`RecordSet`] | zone, type and name | what is answered changes in place |
//!
//! A zone is answered in the virtual networks that it is linked to, in all locations. Zone and links are in no location.

mod domain_name;
mod link;
mod record_set;
mod records;
mod zone;

pub use domain_name::DomainName;
pub use link::{ResolutionPolicy, VirtualNetworkLink};
pub use record_set::RecordSet;
pub use records::{MailExchange, Records, ServiceRecord};
pub use zone::PrivateDnsZone;

/// The version of the API of private DNS that its kinds are written for.
pub(crate) const API_VERSION: &str = "2024-06-01";
