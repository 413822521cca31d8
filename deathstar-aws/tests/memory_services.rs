//! Roles, policies, keys, log groups, flow logs, zones and records on the in-memory cloud: no account, no SDK.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panic")]

#[path = "../../tests/shared/expectations.rs"]
mod expectations;

use deathstar_aws::{
    Account, CallerIdentity,
    ec2::{self, FlowLog, FlowLogDestination, FlowLogSource},
    iam::{
        IamPolicy, IamPolicyOutputs, IamRole, IamRoleOutputs, IamRolePolicy, IamRolePolicyAttachment,
        PolicyDocument, Principal, Statement,
    },
    kinds,
    kms::{KmsAlias, KmsKey, KmsKeyOutputs, may_administer, may_encrypt_logs},
    logs::{LogGroup, LogGroupOutputs},
    route53::{HostedZone, RecordSet, RecordType},
};
use deathstar_core::{ApplyError, PlanError, Stack, apply::Quiet, component::Gate, plan::Action};
use expectations::{apply, in_memory};

fn stack(group: LogGroup) -> Stack {
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let caller = stack.add(&aws, "caller", Gate(CallerIdentity::new()));
    let vpc = stack.add(&aws, "vpc", ec2::Vpc::new("10.30.0.0/16".parse().unwrap()));
    let who = PolicyDocument::of([may_administer(&caller), may_encrypt_logs(&caller, "/network/")]);
    let key = stack.add(&aws, "key", KmsKey::symmetric().policy(who));
    stack.add(&aws, "alias", KmsAlias::new("alias/logs", key.id()));
    let group = stack.add(&aws, "group", group.encrypted_with(key.arn()));
    let deliver = PolicyDocument::of([Statement::allow("logs:PutLogEvents").on(group.streams_arn())]);
    let policy = stack.add(&aws, "policy", IamPolicy::new("at-most", deliver.clone()));
    let trust = PolicyDocument::trusting(Principal::service("vpc-flow-logs.amazonaws.com"));
    let role = stack.add(&aws, "role", IamRole::new("flow-logs", trust).boundary(policy.arn()));
    stack.add(&aws, "role-policy", IamRolePolicy::new(role.id(), "deliver", deliver));
    stack.add(&aws, "attachment", IamRolePolicyAttachment::new(role.id(), policy.arn()));
    let to = FlowLogDestination::log_group(group.id(), role.arn());
    stack.add(&aws, "flow-log", FlowLog::new(FlowLogSource::Vpc(vpc.id().into()), to));
    let zone = stack.add(&aws, "zone", HostedZone::private("internal.example", vpc.id()));
    stack.add(&aws, "record", RecordSet::new(zone.id(), "db.internal.example", RecordType::A, ["10.30.0.7"]));
    stack
}

#[tokio::test]
async fn they_live_and_leave_nothing_and_what_holds_data_needs_consent() {
    let (engine, memory) = in_memory(kinds());
    let stack = stack(LogGroup::new("/network/flows").days(30));
    apply(&engine, &stack).await;
    let policies: Vec<_> =
        memory.objects().into_iter().filter(|object| object.family == "aws.kms.key").collect();
    let text = policies[0].spec.to_string();
    for part in ["logs.memory-1.amazonaws.com", "\"123456789012\"", "log-group:/network/*"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let plan = engine.destroy(&stack).await.unwrap();
    for (first, then) in [
        ("flow-log", "group"),
        ("flow-log", "role"),
        ("role-policy", "role"),
        ("attachment", "role"),
        ("role", "policy"),
        ("alias", "key"),
        ("group", "key"),
        ("record", "zone"),
        ("zone", "vpc"),
    ] {
        assert!(plan.order(first, then), "{first} goes before {then}");
    }
    let Err(ApplyError::NoConsent(steps)) = engine.apply(plan, Quiet).await else {
        panic!("consent is needed")
    };
    assert_eq!(steps.len(), 3, "the key, the group and the VPC: {steps:?}");
    let plan = engine.destroy(&stack).await.unwrap().consent_to_all();
    assert!(engine.apply(plan, Quiet).await.unwrap().is_success());
    assert!(memory.objects().is_empty());
}

#[tokio::test]
async fn another_name_of_a_group_replaces_it_with_consent_and_its_flow_log() {
    let (engine, _) = in_memory(kinds());
    apply(&engine, &stack(LogGroup::new("/network/flows"))).await;
    let renamed = stack(LogGroup::new("/network/other"));
    let plan = engine.plan(&renamed).await.unwrap();
    let replaced: Vec<_> = plan
        .data()
        .steps
        .iter()
        .filter(|step| step.action == Action::Delete)
        .map(|step| step.address.to_string())
        .collect();
    assert_eq!(replaced, ["flow-log", "group"]);
    assert!(matches!(engine.apply(plan, Quiet).await, Err(ApplyError::NoConsent(steps)) if steps.len() == 1));
    apply(&engine, &renamed).await;
}

#[tokio::test]
async fn names_that_only_one_can_have_are_found_before_any_call() {
    let (engine, memory) = in_memory(kinds());
    let mut stack = Stack::new("webshop");
    let aws = stack.on(Account::region("eu-west-1"));
    let trust = || PolicyDocument::trusting(Principal::service("ec2.amazonaws.com"));
    stack.add(&aws, "role", IamRole::new("nodes", trust()));
    stack.add(&aws, "same-role", IamRole::new("Nodes", trust()));
    let may = || PolicyDocument::of([Statement::allow("s3:GetObject").on("*")]);
    stack.add(&aws, "policy", IamPolicy::new("read", may()));
    stack.add(&aws, "same-policy", IamPolicy::new("READ", may()).path("/a/"));
    stack.add(&aws, "group", LogGroup::new("flows"));
    stack.add(&aws, "same-group", LogGroup::new("flows"));
    let vpc = stack.add(&aws, "vpc", ec2::Vpc::new("10.30.0.0/16".parse().unwrap()));
    let zone = stack.add(&aws, "zone", HostedZone::private("internal.example", vpc.id()));
    stack.add(&aws, "same-zone", HostedZone::private("Internal.example.", vpc.id()));
    let record = |name: &str| RecordSet::new(zone.id(), name, RecordType::A, ["192.0.2.1"]);
    stack.add(&aws, "record", record("*.internal.example"));
    stack.add(&aws, "same-record", record(r"\052.Internal.example."));
    stack.add(&aws, "other-record", record("*.internal.example").weighted("blue", 1));
    let Err(PlanError::Findings(findings)) = engine.plan(&stack).await else { panic!("there are findings") };
    let told: Vec<_> = findings.0.iter().map(|finding| (&*finding.address, &*finding.code)).collect();
    let same = ["same-group", "same-policy", "same-record", "same-role", "same-zone"];
    assert_eq!(told, same.map(|address| (address, "hold.duplicate")));
    assert!(memory.calls().is_empty());
}
