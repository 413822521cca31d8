//! A security group.

use super::{BY_TAG, DefaultRules, Direction};
use crate::{
    Aws,
    id::{SecurityGroupId, SecurityGroupRuleId, VpcId},
    permission::{creates, lists, on_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Resource, fields, outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A security group: what its members may send and receive. Its [`SecurityGroupRule`](super::SecurityGroupRule)s are objects of
/// their own.
///
/// **It is closed until rules say otherwise.** The rules with which AWS makes every group, that let everything out, are taken
/// out. So are other rules that no stack declares: those without the owner tag of any stack, such as one that somebody added by
/// hand. A group into which a controller in the cluster writes rules [keeps them](SecurityGroup::keep_undeclared_rules).
///
/// # Permissions
/// `ec2:DescribeSecurityGroups`, `ec2:DescribeSecurityGroupRules`; `ec2:CreateSecurityGroup` with `ec2:CreateTags`;
/// `ec2:RevokeSecurityGroupIngress`, `ec2:RevokeSecurityGroupEgress`, `ec2:CreateTags`, `ec2:DeleteTags`;
/// `ec2:DeleteSecurityGroup`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecurityGroup {
    /// Its VPC. Another one replaces it.
    pub vpc: Input<VpcId>,
    /// Its name, which only one group of a VPC has, in upper or lower case. Another one replaces it.
    pub name: String,
    /// What it is for. Another text replaces it.
    pub description: String,
    /// The rules that AWS makes a group with, which let everything out. They are taken out in place.
    pub default_egress: Option<DefaultRules>,
    /// The other rules that no stack declares. They are taken out in place.
    pub undeclared_rules: Option<UndeclaredRules>,
}

impl SecurityGroup {
    /// A closed group of a VPC.
    pub fn new(
        vpc: impl Into<Input<VpcId>>,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        Self {
            vpc: vpc.into(),
            name: name.into(),
            description: description.into(),
            default_egress: Some(DefaultRules::Removed),
            undeclared_rules: Some(UndeclaredRules::none()),
        }
    }

    /// Leaves rules alone that no stack declares: a controller writes them, such as the one for load balancers.
    ///
    /// The rules that AWS makes a group with are taken out all the same.
    #[must_use]
    pub fn keep_undeclared_rules(mut self) -> Self {
        self.undeclared_rules = None;
        self
    }
}

/// Rules in a group that no stack declares. What can be declared is that there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UndeclaredRules(Vec<UndeclaredRule>);

impl UndeclaredRules {
    /// There are none.
    pub fn none() -> Self {
        Self::default()
    }

    /// Those that were seen, by id.
    pub fn all(&self) -> &[UndeclaredRule] {
        &self.0
    }

    #[cfg(feature = "client")]
    fn seen(mut rules: Vec<UndeclaredRule>) -> Self {
        rules.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Self(rules)
    }
}

/// A rule in a group that no stack declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndeclaredRule {
    /// Its id.
    pub id: SecurityGroupRuleId,
    /// Which way it lets traffic through.
    pub direction: Direction,
    /// What it lets through, and what its author wrote about it, for people.
    pub lets: String,
}

/// What is known of a security group once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecurityGroupDetails {
    /// The account that owns it.
    pub owner: String,
}

outputs! {
    /// What a declared security group tells once it is made.
    pub trait SecurityGroupOutputs for SecurityGroup {
        /// The account that owns it.
        owner: String,
    }
}

impl Resource for SecurityGroup {
    type Provider = Aws;
    type Id = SecurityGroupId;
    type Outputs = SecurityGroupDetails;

    const FAMILY: &'static str = "aws.ec2.security-group";
    const IDENTITY: Identity = BY_TAG;
    /// Sources: Amazon EC2 API Reference, `CreateSecurityGroup`, `RevokeSecurityGroupIngress`, `RevokeSecurityGroupEgress`; no
    /// operation changes VPC, name or description.
    const FIELDS: Fields<Self> = fields!(SecurityGroup {
        vpc: Replace,
        name: Replace,
        description: Replace,
        default_egress: Update,
        undeclared_rules: Update,
    });

