//! A VPC.

use super::{BY_TAG, check_size};
use crate::{
    Aws,
    id::{RouteTableId, SecurityGroupId, VpcId},
    permission::{creates, lists, on_own, reads_own, retags},
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Resource, Stakes, fields,
    model::Ipv4Cidr,
    outputs,
    permission::{Call, Look, Permission},
};
use serde::{Deserialize, Serialize};

#[cfg(feature = "client")]
mod driver;

/// A virtual private cloud: one IPv4 range, and how names are resolved in it.
///
/// # Permissions
/// `ec2:DescribeVpcs`, `ec2:DescribeVpcAttribute`, `ec2:DescribeSecurityGroups`, `ec2:DescribeRouteTables`; `ec2:CreateVpc` with
/// `ec2:CreateTags`; `ec2:ModifyVpcAttribute`, `ec2:RevokeSecurityGroupIngress`, `ec2:RevokeSecurityGroupEgress`,
/// `ec2:CreateTags`, `ec2:DeleteTags`; `ec2:DeleteVpc`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Vpc {
    /// Its range, `/16` to `/28`. Another one replaces it.
    pub cidr_block: Ipv4Cidr,
    /// Whether Amazon's resolver answers in it. New VPCs have it on.
    pub enable_dns_support: Option<bool>,
    /// Whether instances with a public address have a public name. New VPCs have it off; it needs the resolver.
    pub enable_dns_hostnames: Option<bool>,
    /// The rules of the default security group for what comes in. New VPCs admit the group's own members.
    pub default_ingress: Option<DefaultRules>,
    /// The rules of the default security group for what goes out. New VPCs let everything out.
    pub default_egress: Option<DefaultRules>,
}

/// What becomes of the rules that AWS puts into the default security group, which cannot be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultRules {
    /// There are none: what names no security group is cut off instead of half open.
    Removed,
}

impl Vpc {
    /// A VPC with this range, and all else as AWS makes it.
    pub fn new(cidr_block: Ipv4Cidr) -> Self {
        Self {
            cidr_block,
            enable_dns_support: None,
            enable_dns_hostnames: None,
            default_ingress: None,
            default_egress: None,
        }
    }

    /// Whether Amazon's resolver answers in it.
    #[must_use]
    pub fn dns_support(mut self, enabled: bool) -> Self {
        self.enable_dns_support = Some(enabled);
        self
    }

    /// Whether instances with a public address have a public name.
    #[must_use]
    pub fn dns_hostnames(mut self, enabled: bool) -> Self {
        self.enable_dns_hostnames = Some(enabled);
        self
    }

    /// Keeps the default security group without any rule.
    #[must_use]
    pub fn empty_default_security_group(mut self) -> Self {
        self.default_ingress = Some(DefaultRules::Removed);
        self.default_egress = Some(DefaultRules::Removed);
        self
    }
}

/// What is known of a VPC once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VpcDetails {
    /// The security group of what names none.
    pub default_security_group: Option<SecurityGroupId>,
    /// The route table of subnets that name none.
    pub main_route_table: Option<RouteTableId>,
    /// The account that owns it.
    pub owner: String,
}

outputs! {
    /// What a declared VPC tells once it is made.
    pub trait VpcOutputs for Vpc {
        /// The security group of what names none.
        default_security_group: SecurityGroupId,
        /// The route table of subnets that name none.
        main_route_table: RouteTableId,
        /// The account that owns it.
        owner: String,
    }
}

impl Resource for Vpc {
    type Provider = Aws;
    type Id = VpcId;
    type Outputs = VpcDetails;

