//! One sample of every kind and fact, with every part that makes a call of its own.

use deathstar_aws::{
    Account, CallerIdentity, Vpc as Network,
    ec2::{
        DhcpOptions, DhcpOptionsAssociation, Direction, EgressOnlyInternetGateway, ElasticIp, FlowLog,
        FlowLogDestination, FlowLogSource, InternetGateway, NatGateway, NetworkAcl, NetworkAclAssociation,
        NetworkAclEntry, NoForeignNetworkInterfaces, Peer, Route, RouteTable, RouteTableAssociation,
        SecurityGroup, SecurityGroupRule, Subnet, Target, Traffic, Vpc, VpcCidrBlock, VpcEndpoint, Zones,
    },
    iam::{
        Boundary, IamPolicy, IamRole, IamRoleOutputs, IamRolePolicy, IamRolePolicyAttachment, PolicyDocument,
        Principal, Statement,
    },
    id::{BucketArn, PolicyArn, PrefixListId, VpcId},
    kms::{KmsAlias, KmsKey, KmsKeyOutputs, Rotation},
    logs::{LogEncryption, LogGroup, Retention},
    route53::{HostedZone, RecordSet, RecordType},
};
use deathstar_core::{Fact, Resource, component::Gate, model::ZoneName, prelude::*};
use std::collections::BTreeSet;

/// The families that have a sample.
pub fn families() -> BTreeSet<&'static str> {
    macro_rules! families {
        ($($kind:ty),* ; $($fact:ty),*) => {
            BTreeSet::from([$(<$kind as Resource>::FAMILY,)* $(<$fact as Fact>::FAMILY),*])
        };
    }
    let mut all = families!(
        DhcpOptions, DhcpOptionsAssociation, EgressOnlyInternetGateway, ElasticIp, FlowLog, HostedZone, IamPolicy,
        IamRole, IamRolePolicy, IamRolePolicyAttachment, InternetGateway, KmsAlias, KmsKey, LogGroup, NatGateway,
        NetworkAcl, NetworkAclAssociation, NetworkAclEntry, RecordSet, Route, RouteTable, RouteTableAssociation,
        SecurityGroup, SecurityGroupRule, Subnet, Vpc, VpcCidrBlock, VpcEndpoint;
        CallerIdentity, NoForeignNetworkInterfaces, Zones
    );
    // The fact of a component, which is declared by it alone.
    all.insert("aws.network.existing-vpc");
    all
}

/// A stack of all samples.
pub fn declared() -> Stack {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1").expect_account("123456789012"));
    network(&mut stack, &aws);
    around(&mut stack, &aws);
    stack
}

