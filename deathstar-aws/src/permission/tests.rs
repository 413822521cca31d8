//! Statements and documents: what they allow, how long they are, and whom they are for.

use super::{
    arn::{arns, partition},
    policies::{policies, split},
    statement::{Detail, Statement, merged, statements},
};
use crate::{Account, AssumedRole, Aws, id::VpcId};
use deathstar_core::{
    permission::{Need, Needed, Permission, Policy, Which},
    prelude::*,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn account() -> Account {
    Account::region("eu-west-1").expect_account("123456789012")
}

fn one(permission: &Permission) -> Value {
    let statement = Statement::of(permission, "webshop", &account(), Detail::Named);
    serde_json::to_value(statement.named("Sid")).unwrap()
}

#[test]
fn what_exists_is_limited_by_arn_or_by_our_tag() {
    let known = super::on_own("ec2:DeleteVpc", "vpc", Some(&VpcId::new("vpc-1")));
    let expected = json!({
        "Sid": "Sid", "Effect": "Allow", "Action": "ec2:DeleteVpc",
        "Resource": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1",
        "Condition": {"StringEquals": {"aws:ResourceTag/deathstar:stack": "webshop"}},
    });
    assert_eq!(one(&known), expected);
    let unknown = super::on_own::<VpcId>("ec2:DeleteVpc", "vpc", None);
    assert_eq!(one(&unknown)["Resource"], "arn:aws:ec2:eu-west-1:123456789012:vpc/*");
    assert_eq!(one(&unknown)["Condition"], expected["Condition"]);
    // What lost our tag is read all the same, by its id.
    let read = super::reads_own("ec2:DescribeVpcAttribute", "vpc", Some(&VpcId::new("vpc-1")));
    assert_eq!(one(&read)["Condition"], Value::Null);
}

#[test]
fn what_is_made_carries_our_tag_and_says_which_call_writes_it() {
    let [create, tags] = &super::creates("ec2:CreateVpc", "vpc")[..] else { panic!("two") };
    let tag = json!({"aws:RequestTag/deathstar:stack": "webshop"});
    assert_eq!(one(create)["Condition"], json!({"StringEquals": tag}));
    assert_eq!(one(tags)["Action"], "ec2:CreateTags");
    let both = json!({"aws:RequestTag/deathstar:stack": "webshop", "ec2:CreateAction": "CreateVpc"});
    assert_eq!(one(tags)["Condition"], json!({"StringEquals": both}));
}

#[test]
fn lists_are_limited_to_the_region_where_there_is_one() {
    let [regional, global] = &super::lists(["ec2:DescribeVpcs", "iam:ListPolicies"])[..] else {
        panic!("two")
    };
    assert_eq!(one(regional)["Condition"], json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}));
    assert_eq!((&one(regional)["Resource"], &one(global)["Condition"]), (&json!("*"), &Value::Null));
}

#[test]
fn arns_are_those_of_the_partition_and_of_the_service() {
    for (region, expected) in [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-east-1", "aws"),
    ] {
        assert_eq!(partition(region), expected, "{region}");
    }
    let of = |action, kind, id: &str| arns(action, kind, &Which::One(id.into()), &account()).join(" ");
    let china = Account::region("cn-north-1");
    assert_eq!(arns("ec2:DeleteVpc", "vpc", &Which::Any, &china), ["arn:aws-cn:ec2:cn-north-1:*:vpc/*"]);
    assert_eq!(of("kms:CreateAlias", "alias", "alias/logs"), "arn:aws:kms:eu-west-1:123456789012:alias/logs");
    assert_eq!(of("route53:GetHostedZone", "hostedzone", "Z1"), "arn:aws:route53:::hostedzone/Z1");
    assert_eq!(
        of("ec2:ModifySecurityGroupRules", "prefix-list", "pl-1"),
        "arn:aws:ec2:eu-west-1:*:prefix-list/pl-1"
    );
    // A name alone may stand in any folder; a path is whole.
    let role = "arn:aws:iam::123456789012:role";
    assert_eq!(of("iam:GetRole", "role", "nodes"), format!("{role}/nodes {role}/*/nodes"));
    assert_eq!(of("iam:GetRole", "role", "/platform/nodes"), format!("{role}/platform/nodes"));
    assert_eq!(of("iam:PassRole", "role", "arn:aws:iam::1:role/x"), "arn:aws:iam::1:role/x");
    let group = "arn:aws:logs:eu-west-1:123456789012:log-group:/a";
    assert_eq!(of("logs:DeleteLogGroup", "log-group", "/a"), format!("{group} {group}:*"));
    assert_eq!(of("logs:DeleteLogGroup", "log-group", &format!("{group}:*")), format!("{group} {group}:*"));
}

