//! Kinds of `Microsoft.Network`: each is one resource, and says what of it can be changed in place.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`VirtualNetwork`] | resource group and name | group, name and location replace it |
//! | [`Subnet`] | virtual network and name | the network, the name and ranges that go replace it |
//! | [`NetworkSecurityGroup`] | resource group and name | group, name and location replace it |
//! | [`SecurityRule`] | security group and name | the rest changes in place |
//! | [`ApplicationSecurityGroup`] | resource group and name | everything replaces it |
//! | [`RouteTable`] | resource group and name | group, name and location replace it |
//! | [`Route`] | table and name | the rest changes in place |
//! | [`NatGateway`] | resource group and name | group, name, location, sort and zone replace it |
//! | [`PublicIpAddress`] | resource group and name | all but its label and its time-out replace it |
//! | [`PublicIpPrefix`] | resource group and name | everything replaces it |
//! | [`PrivateEndpoint`] | resource group and name | all but its application security groups replace it |
//! | [`PrivateDnsZoneGroup`] | endpoint and name | the zones change in place |
//! | [`NetworkWatcher`] | resource group and name | everything replaces it |
//! | [`FlowLog`] | watcher and name | watcher, name, location and another sort of target replace it |
//!
//! A fact: [`NetworkWatcherLookup`] is the network watcher that a location has.
//!
//! What is of one resource group, name and location cannot be made anew before it is deleted, and cannot be deleted while others name
//! it: the plan replaces those too, or they let go before. Another name avoids both.
//!
//! A part of a resource (a subnet of a network) is a kind of its own, shown by its parent. While one part is written Azure refuses to
//! write the others, so each holds its parent's [lane].

mod application_security_group;
mod flow_log;
mod lane;
mod nat_gateway;
mod network_security_group;
mod network_watcher;
mod private_dns_zone_group;
mod private_endpoint;
mod public_ip_address;
mod public_ip_prefix;
mod route;
mod route_table;
mod rule_peer;
mod rule_ports;
mod security_rule;
mod subnet;
mod virtual_network;

pub use application_security_group::ApplicationSecurityGroup;
pub use flow_log::{AnalyticsInterval, FlowLog, FlowLogTarget, TrafficAnalytics};
pub use lane::lane;
pub use nat_gateway::{NatGateway, NatGatewaySku};
pub use network_security_group::NetworkSecurityGroup;
pub use network_watcher::{NetworkWatcher, NetworkWatcherLookup};
pub use private_dns_zone_group::PrivateDnsZoneGroup;
pub use private_endpoint::{
    Approval, EndpointAddress, PrivateEndpoint, PrivateEndpointDetails, PrivateEndpointOutputs,
};
pub use public_ip_address::{
    AllocationMethod, IpVersion, PublicIpAddress, PublicIpAddressDetails, PublicIpAddressOutputs, PublicIpSku,
};
pub use public_ip_prefix::{PublicIpPrefix, PublicIpPrefixDetails, PublicIpPrefixOutputs};
pub use route::{Destination, NextHop, Route};
pub use route_table::RouteTable;
pub use rule_peer::RulePeer;
pub(crate) use rule_peer::range;
pub use rule_ports::{PortRanges, RulePorts};
pub use security_rule::{Access, Direction, Protocol, SecurityRule};
pub use subnet::{PrivateEndpointPolicies, Subnet, SubnetDetails};
pub use virtual_network::{VirtualNetwork, VirtualNetworkDetails, VirtualNetworkOutputs};

/// The version of `Microsoft.Network` that all its kinds are written for.
pub(crate) const API_VERSION: &str = "2025-07-01";
