//! A managed policy of the account.

use super::{PolicyDocument, PolicyUse, check_description, check_path};
use crate::{
    Aws,
    id::{PolicyArn, PolicyName},
    permission::{lists, reads_own},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Key, Resource, fields,
    model::name::aws::IAM_POLICY,
    outputs,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A managed policy of the account, for several identities.
///
/// A new text is a new version, which is the default at once. AWS keeps five: before a sixth is made, the oldest that is not the
/// default is deleted. All versions go with the policy, which goes once nobody has it any more.
///
/// # Reads
/// `ListPolicies` lists the account's own policies; `GetPolicy` and `GetPolicyVersion` are made once for each that is looked at. To look
/// for all policies of a stack, `GetPolicy` is made for each policy of the account, since the list tells no tags.
///
/// # Permissions
/// `iam:ListPolicies`, `iam:GetPolicy`, `iam:GetPolicyVersion`; `iam:CreatePolicy` with `iam:TagPolicy`;
/// `iam:CreatePolicyVersion`, `iam:ListPolicyVersions`, `iam:DeletePolicyVersion`, `iam:TagPolicy`, `iam:UntagPolicy`;
/// `iam:DeletePolicy`, `iam:ListPolicyVersions`, `iam:DeletePolicyVersion`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IamPolicy {
    /// Its name, of up to 128 characters, whose case does not tell two policies apart. Another one replaces it.
    pub name: String,
    /// The folder that it stands in, such as `/platform/`. Another one replaces it.
    pub path: String,
    /// What it is for. Another description replaces it: AWS cannot change it.
    pub description: Option<String>,
    /// What those who have it may do.
    pub document: PolicyDocument,
}

impl IamPolicy {
    /// A policy with this name and text.
    pub fn new(name: impl Into<String>, document: PolicyDocument) -> Self {
        Self { name: name.into(), path: "/".into(), description: None, document }
    }

    /// The folder that it stands in, such as `/platform/`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }
}

/// What is known of a policy once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IamPolicyDetails {
    /// Its ARN.
    pub arn: PolicyArn,
}

outputs! {
    /// What a declared policy tells once it is made.
    pub trait IamPolicyOutputs for IamPolicy {
        /// Its ARN.
        arn: PolicyArn,
    }
}

impl IamPolicy {
    /// Path and name, as its ARN ends.
    fn whole_path(&self) -> Which {
        Which::One(format!("{}{}", self.path, self.name))
    }
}

impl Resource for IamPolicy {
    type Provider = Aws;
    type Id = PolicyName;
    type Outputs = IamPolicyDetails;

    const FAMILY: &'static str = "aws.iam.policy";
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: IAM API Reference, `CreatePolicyVersion`; no operation renames or moves a policy or describes it anew.
    const FIELDS: Fields<Self> =
        fields!(IamPolicy { name: Replace, path: Replace, description: Replace, document: Update });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }

    /// Names that differ in case alone are one.
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("name-of-policy", self.name.to_ascii_lowercase())]
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if let Err(error) = IAM_POLICY.check(&self.name) {
            findings.push(Diagnostic::new("name.form", error.to_string()).at("/name").fix(error.hint()));
        }
        findings.extend(check_path(&self.path));
        findings.extend(self.document.validate(PolicyUse::Managed, "/document"));
        findings.extend(check_description(self.description.as_deref()));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "policy";
        let on = |action: &'static str, spec: &Self| Permission::new(action).on(TYPE, spec.whole_path());
        // One version is made, or deleted, where there are as many as may be.
        let versions = |spec: &Self| {
            ["iam:ListPolicyVersions", "iam:DeletePolicyVersion"].map(|action| on(action, spec).ours())
        };
        match call {
            Call::Find(look) => {
                let id = if let Look::One(id) = look { *id } else { None };
                let mut all = lists(["iam:ListPolicies"]);
                // No list tells tags: each policy of the account is asked for them.
                let read = Permission::new("iam:GetPolicy").on(TYPE, id);
                all.extend([read, reads_own("iam:GetPolicyVersion", TYPE, id)]);
                all
            }
            Call::Create(spec) => {
                let tags = on("iam:TagPolicy", spec).claims().because("the tags that the create call writes");
                vec![on("iam:CreatePolicy", spec).claims(), tags]
            }
            Call::Change { object, .. } => {
                let make = on("iam:CreatePolicyVersion", object.spec).ours();
                [make].into_iter().chain(versions(object.spec)).collect()
            }
            Call::Retag { object, set, unset } => {
                let set = set.then(|| on("iam:TagPolicy", object.spec).ours());
                let unset = unset.then(|| on("iam:UntagPolicy", object.spec).ours());
                set.into_iter().chain(unset).collect()
            }
            Call::Delete(object) => {
                let delete = on("iam:DeletePolicy", object.spec).ours();
                [delete].into_iter().chain(versions(object.spec)).collect()
            }
            _ => vec![],
        }
    }

    fn simulate(&self, _: u64) -> (PolicyName, IamPolicyDetails) {
        let arn = format!("arn:aws:iam::123456789012:policy{}{}", self.path, self.name);
        (PolicyName::new(&self.name), IamPolicyDetails { arn: PolicyArn::new(arn) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Statement;

    fn policy() -> IamPolicy {
        IamPolicy::new("read", PolicyDocument::of([Statement::allow("s3:GetObject").on("*")]))
    }

    fn codes(policy: &IamPolicy) -> Vec<String> {
        policy.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_name_is_the_id() {
        let (id, details) = policy().path("/a/").simulate(1);
        assert_eq!(policy().key(), Some(Key::of(&id)));
        assert_eq!(details.arn.as_str(), "arn:aws:iam::123456789012:policy/a/read");
        assert_eq!(policy().holds(), IamPolicy { name: "READ".into(), ..policy() }.holds());
    }

    #[test]
    fn only_the_text_changes_in_place() {
        let updated = IamPolicy::FIELDS.iter().filter(|f| matches!(f.class, deathstar_core::Class::Update));
        assert_eq!(updated.map(|field| field.name).collect::<Vec<_>>(), ["document"]);
    }

    #[test]
    fn what_aws_refuses_is_found() {
        assert!(codes(&policy()).is_empty());
        assert_eq!(codes(&policy().path("x")), ["iam.path"]);
        assert_eq!(codes(&policy().description("x".repeat(1_001))), ["iam.description"]);
        assert_eq!(codes(&IamPolicy { name: String::new(), ..policy() }), ["name.form"]);
        let trust = PolicyDocument::trusting(crate::iam::Principal::Everyone);
        assert_eq!(
            codes(&IamPolicy { document: trust, ..policy() }),
            ["policy.statement", "policy.statement"]
        );
    }
}
