//! Documents under IAM's limits.

use super::{
    arn::partition,
    statement::{Detail, Statement, merged, statements},
};
use crate::{
    Account, Aws,
    iam::{PolicyDocument, PolicyUse},
};
use deathstar_core::{
    Provider,
    permission::{Needed, Permission, Policy, Which},
};
use std::collections::{BTreeMap, BTreeSet};

/// How many managed policies a role takes.
///
/// Source: IAM User Guide, "IAM and AWS STS quotas": 10, which may be raised to 25.
const POLICIES_OF_A_ROLE: usize = 10;

/// Whoever makes the calls on some connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grantee {
    partition: &'static str,
    account: Option<String>,
    role: Option<String>,
    profile: Option<String>,
}

impl Grantee {
    fn of(account: &Account) -> Self {
        Self {
            partition: partition(account.region_name()),
            account: account.expected_account().map(str::to_owned),
            role: account.assumed_role().map(|role| role.arn().to_owned()),
            profile: account.named_profile().map(str::to_owned),
        }
    }

    /// As people read it.
    fn title(&self) -> String {
        let who = match (&self.role, &self.profile) {
            (Some(role), _) => format!("the role {role}"),
            (None, Some(profile)) => format!("whoever the profile `{profile}` stands for"),
            (None, None) => "whoever makes the calls".into(),
        };
        self.account.as_ref().map_or_else(|| who.clone(), |account| format!("{who}, in account {account}"))
    }

    /// A part of a name that tells it from others.
    fn label(&self) -> String {
        let role = self.role.as_deref().and_then(|arn| arn.rsplit('/').next());
        [self.account.as_deref(), role, self.profile.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("-")
    }
}

/// The documents that allow what is needed, for each who makes calls; and for who assumes their roles, that.
pub(crate) fn policies(stack: &str, needed: &[Needed<'_, Aws>]) -> Vec<Policy> {
    let mut grantees: BTreeMap<Grantee, Vec<&Needed<'_, Aws>>> = BTreeMap::new();
    for one in needed {
        grantees.entry(Grantee::of(&one.config)).or_default().push(one);
    }
    let several = grantees.len() > 1;
    let mut all = vec![];
    for (grantee, needed) in &grantees {
        let name = match grantee.label() {
            label if several && !label.is_empty() => format!("{stack}-{label}"),
            _ => stack.to_owned(),
        };
        all.extend(of_grantee(stack, &name, grantee, needed));
    }
    let roles: BTreeSet<Statement> = needed.iter().filter_map(|one| assumes(stack, &one.config)).collect();
    if !roles.is_empty() {
        let documents = split(merged(roles));
        let who = "whoever assumes the roles, before the first other call";
        all.extend(numbered(&format!("{stack}-assume"), who, documents));
    }
    all
}

fn of_grantee(stack: &str, name: &str, grantee: &Grantee, needed: &[&Needed<'_, Aws>]) -> Vec<Policy> {
    let documents = |detail| {
        let needed = needed.iter().map(|one| (&one.config, one.needs));
        split(statements(needed, stack, detail))
    };
    let mut found = documents(Detail::Named);
    let mut notes = vec![];
    if found.len() > POLICIES_OF_A_ROLE {
        found = documents(Detail::ByTag);
        notes.push(
            "there are many objects: those with the owner tag are told by it, and not one by one".to_owned(),
        );
    }
    if found.len() > POLICIES_OF_A_ROLE {
        let count = found.len();
        notes.push(format!(
            "these are {count} policies, and a role takes {POLICIES_OF_A_ROLE} unless its quota is raised"
        ));
    }
    let policies = numbered(name, &grantee.title(), found).into_iter();
    policies.map(|policy| notes.iter().fold(policy, |policy, note| policy.note(note.as_str()))).collect()
}

/// `sts:AssumeRole` on the role of a connection.
fn assumes(stack: &str, account: &Account) -> Option<Statement> {
    let role = account.assumed_role()?;
    let mut permission = Permission::new("sts:AssumeRole").on("role", Which::One(role.arn().to_owned()));
    if let Some(id) = role.named_external_id() {
        permission = permission.when("StringEquals", "sts:ExternalId", [id]);
    }
    Some(Statement::of(&permission, stack, account, Detail::Named))
}

fn numbered(name: &str, grantee: &str, documents: Vec<PolicyDocument>) -> Vec<Policy> {
    let several = documents.len() > 1;
    let named = (1..).zip(documents).map(|(number, document)| {
        let name = if several { format!("{name}-{number}") } else { name.to_owned() };
        let document = serde_json::to_value(&document).unwrap_or_default();
        Policy::new(Aws::NAME, name, grantee, document)
    });
    named.collect()
}

/// How much of a managed policy is left for statements.
const ROOM: usize = PolicyUse::Managed.max() - r#"{"Version":"2012-10-17","Statement":[]}"#.len();

/// Documents, each short enough for a managed policy.
pub(super) fn split(statements: Vec<Statement>) -> Vec<PolicyDocument> {
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    let mut documents = vec![];
    let mut open: Vec<crate::iam::Statement> = vec![];
    let mut used = 0;
    let mut left: Vec<Statement> = statements.into_iter().rev().collect();
    while let Some(next) = left.pop() {
        let title = next.title();
        let count = titles.get(&title).copied().unwrap_or(0) + 1;
        let sid = if count == 1 { title.clone() } else { format!("{title}{count}") };
        let statement = next.named(&sid);
        // Each but the first follows a comma.
        let length = length(&statement) + 1;
        if length > ROOM
            && let Some(halves) = next.halves()
        {
            left.extend(halves.into_iter().rev());
            continue;
        }
        titles.insert(title, count);
        if used + length > ROOM {
            documents.push(PolicyDocument::of(std::mem::take(&mut open)));
            used = 0;
        }
        used += length;
        open.push(statement);
    }
    if !open.is_empty() {
        documents.push(PolicyDocument::of(open));
    }
    documents
}

/// How long a statement is, as IAM counts: without white space.
fn length(statement: &crate::iam::Statement) -> usize {
    let text = serde_json::to_string(statement).unwrap_or_default();
    text.chars().filter(|c| !c.is_whitespace()).count()
}
