//! Samples of IAM and KMS.

use super::{Outside, Sample, kinds::*};
use deathstar_aws::{
    iam::{PolicyDocument, Principal, Statement},
    id::RoleName,
    kms::Rotation,
};

pub fn trust(service: &str) -> PolicyDocument {
    PolicyDocument::trusting(Principal::service(service))
}

fn may(action: &str) -> PolicyDocument {
    PolicyDocument::of([Statement::allow(action).on("*")])
}

pub async fn iam_role(_: &Outside, others: usize) -> Sample<IamRole> {
    let role = |number| IamRole::new(format!("role-{number}"), trust("ec2.amazonaws.com")).description("one");
    let changed = IamRole::new("role-0", trust("eks.amazonaws.com")).description("two").max_session(7_200);
    Sample::numbered(others, role).becomes(changed)
}

async fn role_outside(outside: &Outside) -> RoleName {
    outside.role("role", &trust("ec2.amazonaws.com").to_json()).await;
    RoleName::new("role")
}

pub async fn iam_role_policy(outside: &Outside, others: usize) -> Sample<IamRolePolicy> {
    let role = role_outside(outside).await;
    let policy =
        |number: usize, action| IamRolePolicy::new(role.clone(), format!("policy-{number}"), may(action));
    Sample::numbered(others, |number| policy(number, "s3:GetObject")).becomes(policy(0, "s3:PutObject"))
}

pub async fn iam_role_policy_attachment(outside: &Outside, others: usize) -> Sample<IamRolePolicyAttachment> {
    let role = role_outside(outside).await;
    let mut policies = vec![];
    for number in 0..=others {
        policies.push(outside.policy(&format!("policy-{number}"), &may("s3:GetObject").to_json()).await);
    }
    Sample::each(policies, |policy| IamRolePolicyAttachment::new(role.clone(), policy))
}

pub async fn iam_policy(_: &Outside, others: usize) -> Sample<IamPolicy> {
    let policy =
        |number, action: &str| IamPolicy::new(format!("policy-{number}"), may(action)).path("/network/");
    Sample::numbered(others, |number| policy(number, "s3:GetObject")).becomes(policy(0, "s3:PutObject"))
}

pub async fn kms_key(_: &Outside, others: usize) -> Sample<KmsKey> {
    let key = |number| KmsKey::symmetric().description(format!("key {number}")).deletion_window(7);
    let changed = KmsKey::symmetric().description("another").rotation(Rotation::YEARLY).enabled(false);
    Sample::numbered(others, key).becomes(changed.deletion_window(8))
}

pub async fn kms_alias(outside: &Outside, others: usize) -> Sample<KmsAlias> {
    let (key, other) = (outside.key().await, outside.key().await);
    Sample::numbered(others, |number| KmsAlias::new(format!("alias/name-{number}"), key.clone()))
        .becomes(KmsAlias::new("alias/name-0", other))
}
