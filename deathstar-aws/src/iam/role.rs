//! A role.

use super::{PolicyDocument, PolicyUse, check_description, check_path};
use crate::{
    Aws,
    id::{PolicyArn, RoleArn, RoleName},
    permission::{lists, reads_own},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Resource, fields,
    model::name::aws::IAM_ROLE,
    outputs,
    permission::{Call, Look, Permission, Which},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A role: an identity that others assume, and what at most it may do.
///
/// What it may do is said by [`IamRolePolicy`](super::IamRolePolicy), for one role alone, and
/// [`IamRolePolicyAttachment`](super::IamRolePolicyAttachment), for policies that several share. They are objects of their own and
/// not fields of this one, since others (operators, AWS itself) rightly add theirs to a role, which stay theirs; and since
/// policies name what is made with the role, whose trust policy is needed first.
///
/// A new role can be assumed some seconds later, everywhere in the partition.
///
/// # Reads
/// `GetRole` is made once for each role, since lists tell neither tags nor the boundary. To look for all roles of a stack,
/// `GetAccountAuthorizationDetails` lists every role of the account with its tags.
///
/// # Permissions
/// `iam:GetRole`, `iam:GetAccountAuthorizationDetails`; `iam:CreateRole` with `iam:TagRole`, and with a boundary
/// `iam:PutRolePermissionsBoundary`; `iam:UpdateAssumeRolePolicy`, `iam:UpdateRole`, `iam:PutRolePermissionsBoundary`,
/// `iam:DeleteRolePermissionsBoundary`, `iam:TagRole`, `iam:UntagRole`; `iam:DeleteRole`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IamRole {
    /// Its name, of up to 64 characters, whose case does not tell two roles apart. Another one replaces it.
    pub name: String,
    /// The folder that it stands in, such as `/platform/`. Another one replaces it.
    pub path: String,
    /// Who may assume it.
    pub trust: PolicyDocument,
    /// What it is for.
    pub description: Option<String>,
    /// How long a session may be, in seconds: 3,600 to 43,200. New roles have 3,600.
    pub max_session: Option<u32>,
    /// What it may do at most, whatever its policies allow.
    pub boundary: Option<Boundary>,
}

/// What an identity may do at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Boundary {
    /// All that its policies allow.
    None,
    /// What this policy allows too.
    Policy(Input<PolicyArn>),
}

impl IamRole {
    /// A role with this name, which may be assumed by whom the trust policy says.
    pub fn new(name: impl Into<String>, trust: PolicyDocument) -> Self {
        let path = "/".into();
        Self { name: name.into(), path, trust, description: None, max_session: None, boundary: None }
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

    /// How long a session may be, in seconds.
    #[must_use]
    pub fn max_session(mut self, seconds: u32) -> Self {
        self.max_session = Some(seconds);
        self
    }

    /// What it may do at most.
    #[must_use]
    pub fn boundary(mut self, policy: impl Into<Input<PolicyArn>>) -> Self {
        self.boundary = Some(Boundary::Policy(policy.into()));
        self
    }
}

/// What is known of a role once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IamRoleDetails {
    /// Its ARN.
    pub arn: RoleArn,
    /// The id that no other role ever has, even one of the same name: `AROA..`.
    pub unique_id: String,
}

outputs! {
    /// What a declared role tells once it is made.
    pub trait IamRoleOutputs for IamRole {
        /// Its ARN.
        arn: RoleArn,
        /// The id that no other role ever has, even one of the same name: `AROA..`.
        unique_id: String,
    }
}

impl IamRole {
    /// Path and name, as its ARN ends.
    fn whole_path(&self) -> Which {
        Which::One(format!("{}{}", self.path, self.name))
    }
}

impl Resource for IamRole {
    type Provider = Aws;
    type Id = RoleName;
    type Outputs = IamRoleDetails;

