//! Samples of what decides which traffic may pass, and of private ways out.

use super::{Outside, Sample, kinds::*};
use deathstar_aws::{
    ec2::{Direction, Peer, Traffic},
    iam::{PolicyDocument, Principal, Statement},
    id::SecurityGroupId,
};
use deathstar_core::model::IpCidr;

fn range(text: &str) -> IpCidr {
    text.parse().unwrap()
}

pub async fn security_group(outside: &Outside, others: usize) -> Sample<SecurityGroup> {
    let vpc = outside.vpc().await;
    Sample::numbered(others, |number| SecurityGroup::new(vpc.clone(), format!("group-{number}"), "sample"))
}

pub async fn security_group_rule(outside: &Outside, others: usize) -> Sample<SecurityGroupRule> {
    let group = outside.security_group(&outside.vpc().await, "group").await;
    let rule = |number: usize| {
        let number = u16::try_from(number).unwrap();
        SecurityGroupRule::ingress(
            group.clone(),
            Traffic::tcp(443 + number),
            Peer::range(range("10.0.0.0/8")),
        )
    };
    let changed =
        SecurityGroupRule::ingress(group.clone(), Traffic::udp(53), Peer::range(range("10.9.0.0/16")));
    Sample::numbered(others, rule).becomes(changed.description("names"))
}

pub async fn network_acl(outside: &Outside, others: usize) -> Sample<NetworkAcl> {
    let vpc = outside.vpc().await;
    Sample::numbered(others, |_| NetworkAcl::of(vpc.clone()))
}

pub async fn network_acl_entry(outside: &Outside, others: usize) -> Sample<NetworkAclEntry> {
    let acl = outside.network_acl(&outside.vpc().await).await;
    let entry = |number: usize| {
        let number = 100 + u16::try_from(number).unwrap();
        NetworkAclEntry::allow(
            acl.clone(),
            Direction::Ingress,
            number,
            Traffic::tcp(443),
            range("10.0.0.0/8"),
        )
    };
    let udp = Traffic::udp(1024..=65535);
    let changed = NetworkAclEntry::deny(acl.clone(), Direction::Ingress, 100, udp, range("2001:db8::/32"));
    Sample::numbered(others, entry).becomes(changed)
}

pub async fn network_acl_association(outside: &Outside, others: usize) -> Sample<NetworkAclAssociation> {
    let vpc = outside.vpc().await;
    let (acl, other) = (outside.network_acl(&vpc).await, outside.network_acl(&vpc).await);
    let subnets = outside.subnets(&vpc, 1 + others).await;
    let changed = NetworkAclAssociation::new(subnets[0].clone(), other);
    Sample::each(subnets, |subnet| NetworkAclAssociation::new(subnet, acl.clone())).becomes(changed)
}

fn everyone_may(action: &str) -> PolicyDocument {
    PolicyDocument::of([Statement::allow(action).on("*").by(Principal::Everyone)])
}

pub async fn gateway_endpoint(outside: &Outside, others: usize) -> Sample<VpcEndpoint> {
    let mut ground = vec![];
    for vpc in outside.vpcs(1 + others).await {
        ground.push((vpc.clone(), outside.route_table(&vpc).await));
    }
    let (vpc, table) = ground[0].clone();
    let other = outside.route_table(&vpc).await;
    let changed = VpcEndpoint::gateway(vpc, "s3", [table.into(), other.into()]);
    Sample::each(ground, |(vpc, table)| VpcEndpoint::gateway(vpc, "s3", [table.into()]))
        .becomes(changed.policy(everyone_may("s3:GetObject")))
}

pub async fn interface_endpoint(outside: &Outside, others: usize) -> Sample<VpcEndpoint> {
    const SERVICES: [&str; 8] =
        ["ecr.api", "ecr.dkr", "sts", "ec2", "logs", "kms", "elasticloadbalancing", "autoscaling"];
    let vpc = outside.vpc().await;
    let subnets = outside.subnets(&vpc, 2).await;
    let first = outside.security_group(&vpc, "first").await;
    let second = outside.security_group(&vpc, "second").await;
    let interface = |number: usize, subnet: usize, group: &SecurityGroupId| {
        let subnets = [subnets[subnet].clone().into()];
        VpcEndpoint::interface(vpc.clone(), SERVICES[number], subnets, [group.clone().into()])
    };
    Sample::numbered(others, |number| interface(number, 0, &first))
        .becomes(interface(0, 1, &second).policy(everyone_may("ecr:*")))
}