/// Some statements that share much: a few actions on a few objects, with and without a condition.
fn some() -> impl Strategy<Value = Vec<Permission>> {
    let one = (0..4_u8, 0..3_u8, 0..4_u8, any::<bool>()).prop_map(|(action, of, id, ours)| {
        let which = if id == 0 { Which::Any } else { Which::One(format!("id-{id}")) };
        let one = Permission::new(format!("ec2:Action{action}")).on(format!("type-{of}"), which);
        if ours { one.ours() } else { one }
    });
    proptest::collection::vec(one, 0..24)
}

/// What statements allow: each action on each resource under each condition.
fn allowed(statements: &[Value]) -> BTreeSet<String> {
    fn texts(value: &Value) -> Vec<&str> {
        value.as_str().map_or_else(
            || value.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
            |text| vec![text],
        )
    }
    let mut all = BTreeSet::new();
    for statement in statements {
        for action in texts(&statement["Action"]) {
            for resource in texts(&statement["Resource"]) {
                all.insert(format!("{action} {resource} {}", statement["Condition"]));
            }
        }
    }
    all
}

/// Without what a pattern among them allows already.
fn narrowed(all: &BTreeSet<String>) -> BTreeSet<String> {
    let covered = |one: &String| {
        let mut parts = one.split(' ');
        let (action, resource, condition) =
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let Some((before, _)) = resource.rsplit_once('/') else { return false };
        !resource.ends_with("/*") && all.contains(&format!("{action} {before}/* {condition}"))
    };
    all.iter().filter(|one| !covered(one)).cloned().collect()
}

proptest! {
    #[test]
    fn merged_statements_allow_the_same(permissions in some()) {
        let each: BTreeSet<Statement> =
            permissions.iter().map(|one| Statement::of(one, "s", &account(), Detail::Named)).collect();
        let values = |all: Vec<Statement>| -> Vec<Value> {
            all.iter().map(|one| serde_json::to_value(one.named("Sid")).unwrap()).collect()
        };
        let before = allowed(&values(each.iter().cloned().collect()));
        let after = merged(each);
        let count = after.len();
        let after = allowed(&values(after));
        prop_assert!(after.is_subset(&before), "{:?} more", after.difference(&before));
        prop_assert_eq!(narrowed(&before), narrowed(&after));
        prop_assert!(count <= permissions.len());
    }

    #[test]
    fn documents_are_short_enough_and_hold_every_statement(count in 0..400_usize, width in 1..200_usize) {
        let each = (0..count).flat_map(|action| {
            (0..=width / 20).map(move |id| {
                Permission::new(format!("ec2:Action{}", action % 40)).on("vpc", Which::One(format!("vpc-{action}-{id}"))).ours()
            })
        });
        let each: BTreeSet<_> = each.map(|one| Statement::of(&one, "s", &account(), Detail::Named)).collect();
        let statements = merged(each);
        let value = |all: &[Statement]| allowed(&all.iter().map(|one| serde_json::to_value(one.named("x")).unwrap()).collect::<Vec<_>>());
        let before = value(&statements);
        let mut after = BTreeSet::new();
        let mut names = BTreeSet::new();
        for document in split(statements) {
            let text = document.to_json();
            prop_assert!(text.chars().filter(|c| !c.is_whitespace()).count() <= 6_144);
            let value: Value = serde_json::from_str(&text).unwrap();
            for statement in value["Statement"].as_array().unwrap() {
                let name = statement["Sid"].as_str().unwrap().to_owned();
                prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{}", name);
                prop_assert!(names.insert(name), "two statements of one name");
            }
            after.extend(allowed(value["Statement"].as_array().unwrap()));
        }
        prop_assert_eq!(before, after);
    }
}

