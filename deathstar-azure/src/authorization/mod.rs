//! Kinds of `Microsoft.Authorization`.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`RoleAssignment`] | scope, role and principal | all but description and condition replace it |
//!
//! A fact: [`HasRole`] waits until Azure knows that somebody has a role.

mod has_role;
mod role;
mod role_assignment;

pub use has_role::HasRole;
pub use role::Role;
pub use role_assignment::{PrincipalType, RoleAssignment};

/// The version of `Microsoft.Authorization` that its kinds are written for.
pub(crate) const API_VERSION: &str = "2022-04-01";
