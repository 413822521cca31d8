//! Calls of EC2 that the emulator takes or answers wrongly.
//!
//! Source: Amazon EC2 API Reference, "Error codes", and each action that is named here.

use super::{Case, Judged, kinds};
use crate::wire::{Element, Refusal};
use ipnet::IpNet;

/// Actions that put ranges into their canonical form: `10.1.2.3/8` becomes `10.0.0.0/8`.
const CANONICAL: &[&str] = &[
    "AssociateVpcCidrBlock",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateNetworkAclEntry",
    "CreateRoute",
    "CreateSubnet",
    "CreateVpc",
    "DeleteRoute",
    "ModifySecurityGroupRules",
    "ReplaceNetworkAclEntry",
    "ReplaceRoute",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
];

impl Case<'_> {
    pub(super) async fn judge_ec2(&mut self) -> Judged {
        self.make_canonical();
        self.tags_are_legal()?;
        match self.request.action.as_str() {
            "CreateSubnet" => self.subnet_has_a_legal_size(),
            "ModifyVpcAttribute" => self.one_attribute(),
            "AttachInternetGateway" => self.vpc_has_no_gateway().await,
            "CreateSecurityGroup" => self.group_has_a_legal_name(),
            "AuthorizeSecurityGroupIngress" | "AuthorizeSecurityGroupEgress" => self.rules_are_legal(),
            "CreateRoute" | "ReplaceRoute" => self.route_is_legal().await,
            "CreateFlowLogs" => {
                let text = "Unable to assume given IAM role";
                let refusal = Refusal::new("InvalidParameter", text);
                self.role_is_usable(self.get("DeliverLogsPermissionArn"), &refusal)
            }
            "AssociateRouteTable" => self.subnet_has_no_table().await,
            "CreateNetworkAclEntry" => self.entry_number_is_legal(),
            "DeleteNetworkAclEntry" | "ReplaceNetworkAclEntry" => self.entry_is_there().await,
            "ReplaceNetworkAclAssociation" => self.acl_association_is_there().await,
            _ => Ok(()),
        }
    }

    fn make_canonical(&mut self) {
        if !CANONICAL.contains(&self.request.action.as_str()) {
            return;
        }
        let ranges =
            |name: &str| name.ends_with("CidrBlock") || name.ends_with("CidrIp") || name.contains("CidrIpv");
        let changed: Vec<(String, String)> = (self.request.parameters.iter())
            .filter(|(name, _)| ranges(name))
            .filter_map(|(name, value)| {
                let canonical = value.parse::<IpNet>().ok()?.trunc().to_string();
                (canonical != value).then(|| (name.to_owned(), canonical))
            })
            .collect();
        if !changed.is_empty() {
            self.request.edit(|parameters| parameters.0.extend(changed));
        }
    }

    /// Source: EC2 User Guide, "Tag restrictions".
    fn tags_are_legal(&self) -> Judged {
        for number in self.request.parameters.numbers("TagSpecification") {
            let of = self.get(&format!("TagSpecification.{number}.ResourceType"));
            let made = kinds::made_by(&self.request.action);
            if made.is_some_and(|kind| kind.tag != of) {
                let text = format!("'{of}' is not a valid taggable resource type for this operation.");
                return Err(Refusal::new("InvalidParameterValue", text));
            }
        }
        for (name, value) in self.request.parameters.iter() {
            let tags = name.starts_with("TagSpecification.") || name.starts_with("Tag.");
            if !tags {
                continue;
            }
            if name.ends_with(".Key") && (value.starts_with("aws:") || value.chars().count() > 127) {
                let text =
                    "Tag keys are up to 127 characters long, and those that begin with `aws:` are reserved";
                return Err(Refusal::new("InvalidParameterValue", text));
            }
            if name.ends_with(".Value") && value.chars().count() > 255 {
                return Err(Refusal::new(
                    "InvalidParameterValue",
                    "Tag value exceeds the maximum length of 255 characters",
                ));
            }
        }
        Ok(())
    }

    fn subnet_has_a_legal_size(&self) -> Judged {
        let range = self.get("CidrBlock");
        match range.parse::<IpNet>() {
            Ok(IpNet::V4(net)) if !(16..=28).contains(&net.prefix_len()) => {
                Err(Refusal::new("InvalidSubnet.Range", format!("The CIDR '{range}' is invalid.")))
            }
            _ => Ok(()),
        }
    }

    fn one_attribute(&self) -> Judged {
        let attributes = self.request.parameters.iter().filter(|(name, _)| name.ends_with(".Value")).count();
        if attributes > 1 {
            let text = "Fields for multiple attribute types specified";
            return Err(Refusal::new("InvalidParameterCombination", text));
        }
        Ok(())
    }

    async fn vpc_has_no_gateway(&self) -> Judged {
        let (gateway, vpc) = (self.get("InternetGatewayId"), self.get("VpcId"));
        let here =
            self.list("DescribeInternetGateways", "internetGatewaySet", &[("attachment.vpc-id", vpc)]).await;
        if here.iter().any(|other| other.text_at("internetGatewayId") != Some(gateway)) {
            let text = format!("Network {vpc} already has an internet gateway attached");
            return Err(Refusal::new("InvalidParameterValue", text));
        }
        Ok(())
    }

    fn entry_number_is_legal(&self) -> Judged {
        let number = self.get("RuleNumber");
        if number.parse::<u32>().is_ok_and(|number| (1..=32_766).contains(&number)) {
            return Ok(());
        }
        let text = format!("Invalid value '{number}' for ruleNumber. Must be between 1 and 32766");
        Err(Refusal::new("InvalidParameterValue", text))
    }

    async fn entry_is_there(&self) -> Judged {
        let (acl, number, egress) = (self.get("NetworkAclId"), self.get("RuleNumber"), self.get("Egress"));
        let Some(kind) = kinds::prefixed("acl") else { return Ok(()) };
        let there = self.one(kind, acl).await;
        let fits = |entry: &Element| {
            entry.text_at("ruleNumber") == Some(number) && entry.text_at("egress") == Some(egress)
        };
        if there.iter().any(|acl| acl.items("entrySet").iter().any(fits)) {
            return Ok(());
        }
        let direction = if egress == "true" { "egress" } else { "ingress" };
        let text = format!("The {direction} entry identified by rule number '{number}' does not exist");
        Err(Refusal::new("InvalidNetworkAclEntry.NotFound", text))
    }

    async fn acl_association_is_there(&self) -> Judged {
        let id = self.get("AssociationId");
        let there = self.list("DescribeNetworkAcls", "networkAclSet", &[]).await;
        let of = |acl: &Element| {
            let associations = acl.items("associationSet").iter();
            associations.filter_map(|item| item.text_at("networkAclAssociationId")).any(|own| own == id)
        };
        if there.iter().any(of) {
            return Ok(());
        }
        Err(Refusal::new(
            "InvalidAssociationID.NotFound",
            format!("The association ID '{id}' does not exist"),
        ))
    }
}
