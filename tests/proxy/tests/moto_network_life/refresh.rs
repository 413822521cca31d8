//! What a look at the whole network costs: one call for each list and page, and the reads of single objects that the APIs force.

use crate::expectations::settle;
use crate::{boto::Others, webshop::webshop, world::World};
use deathstar_aws_proxy::{Calls, Settings};
use deathstar_core::{component::PrivateEndpoints, state::Recorded};
use serde_json::json;
use std::{
    collections::BTreeMap,
    fmt::{self, Display},
    io::Write,
};

/// How many entries a page has; that of `Settings::default()`.
const PAGE: usize = 5;

/// How often each call is made, and why.
#[derive(Default)]
struct Expected(BTreeMap<&'static str, Vec<(usize, String)>>);

impl Expected {
    /// A list of so many objects, in pages.
    fn list(&mut self, call: &'static str, of: &str, objects: usize) {
        let pages = objects.div_ceil(PAGE).max(1);
        self.add(call, pages, format!("{objects} {of}, in pages of {PAGE}"));
    }

    /// A list by ids, which EC2 does not cut.
    fn whole(&mut self, call: &'static str, of: &str, objects: usize) {
        self.add(call, 1, format!("{objects} {of}, by their ids"));
    }

    /// An object at a time: the API has no other way.
    fn each(&mut self, call: &'static str, of: &str, objects: usize) {
        self.add(call, objects, format!("each of {objects} {of}"));
    }

    fn add(&mut self, call: &'static str, times: usize, why: String) {
        self.0.entry(call).or_default().push((times, why));
    }

    fn of(&self, call: &str) -> usize {
        self.0.get(call).into_iter().flatten().map(|(times, _)| times).sum()
    }
}

/// What a look needs, from what is recorded.
fn expected(recorded: &Recorded, aliases: usize) -> Expected {
    let of = |family: &str| recorded.rows().filter(|row| *row.family == *family).count();
    let mut all = Expected::default();
    let vpcs = of("aws.ec2.vpc");
    all.list("ec2:DescribeVpcs", "VPCs", vpcs);
    all.each("ec2:DescribeVpcAttribute", "VPCs: whether names are resolved", vpcs);
    all.each("ec2:DescribeVpcAttribute", "VPCs: whether there are public names", vpcs);
    all.list("ec2:DescribeSecurityGroups", "default groups of VPCs", vpcs);
    all.list("ec2:DescribeRouteTables", "main tables of VPCs", vpcs);
    all.list("ec2:DescribeSubnets", "subnets", of("aws.ec2.subnet"));
    all.list("ec2:DescribeInternetGateways", "internet gateways", of("aws.ec2.internet-gateway"));
    all.list("ec2:DescribeAddresses", "addresses", of("aws.ec2.elastic-ip"));
    all.list("ec2:DescribeNatGateways", "NAT gateways", of("aws.ec2.nat-gateway"));
    let tables = of("aws.ec2.route-table");
    all.list("ec2:DescribeRouteTables", "route tables with their routes", tables);
    all.list("ec2:DescribeRouteTables", "tables of the stack with their associations", tables);
    all.list("ec2:DescribeSecurityGroups", "groups", of("aws.ec2.security-group"));
    all.list("ec2:DescribeSecurityGroupRules", "rules of groups", of("aws.ec2.security-group-rule"));
    let acls = of("aws.ec2.network-acl");
    all.whole("ec2:DescribeNetworkAcls", "ACLs with their entries", acls);
    all.list("ec2:DescribeNetworkAcls", "ACLs of the stack with their associations", acls);
    all.whole("ec2:DescribeVpcEndpoints", "endpoints", of("aws.ec2.vpc-endpoint"));
    all.list("ec2:DescribeManagedPrefixLists", "lists of services with gateway endpoints", 1);
    all.list("ec2:DescribeFlowLogs", "flow logs", of("aws.ec2.flow-log"));
    all.each("iam:GetRole", "roles: lists show no tags", of("aws.iam.role"));
    all.each("iam:GetRolePolicy", "policies of roles: lists show names alone", of("aws.iam.role-policy"));
    let keys = of("aws.kms.key");
    all.each("kms:DescribeKey", "keys: lists show ids alone", keys);
    all.each("kms:GetKeyPolicy", "keys", keys);
    all.each("kms:GetKeyRotationStatus", "keys", keys);
    all.each("kms:ListResourceTags", "keys", keys);
    all.list("kms:ListAliases", "aliases of the region, with AWS's own", aliases);
    let groups = of("aws.logs.log-group");
    all.list("logs:DescribeLogGroups", "log groups", groups);
    all.each("logs:ListTagsForResource", "log groups: lists show no tags", groups);
    let zones = of("aws.route53.hosted-zone");
    all.each("route53:GetHostedZone", "zones: lists show no VPCs", zones);
    all.add("route53:ListTagsForResources", zones.div_ceil(10), format!("{zones} zones, 10 in a call"));
    all.list("route53:ListResourceRecordSets", "records of the zone, from the first that is ours", 2);
    all.each("sts:GetCallerIdentity", "declarations that ask who calls", of("aws.caller-identity"));
    all
}

/// What was expected, and what happened.
struct Comparison<'c>(&'c Expected, &'c BTreeMap<String, usize>);

impl Comparison<'_> {
    fn differences(&self) -> Vec<&str> {
        let Self(expected, actual) = self;
        let names = expected.0.keys().copied().chain(actual.keys().map(String::as_str));
        names.filter(|name| expected.of(name) != actual.get(*name).copied().unwrap_or_default()).collect()
    }
}

