//! One sample of every kind and fact, with every part that makes a call of its own.

use deathstar_aws::{
    Account, Vpc as Network,
    ec2::{
        ElasticIp, InternetGateway, NatGateway, Route, RouteTable, RouteTableAssociation, Subnet, Target,
        Vpc, Zones,
    },
    id::VpcId,
};
use deathstar_core::{Fact, Resource, component::Gate, model::ZoneName, prelude::*};
use std::collections::BTreeSet;

/// Declares samples, and tells their families.
macro_rules! samples {
    ($($family:ty),* $(,)?; $($fact:ty),* $(,)?) => {
        /// The families that have a sample.
        pub fn families() -> BTreeSet<&'static str> {
            let mut all = BTreeSet::from([$(<$family as Resource>::FAMILY),*]);
            all.extend([$(<$fact as Fact>::FAMILY),*]);
            // The fact of a component, which is declared by it alone.
            all.insert("aws.network.existing-vpc");
            all
        }
    };
}

samples!(
    Vpc, Subnet, InternetGateway, ElasticIp, NatGateway, RouteTable, Route, RouteTableAssociation;
    Zones,
);

/// A stack of all samples.
pub fn declared() -> Stack {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1").expect_account("123456789012"));
    let vpc = Vpc::new("10.20.0.0/16".parse().unwrap());
    let vpc = vpc.dns_support(true).dns_hostnames(true).empty_default_security_group();
    let vpc = stack.add(&aws, "vpc", vpc);
    let zone = ZoneName::new("eu-west-1a").unwrap();
    let subnet = Subnet::new(vpc.id(), "10.20.0.0/20".parse().unwrap(), zone).map_public_ip_on_launch(true);
    let subnet = stack.add(&aws, "subnet", subnet);
    let gateway = stack.add(&aws, "internet-gateway", InternetGateway::of(vpc.id()));
    let address = stack.add(&aws, "elastic-ip", ElasticIp::new().pool("ipv4pool-ec2-0123456789abcdef0"));
    stack.add(&aws, "nat-gateway", NatGateway::public(subnet.id(), address.id()));
    let table = stack.add(&aws, "route-table", RouteTable::of(vpc.id()));
    let everywhere = "0.0.0.0/0".parse().unwrap();
    stack.add(
        &aws,
        "route",
        Route::new(table.id(), everywhere, Target::InternetGateway(gateway.id().into())),
    );
    stack.add(&aws, "association", RouteTableAssociation::new(subnet.id(), table.id()));
    stack.add(&aws, "zones", Gate(Zones::at_least(3)));
    stack.add(&aws, "existing", Network::existing(VpcId::new("vpc-0123456789abcdef0")));
    stack
}