    const FAMILY: &'static str = "aws.ec2.vpc";
    const STAKES: Stakes = Stakes::Network;
    const IDENTITY: Identity = BY_TAG;
    /// Sources: Amazon EC2 API Reference, `ModifyVpcAttribute` (one attribute in a request), `RevokeSecurityGroupIngress`,
    /// `RevokeSecurityGroupEgress`; no operation changes the primary range.
    const FIELDS: Fields<Self> = fields!(Vpc {
        cidr_block: Replace,
        enable_dns_support: Update,
        enable_dns_hostnames: Update,
        default_ingress: Update,
        default_egress: Update,
    });

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        const TYPE: &str = "vpc";
        /// The default security group carries no tag of ours: until it is known, it is one of all.
        fn revoke(action: &'static str, outputs: Option<&VpcDetails>) -> Permission {
            let group = outputs.and_then(|outputs| outputs.default_security_group.as_ref());
            Permission::new(action)
                .on("security-group", group)
                .because("the rules of the default security group")
        }
        let modify = |id| on_own("ec2:ModifyVpcAttribute", TYPE, id);
        match call {
            Call::Find(look) => {
                let id = if let Look::One(id) = look { *id } else { None };
                let mut all =
                    lists(["ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeRouteTables"]);
                all.push(reads_own("ec2:DescribeVpcAttribute", TYPE, id));
                all
            }
            Call::Create(spec) => {
                let mut all = creates("ec2:CreateVpc", TYPE);
                if spec.enable_dns_support == Some(false) || spec.enable_dns_hostnames == Some(true) {
                    all.push(modify(None).because("new VPCs have a resolver, and no public names"));
                }
                all.extend(spec.default_ingress.map(|_| revoke("ec2:RevokeSecurityGroupIngress", None)));
                all.extend(spec.default_egress.map(|_| revoke("ec2:RevokeSecurityGroupEgress", None)));
                all
            }
            Call::Change { object, fields, .. } => {
                let one = |field: &String| match field.as_str() {
                    "default_ingress" => revoke("ec2:RevokeSecurityGroupIngress", object.outputs),
                    "default_egress" => revoke("ec2:RevokeSecurityGroupEgress", object.outputs),
                    _ => modify(object.id),
                };
                fields.iter().map(one).collect()
            }
            Call::Retag { object, set, unset } => retags(TYPE, object.id, *set, *unset),
            Call::Delete(object) => vec![on_own("ec2:DeleteVpc", TYPE, object.id)],
            _ => vec![],
        }
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = check_size(self.cidr_block, "VPC", "/cidr_block").into_iter().collect();
        if self.enable_dns_hostnames == Some(true) && self.enable_dns_support == Some(false) {
            let why = "public names need the resolver, which is switched off";
            let fix = "switch both on, or both off";
            findings.push(Diagnostic::new("vpc.dns", why).at("/enable_dns_hostnames").fix(fix));
        }
        findings
    }

    fn simulate(&self, serial: u64) -> (VpcId, VpcDetails) {
        let details = VpcDetails {
            default_security_group: Some(SecurityGroupId::simulated(serial)),
            main_route_table: Some(RouteTableId::simulated(serial)),
            owner: "123456789012".into(),
        };
        (VpcId::simulated(serial), details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vpc() -> Vpc {
        Vpc::new("10.20.0.0/16".parse().unwrap())
    }

    #[test]
    fn public_names_without_a_resolver_are_found() {
        assert!(vpc().dns_hostnames(true).validate().is_empty());
        assert!(vpc().dns_support(false).dns_hostnames(false).validate().is_empty());
        let findings = vpc().dns_support(false).dns_hostnames(true).validate();
        assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["vpc.dns"]);
    }

    #[test]
    fn a_range_that_ec2_refuses_is_found() {
        let findings = Vpc::new("10.0.0.0/8".parse().unwrap()).validate();
        assert_eq!(
            findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
            ["cidr.block-size"]
        );
    }

    #[test]
    fn only_the_range_replaces_it() {
        let replacing: Vec<_> = Vpc::FIELDS
            .iter()
            .filter(|field| matches!(field.class, deathstar_core::Class::Replace))
            .map(|field| field.name)
            .collect();
        assert_eq!(replacing, ["cidr_block"]);
    }

    #[test]
    fn what_is_not_managed_is_null() {
        let text = serde_json::to_string(&vpc().empty_default_security_group()).unwrap();
        let expected = concat!(
            r#"{"cidr_block":"10.20.0.0/16","enable_dns_support":null,"enable_dns_hostnames":null,"#,
            r#""default_ingress":"removed","default_egress":"removed"}"#
        );
        assert_eq!(text, expected);
    }
}
