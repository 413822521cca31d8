//! Plans that drop rows and leave the objects.

use super::{Action, Blocker, Desired, PlanData, Purpose, Step, base};
use crate::{
    graph::Address,
    state::{Phase, Recorded, Row},
};
use std::collections::{BTreeMap, BTreeSet};

/// A plan that drops the rows at these addresses and below. `release` takes our tags off the objects too.
pub(crate) fn forget(
    desired: &Desired<'_>,
    recorded: &Recorded,
    secret_key: Option<&[u8; 32]>,
    addresses: &[Address],
    release: bool,
) -> PlanData {
    let meant = |row: &Row| addresses.iter().any(|address| row.address.starts_with(address.as_str()));
    let mut rows: Vec<&Row> = recorded.rows().filter(|row| meant(row)).collect();
    rows.sort_by(|a, b| (&a.address, a.generation).cmp(&(&b.address, b.generation)));
    let gone: BTreeSet<&Address> = rows.iter().map(|row| &row.address).collect();
    let mut users: BTreeMap<&Address, BTreeSet<&str>> = BTreeMap::new();
    for row in recorded.rows().filter(|row| !meant(row)) {
        for need in row.needs.iter().filter(|need| gone.contains(need)) {
            users.entry(need).or_default().insert(row.address.as_str());
        }
    }
    let blockers = users.into_iter().map(|(address, users)| {
        let users: Vec<_> = users.into_iter().collect();
        let (verb, users) = (if users.len() == 1 { "needs" } else { "need" }, users.join(", "));
        Blocker {
            address: address.clone(),
            why: format!("it cannot be forgotten alone: {users} {verb} it"),
            fix: format!("forget them too: {users}"),
        }
    });
    let steps = (0_u32..).zip(&rows).map(|(id, row)| step(id, row, desired, release));
    PlanData {
        purpose: Purpose::Forget,
        steps: steps.collect(),
        blockers: blockers.collect(),
        unchanged: recorded.len() - rows.len(),
        ..base(desired, recorded, secret_key)
    }
}

fn step(id: u32, row: &Row, desired: &Desired<'_>, release: bool) -> Step {
    let node = desired.stack.index.get(&row.address).map(|index| &desired.stack.nodes[*index as usize]);
    let object = row.phase.id().filter(|id| id.text() != "null");
    let action = if release && object.is_some() { Action::Release } else { Action::Forget };
    let kind = row.kind.as_deref().unwrap_or(&row.family).to_owned();
    let mut step = Step::new(id, &row.address, row.generation, kind, action);
    step.object = object.cloned();
    if matches!(row.phase, Phase::Creating { .. }) {
        step.notes
            .push("its create call has no answer: there may be an object that nobody knows then".into());
    }
    if node.is_some() && object.is_some() {
        step.notes.push("it is declared: the next plan makes another one, unless it is imported".into());
    }
    step
}
