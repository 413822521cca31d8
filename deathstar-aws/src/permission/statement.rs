//! Statements, merged without allowing more.

use super::arn::{arns, is_regional};
use crate::{Account, iam};
use deathstar_core::{
    driver::tags::STACK,
    permission::{Condition, Need, Permission, Target, Which},
};
use std::collections::{BTreeMap, BTreeSet};

/// What conditions test: operator, key, values.
type Tests = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// A statement that allows actions on resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Statement {
    pub(super) actions: BTreeSet<String>,
    pub(super) resources: BTreeSet<String>,
    tests: Tests,
}

/// Whether objects are named, or only told apart by our tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Each by its ARN.
    Named,
    /// Those that carry our tag by it alone: shorter when there are many.
    ByTag,
}

impl Statement {
    /// One permission of a stack, on one connection.
    pub(super) fn of(permission: &Permission, stack: &str, account: &Account, detail: Detail) -> Self {
        let action = &*permission.action;
        let mut tests = Tests::new();
        let mut test = |operator: &str, key: &str, values: BTreeSet<String>| {
            tests.entry(operator.into()).or_default().entry(key.into()).or_default().extend(values);
        };
        let one = |text: &str| BTreeSet::from([text.to_owned()]);
        let resources = if let Target::Objects { of, which } = &permission.target {
            let tagged = permission.conditions.contains(&Condition::Ours);
            let which = if tagged && detail == Detail::ByTag { &Which::Any } else { which };
            arns(action, of, which, account).into_iter().collect()
        } else {
            if is_regional(action) {
                test("StringEquals", "aws:RequestedRegion", one(account.region_name()));
            }
            one("*")
        };
        for condition in &permission.conditions {
            match condition {
                Condition::Ours => test("StringEquals", &format!("aws:ResourceTag/{STACK}"), one(stack)),
                Condition::Claims => test("StringEquals", &format!("aws:RequestTag/{STACK}"), one(stack)),
                Condition::Test { operator, key, values } => test(operator, key, values.clone()),
                _ => {}
            }
        }
        Self { actions: one(action), resources, tests }
    }

    /// In IAM's form.
    pub(super) fn named(&self, sid: &str) -> iam::Statement {
        let statement = iam::Statement::allow_all(self.actions.iter().map(String::as_str))
            .on_all(self.resources.iter().map(String::as_str))
            .sid(sid);
        self.tests.iter().fold(statement, |statement, (operator, keys)| {
            keys.iter().fold(statement, |statement, (key, values)| {
                statement.when_any(operator, key, values.iter().map(String::as_str))
            })
        })
    }

    /// What names it: its service and its first action, `Ec2CreateVpc`.
    pub(super) fn title(&self) -> String {
        let first = self.actions.first().map_or("", String::as_str);
        let (service, action) = first.split_once(':').unwrap_or(("", first));
        let mut letters = service.chars();
        let service: String =
            letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect();
        format!("{service}{action}").chars().filter(char::is_ascii_alphanumeric).collect()
    }

    /// In two, each with a part of its resources, or else of its actions.
    pub(super) fn halves(&self) -> Option<[Self; 2]> {
        fn split(all: &BTreeSet<String>) -> Option<[BTreeSet<String>; 2]> {
            let middle = all.iter().nth(all.len() / 2).filter(|_| all.len() > 1)?;
            let mut low = all.clone();
            let high = low.split_off(middle);
            Some([low, high])
        }
        if let Some(halves) = split(&self.resources) {
            return Some(halves.map(|resources| Self { resources, ..self.clone() }));
        }
        split(&self.actions).map(|halves| halves.map(|actions| Self { actions, ..self.clone() }))
    }
}

/// The statements of all that is needed on some connections.
pub(super) fn statements<'n>(
    needed: impl IntoIterator<Item = (&'n Account, &'n [Need])>,
    stack: &str,
    detail: Detail,
) -> Vec<Statement> {
    let each = needed.into_iter().flat_map(|(account, needs)| {
        needs.iter().map(move |need| Statement::of(&need.permission, stack, account, detail))
    });
    merged(each.collect())
}

/// Fewer statements that allow the same: those that differ in their actions alone become one, then those that differ in their
/// resources alone. Two that differ in both stay two: together they would allow each action on each resource.
pub(super) fn merged(statements: BTreeSet<Statement>) -> Vec<Statement> {
    let mut by_resource: BTreeMap<(BTreeSet<String>, Tests), BTreeSet<String>> = BTreeMap::new();
    for one in statements {
        by_resource.entry((one.resources, one.tests)).or_default().extend(one.actions);
    }
    let mut by_action: BTreeMap<(BTreeSet<String>, Tests), BTreeSet<String>> = BTreeMap::new();
    for ((resources, tests), actions) in by_resource {
        by_action.entry((actions, tests)).or_default().extend(resources);
    }
    let merged = by_action.into_iter();
    merged
        .map(|((actions, tests), resources)| Statement { actions, resources: narrowest(&resources), tests })
        .collect()
}

/// Without the ARNs that a pattern among them matches already.
fn narrowest(resources: &BTreeSet<String>) -> BTreeSet<String> {
    let patterns: Vec<String> =
        resources.iter().filter_map(|resource| resource.strip_suffix('*').map(str::to_owned)).collect();
    let covered = |resource: &String| {
        patterns.iter().any(|pattern| {
            resource.starts_with(pattern.as_str()) && resource.strip_suffix('*') != Some(pattern.as_str())
        })
    };
    resources.iter().filter(|resource| !covered(resource)).cloned().collect()
}
