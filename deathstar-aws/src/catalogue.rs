//! Everything of this crate that can be driven.

use crate::{
    caller::CallerIdentity,
    ec2::{
        self, DhcpOptions, DhcpOptionsAssociation, EgressOnlyInternetGateway, ElasticIp, FlowLog,
        InternetGateway, NatGateway, NetworkAcl, NetworkAclAssociation, NetworkAclEntry,
        NoForeignNetworkInterfaces, Route, RouteTable, RouteTableAssociation, SecurityGroup,
        SecurityGroupRule, Subnet, Vpc, VpcCidrBlock, VpcEndpoint, Zones,
    },
    iam::{IamPolicy, IamRole, IamRolePolicy, IamRolePolicyAttachment},
    kms::{KmsAlias, KmsKey},
    logs::LogGroup,
    network::{self, VpcLookup},
    route53::{HostedZone, RecordSet},
};
use deathstar_core::Catalogue;

deathstar_core::catalogue! {
    /// [`Credentials::catalogue`](crate::Credentials::catalogue) adds the way to AWS.
    client: crate::Client;
    begin: functions();
    kinds:
        Vpc, VpcCidrBlock, Subnet, InternetGateway, EgressOnlyInternetGateway, ElasticIp, NatGateway,
        RouteTable, Route, RouteTableAssociation, SecurityGroup, SecurityGroupRule, NetworkAcl,
        NetworkAclEntry, NetworkAclAssociation, VpcEndpoint, DhcpOptions, DhcpOptionsAssociation, FlowLog,
        LogGroup, IamRole, IamRolePolicy, IamRolePolicyAttachment, IamPolicy, KmsKey, KmsAlias, HostedZone,
        RecordSet;
    facts: CallerIdentity, Zones, NoForeignNetworkInterfaces, VpcLookup;
}

fn functions() -> Catalogue {
    Catalogue::new()
        .function(ec2::IPV6_SUBNET, ec2::ipv6_subnet_of)
        .function(network::IPV6_TIER, network::ipv6_tier_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_there() {
        let text = format!("{:?}", kinds());
        for family in [
            "aws.caller-identity",
            "aws.ec2.dhcp-options",
            "aws.ec2.dhcp-options-association",
            "aws.ec2.egress-only-internet-gateway",
            "aws.ec2.elastic-ip",
            "aws.ec2.flow-log",
            "aws.ec2.internet-gateway",
            "aws.ec2.nat-gateway",
            "aws.ec2.network-acl",
            "aws.ec2.network-acl-association",
            "aws.ec2.network-acl-entry",
            "aws.ec2.no-foreign-network-interfaces",
            "aws.ec2.route",
            "aws.ec2.route-table",
            "aws.ec2.route-table-association",
            "aws.ec2.security-group",
            "aws.ec2.security-group-rule",
            "aws.ec2.subnet",
            "aws.ec2.vpc",
            "aws.ec2.vpc-cidr-block",
            "aws.ec2.vpc-endpoint",
            "aws.ec2.zones",
            "aws.iam.policy",
            "aws.iam.role",
            "aws.iam.role-policy",
            "aws.iam.role-policy-attachment",
            "aws.kms.alias",
            "aws.kms.key",
            "aws.logs.log-group",
            "aws.network.existing-vpc",
            "aws.route53.hosted-zone",
            "aws.route53.record-set",
        ] {
            assert!(text.contains(&format!("\"{family}\"")), "{family} in {text}");
        }
    }
}
