//! The objects of EC2: where they are shown, and what EC2 says when they are not there.

/// One kind of object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What its ids begin with.
    pub(crate) prefix: &'static str,
    /// The action that shows it.
    pub(crate) describe: &'static str,
    /// Where the answer shows such objects.
    pub(crate) set: &'static str,
    /// The element with an object's id.
    pub(crate) id: &'static str,
    /// The parameter that asks for ids.
    pub(crate) ids: &'static str,
    /// The code for one that is not there.
    pub(crate) missing: &'static str,
    /// The actions that make it.
    pub(crate) makes: &'static [&'static str],
    /// Its name in `ResourceType`.
    pub(crate) tag: &'static str,
}

#[rustfmt::skip]
/// Source: Amazon EC2 API Reference, "Error codes", and the actions themselves.
pub(crate) const KINDS: &[Kind] = &[
    Kind { prefix: "vpc", describe: "DescribeVpcs", set: "vpcSet", id: "vpcId", ids: "VpcId", missing: "InvalidVpcID.NotFound", makes: &["CreateVpc"], tag: "vpc" },
    Kind { prefix: "subnet", describe: "DescribeSubnets", set: "subnetSet", id: "subnetId", ids: "SubnetId", missing: "InvalidSubnetID.NotFound", makes: &["CreateSubnet"], tag: "subnet" },
    Kind { prefix: "igw", describe: "DescribeInternetGateways", set: "internetGatewaySet", id: "internetGatewayId", ids: "InternetGatewayId", missing: "InvalidInternetGatewayID.NotFound", makes: &["CreateInternetGateway"], tag: "internet-gateway" },
    Kind { prefix: "eigw", describe: "DescribeEgressOnlyInternetGateways", set: "egressOnlyInternetGatewaySet", id: "egressOnlyInternetGatewayId", ids: "EgressOnlyInternetGatewayId", missing: "InvalidGatewayID.NotFound", makes: &["CreateEgressOnlyInternetGateway"], tag: "egress-only-internet-gateway" },
    Kind { prefix: "eipalloc", describe: "DescribeAddresses", set: "addressesSet", id: "allocationId", ids: "AllocationId", missing: "InvalidAllocationID.NotFound", makes: &["AllocateAddress"], tag: "elastic-ip" },
    Kind { prefix: "nat", describe: "DescribeNatGateways", set: "natGatewaySet", id: "natGatewayId", ids: "NatGatewayId", missing: "NatGatewayNotFound", makes: &["CreateNatGateway"], tag: "natgateway" },
    Kind { prefix: "rtb", describe: "DescribeRouteTables", set: "routeTableSet", id: "routeTableId", ids: "RouteTableId", missing: "InvalidRouteTableID.NotFound", makes: &["CreateRouteTable"], tag: "route-table" },
    Kind { prefix: "sg", describe: "DescribeSecurityGroups", set: "securityGroupInfo", id: "groupId", ids: "GroupId", missing: "InvalidGroup.NotFound", makes: &["CreateSecurityGroup"], tag: "security-group" },
    Kind { prefix: "sgr", describe: "DescribeSecurityGroupRules", set: "securityGroupRuleSet", id: "securityGroupRuleId", ids: "SecurityGroupRuleId", missing: "InvalidSecurityGroupRuleId.NotFound", makes: &["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"], tag: "security-group-rule" },
    Kind { prefix: "acl", describe: "DescribeNetworkAcls", set: "networkAclSet", id: "networkAclId", ids: "NetworkAclId", missing: "InvalidNetworkAclID.NotFound", makes: &["CreateNetworkAcl"], tag: "network-acl" },
    Kind { prefix: "vpce", describe: "DescribeVpcEndpoints", set: "vpcEndpointSet", id: "vpcEndpointId", ids: "VpcEndpointId", missing: "InvalidVpcEndpointId.NotFound", makes: &["CreateVpcEndpoint"], tag: "vpc-endpoint" },
    Kind { prefix: "fl", describe: "DescribeFlowLogs", set: "flowLogSet", id: "flowLogId", ids: "FlowLogId", missing: "InvalidFlowLogId.NotFound", makes: &["CreateFlowLogs"], tag: "vpc-flow-log" },
    Kind { prefix: "dopt", describe: "DescribeDhcpOptions", set: "dhcpOptionsSet", id: "dhcpOptionsId", ids: "DhcpOptionsId", missing: "InvalidDhcpOptionID.NotFound", makes: &["CreateDhcpOptions"], tag: "dhcp-options" },
    Kind { prefix: "eni", describe: "DescribeNetworkInterfaces", set: "networkInterfaceSet", id: "networkInterfaceId", ids: "NetworkInterfaceId", missing: "InvalidNetworkInterfaceID.NotFound", makes: &["CreateNetworkInterface"], tag: "network-interface" },
];

/// The kind of an id: `vpc-0123456789abcdef0`.
pub(crate) fn of_id(id: &str) -> Option<&'static Kind> {
    let (prefix, digits) = id.rsplit_once('-')?;
    let hexadecimal = digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    KINDS.iter().find(|kind| kind.prefix == prefix).filter(|_| hexadecimal)
}

/// The kind that an action shows.
pub(crate) fn shown_by(action: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.describe == action)
}

/// The kind that an action makes.
pub(crate) fn made_by(action: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.makes.contains(&action))
}

/// The kind with this prefix.
pub(crate) fn prefixed(prefix: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.prefix == prefix)
}

impl Kind {
    /// The filter by id: `network-acl-id`.
    pub(crate) fn filter(&self) -> String {
        let letters = self.id.chars().flat_map(|letter| {
            let dash = letter.is_ascii_uppercase().then_some('-');
            dash.into_iter().chain([letter.to_ascii_lowercase()])
        });
        letters.collect()
    }

    /// What EC2 says of one that is not there.
    pub(crate) fn not_found(&self, id: &str) -> crate::wire::Refusal {
        let what = self.tag.replace('-', " ");
        crate::wire::Refusal::new(self.missing, format!("The {what} ID '{id}' does not exist"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_their_kind() {
        assert_eq!(of_id("vpc-0123456789abcdef0").unwrap().describe, "DescribeVpcs");
        assert_eq!(of_id("vpce-01234567").unwrap().describe, "DescribeVpcEndpoints");
        assert_eq!(of_id("acl-01234567").unwrap().filter(), "network-acl-id");
        for other in ["vpc-", "vpc-xyz45678", "10.0.0.0/8", "rtbassoc-01234567", "subnet"] {
            assert!(of_id(other).is_none(), "{other}");
        }
    }
}
