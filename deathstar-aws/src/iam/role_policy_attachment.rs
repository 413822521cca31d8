//! A managed policy of a role.

use crate::{
    Aws,
    id::{PolicyArn, RoleName},
};
use deathstar_core::{Allow, Fields, Identity, Input, Key, Resource, Verb, fields};
use serde::{Deserialize, Serialize};

/// That a role has a managed policy, of AWS or of the account.
///
/// It carries no tags and nothing but its id: it is ours while it is recorded. A role has 10 at most, unless its account's quota was
/// raised.
///
/// # Reads
/// `ListAttachedRolePolicies` is made once for each role.
///
/// # Permissions
/// `iam:ListAttachedRolePolicies`; `iam:AttachRolePolicy`; none; `iam:DetachRolePolicy`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IamRolePolicyAttachment {
    /// The role. Another one replaces it.
    pub role: Input<RoleName>,
    /// The policy. Another one replaces it.
    pub policy: Input<PolicyArn>,
}

impl IamRolePolicyAttachment {
    /// A role has a policy.
    pub fn new(role: impl Into<Input<RoleName>>, policy: impl Into<Input<PolicyArn>>) -> Self {
        Self { role: role.into(), policy: policy.into() }
    }
}

/// The id of an attachment: the role, and the policy that it has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RolePolicyAttachmentId(pub RoleName, pub PolicyArn);

impl Resource for IamRolePolicyAttachment {
    type Provider = Aws;
    type Id = RolePolicyAttachmentId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.iam.role-policy-attachment";
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: IAM API Reference, `AttachRolePolicy`.
    const FIELDS: Fields<Self> = fields!(IamRolePolicyAttachment { role: Replace, policy: Replace });
    const ALLOW: Allow = &[
        (Verb::Read, &["iam:ListAttachedRolePolicies"]),
        (Verb::Create, &["iam:AttachRolePolicy"]),
        (Verb::Delete, &["iam:DetachRolePolicy"]),
    ];

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.role, &self.policy)))
    }

    fn simulate(&self, _: u64) -> (RolePolicyAttachmentId, ()) {
        let role = self.role.value().cloned().unwrap_or_else(|| RoleName::new("role"));
        let policy = self.policy.value().cloned().unwrap_or_else(|| PolicyArn::new("policy"));
        (RolePolicyAttachmentId(role, policy), ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_and_policy_are_the_id() {
        let attached = IamRolePolicyAttachment::new(RoleName::new("nodes"), PolicyArn::new("arn"));
        let (id, ()) = attached.simulate(1);
        assert_eq!(attached.key(), Some(Key::of(&id)));
        assert!(
            IamRolePolicyAttachment::FIELDS.iter().all(|f| matches!(f.class, deathstar_core::Class::Replace))
        );
    }
}
