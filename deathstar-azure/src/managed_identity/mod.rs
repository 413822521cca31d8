//! Kinds of `Microsoft.ManagedIdentity`.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`UserAssignedIdentity`] | resource group and name | group, name and location replace it |
//! | [`FederatedIdentityCredential`] | identity and name | the rest changes in place |

mod federated_identity_credential;
mod user_assigned_identity;

pub use federated_identity_credential::FederatedIdentityCredential;
pub use user_assigned_identity::{
    IsolationScope, UserAssignedIdentity, UserAssignedIdentityDetails, UserAssignedIdentityOutputs,
};

/// The version of `Microsoft.ManagedIdentity` that its kinds are written for.
pub(crate) const API_VERSION: &str = "2024-11-30";