fn network(stack: &mut Stack, aws: &On<deathstar_aws::Aws>) {
    let vpc = Vpc::new("10.20.0.0/16".parse().unwrap());
    let vpc = vpc.dns_support(true).dns_hostnames(true).empty_default_security_group();
    let vpc = stack.add(aws, "vpc", vpc);
    stack.add(aws, "pods", VpcCidrBlock::ipv4(vpc.id(), "100.64.0.0/16".parse().unwrap()));
    let zone = ZoneName::new("eu-west-1a").unwrap();
    let subnet = Subnet::new(vpc.id(), "10.20.0.0/20".parse().unwrap(), zone)
        .map_public_ip_on_launch(true)
        .ipv6_cidr_block("2001:db8::/64".parse::<deathstar_core::model::Ipv6Cidr>().unwrap());
    let subnet = stack.add(aws, "subnet", subnet);
    let gateway = stack.add(aws, "internet-gateway", InternetGateway::of(vpc.id()));
    stack.add(aws, "egress-only", EgressOnlyInternetGateway::of(vpc.id()));
    let address = stack.add(aws, "elastic-ip", ElasticIp::new().pool("ipv4pool-ec2-0123456789abcdef0"));
    stack.add(aws, "nat-gateway", NatGateway::public(subnet.id(), address.id()));
    let table = stack.add(aws, "route-table", RouteTable::of(vpc.id()));
    let everywhere = "0.0.0.0/0".parse().unwrap();
    stack.add(aws, "route", Route::new(table.id(), everywhere, Target::InternetGateway(gateway.id().into())));
    stack.add(aws, "association", RouteTableAssociation::new(subnet.id(), table.id()));
    let group = stack.add(aws, "group", SecurityGroup::new(vpc.id(), "web", "the web"));
    let https = Traffic::tcp(443);
    let anyone = Peer::range(everywhere);
    stack.add(aws, "rule-in", SecurityGroupRule::ingress(group.id(), https, anyone));
    let list = Peer::PrefixList(PrefixListId::new("pl-0123456789abcdef0").into());
    stack.add(aws, "rule-out", SecurityGroupRule::egress(group.id(), https, list));
    let acl = stack.add(aws, "acl", NetworkAcl::of(vpc.id()));
    let entry = NetworkAclEntry::allow(acl.id(), Direction::Ingress, 100, https, everywhere);
    stack.add(aws, "entry", entry);
    stack.add(aws, "acl-association", NetworkAclAssociation::new(subnet.id(), acl.id()));
    let s3 = VpcEndpoint::gateway(vpc.id(), "s3", [table.id().into()]);
    stack.add(aws, "s3", s3);
    let ecr = VpcEndpoint::interface(vpc.id(), "ecr.api", [subnet.id().into()], [group.id().into()]);
    stack.add(aws, "ecr", ecr.private_dns(true));
    let options = stack.add(aws, "dhcp", DhcpOptions::new().domain_name("example.com").amazon_name_server());
    stack.add(aws, "dhcp-association", DhcpOptionsAssociation::new(vpc.id(), options.id()));
    stack.add(aws, "gate", Gate(NoForeignNetworkInterfaces::of(vpc.id())));
    stack.add(aws, "zones", Gate(Zones::at_least(3)));
    stack.add(aws, "existing", Network::existing(VpcId::new("vpc-0123456789abcdef0")));
    let role = stack.add(aws, "flow-role", IamRole::new("flow-logs", trust()).path("/network/"));
    let to =
        FlowLogDestination::log_group(deathstar_aws::id::LogGroupName::new("/network/flow-logs"), role.arn());
    stack.add(aws, "flow-log", FlowLog::new(FlowLogSource::Vpc(vpc.id().into()), to));
    let bucket = FlowLogDestination::bucket(BucketArn::new("arn:aws:s3:::flow-logs"));
    stack.add(aws, "flow-log-to-bucket", FlowLog::new(FlowLogSource::Subnet(subnet.id().into()), bucket));
    let other = VpcId::new("vpc-0123456789abcdef1");
    let zone =
        stack.add(aws, "zone", HostedZone::private("shop.internal", vpc.id()).and_in(other).comment("names"));
    stack.add(aws, "record", RecordSet::new(zone.id(), "*.shop.internal", RecordType::A, ["10.20.0.10"]));
}

/// What is not in a VPC.
fn around(stack: &mut Stack, aws: &On<deathstar_aws::Aws>) {
    let key =
        KmsKey::symmetric().description("logs").rotation(Rotation::Days(365)).enabled(true).policy(of_key());
    let key = stack.add(aws, "key", key);
    let of_regions = KmsKey::symmetric().multi_region().enabled(false).rotation(Rotation::Off);
    stack.add(aws, "key-of-regions", of_regions);
    stack.add(aws, "alias", KmsAlias::new("alias/logs", key.id()));
    let logs =
        LogGroup::new("/network/flow-logs").days(30).encrypted_with(key.arn()).deletion_protection(false);
    stack.add(aws, "logs", logs);
    let mut forever = LogGroup::new("/network/others").retention(Retention::Forever);
    forever.encryption = Some(LogEncryption::AwsOwned);
    stack.add(aws, "logs-for-ever", forever);
    let mut unbound = IamRole::new("others", trust());
    unbound.boundary = Some(Boundary::None);
    stack.add(aws, "unbound-role", unbound);
    let boundary = PolicyArn::new("arn:aws:iam::123456789012:policy/boundary");
    let role = IamRole::new("nodes", trust()).description("nodes").max_session(3_600).boundary(boundary);
    let role = stack.add(aws, "role", role);
    stack.add(aws, "role-policy", IamRolePolicy::new(role.id(), "read", document()));
    let policy = PolicyArn::new("arn:aws:iam::aws:policy/ReadOnlyAccess");
    stack.add(aws, "attachment", IamRolePolicyAttachment::new(role.id(), policy));
    stack.add(aws, "policy", IamPolicy::new("read", document()));
    stack.add(aws, "caller", Gate(CallerIdentity::new()));
}

fn trust() -> PolicyDocument {
    PolicyDocument::trusting(Principal::service("ec2.amazonaws.com"))
}

fn of_key() -> PolicyDocument {
    PolicyDocument::of([Statement::allow("kms:*").on("*").by(Principal::account("123456789012"))])
}

fn document() -> PolicyDocument {
    PolicyDocument::of([Statement::allow("s3:GetObject").on("*")])
}
