//! Kinds of EC2: each is one object of its API, and says what of it can be changed in place.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`Vpc`] | owner tag | the range replaces it, the rest changes in place |
//! | [`VpcCidrBlock`] | VPC and range | everything replaces it |
//! | [`Subnet`] | owner tag | VPC, IPv4 range and zone replace it |
//! | [`InternetGateway`] | owner tag | attached and detached in place |
//! | [`EgressOnlyInternetGateway`] | token | its VPC replaces it |
//! | [`ElasticIp`] | owner tag | its pool replaces it |
//! | [`NatGateway`] | token | everything replaces it |
//! | [`RouteTable`] | token | its VPC replaces it |
//! | [`FlowLog`] | token | everything replaces it |
//! | [`Route`] | table and destination | the target changes in place |
//! | [`RouteTableAssociation`] | subnet | the table changes in place |
//! | [`SecurityGroup`] | owner tag | VPC, name and description replace it |
//! | [`SecurityGroupRule`] | owner tag | group, direction and the sort of peer replace it |
//! | [`NetworkAcl`] | token | its VPC replaces it |
//! | [`NetworkAclEntry`] | ACL, direction and number | the rest changes in place |
//! | [`NetworkAclAssociation`] | subnet | the ACL changes in place |
//! | [`VpcEndpoint`] | token | VPC, service and kind replace it |
//! | [`DhcpOptions`] | owner tag | everything replaces it |
//! | [`DhcpOptionsAssociation`] | VPC | the options change in place |
//!
//! Facts: [`Zones`] are the zones of a region, [`NoForeignNetworkInterfaces`] is the gate before a network is deleted.
//!
//! What AWS makes together with a VPC cannot be deleted, and is treated so: the default security group can be kept without rules
//! ([`Vpc::empty_default_security_group`]); the main route table, the default network ACL and the default DHCP options are left
//! alone, and are where subnets and VPC go back to when their associations end.

mod dhcp_options;
mod dhcp_options_association;
mod egress_only_internet_gateway;
mod elastic_ip;
mod flow_log;
mod internet_gateway;
mod ipv6;
mod nat_gateway;
mod network_acl;
mod network_acl_association;
mod network_acl_entry;
mod network_interfaces;
mod route;
mod route_table;
mod route_table_association;
mod security_group;
mod security_group_rule;
mod subnet;
mod traffic;
mod vpc;
mod vpc_cidr_block;
mod vpc_endpoint;
mod zones;

pub use dhcp_options::{DhcpOption, DhcpOptions};
pub use dhcp_options_association::DhcpOptionsAssociation;
pub use egress_only_internet_gateway::EgressOnlyInternetGateway;
pub use elastic_ip::{ElasticIp, ElasticIpDetails, ElasticIpOutputs};
pub use flow_log::{
    FileLayout, FlowLog, FlowLogDestination, FlowLogDetails, FlowLogInterval, FlowLogOutputs, FlowLogSource,
    FlowLogTraffic,
};
pub use internet_gateway::InternetGateway;
pub use ipv6::ipv6_subnet;
pub use nat_gateway::{Connectivity, NatGateway, NatGatewayDetails, NatGatewayOutputs};
pub use network_acl::NetworkAcl;
pub use network_acl_association::{
    NetworkAclAssociation, NetworkAclAssociationDetails, NetworkAclAssociationOutputs,
};
pub use network_acl_entry::{NetworkAclEntry, NetworkAclEntryId, RuleAction};
pub use network_interfaces::NoForeignNetworkInterfaces;
pub use route::{Route, RouteId, Target};
pub use route_table::RouteTable;
pub use route_table_association::{
    RouteTableAssociation, RouteTableAssociationDetails, RouteTableAssociationOutputs,
};
pub use security_group::{
    SecurityGroup, SecurityGroupDetails, SecurityGroupOutputs, UndeclaredRule, UndeclaredRules,
};
pub use security_group_rule::{Peer, SecurityGroupRule};
pub use subnet::{HostnameType, Subnet, SubnetDetails, SubnetOutputs};
pub use traffic::{Direction, IcmpMessages, OtherProtocol, Ports, PortsError, Traffic};
pub use vpc::{DefaultRules, Vpc, VpcDetails, VpcOutputs};
pub use vpc_cidr_block::{Block, VpcCidrBlock, VpcCidrBlockDetails, VpcCidrBlockId, VpcCidrBlockOutputs};
pub use vpc_endpoint::{
    AddressFamilies, EndpointKind, EndpointService, VpcEndpoint, VpcEndpointDetails, VpcEndpointOutputs,
};
pub use zones::Zones;

pub(crate) use ipv6::{IPV6_SUBNET, cut as ipv6_subnet_of};

use deathstar_core::{Diagnostic, Identity, model::Ipv4Cidr};
use std::{net::Ipv4Addr, time::Duration};

/// Objects whose create call takes no token: a lost one is found by its owner tag, and is visible by then.
const BY_TAG: Identity = Identity::Tag { visible_within: Duration::from_secs(30) };

/// EC2 takes ranges from `/16` to `/28`.
///
/// Source: Amazon EC2 API Reference, `CreateVpc` and `CreateSubnet`.
fn check_size(range: Ipv4Cidr, of: &str, at: &str) -> Option<Diagnostic> {
    let length = range.net().prefix_len();
    (!(16..=28).contains(&length)).then(|| {
        Diagnostic::new(
            "cidr.block-size",
            format!("the range of a {of} may be /16 to /28, and `{range}` is not"),
        )
        .at(at)
        .fix("choose a range from /16 to /28")
    })
}

/// A public address in the in-memory cloud, from the ranges that are kept for documentation.
fn simulated_address(serial: u64) -> Ipv4Addr {
    const RANGES: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
    let [a, b, c] = RANGES[usize::try_from(serial / 254 % 3).unwrap_or(0)];
    Ipv4Addr::new(a, b, c, u8::try_from(serial % 254).unwrap_or(0) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_addresses_are_distinct_and_never_real() {
        let addresses: std::collections::BTreeSet<_> = (0..762).map(simulated_address).collect();
        assert_eq!(addresses.len(), 762);
        assert!(addresses.iter().all(Ipv4Addr::is_documentation));
    }

    #[test]
    fn ranges_have_16_to_28_bits() {
        for (range, right) in
            [("10.0.0.0/15", false), ("10.0.0.0/16", true), ("10.0.0.0/28", true), ("10.0.0.0/29", false)]
        {
            assert_eq!(check_size(range.parse().unwrap(), "VPC", "/cidr_block").is_none(), right, "{range}");
        }
    }
}
