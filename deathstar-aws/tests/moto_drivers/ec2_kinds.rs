//! The life of every kind of EC2: made, changed field by field, destroyed; and what stands in the way of that.
//!
//! Moto cannot show: that a new object is pending; that lists have pages; that a token is honoured; that a subnet keeps DNS64, the type
//! of its names and the records of IPv6, which moto drops; that an IPv6 range, a list or a group of a rule, or the private names and
//! the families of an endpoint are modified, which moto ignores; that an ICMP entry of an ACL keeps its type and code, which moto
//! loses; a subnet that has IPv6 alone, of whose addresses moto tells more than the SDK can read; that DHCP options are tagged by the call that makes them, which moto forgets, so that they get their tags after it. And it
//! deletes what is in use.

use crate::expectations::{apply, destroy, planned};
use crate::{
    every_kind::{Choice, EveryKind, changes, declare, range},
    world::World,
};
use aws_sdk_ec2::types::Filter;
use deathstar_aws::{
    ec2::{NoForeignNetworkInterfaces, VpcCidrBlockOutputs},
    id::{NetworkAclId, VpcId},
};
use deathstar_core::{Ask, Connect, Stack, apply::Quiet, kind::Answered, model::Ipv6Cidr};

pub fn stack(world: &World, choice: &Choice) -> (Stack, EveryKind) {
    let (mut stack, aws) = world.declared();
    let refs = declare(&mut stack, &aws, choice);
    (stack, refs)
}

