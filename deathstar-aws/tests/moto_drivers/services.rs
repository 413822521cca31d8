//! The life of roles, policies, keys, log groups, flow logs, zones and records: made, changed, found drifted, repaired, destroyed.
//!
//! What moto cannot show here: it keeps neither a log group's class nor its deletion protection and knows no `AssociateKmsKey`; it
//! drops the period of a rotation, never ends a pending deletion, and takes any policy of a key; it deletes a policy that somebody
//! still has; it takes a caller reference twice; and every change of a zone is in sync at once.

use crate::expectations::{apply, destroy, planned};
use crate::world::World;
use aws_sdk_cloudwatchlogs::Client as Logs;
use aws_sdk_iam::Client as Iam;
use aws_sdk_kms::{Client as Kms, types::KeyState};
use aws_sdk_route53::{
    Client as Route53,
    types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType, VpcRegion},
};
use deathstar_aws::{
    CallerIdentity, CallerOutputs, Client,
    ec2::{self, FlowLog, FlowLogDestination, FlowLogInterval, FlowLogOutputs, FlowLogSource},
    iam::{
        Boundary, IamPolicy, IamPolicyOutputs, IamRole, IamRoleOutputs, IamRolePolicy,
        IamRolePolicyAttachment, PolicyDocument, Principal, Statement,
    },
    kms::{KmsAlias, KmsKey, KmsKeyOutputs, Rotation, may_administer, may_encrypt_logs},
    logs::{LogGroup, LogGroupOutputs, Retention},
    route53::{DomainName, HostedZone, HostedZoneOutputs, RecordSet, RecordType},
};
use deathstar_core::{
    Connect, Cx, Driver, Found, Handle, Meaning, Resource, Seen, Stack, Want,
    apply::{Patience, Quiet},
    component::Gate,
    driver::tags::TOKEN,
};
use std::time::Duration;

/// What is declared: as it begins, or with every field changed that changes in place.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    First,
    Second,
}

struct Refs {
    caller: deathstar_core::Output<deathstar_aws::Caller>,
    key: Handle<KmsKey>,
    group: Handle<LogGroup>,
    role: Handle<IamRole>,
    policy: Handle<IamPolicy>,
    flow_log: Handle<FlowLog>,
    private: Handle<HostedZone>,
    public: Handle<HostedZone>,
}

const TRUSTED: &str = "vpc-flow-logs.amazonaws.com";