    const FAMILY: &'static str = "aws.iam.role";
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Sources: IAM API Reference, `UpdateAssumeRolePolicy`, `UpdateRole`, `PutRolePermissionsBoundary`,
    /// `DeleteRolePermissionsBoundary`; no operation renames or moves a role.
    const FIELDS: Fields<Self> = fields!(IamRole {
        name: Replace,
        path: Replace,
        trust: Update,
        description: Update,
        max_session: Update,
        boundary: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(Key::of(&self.name))
    }

    /// Names that differ in case alone are one.
    fn holds(&self) -> Vec<Hold> {
        vec![Hold::life("name-of-role", self.name.to_ascii_lowercase())]
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        if let Err(error) = IAM_ROLE.check(&self.name) {
            findings.push(Diagnostic::new("name.form", error.to_string()).at("/name").fix(error.hint()));
        }
        findings.extend(check_path(&self.path));
        findings.extend(self.trust.validate(PolicyUse::Trust, "/trust"));
        findings.extend(check_description(self.description.as_deref()));
        if let Some(seconds) = self.max_session.filter(|seconds| !(3_600..=43_200).contains(seconds)) {
            let why = format!("a session cannot be limited to {seconds} s");
            let fix = "choose 3,600 s to 43,200 s, which is 1 to 12 hours";
            findings.push(Diagnostic::new("iam.session", why).at("/max_session").fix(fix));
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        let on = |action: &'static str, spec: &Self| Permission::new(action).on("role", spec.whole_path());
        match call {
            Call::Find(Look::One(id)) => vec![reads_own("iam:GetRole", "role", *id)],
            Call::Find(_) => {
                let read = reads_own::<RoleName>("iam:GetRole", "role", None);
                lists(["iam:GetAccountAuthorizationDetails"]).into_iter().chain([read]).collect()
            }
            Call::Create(spec) => {
                let mut create = on("iam:CreateRole", spec).claims();
                if let Some(Boundary::Policy(Input::Known(policy))) = &spec.boundary {
                    create = create.when("ArnEquals", "iam:PermissionsBoundary", [policy.to_string()]);
                }
                let tags = on("iam:TagRole", spec).claims().because("the tags that the create call writes");
                vec![create, tags]
            }
            Call::Change { object, to, fields } => {
                let one = |field: &String| match (field.as_str(), &to.boundary) {
                    ("trust", _) => "iam:UpdateAssumeRolePolicy",
                    ("boundary", Some(Boundary::Policy(_))) => "iam:PutRolePermissionsBoundary",
                    ("boundary", _) => "iam:DeleteRolePermissionsBoundary",
                    _ => "iam:UpdateRole",
                };
                fields.iter().map(one).map(|action| on(action, object.spec).ours()).collect()
            }
            Call::Retag { object, set, unset } => {
                let set = set.then(|| on("iam:TagRole", object.spec).ours());
                let unset = unset.then(|| on("iam:UntagRole", object.spec).ours());
                set.into_iter().chain(unset).collect()
            }
            Call::Delete(object) => vec![on("iam:DeleteRole", object.spec).ours()],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (RoleName, IamRoleDetails) {
        let arn = format!("arn:aws:iam::123456789012:role{}{}", self.path, self.name);
        let details = IamRoleDetails { arn: RoleArn::new(arn), unique_id: format!("AROA{serial:017X}") };
        (RoleName::new(&self.name), details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Principal;

    fn role() -> IamRole {
        IamRole::new("nodes", PolicyDocument::trusting(Principal::service("ec2.amazonaws.com")))
    }

    fn codes(role: &IamRole) -> Vec<String> {
        role.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn the_name_is_the_id_and_its_case_does_not_matter() {
        let (id, details) = role().path("/platform/").simulate(7);
        assert_eq!(role().key(), Some(Key::of(&id)));
        assert_eq!(details.arn.as_str(), "arn:aws:iam::123456789012:role/platform/nodes");
        let upper = IamRole { name: "Nodes".into(), ..role() };
        assert_ne!(role().key(), upper.key());
        assert_eq!(role().holds(), upper.holds());
    }

    #[test]
    fn what_aws_refuses_is_found() {
        assert!(codes(&role().path("/a/b/").max_session(3_600).description("x")).is_empty());
        assert_eq!(codes(&IamRole { name: "x".repeat(65), ..role() }), ["name.form"]);
        assert!(codes(&IamRole { name: "x".repeat(64), ..role() }).is_empty());
        assert_eq!(codes(&role().max_session(3_599)), ["iam.session"]);
        assert_eq!(codes(&role().max_session(43_201)), ["iam.session"]);
        assert_eq!(codes(&role().description("x".repeat(1_001))), ["iam.description"]);
        assert_eq!(codes(&IamRole { trust: PolicyDocument::of([]), ..role() }), ["policy.empty"]);
        for path in ["", "a", "/a", "a/", "/a b/", "//"] {
            assert_eq!(codes(&role().path(path)), ["iam.path"], "{path}");
        }
    }

    #[test]
    fn name_and_path_replace_it() {
        let replacing = IamRole::FIELDS.iter().filter(|f| matches!(f.class, deathstar_core::Class::Replace));
        assert_eq!(replacing.map(|field| field.name).collect::<Vec<_>>(), ["name", "path"]);
    }
}
