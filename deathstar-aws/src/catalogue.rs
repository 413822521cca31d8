//! Everything of this crate that can be driven.

use crate::{
    caller::CallerIdentity,
    ec2::{
        ElasticIp, InternetGateway, NatGateway, Route, RouteTable, RouteTableAssociation, Subnet, Vpc, Zones,
    },
    network::VpcLookup,
};
use deathstar_core::Catalogue;

#[cfg(feature = "client")]
use crate::Client;

/// Everything of this crate that can be driven, declared or not: its kinds and facts, with their calls where the feature
/// `client` is on.
///
/// [`Credentials::catalogue`](crate::Credentials::catalogue) adds the way to AWS.
pub fn kinds() -> Catalogue {
    let mut all = Catalogue::new();
    /// Adds kinds and facts, with their calls where there are any.
    macro_rules! add {
        (kinds: $($kind:ty),* ; facts: $($fact:ty),* $(,)?) => {
            $(
                #[cfg(feature = "client")]
                { all = all.driver::<Client, $kind>(); }
                #[cfg(not(feature = "client"))]
                { all = all.kind::<$kind>(); }
            )*
            $(
                #[cfg(feature = "client")]
                { all = all.ask::<Client, $fact>(); }
                #[cfg(not(feature = "client"))]
                { all = all.fact::<$fact>(); }
            )*
        };
    }
    add!(
        kinds: Vpc, Subnet, InternetGateway, ElasticIp, NatGateway, RouteTable, Route, RouteTableAssociation;
        facts: CallerIdentity, Zones, VpcLookup,
    );
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_there() {
        let text = format!("{:?}", kinds());
        for family in [
            "aws.caller-identity",
            "aws.ec2.elastic-ip",
            "aws.ec2.internet-gateway",
            "aws.ec2.nat-gateway",
            "aws.ec2.route",
            "aws.ec2.route-table",
            "aws.ec2.route-table-association",
            "aws.ec2.subnet",
            "aws.ec2.vpc",
            "aws.ec2.zones",
            "aws.network.existing-vpc",
        ] {
            assert!(text.contains(&format!("\"{family}\"")), "{family} in {text}");
        }
    }
}
