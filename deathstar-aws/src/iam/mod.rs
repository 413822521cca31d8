//! Kinds of IAM, and the policy documents that they and others carry.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`IamRole`] | name, tagged | name and path replace it, the rest changes in place |
//! | [`IamRolePolicy`] | role and name | the text changes in place |
//! | [`IamRolePolicyAttachment`] | role and policy | everything replaces it |
//! | [`IamPolicy`] | name, tagged | the text changes in place, the rest replaces it |
//!
//! IAM knows no regions: what one connection makes is the same for all connections to the account, so each object belongs to one of
//! them. Its names are one per account, whatever their case and path.
//!
//! There is no kind for service-linked roles. AWS makes them itself on the first use of a service that needs one, in the calls of
//! the kinds here too; they belong to the account and outlive stacks.

#[cfg(feature = "client")]
mod calls;
mod policy;
mod policy_document;
mod role;
mod role_policy;
mod role_policy_attachment;

pub use policy::{IamPolicy, IamPolicyDetails, IamPolicyOutputs};
pub use policy_document::{
    Effect, PolicyDocument, PolicyText, PolicyTexts, PolicyUse, Principal, Principals, Statement,
};
pub use role::{Boundary, IamRole, IamRoleDetails, IamRoleOutputs};
pub use role_policy::{IamRolePolicy, RolePolicyId};
pub use role_policy_attachment::{IamRolePolicyAttachment, RolePolicyAttachmentId};

use deathstar_core::Diagnostic;

/// `/`, or words between slashes.
///
/// Source: IAM User Guide, "IAM identifiers".
fn check_path(path: &str) -> Option<Diagnostic> {
    let inner = path.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    let words = inner.is_some_and(|inner| {
        inner.split('/').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic()))
    });
    let right = path == "/" || (words && path.ends_with('/') && path.len() <= 512);
    (!right).then(|| {
        Diagnostic::new("iam.path", format!("`{path}` is not the path of an IAM object"))
            .at("/path")
            .fix("write it like `/` or `/platform/`")
    })
}

fn check_description(text: Option<&str>) -> Option<Diagnostic> {
    text.is_some_and(|text| text.chars().count() > 1_000).then(|| {
        Diagnostic::new("iam.description", "the description has more than 1,000 characters")
            .at("/description")
            .fix("shorten it")
    })
}
