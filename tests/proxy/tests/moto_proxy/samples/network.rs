//! Samples of what a network is made of.

use super::{Outside, Sample, kinds::*};
use crate::{
    bench::REGION,
    rules::{address, gateway, nat},
};
use deathstar_aws::{
    ec2::Target,
    id::{AllocationId, DhcpOptionsId, InternetGatewayId, NatGatewayId, RouteTableId, SubnetId},
};
use deathstar_core::{
    conformance::Rule,
    model::{Ipv4Cidr, Ipv6Cidr, ZoneName},
};
use std::fmt::Display;

fn zone() -> ZoneName {
    ZoneName::new(format!("{REGION}a")).unwrap()
}

fn ipv4(range: impl Display) -> Ipv4Cidr {
    range.to_string().parse().unwrap()
}

pub async fn vpc(_: &Outside, others: usize) -> Sample<Vpc> {
    let vpc = |number| Vpc::new(ipv4(format_args!("10.{number}.0.0/16")));
    Sample::numbered(others, vpc).becomes(vpc(0).dns_hostnames(true).empty_default_security_group())
}

pub async fn subnet(outside: &Outside, others: usize) -> Sample<Subnet> {
    let vpc = outside.vpc().await;
    let subnet = |number| Subnet::new(vpc.clone(), ipv4(format_args!("10.0.{number}.0/24")), zone());
    Sample::numbered(others, subnet).becomes(subnet(0).map_public_ip_on_launch(true))
}

pub async fn subnet_of_both_families(outside: &Outside, others: usize) -> Sample<Subnet> {
    let vpc = outside.vpc().await;
    let subnet = |number: usize, six: usize| {
        let six: Ipv6Cidr = format!("2001:db8:0:{six:x}::/64").parse().unwrap();
        let subnet = Subnet::new(vpc.clone(), ipv4(format_args!("10.0.{number}.0/24")), zone());
        subnet.ipv6_cidr_block(six).assign_ipv6_address_on_creation(true)
    };
    let changed = subnet(0, 99).map_public_ip_on_launch(true).resource_name_dns_a_record(true);
    Sample::numbered(others, |number| subnet(number, number)).becomes(changed)
}

pub async fn vpc_cidr_block(outside: &Outside, others: usize) -> Sample<VpcCidrBlock> {
    let vpcs = outside.vpcs(1 + others).await;
    Sample::each(vpcs, |vpc| VpcCidrBlock::ipv4(vpc, ipv4("100.64.0.0/16")))
}

pub async fn vpc_cidr_block_of_amazon(outside: &Outside, others: usize) -> Sample<VpcCidrBlock> {
    // AWS gives a second block for a repetition, so that the engine looks before it repeats; the emulator refuses it.
    Sample::each(outside.vpcs(1 + others).await, VpcCidrBlock::amazon_ipv6).breaking(&[Rule::CreateRepeats])
}

pub async fn internet_gateway(outside: &Outside, others: usize) -> Sample<InternetGateway> {
    let mut vpcs = outside.vpcs(2 + others).await;
    let other = vpcs.remove(1);
    Sample::each(vpcs, InternetGateway::of).becomes(InternetGateway::of(other))
}

pub async fn egress_only_internet_gateway(
    outside: &Outside,
    others: usize,
) -> Sample<EgressOnlyInternetGateway> {
    let vpc = outside.vpc().await;
    Sample::numbered(others, |_| EgressOnlyInternetGateway::of(vpc.clone()))
}

pub async fn elastic_ip(_: &Outside, others: usize) -> Sample<ElasticIp> {
    Sample::numbered(others, |_| ElasticIp::new())
}

pub async fn nat_gateway(outside: &Outside, others: usize) -> Sample<NatGateway> {
    let vpc = outside.vpc().await;
    gateway(&outside.ec2, Some(vpc.as_str())).await;
    let subnet = outside.subnets(&vpc, 1).await.remove(0);
    let mut addresses = vec![];
    for _ in 0..=others {
        addresses.push(AllocationId::new(address(&outside.ec2).await));
    }
    Sample::each(addresses, |address| NatGateway::public(subnet.clone(), address))
}

pub async fn route_table(outside: &Outside, others: usize) -> Sample<RouteTable> {
    let vpc = outside.vpc().await;
    Sample::numbered(others, |_| RouteTable::of(vpc.clone()))
}

pub async fn route(outside: &Outside, others: usize) -> Sample<Route> {
    let vpc = outside.vpc().await;
    let internet = InternetGatewayId::new(gateway(&outside.ec2, Some(vpc.as_str())).await);
    let subnet = outside.subnets(&vpc, 1).await.remove(0);
    let nat = nat(&outside.ec2, subnet.as_str(), &address(&outside.ec2).await).await;
    let table = outside.route_table(&vpc).await;
    let route = |number: usize, via| {
        Route::new(table.clone(), format!("{}.0.0.0/8", 20 + number).parse().unwrap(), via)
    };
    let to_internet = |number| route(number, Target::InternetGateway(internet.clone().into()));
    let to_nat = route(0, Target::NatGateway(NatGatewayId::new(nat).into()));
    Sample::numbered(others, to_internet).becomes(to_nat)
}

pub async fn route_table_association(outside: &Outside, others: usize) -> Sample<RouteTableAssociation> {
    let vpc = outside.vpc().await;
    let (table, other) = (outside.route_table(&vpc).await, outside.route_table(&vpc).await);
    let subnets = outside.subnets(&vpc, 1 + others).await;
    let association =
        |subnet: SubnetId, table: &RouteTableId| RouteTableAssociation::new(subnet, table.clone());
    let changed = association(subnets[0].clone(), &other);
    Sample::each(subnets, |subnet| association(subnet, &table)).becomes(changed)
}

pub async fn dhcp_options(_: &Outside, others: usize) -> Sample<DhcpOptions> {
    Sample::numbered(others, |number| {
        DhcpOptions::new().domain_name(format!("n{number}.internal")).amazon_name_server()
    })
}

pub async fn dhcp_options_association(outside: &Outside, others: usize) -> Sample<DhcpOptionsAssociation> {
    let mut options = vec![];
    for domain in ["one.internal", "two.internal"] {
        let values = aws_sdk_ec2::types::NewDhcpConfiguration::builder().key("domain-name").values(domain);
        let call = outside.ec2.create_dhcp_options().dhcp_configurations(values.build());
        let made = call.send().await.unwrap();
        options.push(DhcpOptionsId::new(made.dhcp_options().unwrap().dhcp_options_id().unwrap()));
    }
    let vpcs = outside.vpcs(1 + others).await;
    let changed = DhcpOptionsAssociation::new(vpcs[0].clone(), options[1].clone());
    Sample::each(vpcs, |vpc| DhcpOptionsAssociation::new(vpc, options[0].clone())).becomes(changed)
}
