//! A managed policy of a role.

use crate::{
    Aws,
    id::{PolicyArn, RoleName},
    permission::{lists, reads_own},
};
use deathstar_core::{
    Fields, Identity, Input, Key, Resource, fields,
    permission::{Call, Look, Permission},
};
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

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.role, &self.policy)))
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        /// Authorised on the role, for that policy alone where it is known.
        fn on(action: &'static str, spec: &IamRolePolicyAttachment) -> Vec<Permission> {
            let one = Permission::new(action).on("role", &spec.role);
            vec![match &spec.policy {
                Input::Known(policy) => one.when("ArnEquals", "iam:PolicyARN", [policy.to_string()]),
                Input::Pending(_) => one,
            }]
        }
        match call {
            Call::Find(Look::All) => lists(["iam:GetAccountAuthorizationDetails"]),
            Call::Find(Look::One(id)) => {
                let role = id.map(|RolePolicyAttachmentId(role, _)| role);
                vec![reads_own("iam:ListAttachedRolePolicies", "role", role)]
            }
            Call::Create(spec) => on("iam:AttachRolePolicy", spec),
            Call::Delete(object) => on("iam:DetachRolePolicy", object.spec),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (RolePolicyAttachmentId, ()) {
        let role = self.role.value().cloned().unwrap_or_else(|| RoleName::new("role"));
        let policy = self.policy.value().cloned().unwrap_or_else(|| PolicyArn::new("policy"));
        (RolePolicyAttachmentId(role, policy), ())
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{IamRolePolicyAttachment, RolePolicyAttachmentId};
    use crate::{
        client::Client,
        error::{read, write},
        id::{PolicyArn, RoleName},
        lookup::{one_by_one, present},
    };
    use aws_sdk_iam::types::AttachedPolicy;
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};
    use std::collections::BTreeSet;

    impl Driver<IamRolePolicyAttachment> for Client {
        /// Shows all managed policies of the roles; for all of them: of the roles of the stack.
        async fn find(&self, cx: &Cx, want: &Want<RolePolicyAttachmentId>, found: &mut Found) -> Result<()> {
            let all: Vec<(RoleName, Vec<AttachedPolicy>)> = match want {
                Want::Ids(ids) => {
                    let roles: BTreeSet<&RoleName> = ids.iter().map(|id| &id.0).collect();
                    one_by_one(roles.into_iter().map(|role| self.policies_of_role(role))).await?
                }
                Want::All => {
                    let roles = self.role_details(cx, want).await?;
                    let named = roles.into_iter().filter_map(|role| {
                        Some((
                            RoleName::new(role.role_name?),
                            role.attached_managed_policies.unwrap_or_default(),
                        ))
                    });
                    named.collect()
                }
                // It carries no token.
                Want::Owned { .. } => vec![],
            };
            for (role, policies) in all {
                for arn in policies.iter().filter_map(AttachedPolicy::policy_arn) {
                    found.push(show(&role, &PolicyArn::new(arn)));
                }
            }
            Ok(())
        }

        async fn create(
            &self,
            _: &Cx,
            spec: &Ready<IamRolePolicyAttachment>,
        ) -> Result<Made<RolePolicyAttachmentId>> {
            let (role, policy) = (spec.role.known()?, spec.policy.known()?);
            let call = self.iam().attach_role_policy().role_name(role.as_str()).policy_arn(policy.as_str());
            write("iam:AttachRolePolicy", call.send()).await?;
            Ok(RolePolicyAttachmentId(role.clone(), policy.clone()).into())
        }

        async fn delete(&self, _: &Cx, seen: &Seen<IamRolePolicyAttachment>) -> Result<Option<Op>> {
            let RolePolicyAttachmentId(role, policy) = &seen.id;
            let call = self.iam().detach_role_policy().role_name(role.as_str()).policy_arn(policy.as_str());
            write("iam:DetachRolePolicy", call.send()).await?;
            Ok(None)
        }
    }

    impl Client {
        async fn policies_of_role(&self, role: &RoleName) -> Result<Option<(RoleName, Vec<AttachedPolicy>)>> {
            let pages = self.iam().list_attached_role_policies().role_name(role.as_str()).into_paginator();
            let all = pages.items().send().collect::<Result<Vec<_>, _>>();
            let policies = present(read("iam:ListAttachedRolePolicies", all).await)?;
            Ok(policies.map(|policies| (role.clone(), policies)))
        }
    }

    fn show(role: &RoleName, policy: &PolicyArn) -> Seen<IamRolePolicyAttachment> {
        Seen {
            id: RolePolicyAttachmentId(role.clone(), policy.clone()),
            tags: Tags::new(),
            spec: IamRolePolicyAttachment::new(role.clone(), policy.clone()),
            outputs: (),
            state: SeenState::Ready,
        }
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