/// The needs of a stack of VPCs on these connections.
async fn needs(accounts: Vec<Account>) -> deathstar_core::Permissions {
    let mut stack = Stack::new("webshop");
    for (number, account) in accounts.into_iter().enumerate() {
        let on = stack.connect(&format!("aws-{number}"), account);
        stack.add(&on, format!("vpc-{number}"), crate::ec2::Vpc::new("10.0.0.0/16".parse().unwrap()));
    }
    let memory = Memory::instant().with(crate::kinds());
    Engine::new(MemoryStore::new(), memory).permissions(&stack).await.unwrap()
}

fn names(policies: &[Policy]) -> Vec<(&str, &str)> {
    policies.iter().map(|policy| (policy.name.as_str(), policy.grantee.as_str())).collect()
}

#[tokio::test]
async fn regions_of_one_caller_share_a_policy_and_accounts_do_not() {
    let regions =
        needs(vec![account(), Account::region("eu-central-1").expect_account("123456789012")]).await;
    let policies = regions.policies().unwrap();
    assert_eq!(names(&policies), [("webshop", "whoever makes the calls, in account 123456789012")]);
    let text = policies[0].document.to_string();
    assert!(
        text.contains("ec2:eu-west-1:123456789012:vpc/*")
            && text.contains("ec2:eu-central-1:123456789012:vpc/*")
    );

    let other = Account::region("eu-west-1").expect_account("210987654321");
    let role = AssumedRole::new("arn:aws:iam::210987654321:role/platform/deploy").external_id("secret-word");
    let policies = needs(vec![account(), other.assume_role(role)]).await.policies().unwrap();
    let expected = [
        ("webshop-123456789012", "whoever makes the calls, in account 123456789012"),
        (
            "webshop-210987654321-deploy",
            "the role arn:aws:iam::210987654321:role/platform/deploy, in account 210987654321",
        ),
        ("webshop-assume", "whoever assumes the roles, before the first other call"),
    ];
    assert_eq!(names(&policies), expected);
    let expected = json!({
        "Sid": "StsAssumeRole", "Effect": "Allow", "Action": "sts:AssumeRole",
        "Resource": "arn:aws:iam::210987654321:role/platform/deploy",
        "Condition": {"StringEquals": {"sts:ExternalId": "secret-word"}},
    });
    assert_eq!(policies[2].document["Statement"], json!([expected]));
}

#[tokio::test]
async fn many_objects_are_told_by_their_tag_when_a_role_could_not_take_the_policies() {
    let needs: Vec<Need> = needs(vec![account()]).await.needs().map(|(_, need)| need.clone()).collect();
    let delete = needs.iter().find(|need| need.permission.action == "ec2:DeleteVpc").unwrap();
    let named = |count: usize| -> Vec<Need> {
        let one = |number| {
            let mut need = delete.clone();
            need.permission = super::on_own("ec2:DeleteVpc", "vpc", Some(&format!("vpc-{number:017x}")));
            need
        };
        (0..count).map(one).collect()
    };
    let of = |needs: &[Need]| policies("webshop", &[Needed::<Aws>::new("aws", account(), needs)]);
    let few = of(&named(60));
    assert_eq!(few.len(), 1);
    assert!(few[0].document.to_string().contains("vpc-0000000000000003b") && few[0].notes.is_empty());
    let several = of(&named(200));
    assert!((2..=10).contains(&several.len()));
    assert!(several[1].name == "webshop-2" && several[1].notes.is_empty());
    let many = of(&named(1_000));
    assert_eq!(many.len(), 1);
    assert_eq!(many[0].document["Statement"][0]["Resource"], "arn:aws:ec2:eu-west-1:123456789012:vpc/*");
    assert_eq!(many[0].notes.len(), 1);
    assert_eq!(statements([(&account(), &named(3)[..])], "webshop", Detail::Named)[0].resources.len(), 3);
}