fn services(world: &World, stage: Stage) -> (Stack, Refs) {
    let (mut stack, aws) = world.declared();
    let second = stage == Stage::Second;
    let caller = stack.add(&aws, "caller", Gate(CallerIdentity::new()));
    let vpc = |range: &str| ec2::Vpc::new(range.parse().unwrap()).dns_support(true).dns_hostnames(true);
    let vpc_1 = stack.add(&aws, "vpc", vpc("10.30.0.0/16"));
    let vpc_2 = stack.add(&aws, "other-vpc", vpc("10.31.0.0/16"));

    let mut who = PolicyDocument::of([may_administer(&caller), may_encrypt_logs(&caller, "/network/")]);
    if second {
        who = who.and(Statement::deny("kms:Sign").sid("Never sign").by(Principal::Everyone).on("*"));
    }
    let key = KmsKey::symmetric()
        .policy(who)
        .description(if second { "logs of networks" } else { "logs" })
        .rotation(if second { Rotation::Off } else { Rotation::YEARLY })
        .deletion_window(if second { 9 } else { 7 });
    let key = stack.add(&aws, "key", key);
    let other_key = stack.add(&aws, "other-key", KmsKey::symmetric().enabled(!second).deletion_window(7));
    let named = if second { other_key.id() } else { key.id() };
    stack.add(&aws, "alias", KmsAlias::new("alias/logs", named));

    let group = LogGroup::new("/network/flow-logs").encrypted_with(key.arn());
    let group = if second { group.retention(Retention::Forever) } else { group.days(30) };
    let group = stack.add(&aws, "group", group);

    let actions = if second {
        ["logs:PutLogEvents", "logs:DescribeLogStreams"]
    } else {
        ["logs:PutLogEvents", "logs:CreateLogStream"]
    };
    let deliver = PolicyDocument::of([Statement::allow_all(actions).on(group.streams_arn())]);
    let policy = stack.add(&aws, "policy", IamPolicy::new("at-most-logs", deliver.clone()).path("/network/"));
    let trust = Statement::allow("sts:AssumeRole").by(Principal::service(TRUSTED));
    let trust =
        if second { trust.when("StringEquals", "aws:SourceAccount", caller.account()) } else { trust };
    let role = IamRole::new("flow-logs", PolicyDocument::of([trust]))
        .path("/network/")
        .description(if second { "writes flow logs" } else { "writes logs" })
        .max_session(if second { 7_200 } else { 3_600 });
    let mut role = role.boundary(policy.arn());
    if second {
        role.boundary = Some(Boundary::None);
    }
    let role = stack.add(&aws, "role", role);
    stack.add(&aws, "role-policy", IamRolePolicy::new(role.id(), "deliver", deliver));
    let read_only = caller.managed_policy("CloudWatchLogsReadOnlyAccess");
    stack.add(&aws, "attachment", IamRolePolicyAttachment::new(role.id(), read_only));
    let flow_log = FlowLog::new(
        FlowLogSource::Vpc(vpc_1.id().into()),
        FlowLogDestination::log_group(group.id(), role.arn()),
    );
    let flow_log = stack.add(&aws, "flow-log", flow_log.interval(FlowLogInterval::Minute));

    let zone = HostedZone::private("internal.example", vpc_1.id());
    let zone = if second { zone.and_in(vpc_2.id()) } else { zone };
    let private = stack.add(&aws, "zone", zone.comment(if second { "inside" } else { "in" }));
    let public = stack.add(&aws, "public-zone", HostedZone::public("Example.COM."));
    let record = |name: &str, kind, value: &str| RecordSet::new(private.id(), name, kind, [value]);
    let address = if second { "10.30.0.8" } else { "10.30.0.7" };
    stack.add(&aws, "records/a", record("db.Internal.example.", RecordType::A, address).ttl(60));
    stack.add(&aws, "records/any", record("*.internal.example", RecordType::Cname, "DB.internal.example."));
    let share = |weight| if second { weight + 1 } else { weight };
    for (identifier, weight) in [("blue", 1), ("green", 9)] {
        let part =
            record("app.internal.example", RecordType::A, "10.30.0.9").weighted(identifier, share(weight));
        stack.add(&aws, format!("records/{identifier}"), part);
    }
    let target = (DomainName::new("db.internal.example"), private.id());
    let alias = RecordSet::alias(private.id(), "alias.internal.example", RecordType::A, target);
    stack.add(&aws, "records/alias", if second { alias.while_healthy() } else { alias });
    let text = RecordSet::new(public.id(), "example.com", RecordType::Txt, ["\"b\"", "\"a\""]);
    stack.add(&aws, "records/text", text);
    let refs = Refs { caller, key, group, role, policy, flow_log, private, public };
    (stack, refs)
}

struct Outside {
    iam: Iam,
    kms: Kms,
    logs: Logs,
    route53: Route53,
}

