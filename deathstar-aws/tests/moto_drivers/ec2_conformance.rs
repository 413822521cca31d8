//! The kinds of a network that decide what may pass, and what stands around it, on trial by the public suite.
//!
//! Moto honours no tokens of EC2, shows no pages and loses no answers: those rules are left to a proxy.

use crate::conformance::Bench;
use deathstar_aws::{
    ec2::{
        DhcpOptions, DhcpOptionsAssociation, Direction, EgressOnlyInternetGateway, NetworkAcl,
        NetworkAclAssociation, NetworkAclEntry, Peer, SecurityGroup, SecurityGroupRule, Subnet, Traffic,
        VpcCidrBlock, VpcEndpoint,
    },
    iam::{PolicyDocument, Principal, Statement},
    id::{DhcpOptionsId, NetworkAclId, RouteTableId, SecurityGroupId, SubnetId, VpcId},
};
use deathstar_core::{
    conformance::Rule,
    model::{IpCidr, Ipv6Cidr, ZoneName},
};

/// A VPC that the samples stand in.
async fn vpc(ec2: &aws_sdk_ec2::Client, number: u8) -> VpcId {
    let made = ec2.create_vpc().cidr_block(format!("10.{number}.0.0/16")).send().await.unwrap();
    VpcId::new(made.vpc().unwrap().vpc_id().unwrap())
}

async fn vpcs(ec2: &aws_sdk_ec2::Client) -> Vec<VpcId> {
    let mut all = vec![];
    for number in 0..5 {
        all.push(vpc(ec2, number).await);
    }
    all
}

async fn subnets(ec2: &aws_sdk_ec2::Client, vpc: &VpcId, of: u8) -> Vec<SubnetId> {
    let mut all = vec![];
    for number in 0..5 {
        let range = format!("10.{of}.{number}.0/24");
        let made = ec2.create_subnet().vpc_id(vpc.as_str()).cidr_block(range).send().await.unwrap();
        all.push(SubnetId::new(made.subnet().unwrap().subnet_id().unwrap()));
    }
    all
}

async fn group(ec2: &aws_sdk_ec2::Client, vpc: &VpcId, name: &str) -> SecurityGroupId {
    let call = ec2.create_security_group().vpc_id(vpc.as_str()).group_name(name).description(name);
    SecurityGroupId::new(call.send().await.unwrap().group_id().unwrap())
}

