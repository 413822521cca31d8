//! Kinds of EC2: each is one object of its API, and says what of it can be changed in place.
//!
//! | kind | identity | what a change costs |
//! |---|---|---|
//! | [`Vpc`] | owner tag | the range replaces it, the rest changes in place |
//! | [`Subnet`] | owner tag | VPC, range and zone replace it |
//! | [`InternetGateway`] | owner tag | attached and detached in place |
//! | [`ElasticIp`] | owner tag | its pool replaces it |
//! | [`NatGateway`] | token | everything replaces it |
//! | [`RouteTable`] | token | its VPC replaces it |
//! | [`FlowLog`] | token | everything replaces it |
//! | [`Route`] | table and destination | the target changes in place |
//! | [`RouteTableAssociation`] | subnet | the table changes in place |
//!
//! [`Zones`] is a fact: the zones of a region.

mod elastic_ip;
mod flow_log;
mod internet_gateway;
mod nat_gateway;
mod route;
mod route_table;
mod route_table_association;
mod subnet;
mod vpc;
mod zones;

pub use elastic_ip::{ElasticIp, ElasticIpDetails, ElasticIpOutputs};
pub use flow_log::{
    FileLayout, FlowLog, FlowLogDestination, FlowLogDetails, FlowLogInterval, FlowLogOutputs, FlowLogSource,
    FlowLogTraffic,
};
pub use internet_gateway::InternetGateway;
pub use nat_gateway::{Connectivity, NatGateway, NatGatewayDetails, NatGatewayOutputs};
pub use route::{Route, RouteId, Target};
pub use route_table::RouteTable;
pub use route_table_association::{
    RouteTableAssociation, RouteTableAssociationDetails, RouteTableAssociationOutputs,
};
pub use subnet::{Subnet, SubnetDetails, SubnetOutputs};
pub use vpc::{DefaultRules, Vpc, VpcDetails, VpcOutputs};
pub use zones::Zones;

use deathstar_core::{Diagnostic, Identity, model::Ipv4Cidr};
use std::{net::Ipv4Addr, time::Duration};

/// Objects whose create call takes no token: a lost one is found by its owner tag, and is visible by then.
const BY_TAG: Identity = Identity::Tag { visible_within: Duration::from_secs(30) };

/// EC2 takes ranges from `/16` to `/28`.
///
/// Source: Amazon EC2 API Reference, `CreateVpc` and `CreateSubnet`.
fn check_size(range: Ipv4Cidr, of: &str) -> Option<Diagnostic> {
    let length = range.net().prefix_len();
    (!(16..=28).contains(&length)).then(|| {
        Diagnostic::new(
            "cidr.block-size",
            format!("the range of a {of} may be /16 to /28, and `{range}` is not"),
        )
        .at("/cidr_block")
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
            assert_eq!(check_size(range.parse().unwrap(), "VPC").is_none(), right, "{range}");
        }
    }
}
