//! What is new is not shown at once, whatever it is and however it is looked for.

use crate::{
    bench::{Bench, REGION},
    rules::{subnet, table, vpc},
    samples::Outside,
};
use aws_sdk_ec2::types::{PortRange, RuleAction};
use aws_sdk_iam::types::PolicyScopeType;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use deathstar_aws_proxy::{Fault, Injection, Settings};

const DOCUMENT: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;

/// Clients through the proxy, which are made as those past it are.
async fn inside(bench: &Bench) -> Outside {
    Outside::with(&bench.config().await)
}

#[tokio::test]
async fn new_objects_of_every_service_are_hidden_for_a_look() {
    let Some(bench) = Bench::new(Settings::default().hidden(1)).await else { return };
    let Outside { iam, kms, logs, route53, .. } = inside(&bench).await;

    iam.create_role().role_name("r").assume_role_policy_document(DOCUMENT).send().await.unwrap();
    let roles = || async { iam.list_roles().send().await.unwrap().roles().len() };
    assert_eq!([roles().await, roles().await], [0, 1]);
    iam.create_role().role_name("named").assume_role_policy_document(DOCUMENT).send().await.unwrap();
    let named = || async { iam.get_role().role_name("named").send().await.is_ok() };
    assert_eq!([named().await, named().await], [false, true]);

    iam.create_policy().policy_name("p").policy_document(DOCUMENT).send().await.unwrap();
    let policies =
        || async { iam.list_policies().scope(PolicyScopeType::Local).send().await.unwrap().policies().len() };
    assert_eq!([policies().await, policies().await], [0, 1]);

    let key = kms.create_key().send().await.unwrap().key_metadata().unwrap().key_id().to_owned();
    let keys = || async { kms.list_keys().send().await.unwrap().keys().len() };
    assert_eq!([keys().await, keys().await], [0, 1]);
    kms.create_alias().alias_name("alias/a").target_key_id(&key).send().await.unwrap();
    let aliases = || async {
        let all = kms.list_aliases().send().await.unwrap();
        all.aliases().iter().filter(|alias| alias.alias_name() == Some("alias/a")).count()
    };
    assert_eq!([aliases().await, aliases().await], [0, 1]);
    let arn = kms.create_key().send().await.unwrap().key_metadata().unwrap().arn().unwrap().to_owned();
    let described = || async { kms.describe_key().key_id(&arn).send().await.is_ok() };
    assert_eq!([described().await, described().await], [false, true]);

    logs.create_log_group().log_group_name("/a/b").send().await.unwrap();
    let groups = || async { logs.describe_log_groups().send().await.unwrap().log_groups().len() };
    assert_eq!([groups().await, groups().await], [0, 1]);
    logs.create_log_group().log_group_name("/a/c").send().await.unwrap();
    let arn = format!("arn:aws:logs:{REGION}:{}:log-group:/a/c", bench.account);
    let tags = || async { logs.list_tags_for_resource().resource_arn(&arn).send().await.is_ok() };
    assert_eq!([tags().await, tags().await], [false, true]);

    route53.create_hosted_zone().name("a.example").caller_reference("a").send().await.unwrap();
    let zones = || async { route53.list_hosted_zones().send().await.unwrap().hosted_zones().len() };
    assert_eq!([zones().await, zones().await], [0, 1]);
    let made = route53.create_hosted_zone().name("b.example").caller_reference("b").send().await.unwrap();
    let id = made.hosted_zone().unwrap().id().to_owned();
    let zone = || async { route53.get_hosted_zone().id(&id).send().await.is_ok() };
    assert_eq!([zone().await, zone().await], [false, true]);
}

#[tokio::test]
async fn a_fault_hides_parts_of_other_objects() {
    let Some(bench) = Bench::strict().await else { return };
    let outside = Outside::of(&bench).await;
    let (home, policy) = (vpc(&outside.ec2, "10.0.0.0/16").await, outside.policy("p", DOCUMENT).await);
    let subnet = subnet(&outside.ec2, &home, "10.0.0.0/24").await;
    let tables = table(&outside.ec2, &home).await;
    let gateway = crate::rules::gateway(&outside.ec2, Some(&home)).await;
    let acl = outside.network_acl(&deathstar_aws::id::VpcId::new(&home)).await;
    outside.role("r", DOCUMENT).await;
    let zone = outside.zone("a.example").await;
    let Outside { ec2, iam, route53, .. } = inside(&bench).await;
    let hides = |call: &str| bench.proxy.inject(Injection::new(call, Fault::LostAnswer).hiding(1));

    let routes = || async {
        let seen = ec2.describe_route_tables().route_table_ids(&tables).send().await.unwrap();
        let table = &seen.route_tables()[0];
        (table.routes().len(), table.associations().len())
    };
    hides("ec2:CreateRoute");
    let call = ec2.create_route().route_table_id(&tables).destination_cidr_block("20.0.0.0/8");
    assert!(call.gateway_id(&gateway).send().await.is_err());
    assert_eq!([routes().await, routes().await], [(1, 0), (2, 0)]);
    hides("ec2:AssociateRouteTable");
    assert!(ec2.associate_route_table().route_table_id(&tables).subnet_id(&subnet).send().await.is_err());
    assert_eq!([routes().await, routes().await], [(2, 0), (2, 1)]);

    hides("ec2:CreateNetworkAclEntry");
    let call = ec2.create_network_acl_entry().network_acl_id(acl.as_str()).rule_number(7).egress(false);
    let call = call.protocol("6").rule_action(RuleAction::Allow).cidr_block("10.0.0.0/8");
    assert!(call.port_range(PortRange::builder().from(1).to(2).build()).send().await.is_err());
    let entries = || async {
        let seen = ec2.describe_network_acls().network_acl_ids(acl.as_str()).send().await.unwrap();
        seen.network_acls()[0].entries().len()
    };
    assert_eq!([entries().await, entries().await], [2, 3]);

    hides("ec2:AssociateVpcCidrBlock");
    assert!(ec2.associate_vpc_cidr_block().vpc_id(&home).cidr_block("100.64.0.0/16").send().await.is_err());
    let ranges = || async {
        let seen = ec2.describe_vpcs().vpc_ids(&home).send().await.unwrap();
        seen.vpcs()[0].cidr_block_association_set().len()
    };
    assert_eq!([ranges().await, ranges().await], [1, 2]);

    hides("iam:AttachRolePolicy");
    assert!(iam.attach_role_policy().role_name("r").policy_arn(policy.as_str()).send().await.is_err());
    let attached = || async {
        let seen = iam.list_attached_role_policies().role_name("r").send().await.unwrap();
        seen.attached_policies().len()
    };
    assert_eq!([attached().await, attached().await], [0, 1]);

    hides("route53:ChangeResourceRecordSets");
    let value = ResourceRecord::builder().value("192.0.2.1").build().unwrap();
    let record =
        ResourceRecordSet::builder().name("x.a.example").r#type(RrType::A).ttl(60).resource_records(value);
    let change =
        Change::builder().action(ChangeAction::Create).resource_record_set(record.build().unwrap()).build();
    let batch = ChangeBatch::builder().changes(change.unwrap()).build().unwrap();
    let call = route53.change_resource_record_sets().hosted_zone_id(zone.as_str()).change_batch(batch);
    assert!(call.send().await.is_err());
    let records = || async {
        let seen = route53.list_resource_record_sets().hosted_zone_id(zone.as_str()).send().await.unwrap();
        seen.resource_record_sets().iter().filter(|record| record.name().starts_with("x.")).count()
    };
    assert_eq!([records().await, records().await], [0, 1]);
}