pub fn by(name: &str, value: impl Into<String>) -> Filter {
    Filter::builder().name(name).values(value).build()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_made_and_destroyed_with_proof() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = stack(&world, &Choice::default());
    let report = apply(&world.engine, &stack).await;
    assert_eq!(report.steps.len(), stack.len());
    let outside = world.account.outside().await;
    let vpc = report.value(&refs.vpc.id()).unwrap();

    // What nobody declares is closed: of the rules that AWS makes a group with none is left.
    let of_vpc = || by("vpc-id", vpc.as_str());
    let groups = outside.describe_security_groups().filters(of_vpc()).send().await.unwrap();
    let mut open: Vec<_> = groups
        .security_groups()
        .iter()
        .filter(|group| group.ip_permissions_egress().iter().any(|to| to.ip_protocol() == Some("-1")))
        .map(|group| group.group_name().unwrap())
        .collect();
    open.sort_unstable();
    assert_eq!(open, ["controllers", "web"], "one lets everything out on purpose, one to itself");
    let rules = outside.describe_security_group_rules().filters(by("tag:deathstar:stack", "webshop"));
    assert_eq!(rules.send().await.unwrap().security_group_rules().len(), 9);

    let acl = report.value::<NetworkAclId>(&refs.acls[0].id()).unwrap();
    let acls = outside.describe_network_acls().network_acl_ids(acl.as_str()).send().await.unwrap();
    let subnet = report.value(&refs.subnets[0].id()).unwrap();
    assert_eq!(acls.network_acls()[0].associations()[0].subnet_id(), Some(subnet.as_str()));
    assert_eq!(acls.network_acls()[0].entries().len(), 3);

    let six: Ipv6Cidr = report.value(&refs.ipv6).unwrap();
    let subnets = outside.describe_subnets().filters(of_vpc()).send().await.unwrap();
    let ranges =
        subnets.subnets().iter().flat_map(aws_sdk_ec2::types::Subnet::ipv6_cidr_block_association_set);
    let ranges: Vec<Ipv6Cidr> = ranges.map(|one| one.ipv6_cidr_block().unwrap().parse().unwrap()).collect();
    assert_eq!(ranges.len(), 2);
    assert!(ranges.iter().all(|range| six.net().contains(&range.net())), "{six}: {ranges:?}");

    let proof = destroy(&world.engine, &stack).await;
    let expected = [
        "aws.ec2.dhcp-options",
        "aws.ec2.egress-only-internet-gateway",
        "aws.ec2.network-acl",
        "aws.ec2.route-table",
        "aws.ec2.security-group",
        "aws.ec2.security-group-rule",
        "aws.ec2.subnet",
        "aws.ec2.vpc",
        "aws.ec2.vpc-endpoint",
    ];
    assert_eq!(proof.listed, expected);
    // The list of what is left, without any look-up of ours.
    assert!(outside.describe_vpcs().filters(of_vpc()).send().await.unwrap().vpcs().is_empty());
    assert!(outside.describe_subnets().filters(of_vpc()).send().await.unwrap().subnets().is_empty());
    let groups = outside.describe_security_groups().filters(of_vpc()).send().await.unwrap();
    assert!(groups.security_groups().is_empty());
    let acls =
        outside.describe_network_acls().filters(by("tag-key", "deathstar:stack")).send().await.unwrap();
    assert!(acls.network_acls().is_empty());
    let options = outside.describe_dhcp_options().send().await.unwrap();
    assert!(options.dhcp_options().is_empty());
    let gateways = outside.describe_egress_only_internet_gateways().send().await.unwrap();
    assert!(gateways.egress_only_internet_gateways().is_empty());
    let endpoints = outside.describe_vpc_endpoints().send().await.unwrap();
    assert!(endpoints.vpc_endpoints().iter().all(|one| one.state().is_some_and(|s| s.as_str() == "deleted")));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_these_fields_changes_in_place_and_back() {
    let Some(world) = World::new() else { return };
    let (first, _) = stack(&world, &Choice::default());
    apply(&world.engine, &first).await;
    for (choice, expected) in changes() {
        let (changed, _) = stack(&world, &choice);
        assert_eq!(planned(&world.engine, &changed).await, [expected]);
        apply(&world.engine, &changed).await;
        // Policy and description are not managed any more, or are what they were.
        if choice.endpoint_policy.is_none() {
            assert_eq!(planned(&world.engine, &first).await, [expected]);
            apply(&world.engine, &first).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sort_of_peer_replaces_a_rule() {
    let Some(world) = World::new() else { return };
    apply(&world.engine, &stack(&world, &Choice::default()).0).await;
    let (changed, refs) = stack(&world, &Choice { web_peer: range("2001:db8::/32"), ..Choice::default() });
    assert_eq!(planned(&world.engine, &changed).await, ["Create rules/web peer", "Delete rules/web"]);
    let report = apply(&world.engine, &changed).await;
    let rule = report.value(&refs.web_rule.id()).unwrap();
    let outside = world.account.outside().await;
    let rules = outside.describe_security_group_rules().filters(by("tag:deathstar:address", "rules/web"));
    let rules = rules.send().await.unwrap();
    let [only] = rules.security_group_rules() else { panic!("one rule: {rules:?}") };
    assert_eq!(
        (only.security_group_rule_id(), only.cidr_ipv6()),
        (Some(rule.as_str()), Some("2001:db8::/32"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_gives_back_what_it_took() {
    let Some(world) = World::new() else { return };
    let (whole, refs) = stack(&world, &Choice::default());
    let report = apply(&world.engine, &whole).await;
    let outside = world.account.outside().await;
    let vpc: VpcId = report.value(&refs.vpc.id()).unwrap();
    let subnet = report.value(&refs.subnets[0].id()).unwrap();

    // Only the VPC and its subnets stay.
    let (mut less, aws) = world.declared();
    let spec = deathstar_aws::ec2::Vpc::new("10.30.0.0/16".parse().unwrap());
    let spec = spec.dns_support(true).dns_hostnames(true).empty_default_security_group();
    let kept = less.add(&aws, "vpc", spec);
    let six = deathstar_aws::ec2::VpcCidrBlock::amazon_ipv6(kept.id());
    let six = less.add(&aws, "ipv6", six);
    let zone = deathstar_core::model::ZoneName::new("eu-west-1a").unwrap();
    let first = deathstar_aws::ec2::Subnet::new(kept.id(), "10.30.0.0/24".parse().unwrap(), zone)
        .ipv6_cidr_block(deathstar_aws::ec2::ipv6_subnet(&six.ipv6(), 0));
    less.add(&aws, "subnets/first", first);
    apply(&world.engine, &less).await;

    let acls = outside.describe_network_acls().filters(by("association.subnet-id", subnet.as_str()));
    let acls = acls.send().await.unwrap();
    assert_eq!(acls.network_acls()[0].is_default(), Some(true), "the subnet is back at the default ACL");
    let vpcs = outside.describe_vpcs().vpc_ids(vpc.as_str()).send().await.unwrap();
    assert_eq!(vpcs.vpcs()[0].dhcp_options_id(), Some("default"));
    let further = vpcs.vpcs()[0].cidr_block_association_set().iter().filter(|one| {
        let state = one
            .cidr_block_state()
            .and_then(|state| state.state())
            .map(aws_sdk_ec2::types::VpcCidrBlockStateCode::as_str);
        state == Some("associated") && one.cidr_block() != Some("10.30.0.0/16")
    });
    assert_eq!(further.count(), 0, "the second range is given back");
    destroy(&world.engine, &less).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_interface_of_others_is_named_before_anything_goes() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = stack(&world, &Choice::default());
    let made = apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    let subnet = made.value(&refs.subnets[1].id()).unwrap();
    let interface =
        outside.create_network_interface().subnet_id(subnet.as_str()).description("aws-K8S-i-0123");
    let interface = interface.send().await.unwrap();
    let interface = interface.network_interface().unwrap().network_interface_id().unwrap();

    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> =
        report.failures().map(|(step, error)| (step.address.to_string(), error.to_string())).collect();
    let [(address, why)] = &failures[..] else { panic!("one failure: {failures:?}") };
    assert_eq!(address, "gate");
    let expected = format!("{interface} (in {subnet}, `aws-K8S-i-0123`");
    assert!(why.contains(&expected), "{why}");
    assert!(!why.contains(';'), "the endpoint's own interface does not count: {why}");
    let subnets =
        outside.describe_subnets().filters(by("tag:deathstar:stack", "webshop")).send().await.unwrap();
    assert_eq!(subnets.subnets().len(), 3, "nothing of what the gate stands on is gone");
    let groups = outside.describe_security_groups().filters(by("tag:deathstar:stack", "webshop"));
    assert_eq!(groups.send().await.unwrap().security_groups().len(), 3);

    // Another subnet may go meanwhile.
    let vpc = made.value(&refs.vpc.id()).unwrap();
    let gate = |number: usize| {
        let subnet = made.value(&refs.subnets[number].id()).unwrap();
        NoForeignNetworkInterfaces::of(vpc.clone()).in_subnet(subnet)
    };
    let client = world.account.credentials().connect(&world.account.declared()).await.unwrap();
    assert_eq!(client.over(&gate(0)).await.unwrap(), Answered::Yes(()));
    assert!(matches!(client.over(&gate(1)).await.unwrap(), Answered::No(_)));

    outside.delete_network_interface().network_interface_id(interface).send().await.unwrap();
    destroy(&world.engine, &stack).await;
}