async fn acl(ec2: &aws_sdk_ec2::Client, vpc: &VpcId) -> NetworkAclId {
    let made = ec2.create_network_acl().vpc_id(vpc.as_str()).send().await.unwrap();
    NetworkAclId::new(made.network_acl().unwrap().network_acl_id().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_egress_only_gateway_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let vpcs = vpcs(&bench.account.outside().await).await;
    let others = vpcs[1..].iter().cloned().map(EgressOnlyInternetGateway::of).collect();
    let sample = EgressOnlyInternetGateway::of(vpcs[0].clone());
    // Moto knows no filters of these gateways, and shows all of the account for every stack and token.
    let broken = [Rule::CreateRepeats, Rule::OnlyOurs];
    bench.tries_but(&broken, sample, None, others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_security_group_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let vpc = vpc(&bench.account.outside().await, 0).await;
    let group = |name: &str| SecurityGroup::new(vpc.clone(), name, "sample");
    let checked = bench.tries(group("sample"), None, ["one", "two", "three"].map(group).to_vec()).await;
    assert!(checked.contains(&Rule::OnlyOurs) && checked.contains(&Rule::ChangeConverges), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let ec2 = bench.account.outside().await;
    let group = group(&ec2, &vpc(&ec2, 0).await, "group").await;
    let range = |text: &str| Peer::range(text.parse().unwrap());
    let sample = SecurityGroupRule::ingress(group.clone(), Traffic::tcp(443), range("10.0.0.0/8"));
    let variant = SecurityGroupRule::ingress(group.clone(), Traffic::udp(53), range("10.9.0.0/16"));
    let variant = variant.description("names");
    let others = vec![
        SecurityGroupRule::ingress(group.clone(), Traffic::tcp(443), range("::/0")),
        SecurityGroupRule::egress(group.clone(), Traffic::tcp(443), range("10.0.0.0/8")),
        SecurityGroupRule::ingress_from_itself(group.clone(), Traffic::All),
        SecurityGroupRule::egress(group.clone(), Traffic::protocol(47), Peer::group(group)),
    ];
    let trial = bench.trial(sample, Some(variant), others).await.shown_by::<SecurityGroup>();
    let checked = Bench::judge(trial, &[]).await;
    assert!(
        checked.contains(&Rule::OnlyOurs) && checked.contains(&Rule::ChangeOneCall) || checked.len() > 10
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acl_and_its_entries_and_associations_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let ec2 = bench.account.outside().await;
    let vpc = vpc(&ec2, 0).await;
    let others = vec![NetworkAcl::of(vpc.clone()), NetworkAcl::of(vpc.clone())];
    bench.tries_but(&[Rule::CreateRepeats], NetworkAcl::of(vpc.clone()), None, others).await;

    let (first, second) = (acl(&ec2, &vpc).await, acl(&ec2, &vpc).await);
    let range = |text: &str| text.parse::<IpCidr>().unwrap();
    let entry = |direction, number| {
        NetworkAclEntry::allow(first.clone(), direction, number, Traffic::tcp(443), range("10.0.0.0/8"))
    };
    let variant = NetworkAclEntry::deny(
        first.clone(),
        Direction::Ingress,
        100,
        Traffic::udp(1024..=65535),
        range("2001:db8::/32"),
    );
    let others = vec![entry(Direction::Ingress, 110), entry(Direction::Egress, 100)];
    let trial = bench.trial(entry(Direction::Ingress, 100), Some(variant), others).await;
    // Moto answers a web page where an entry that is gone is deleted.
    Bench::judge(trial.shown_by::<NetworkAcl>(), &[Rule::DeleteRepeats]).await;

    let subnets = subnets(&ec2, &vpc, 0).await;
    let association = |subnet: &SubnetId| NetworkAclAssociation::new(subnet.clone(), first.clone());
    let variant = NetworkAclAssociation::new(subnets[0].clone(), second);
    let others = subnets[1..].iter().map(association).collect();
    // Moto answers a web page where an association that is gone is exchanged.
    let broken = [Rule::DeleteRepeats];
    bench.tries_but(&broken, association(&subnets[0]), Some(variant), others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let ec2 = bench.account.outside().await;
    let vpc = vpc(&ec2, 0).await;
    let mut tables = vec![];
    for _ in 0..3 {
        let made = ec2.create_route_table().vpc_id(vpc.as_str()).send().await.unwrap();
        tables.push(RouteTableId::new(made.route_table().unwrap().route_table_id().unwrap()));
    }
    let gateway = |service: &str, table: usize| {
        VpcEndpoint::gateway(vpc.clone(), service, [tables[table].clone().into()])
    };
    let read = Statement::allow("s3:GetObject").on("*").by(Principal::Everyone);
    let variant = gateway("s3", 1).policy(PolicyDocument::of([read]));
    let others = vec![gateway("dynamodb", 0), gateway("s3", 2)];
    bench.tries_but(&[Rule::CreateRepeats], gateway("s3", 0), Some(variant), others).await;

    let subnets = subnets(&ec2, &vpc, 0).await;
    let (first, second) = (group(&ec2, &vpc, "first").await, group(&ec2, &vpc, "second").await);
    let interface = |service: &str, subnet: usize, group: &SecurityGroupId| {
        let subnets = [subnets[subnet].clone().into()];
        VpcEndpoint::interface(vpc.clone(), service, subnets, [group.clone().into()])
    };
    let others = vec![interface("ecr.dkr", 2, &first), interface("sts", 3, &second)];
    let variant = interface("ecr.api", 1, &second);
    bench.tries_but(&[Rule::CreateRepeats], interface("ecr.api", 0, &first), Some(variant), others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dhcp_options_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let ec2 = bench.account.outside().await;
    let options = |domain: &str| DhcpOptions::new().domain_name(domain).amazon_name_server();
    let others = ["one.internal", "two.internal"].map(options).to_vec();
    // Moto forgets the tags that the create call brings, and with them whose the options are.
    let broken = [Rule::CreateTags];
    bench.tries_but(&broken, options("sample.internal"), None, others).await;

    let vpcs = vpcs(&ec2).await;
    let mut made = vec![];
    for domain in ["one.internal", "two.internal"] {
        let values = aws_sdk_ec2::types::NewDhcpConfiguration::builder().key("domain-name").values(domain);
        let set = ec2.create_dhcp_options().dhcp_configurations(values.build()).send().await.unwrap();
        made.push(DhcpOptionsId::new(set.dhcp_options().unwrap().dhcp_options_id().unwrap()));
    }
    let association = |vpc: &VpcId| DhcpOptionsAssociation::new(vpc.clone(), made[0].clone());
    let variant = DhcpOptionsAssociation::new(vpcs[0].clone(), made[1].clone());
    let others = vpcs[1..].iter().map(association).collect();
    bench.tries(association(&vpcs[0]), Some(variant), others).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn further_ranges_keep_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let vpcs = vpcs(&bench.account.outside().await).await;
    let pods = |range: &str| VpcCidrBlock::ipv4(vpcs[0].clone(), range.parse().unwrap());
    let mut others = vec![pods("100.65.0.0/16"), pods("100.66.0.0/16")];
    others.push(VpcCidrBlock::amazon_ipv6(vpcs[1].clone()));
    // Moto takes a second range of the same addresses.
    let broken = [Rule::CreateRepeats];
    bench.tries_but(&broken, pods("100.64.0.0/16"), None, others).await;
    bench.tries(VpcCidrBlock::amazon_ipv6(vpcs[2].clone()), None, vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subnet_of_both_families_keeps_the_contract() {
    let Some(bench) = Bench::new() else { return };
    let vpc = vpc(&bench.account.outside().await, 0).await;
    let zone = || ZoneName::new("eu-west-1a").unwrap();
    let subnet = |number: u8, six: u8| {
        let six: Ipv6Cidr = format!("2001:db8:0:{six:x}::/64").parse().unwrap();
        let four = format!("10.0.{number}.0/24").parse().unwrap();
        Subnet::new(vpc.clone(), four, zone()).ipv6_cidr_block(six).assign_ipv6_address_on_creation(true)
    };
    let variant = subnet(0, 9).map_public_ip_on_launch(true).resource_name_dns_a_record(true);
    let others = vec![subnet(1, 1), subnet(2, 2), subnet(3, 3)];
    let checked = bench.tries(subnet(0, 0), Some(variant), others).await;
    assert!(checked.contains(&Rule::OnlyOurs), "{checked:?}");
}