impl Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(expected, actual) = self;
        write!(f, "{:<34} {:>8} {:>6}  why", "call", "expected", "actual")?;
        for (call, reasons) in &expected.0 {
            let made = actual.get(*call).copied().unwrap_or_default();
            write!(f, "\n{call:<34} {:>8} {made:>6}", expected.of(call))?;
            for (number, (times, why)) in reasons.iter().enumerate() {
                let indent = if number == 0 { String::new() } else { format!("\n{:<50}", "") };
                write!(f, "{indent}  {times}: {why}")?;
            }
        }
        let sum: usize = expected.0.keys().map(|call| expected.of(call)).sum();
        write!(f, "\n{:<34} {sum:>8} {:>6}", "all", actual.values().sum::<usize>())
    }
}

/// How many aliases a region has.
fn aliases(others: &Others) -> usize {
    let (mut count, mut page) = (0, others.call("kms", "list_aliases", json!({})));
    loop {
        count += page["Aliases"].as_array().unwrap().len();
        let Some(marker) = page["NextMarker"].as_str() else { return count };
        page = others.call("kms", "list_aliases", json!({"Marker": marker}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_everything_is_one_call_for_each_list_and_page() {
    let Some(world) = World::new(Settings::default()).await else { return };
    let network = webshop().zones(3).private_zone("shop.internal");
    let (stack, _) = world.declared("network", network.private_endpoints(PrivateEndpoints::Cluster), "shop");
    let plan = world.engine.plan(&stack).await.unwrap();
    settle(&world.engine, &stack, plan.consent_to_all()).await;
    let begun = world.calls().len();
    assert!(world.engine.plan(&stack).await.unwrap().is_empty());
    let calls: Calls = world.calls().since(begun);

    let recorded = world.engine.recorded().await.unwrap().recorded;
    let expected = expected(&recorded, aliases(&Others::of(&world.bench)));
    let actual = calls.count_by_name();
    let comparison = Comparison(&expected, &actual);
    writeln!(std::io::stderr(), "{} objects\n{comparison}", recorded.len()).unwrap();
    assert_eq!(comparison.differences(), Vec::<&str>::new());
}
