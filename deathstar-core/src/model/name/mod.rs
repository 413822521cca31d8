//! Names: what each API accepts, as data, and a legal name out of an address.
//!
//! ```
//! use deathstar_core::model::name::{aws, azure};
//!
//! assert!(aws::EKS_CLUSTER.check("webshop").is_ok());
//! let error = azure::STORAGE_ACCOUNT.check("web-shop").unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "storage account name `web-shop`: character 4 is `-`, which is not one of a-z, 0-9"
//! );
//! assert!(azure::STORAGE_ACCOUNT.derive("webshop/storage")?.starts_with("webshopstorage"));
//! # Ok::<(), deathstar_core::model::name::NameError>(())
//! ```

pub mod aws;
pub mod azure;
mod charset;
mod derive;
mod error;
pub mod kubernetes;
mod rule;
#[cfg(test)]
mod tests;

pub use charset::CharSet;
pub use error::{NameError, NameProblem};
pub use rule::NameRule;
