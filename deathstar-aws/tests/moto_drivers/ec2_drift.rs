//! Drift of every kind of EC2, made behind our back: found by field, and repaired.

use crate::expectations::{apply, destroy, planned};
use crate::{
    ec2_kinds::{by, stack},
    every_kind::{Choice, EveryKind},
    world::World,
};
use aws_sdk_ec2::types::{
    AttributeBooleanValue, IpPermission, IpRange, PortRange, RuleAction, SecurityGroupRuleRequest,
    SecurityGroupRuleUpdate, Tag,
};
use deathstar_core::{Handle, Resource, apply::Report, kind::Data};

fn value(enabled: bool) -> AttributeBooleanValue {
    AttributeBooleanValue::builder().value(enabled).build()
}

fn ssh() -> IpPermission {
    let anywhere = IpRange::builder().cidr_ip("0.0.0.0/0").description("by hand").build();
    IpPermission::builder().ip_protocol("tcp").from_port(22).to_port(22).ip_ranges(anywhere).build()
}

fn id<R: Resource<Id: Data + AsRef<str>>>(report: &Report, of: &Handle<R>) -> String {
    report.value(&of.id()).unwrap().as_ref().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_found_by_field_and_repaired() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = stack(&world, &Choice::default());
    let report = apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    let id_of = |refs: &EveryKind| (id(&report, &refs.web), id(&report, &refs.web_rule));
    let (web, rule) = id_of(&refs);

    let changed = SecurityGroupRuleRequest::builder()
        .ip_protocol("tcp")
        .from_port(0)
        .to_port(65535)
        .cidr_ipv4("10.9.0.0/16")
        .description("changed");
    let update = SecurityGroupRuleUpdate::builder()
        .security_group_rule_id(&rule)
        .security_group_rule(changed.build())
        .build();
    outside.modify_security_group_rules().group_id(&web).security_group_rules(update).send().await.unwrap();
    outside.authorize_security_group_ingress().group_id(&web).ip_permissions(ssh()).send().await.unwrap();
    let anywhere = IpRange::builder().cidr_ip("0.0.0.0/0").build();
    let out = IpPermission::builder().ip_protocol("-1").from_port(-1).to_port(-1).ip_ranges(anywhere).build();
    outside.authorize_security_group_egress().group_id(&web).ip_permissions(out).send().await.unwrap();

    let acl = id(&report, &refs.acls[0]);
    outside
        .replace_network_acl_entry()
        .network_acl_id(&acl)
        .rule_number(100)
        .egress(false)
        .protocol("17")
        .port_range(PortRange::builder().from(53).to(53).build())
        .rule_action(RuleAction::Deny)
        .cidr_block("10.0.0.0/8")
        .send()
        .await
        .unwrap();
    let subnet = id(&report, &refs.subnets[0]);
    let acls = outside.describe_network_acls().network_acl_ids(&acl).send().await.unwrap();
    let association = acls.network_acls()[0].associations()[0].network_acl_association_id().unwrap();
    let vpc = id(&report, &refs.vpc);
    let theirs = outside.create_network_acl().vpc_id(&vpc).send().await.unwrap();
    let theirs = theirs.network_acl().unwrap().network_acl_id().unwrap();
    let moved = outside.replace_network_acl_association().association_id(association).network_acl_id(theirs);
    moved.send().await.unwrap();

    let (ecr, s3) = (id(&report, &refs.ecr), id(&report, &refs.s3));
    outside
        .modify_vpc_endpoint()
        .vpc_endpoint_id(&ecr)
        .add_subnet_ids(id(&report, &refs.subnets[1]))
        .add_security_group_ids(&web)
        .send()
        .await
        .unwrap();
    let table = id(&report, &refs.tables[0]);
    outside.modify_vpc_endpoint().vpc_endpoint_id(&s3).remove_route_table_ids(table).send().await.unwrap();

    let other = id(&report, &refs.dhcp[1]);
    outside.associate_dhcp_options().vpc_id(&vpc).dhcp_options_id(other).send().await.unwrap();
    let flip =
        outside.modify_subnet_attribute().subnet_id(&subnet).assign_ipv6_address_on_creation(value(true));
    flip.send().await.unwrap();
    let team = || Tag::builder().key("team").build();
    for tagged in [id(&report, &refs.gateway), acl.clone(), ecr.clone(), id(&report, &refs.dhcp[0]), rule] {
        outside.delete_tags().resources(tagged).tags(team()).send().await.unwrap();
    }

    let planned = planned(&world.engine, &stack).await;
    let expected = [
        "Update acls/association acl",
        "Update acls/first tags.team",
        "Update dhcp/association options",
        "Update dhcp/first tags.team",
        "Update egress-only tags.team",
        "Update endpoints/ecr subnets, security_groups, tags.team",
        "Update endpoints/s3 route_tables",
        "Update entries/web action, traffic, range",
        "Update groups/web default_egress, undeclared_rules",
        "Update rules/web traffic, peer, description, tags.team",
        "Update subnets/first assign_ipv6_address_on_creation",
    ];
    let plan = world.engine.plan(&stack).await.unwrap().data().to_json();
    assert!(plan.contains("tcp 22 from 0.0.0.0/0 (by hand)"), "what others added is told: {plan}");
    let fields: Vec<_> = planned.iter().map(String::as_str).collect();
    assert_eq!(fields, expected);
    apply(&world.engine, &stack).await;
    let rules = outside.describe_security_group_rules().filters(by("group-id", &web)).send().await.unwrap();
    let untagged = rules.security_group_rules().iter().filter(|rule| rule.tags().is_empty());
    assert_eq!(untagged.count(), 0, "what others added is taken out");
    // Moto takes options for used until the VPC that had them goes back to `default`.
    for options in [&*id(&report, &refs.dhcp[1]), "default"] {
        outside.associate_dhcp_options().vpc_id(&vpc).dhcp_options_id(options).send().await.unwrap();
    }
    apply(&world.engine, &stack).await;
    destroy(&world.engine, &stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_controllers_keeps_what_they_write() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = stack(&world, &Choice::default());
    let report = apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    let group = id(&report, &refs.controllers);
    outside.authorize_security_group_ingress().group_id(&group).ip_permissions(ssh()).send().await.unwrap();
    assert!(world.engine.plan(&stack).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_behind_our_back_is_made_again() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = stack(&world, &Choice::default());
    let report = apply(&world.engine, &stack).await;
    let outside = world.account.outside().await;
    let (web, rule) = (id(&report, &refs.web), id(&report, &refs.web_rule));
    outside
        .revoke_security_group_ingress()
        .group_id(&web)
        .security_group_rule_ids(rule)
        .send()
        .await
        .unwrap();
    let acl = id(&report, &refs.acls[0]);
    outside
        .delete_network_acl_entry()
        .network_acl_id(&acl)
        .rule_number(90)
        .egress(false)
        .send()
        .await
        .unwrap();
    let vpc = id(&report, &refs.vpc);
    outside.associate_dhcp_options().vpc_id(&vpc).dhcp_options_id("default").send().await.unwrap();
    outside.delete_dhcp_options().dhcp_options_id(id(&report, &refs.dhcp[0])).send().await.unwrap();
    outside.delete_vpc_endpoints().vpc_endpoint_ids(id(&report, &refs.ecr)).send().await.unwrap();
    let gateway = id(&report, &refs.gateway);
    outside
        .delete_egress_only_internet_gateway()
        .egress_only_internet_gateway_id(gateway)
        .send()
        .await
        .unwrap();
    outside.delete_network_acl().network_acl_id(id(&report, &refs.acls[1])).send().await.unwrap();

    let planned = planned(&world.engine, &stack).await;
    let expected = [
        "Create acls/second",
        "Create dhcp/association",
        "Create dhcp/first",
        "Create egress-only",
        "Create endpoints/ecr",
        "Create entries/gre",
        "Create rules/web",
        "Update routes/out via",
    ];
    assert_eq!(planned, expected);
    apply(&world.engine, &stack).await;
    destroy(&world.engine, &stack).await;
}