impl Outside {
    async fn of(world: &World) -> Self {
        let config = world.account.outside_config().await;
        Self {
            iam: Iam::new(&config),
            kms: Kms::new(&config),
            logs: Logs::new(&config),
            route53: Route53::new(&config),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_made_changed_in_place_and_destroyed_with_proof() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = services(&world, Stage::First);
    let report = apply(&world.engine, &stack).await;
    let outside = Outside::of(&world).await;
    assert_eq!(report.value(&refs.caller.account()).unwrap(), world.account.id);
    assert_eq!(report.value(&refs.public.name_servers()).unwrap().len(), 4);
    assert_eq!(report.value(&refs.flow_log.delivery_error()).unwrap(), None);
    let arn = report.value(&refs.role.arn()).unwrap();
    assert_eq!(arn.as_str(), format!("arn:aws:iam::{}:role/network/flow-logs", world.account.id));
    let group = report.value(&refs.group.arn()).unwrap();
    let tags = outside.logs.list_tags_for_resource().resource_arn(group.as_str()).send().await.unwrap();
    assert_eq!(tags.tags().unwrap().get("team").map(String::as_str), Some("shop"));

    let (stack, _) = services(&world, Stage::Second);
    let expected = [
        "Update alias key",
        "Update group retention",
        "Update key description, policy, rotation, deletion_window",
        "Update other-key enabled",
        "Update policy document",
        "Update records/a data",
        "Update records/alias data",
        "Update records/blue routing",
        "Update records/green routing",
        "Update role trust, description, max_session, boundary",
        "Update role-policy document",
        "Update zone visibility, comment",
    ];
    assert_eq!(planned(&world.engine, &stack).await, expected);
    apply(&world.engine, &stack).await;
    let role = outside.iam.get_role().role_name("flow-logs").send().await.unwrap().role.unwrap();
    assert_eq!((role.max_session_duration(), role.permissions_boundary()), (Some(7_200), None));

    // And back, which takes VPCs out of the zone and gives the boundary again.
    let (stack, refs) = services(&world, Stage::First);
    apply(&world.engine, &stack).await;

    let key = report.value(&refs.key.id()).unwrap();
    let proof = destroy(&world.engine, &stack).await;
    let listed = [
        "aws.ec2.flow-log",
        "aws.ec2.vpc",
        "aws.iam.policy",
        "aws.iam.role",
        "aws.kms.key",
        "aws.logs.log-group",
        "aws.route53.hosted-zone",
    ];
    assert_eq!(proof.listed, listed);
    let key = outside.kms.describe_key().key_id(key.as_str()).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(key.key_state(), Some(&KeyState::PendingDeletion));
    let lived = key.deletion_date().unwrap().secs() - key.creation_date().unwrap().secs();
    let days = (lived + 43_200) / 86_400;
    assert_eq!(days, 7, "the window of the declaration");
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_of_every_kind_is_found_by_field_and_repaired() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = services(&world, Stage::First);
    let report = apply(&world.engine, &stack).await;
    let Outside { iam, kms, logs, route53 } = Outside::of(&world).await;

    let open = PolicyDocument::trusting(Principal::Everyone).to_json();
    iam.update_assume_role_policy().role_name("flow-logs").policy_document(&open).send().await.unwrap();
    iam.update_role()
        .role_name("flow-logs")
        .description("mine")
        .max_session_duration(43_200)
        .send()
        .await
        .unwrap();
    iam.delete_role_permissions_boundary().role_name("flow-logs").send().await.unwrap();
    iam.untag_role().role_name("flow-logs").tag_keys("team").send().await.unwrap();
    let all = PolicyDocument::of([Statement::allow("*").on("*")]).to_json();
    let put = iam.put_role_policy().role_name("flow-logs").policy_name("deliver").policy_document(&all);
    put.send().await.unwrap();
    let policy = report.value(&refs.policy.arn()).unwrap();
    let version =
        iam.create_policy_version().policy_arn(policy.as_str()).policy_document(&all).set_as_default(true);
    version.send().await.unwrap();
    let attached = report.value(&refs.caller.managed_policy("CloudWatchLogsReadOnlyAccess")).unwrap();
    iam.detach_role_policy().role_name("flow-logs").policy_arn(attached.as_str()).send().await.unwrap();

    let key = report.value(&refs.key.id()).unwrap();
    kms.update_key_description().key_id(key.as_str()).description("mine").send().await.unwrap();
    kms.disable_key_rotation().key_id(key.as_str()).send().await.unwrap();
    let other = kms.create_key().send().await.unwrap().key_metadata.unwrap();
    kms.update_alias().alias_name("alias/logs").target_key_id(other.key_id()).send().await.unwrap();
    logs.delete_retention_policy().log_group_name("/network/flow-logs").send().await.unwrap();

    let (zone, public) =
        (report.value(&refs.private.id()).unwrap(), report.value(&refs.public.id()).unwrap());
    route53.update_hosted_zone_comment().id(zone.as_str()).comment("mine").send().await.unwrap();
    let ec2 = world.account.outside().await;
    let vpc = ec2.create_vpc().cidr_block("10.99.0.0/16").send().await.unwrap().vpc.unwrap();
    let foreign =
        aws_sdk_route53::types::Vpc::builder().vpc_id(vpc.vpc_id().unwrap()).vpc_region(VpcRegion::EuWest1);
    let join = route53.associate_vpc_with_hosted_zone().hosted_zone_id(zone.as_str()).vpc(foreign.build());
    join.send().await.unwrap();
    let record = |name: &str, kind, value: &str| {
        let value = ResourceRecord::builder().value(value).build().unwrap();
        ResourceRecordSet::builder().name(name).r#type(kind).ttl(60).resource_records(value).build().unwrap()
    };
    let change = |zone: &str, action, record| {
        let change = Change::builder().action(action).resource_record_set(record).build().unwrap();
        let batch = ChangeBatch::builder().changes(change).build().unwrap();
        route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send()
    };
    change(zone.as_str(), ChangeAction::Upsert, record("db.internal.example", RrType::A, "10.30.0.66"))
        .await
        .unwrap();
    change(zone.as_str(), ChangeAction::Create, record("x.internal.example", RrType::A, "10.30.0.1"))
        .await
        .unwrap();
    let text = ResourceRecordSet::builder().name("example.com").r#type(RrType::Txt).ttl(300);
    let value = |text| ResourceRecord::builder().value(text).build().unwrap();
    // Moto deletes a record only when its values come in the order in which they were written.
    let text = text.resource_records(value("\"a\"")).resource_records(value("\"b\"")).build().unwrap();
    change(public.as_str(), ChangeAction::Delete, text).await.unwrap();
    let logged = report.value(&refs.flow_log.id()).unwrap();
    ec2.delete_flow_logs().flow_log_ids(logged.as_str()).send().await.unwrap();

    let expected = [
        "Create attachment",
        "Create flow-log",
        "Create records/text",
        "Update alias key",
        "Update group retention",
        "Update key description, rotation",
        "Update policy document",
        "Update records/a data",
        "Update role trust, description, max_session, boundary, tags.team",
        "Update role-policy document",
        "Update zone visibility, comment",
    ];
    assert_eq!(planned(&world.engine, &stack).await, expected);
    apply(&world.engine, &stack).await;

    // What others put into our zone is theirs: it stays, and the zone with it.
    let patience = Patience::default().conflict(Duration::ZERO);
    let World { account, engine } = world;
    let world = World { account, engine: engine.patience(patience) };
    let plan = world.engine.destroy(&stack).await.unwrap().consent_to_all();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let failures: Vec<_> =
        report.failures().map(|(step, error)| (step.address.to_string(), error.clone())).collect();
    let [(address, error)] = &failures[..] else { panic!("one failure: {failures:?}") };
    assert_eq!((address.as_str(), error.api_code()), ("zone", Some("HostedZoneNotEmpty")));
    assert_eq!(*error.meaning(), Meaning::Conflict);
    change(zone.as_str(), ChangeAction::Delete, record("x.internal.example", RrType::A, "10.30.0.1"))
        .await
        .unwrap();
    destroy(&world.engine, &stack).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_carries_tags_is_found_by_them() {
    let Some(world) = World::new() else { return };
    let (stack, refs) = services(&world, Stage::First);
    let report = apply(&world.engine, &stack).await;
    let Outside { iam, kms, logs, route53 } = Outside::of(&world).await;
    // Others of each kind, without our tags.
    let trust = PolicyDocument::trusting(Principal::service(TRUSTED)).to_json();
    iam.create_role().role_name("theirs").assume_role_policy_document(&trust).send().await.unwrap();
    let all = PolicyDocument::of([Statement::allow("*").on("*")]).to_json();
    iam.put_role_policy().role_name("theirs").policy_name("all").policy_document(&all).send().await.unwrap();
    iam.create_policy().policy_name("theirs").policy_document(&all).send().await.unwrap();
    kms.create_key().send().await.unwrap();
    logs.create_log_group().log_group_name("theirs").send().await.unwrap();
    route53.create_hosted_zone().name("theirs.example").caller_reference("x").send().await.unwrap();

    let client = world.account.credentials().connect(&world.account.declared()).await.unwrap();
    let value = |handle: &Handle<IamRole>| report.value(&handle.id()).unwrap();
    assert_eq!(found::<IamRole>(&client).await, [value(&refs.role)]);
    assert_eq!(found::<IamPolicy>(&client).await, [report.value(&refs.policy.id()).unwrap()]);
    assert_eq!(found::<LogGroup>(&client).await, [report.value(&refs.group.id()).unwrap()]);
    assert_eq!(found::<FlowLog>(&client).await, [report.value(&refs.flow_log.id()).unwrap()]);
    assert!(found::<KmsKey>(&client).await.contains(&report.value(&refs.key.id()).unwrap()));
    assert_eq!(found::<KmsKey>(&client).await.len(), 2);
    let zones = found::<HostedZone>(&client).await;
    let ours = [&refs.private, &refs.public].map(|zone| report.value(&zone.id()).unwrap());
    assert!(zones.len() == 2 && ours.iter().all(|zone| zones.contains(zone)), "{zones:?}");
    // Moto does not know the filter by names, and shows all groups.
    let ids = vec![report.value(&refs.group.id()).unwrap()];
    assert_eq!(looked::<LogGroup>(&client, Want::Ids(ids)).await.len(), 1);
    // Those without tags are found in the roles that have them.
    assert_eq!(found::<IamRolePolicy>(&client).await.len(), 1);
    assert_eq!(found::<IamRolePolicyAttachment>(&client).await.len(), 1);

    // A key and a zone whose create call had no answer are found by their token.
    let token = |tags: &deathstar_core::Tags| tags.get(TOKEN).cloned().unwrap();
    for seen in looked::<KmsKey>(&client, Want::All).await {
        let same = looked::<KmsKey>(&client, Want::Owned { token: token(&seen.tags) }).await;
        assert_eq!(same.iter().map(|seen| &seen.id).collect::<Vec<_>>(), [&seen.id]);
    }
    for seen in looked::<HostedZone>(&client, Want::All).await {
        let same = looked::<HostedZone>(&client, Want::Owned { token: token(&seen.tags) }).await;
        assert_eq!(same.iter().map(|seen| &seen.id).collect::<Vec<_>>(), [&seen.id]);
    }
}

async fn looked<R: Resource>(client: &Client, want: Want<R::Id>) -> Vec<Seen<R>>
where
    Client: Driver<R>,
{
    let mut found = Found::default();
    client.find(&Cx::for_tests("webshop", "", ""), &want, &mut found).await.unwrap();
    found.of().unwrap()
}

async fn found<R: Resource>(client: &Client) -> Vec<R::Id>
where
    Client: Driver<R>,
{
    looked::<R>(client, Want::All).await.into_iter().map(|seen| seen.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_under_our_name_is_not_taken_over() {
    let Some(world) = World::new() else { return };
    let Outside { iam, logs, .. } = Outside::of(&world).await;
    let trust = PolicyDocument::trusting(Principal::service(TRUSTED));
    iam.create_role().role_name("ours").assume_role_policy_document(trust.to_json()).send().await.unwrap();
    logs.create_log_group().log_group_name("ours").send().await.unwrap();
    let (mut stack, aws) = world.declared();
    stack.add(&aws, "role", IamRole::new("ours", trust));
    stack.add(&aws, "group", LogGroup::new("ours"));
    let plan = world.engine.plan(&stack).await.unwrap();
    let report = world.engine.apply(plan, Quiet).await.unwrap();
    let meanings: Vec<_> = report.failures().map(|(_, error)| error.meaning().clone()).collect();
    assert_eq!(meanings, [Meaning::AlreadyExists, Meaning::AlreadyExists]);
    let role = iam.get_role().role_name("ours").send().await.unwrap().role.unwrap();
    assert!(role.tags().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_managed_of_a_role_stays() {
    let Some(world) = World::new() else { return };
    let iam = Outside::of(&world).await.iam;
    let role = |seconds: u32| {
        let (mut stack, aws) = world.declared();
        let trust = PolicyDocument::trusting(Principal::service(TRUSTED));
        stack.add(&aws, "role", IamRole::new("half", trust).max_session(seconds));
        stack
    };
    apply(&world.engine, &role(3_600)).await;
    iam.update_role()
        .role_name("half")
        .description("theirs")
        .max_session_duration(3_600)
        .send()
        .await
        .unwrap();
    apply(&world.engine, &role(7_200)).await;
    let seen = iam.get_role().role_name("half").send().await.unwrap().role.unwrap();
    assert_eq!((seen.description(), seen.max_session_duration()), (Some("theirs"), Some(7_200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_version_of_a_policy_takes_the_place_of_the_oldest() {
    let Some(world) = World::new() else { return };
    let iam = Outside::of(&world).await.iam;
    let version = |number: u32| {
        let (mut stack, aws) = world.declared();
        let document =
            PolicyDocument::of([Statement::allow("s3:GetObject").on(format!("arn:aws:s3:::b/{number}"))]);
        let policy = stack.add(&aws, "policy", IamPolicy::new("versions", document));
        (stack, policy)
    };
    for number in 1..=7 {
        apply(&world.engine, &version(number).0).await;
    }
    let (stack, policy) = version(7);
    let arn = apply(&world.engine, &stack).await.value(&policy.arn()).unwrap();
    let versions = iam.list_policy_versions().policy_arn(arn.as_str()).send().await.unwrap();
    let mut left: Vec<_> = versions.versions().iter().filter_map(|version| version.version_id()).collect();
    left.sort_unstable();
    assert_eq!(left, ["v3", "v4", "v5", "v6", "v7"]);
    destroy(&world.engine, &stack).await;
}
