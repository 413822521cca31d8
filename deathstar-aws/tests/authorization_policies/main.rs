//! What kinds say that they have to be allowed, against AWS's own tables of actions, resource types and condition keys.
//!
//! The tables tell which actions there are, on which types of objects each is authorised, which of these a call always names, and
//! which conditions can be asked there. They do not tell which calls a driver makes: the tests against the emulator do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test fails by panic"
)]
#![allow(missing_docs, unreachable_pub, reason = "a test has no users")]

#[path = "../../../tests/shared/counterpart.rs"]
mod counterpart;
mod everything;
mod tables;

use deathstar_core::{
    Permissions,
    permission::{Condition, Target},
    prelude::*,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use tables::Tables;

/// What a call of this name may need beside itself, and we never do.
///
/// Source: the user guides of the services.
const NOT_NEEDED: [(&str, &str, &str); 5] = [
    ("ec2:CreateFlowLogs", "ecs:ListClusters", "only for fields about ECS"),
    ("ec2:CreateFlowLogs", "ecs:ListContainerInstances", "only for fields about ECS"),
    ("ec2:CreateFlowLogs", "ecs:ListServices", "only for fields about ECS"),
    ("ec2:CreateFlowLogs", "ecs:ListTaskDefinitions", "only for fields about ECS"),
    ("ec2:CreateFlowLogs", "ecs:ListTasks", "only for fields about ECS"),
];

/// What a call of this name is said to be authorised on always, and is on something else instead.
const INSTEAD: [(&str, &str); 1] = [("route53:ChangeTagsForResource", "healthcheck")];

/// What is asked without any permission.
const FREE: [&str; 1] = ["caller"];

async fn life(stack: &Stack) -> Permissions {
    let memory = Memory::seeded(7).with(deathstar_aws::kinds());
    Engine::new(MemoryStore::new(), memory).permissions(stack).await.unwrap()
}

#[tokio::test]
async fn every_kind_is_among_the_samples_and_says_what_it_needs() {
    let stack = everything::declared();
    let permissions = life(&stack).await;
    let needed: BTreeSet<_> =
        permissions.needs().flat_map(|(_, need)| need.uses.iter().map(|one| one.address.clone())).collect();
    for address in stack.addresses() {
        let free = FREE.contains(&address.as_str());
        assert!(
            free || needed.contains(address.as_str()),
            "{address} says nothing of what it has to be allowed"
        );
    }
    // The families of the catalogue, as its text lists them.
    let families = format!("{:?}", deathstar_aws::kinds());
    let families: BTreeSet<&str> = families.split('"').filter(|part| part.starts_with("aws.")).collect();
    let declared = everything::families();
    assert_eq!(declared, families, "each family has a sample");
}

/// Every operation that a driver names where it calls it, by the text of the sources.
fn called() -> BTreeSet<String> {
    fn read(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("mod tests {").next().unwrap();
                // A driver is a file of its own, or a module at the end of a kind's.
                let calls = ["driver.rs", "calls.rs", "ask.rs", "tags.rs", "credential.rs"];
                let whole = calls.iter().any(|name| path.ends_with(name));
                let text =
                    if whole { text } else { text.split_once("mod driver {").map_or("", |(_, rest)| rest) };
                found.extend(text.split('"').filter(|part| is_action(part)).map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn is_action(text: &str) -> bool {
    let Some((service, action)) = text.split_once(':') else { return false };
    let known = ["ec2", "iam", "kms", "logs", "route53", "sts"].contains(&service);
    known
        && action.starts_with(|c: char| c.is_ascii_uppercase())
        && action.chars().all(|c| c.is_ascii_alphanumeric())
}

#[tokio::test]
async fn every_operation_that_a_driver_names_is_allowed() {
    let permissions = life(&everything::declared()).await;
    let actions = permissions.actions();
    let called = called();
    assert!(called.len() > 100, "{called:?}");
    let missing: Vec<_> = called.iter().filter(|one| !actions.contains(one.as_str())).collect();
    // AWS asks for no permission there.
    assert_eq!(missing, ["sts:GetCallerIdentity"]);
}

#[tokio::test]
async fn actions_exist_and_are_authorised_on_what_we_name() {
    let Some(tables) = Tables::load() else { return };
    let permissions = life(&everything::declared()).await;
    let mut wrong = vec![];
    for (_, need) in permissions.needs() {
        let permission = &need.permission;
        let Some(action) = tables.action(&permission.action) else {
            wrong.push(format!("there is no action `{}`", permission.action));
            continue;
        };
        match &permission.target {
            Target::Anything if !action.types().is_empty() => {
                wrong.push(format!(
                    "`{}` is authorised on {:?}, and we say `*`",
                    permission.action,
                    action.types()
                ));
            }
            Target::Objects { of, .. } if !action.types().contains(&**of) => {
                wrong.push(format!(
                    "`{}` is not authorised on a `{of}` but on {:?}",
                    permission.action,
                    action.types()
                ));
            }
            _ => {}
        }
        let of = if let Target::Objects { of, .. } = &permission.target { &**of } else { "" };
        let keys = action.condition_keys(of);
        for condition in &permission.conditions {
            let key = match condition {
                Condition::Ours => "aws:ResourceTag/${TagKey}",
                Condition::Claims => "aws:RequestTag/${TagKey}",
                Condition::Test { key, .. } => key,
                _ => panic!("unknown: {condition:?}"),
            };
            if !keys.contains(key) {
                wrong.push(format!("`{}` on a `{of}` knows no condition `{key}`", permission.action));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn what_a_call_always_names_is_allowed_too() {
    let Some(tables) = Tables::load() else { return };
    let permissions = life(&everything::declared()).await;
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, need) in permissions.needs() {
        let types = named.entry(&need.permission.action).or_default();
        if let Target::Objects { of, .. } = &need.permission.target {
            types.insert(of);
        }
    }
    let mut wrong = vec![];
    for (name, types) in &named {
        let Some(action) = tables.action(name) else { continue };
        for required in action.required() {
            if !types.contains(required) && !INSTEAD.contains(&(*name, required)) {
                wrong.push(format!("`{name}` is authorised on a `{required}` too"));
            }
        }
        for other in action.dependent() {
            let known = NOT_NEEDED.iter().any(|(of, not, _)| of == name && not == &other);
            if !known && !named.contains_key(other) {
                wrong.push(format!("`{name}` needs `{other}` beside it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn arns_have_the_form_of_their_types() {
    let Some(tables) = Tables::load() else { return };
    let permissions = life(&everything::declared()).await;
    let mut wrong = vec![];
    let mut checked = 0;
    for policy in permissions.policies().unwrap() {
        for statement in policy.document["Statement"].as_array().unwrap() {
            for action in tables::texts(&statement["Action"]) {
                for resource in tables::texts(&statement["Resource"]) {
                    checked += 1;
                    let right = match tables.action(action) {
                        None => false,
                        Some(found) if resource == "*" => found.types().is_empty(),
                        Some(found) => {
                            tables.forms(action, &found).iter().any(|form| tables::fits(form, resource))
                        }
                    };
                    if !right {
                        wrong.push(format!("`{action}` is not authorised on `{resource}`"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty() && checked > 0, "{wrong:#?}");
}

#[test]
fn forms_tell_types_apart() {
    let form = "arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}";
    assert!(tables::fits(form, "arn:aws:ec2:eu-west-1:123456789012:vpc/*"));
    assert!(tables::fits(form, "arn:aws-cn:ec2:cn-north-1:*:vpc/vpc-1"));
    for wrong in [
        "arn:aws:ec2:eu-west-1:123456789012:subnet/*",
        "arn:aws:ec2::123456789012:vpc/vpc-1",
        "arn:aws:iam:eu-west-1:123456789012:vpc/vpc-1",
        "arn:aws:ec2:eu-west-1:123456789012:vpc/",
        "*",
    ] {
        assert!(!tables::fits(form, wrong), "{wrong}");
    }
}
