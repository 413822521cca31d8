//! A policy inside a role.

use super::{PolicyDocument, PolicyUse};
use crate::{
    Aws,
    id::RoleName,
    permission::{lists, reads_own},
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, fields,
    model::name::aws::IAM_POLICY,
    permission::{Call, Look, Permission},
};
use serde::{Deserialize, Serialize};

/// A policy of one role, kept inside it.
///
/// It carries no tags: it is ours by role and name, while its text means what was recorded. `PutRolePolicy` overwrites: what somebody
/// else puts under the same name between the look before a create and the create itself is lost.
///
/// # Reads
/// `GetRolePolicy` is made once for each.
///
/// # Permissions
/// `iam:GetRolePolicy`; `iam:PutRolePolicy`; `iam:PutRolePolicy`; `iam:DeleteRolePolicy`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IamRolePolicy {
    /// The role. Another one replaces it.
    pub role: Input<RoleName>,
    /// Its name in the role. Another one replaces it.
    pub name: String,
    /// What the role may do.
    pub document: PolicyDocument,
}

impl IamRolePolicy {
    /// What a role may do.
    pub fn new(role: impl Into<Input<RoleName>>, name: impl Into<String>, document: PolicyDocument) -> Self {
        Self { role: role.into(), name: name.into(), document }
    }
}

/// The id of a policy inside a role: the role, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RolePolicyId(pub RoleName, pub String);

impl Resource for IamRolePolicy {
    type Provider = Aws;
    type Id = RolePolicyId;
    type Outputs = ();

    const FAMILY: &'static str = "aws.iam.role-policy";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: IAM API Reference, `PutRolePolicy`.
    const FIELDS: Fields<Self> = fields!(IamRolePolicy { role: Replace, name: Replace, document: Update });

    fn key(&self) -> Option<Key> {
        Some(Key::of((&self.role, &self.name)))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = self.document.validate(PolicyUse::Inline, "/document");
        if let Err(error) = IAM_POLICY.check(&self.name) {
            findings.push(Diagnostic::new("name.form", error.to_string()).at("/name").fix(error.hint()));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let on = |action: &'static str, spec: &Self| vec![Permission::new(action).on("role", &spec.role)];
        match call {
            Call::Find(Look::All) => lists(["iam:GetAccountAuthorizationDetails"]),
            Call::Find(Look::One(id)) => {
                vec![reads_own("iam:GetRolePolicy", "role", id.map(|RolePolicyId(role, _)| role))]
            }
            Call::Create(spec) => on("iam:PutRolePolicy", spec),
            Call::Change { to, .. } => on("iam:PutRolePolicy", to),
            Call::Delete(object) => on("iam:DeleteRolePolicy", object.spec),
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (RolePolicyId, ()) {
        let role = self.role.value().cloned().unwrap_or_else(|| RoleName::new("role"));
        (RolePolicyId(role, self.name.clone()), ())
    }
}

#[cfg(feature = "client")]
mod driver {
    use super::{IamRolePolicy, RolePolicyId};
    use crate::{
        client::Client,
        error::{read, write},
        iam::calls::document,
        id::RoleName,
        lookup::{one_by_one, present},
    };
    use deathstar_core::{Cx, Driver, Found, Made, Op, Ready, Result, Seen, SeenState, Tags, Want};

    impl Driver<IamRolePolicy> for Client {
        /// For all of them: those inside the roles of the stack.
        async fn find(&self, cx: &Cx, want: &Want<RolePolicyId>, found: &mut Found) -> Result<()> {
            match want {
                Want::Ids(ids) => {
                    for seen in one_by_one(ids.iter().map(|id| self.read_role_policy(id))).await? {
                        found.push(seen);
                    }
                }
                Want::All => {
                    for role in self.role_details(cx, want).await? {
                        for policy in role.role_policy_list() {
                            let (role, name) = (role.role_name(), policy.policy_name());
                            let Some((role, name)) = role.zip(name) else { continue };
                            let id = RolePolicyId(RoleName::new(role), name.into());
                            found.push(show(id, policy.policy_document().unwrap_or_default()));
                        }
                    }
                }
                // It carries no token.
                Want::Owned { .. } => {}
            }
            Ok(())
        }

        async fn create(&self, _: &Cx, spec: &Ready<IamRolePolicy>) -> Result<Made<RolePolicyId>> {
            let id = RolePolicyId(spec.role.known()?.clone(), spec.name.clone());
            self.put_role_policy(&id, spec).await?;
            Ok(id.into())
        }

        async fn change(
            &self,
            _: &Cx,
            seen: &Seen<IamRolePolicy>,
            to: &Ready<IamRolePolicy>,
        ) -> Result<Option<Op>> {
            self.put_role_policy(&seen.id, to).await?;
            Ok(None)
        }

        async fn delete(&self, _: &Cx, seen: &Seen<IamRolePolicy>) -> Result<Option<Op>> {
            let RolePolicyId(role, name) = &seen.id;
            let call = self.iam().delete_role_policy().role_name(role.as_str()).policy_name(name);
            write("iam:DeleteRolePolicy", call.send()).await?;
            Ok(None)
        }
    }

    impl Client {
        async fn put_role_policy(&self, id: &RolePolicyId, spec: &Ready<IamRolePolicy>) -> Result<()> {
            let RolePolicyId(role, name) = id;
            let call = self.iam().put_role_policy().role_name(role.as_str()).policy_name(name);
            let call = call.policy_document(spec.document.to_json());
            write("iam:PutRolePolicy", call.send()).await.map(|_| ())
        }

        async fn read_role_policy(&self, id: &RolePolicyId) -> Result<Option<Seen<IamRolePolicy>>> {
            let RolePolicyId(role, name) = id;
            let call = self.iam().get_role_policy().role_name(role.as_str()).policy_name(name);
            let answer = present(read("iam:GetRolePolicy", call.send()).await)?;
            Ok(answer.map(|answer| show(id.clone(), answer.policy_document())))
        }
    }

    fn show(id: RolePolicyId, text: &str) -> Seen<IamRolePolicy> {
        let spec = IamRolePolicy::new(id.0.clone(), &id.1, document(text));
        Seen { id, tags: Tags::new(), spec, outputs: (), state: SeenState::Ready }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Statement;

    #[test]
    fn role_and_name_are_the_id() {
        let document = PolicyDocument::of([Statement::allow("s3:GetObject").on("*")]);
        let policy = IamRolePolicy::new(RoleName::new("nodes"), "read", document);
        let (id, ()) = policy.simulate(1);
        assert_eq!(serde_json::to_string(&id).unwrap(), r#"["nodes","read"]"#);
        assert_eq!(policy.key(), Some(Key::of(&id)));
        assert!(policy.validate().is_empty());
    }

    #[test]
    fn what_aws_refuses_is_found() {
        let policy = IamRolePolicy::new(RoleName::new("nodes"), "a b", PolicyDocument::of([]));
        let codes: Vec<_> = policy.validate().into_iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["policy.empty", "name.form"]);
    }
}