    /// Source: Amazon EC2 API Reference, `CreateSecurityGroup`: names differ by more than case in a VPC.
    fn holds(&self) -> Vec<Hold> {
        let name = (&self.vpc, self.name.to_ascii_lowercase());
        vec![Hold::life("security-group-name-in-vpc", name)]
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings = vec![];
        let lower = self.name.to_ascii_lowercase();
        if self.name.is_empty() || self.name.ends_with(' ') || lower.starts_with("sg-") || lower == "default"
        {
            let why = format!("no group can be named `{}`", self.name);
            let fix = "choose a name that is not empty, not `default`, does not begin with `sg-` and does not end in a space";
            findings.push(Diagnostic::new("security-group.name", why).at("/name").fix(fix));
        }
        findings.extend(check_text(&self.name, "/name"));
        if self.description.is_empty() {
            let why = "a group needs a description, and it cannot be given one later";
            let fix = "say what it is for";
            findings.push(Diagnostic::new("security-group.description", why).at("/description").fix(fix));
        }
        findings.extend(check_text(&self.description, "/description"));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "security-group";
        const CREATE: &str = "ec2:CreateSecurityGroup";
        let revoke_egress = |id| on_own("ec2:RevokeSecurityGroupEgress", TYPE, id);
        match call {
            Call::Find(_) => lists(["ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"]),
            Call::Create(spec) => {
                let mut all = creates(CREATE, TYPE);
                all.push(Permission::new(CREATE).on("vpc", &spec.vpc));
                let open = spec.default_egress.is_some();
                all.extend(
                    open.then(|| revoke_egress(None).because("AWS makes groups that let everything out")),
                );
                all
            }
            Call::Change { object, fields, .. } => {
                let ingress = on_own("ec2:RevokeSecurityGroupIngress", TYPE, object.id);
                let ingress = ingress.because("rules that nobody declared");
                let ingress = fields.contains("undeclared_rules").then_some(ingress);
                [revoke_egress(object.id)].into_iter().chain(ingress).collect()
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteSecurityGroup", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn simulate(&self, serial: u64) -> (SecurityGroupId, SecurityGroupDetails) {
        (SecurityGroupId::simulated(serial), SecurityGroupDetails { owner: "123456789012".into() })
    }
}

/// Names and descriptions of groups and their rules have up to 255 characters, of which few may be signs.
///
/// Source: Amazon EC2 API Reference, `CreateSecurityGroup` and `IpRange`.
pub(super) fn check_text(text: &str, at: &str) -> Option<Diagnostic> {
    const LONGEST: usize = 255;
    const SIGNS: &str = " ._-:/()#,@[]+=&;{}!$*";
    let legal = |c: char| c.is_ascii_alphanumeric() || SIGNS.contains(c);
    let why = if let Some(wrong) = text.chars().find(|c| !legal(*c)) {
        format!("`{}` cannot stand in `{text}`", wrong.escape_default())
    } else if text.len() > LONGEST {
        format!("it has {} characters, and {LONGEST} are the most", text.len())
    } else {
        return None;
    };
    let fix = format!("use up to {LONGEST} letters, digits, spaces and `{}`", SIGNS.trim());
    Some(Diagnostic::new("security-group.text", why).at(at).fix(fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(vpc: &str, name: &str) -> SecurityGroup {
        SecurityGroup::new(VpcId::new(vpc), name, "web servers")
    }

    fn codes(group: &SecurityGroup) -> Vec<String> {
        group.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_name_is_taken_once_in_a_vpc_whatever_its_case() {
        assert_eq!(group("vpc-1", "web").holds(), group("vpc-1", "WEB").holds());
        assert_ne!(group("vpc-1", "web").holds(), group("vpc-1", "db").holds());
        assert_ne!(group("vpc-1", "web").holds(), group("vpc-2", "web").holds());
    }

    #[test]
    fn names_that_ec2_refuses_are_found() {
        for name in ["", "sg-web", "SG-web", "default", "web "] {
            assert_eq!(codes(&group("vpc-1", name)), ["security-group.name"], "{name}");
        }
        assert!(codes(&group("vpc-1", "web/public (v2) = *")).is_empty());
    }

    #[test]
    fn texts_that_ec2_refuses_are_found() {
        assert!(check_text(&"a".repeat(255), "/name").is_none());
        assert!(check_text(&"a".repeat(256), "/name").is_some());
        for wrong in ["a\tb", "naïve", "a|b", "<a>", "a'b", "a?"] {
            assert!(check_text(wrong, "/name").is_some(), "{wrong}");
        }
        let described = SecurityGroup::new(VpcId::new("vpc-1"), "web", "");
        assert_eq!(codes(&described), ["security-group.description"]);
    }

    #[test]
    fn only_what_it_removes_changes_in_place() {
        let updating: Vec<_> = SecurityGroup::FIELDS
            .iter()
            .filter(|field| matches!(field.class, deathstar_core::Class::Update))
            .map(|field| field.name)
            .collect();
        assert_eq!(updating, ["default_egress", "undeclared_rules"]);
    }

    #[test]
    fn kept_rules_are_not_managed() {
        let text = serde_json::to_string(&group("vpc-1", "web").keep_undeclared_rules()).unwrap();
        assert!(text.ends_with(r#""default_egress":"removed","undeclared_rules":null}"#), "{text}");
        let text = serde_json::to_string(&group("vpc-1", "web")).unwrap();
        assert!(text.ends_with(r#""undeclared_rules":[]}"#), "{text}");
    }
}
