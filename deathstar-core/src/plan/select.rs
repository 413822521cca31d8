//! A part of a plan: what is at some addresses, with all that it needs.

use super::{Action, Desired, PlanData, Step};
use crate::graph::Address;
use std::collections::{BTreeSet, HashSet};

/// Leaves the steps at these addresses and below, and every step that one of them waits for, directly or not. A replacement is
/// taken whole, so that what stands on the old object is taken along.
pub(crate) fn select(plan: &mut PlanData, desired: &Desired<'_>, targets: &[Address]) {
    let meant = |address: &Address| targets.iter().any(|target| address.starts_with(target.as_str()));
    let mut chosen = vec![false; plan.steps.len()];
    let mut open: Vec<u32> =
        plan.steps.iter().filter(|step| meant(&step.address)).map(|step| step.id).collect();
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut chosen[id as usize], true) {
            continue;
        }
        let step = &plan.steps[id as usize];
        let later = |before: &&u32| !follows(desired, step, &plan.steps[**before as usize]);
        open.extend(step.after.iter().filter(later).copied().chain(step.other_half));
    }
    let mut numbers = vec![None; chosen.len()];
    let mut next = 0_u32;
    for (number, _) in numbers.iter_mut().zip(&chosen).filter(|(_, chosen)| **chosen) {
        *number = Some(next);
        next += 1;
    }
    let left_out = plan.steps.len() - next as usize;
    let all = std::mem::take(&mut plan.steps);
    for mut step in all.into_iter().filter(|step| chosen[step.id as usize]) {
        step.id = numbers[step.id as usize].unwrap_or_default();
        step.after = step.after.iter().filter_map(|before| numbers[*before as usize]).collect();
        step.other_half = step.other_half.and_then(|half| numbers[half as usize]);
        plan.steps.push(step);
    }
    let acts: HashSet<&Address> = plan.steps.iter().map(|step| &step.address).collect();
    let needed = needed(desired, &meant);
    plan.blockers.retain(|blocker| {
        meant(&blocker.address) || acts.contains(&blocker.address) || needed.contains(&blocker.address)
    });
    plan.drift.retain(|drift| meant(&drift.address) || acts.contains(&drift.address));
    plan.foreign.retain(|foreign| meant(&foreign.within) || acts.contains(&foreign.within));
    plan.exports = false;
    plan.targets = targets.to_vec();
    let names: Vec<_> = targets.iter().map(Address::as_str).collect();
    let names = names.join(", ");
    plan.notes.push(match left_out {
        0 => format!("This plan is partial: it is about {names} alone. Nothing else was to be done."),
        1 => format!("This plan is partial: it is about {names} and what they need. 1 step is left out."),
        count => {
            format!(
                "This plan is partial: it is about {names} and what they need. {count} steps are left out."
            )
        }
    });
}

/// Whether a step waits for another only because a new dependent is made between two passes: without it there is nobody to wait for.
fn follows(desired: &Desired<'_>, step: &Step, before: &Step) -> bool {
    before.pass < step.pass
        && before.action == Action::Create
        && before.other_half.is_none()
        && before.address != step.address
        && !needed(desired, &|address| *address == step.address).contains(&before.address)
}

/// The addresses that the declared targets need, directly or not.
fn needed<'d>(desired: &'d Desired<'_>, meant: &impl Fn(&Address) -> bool) -> BTreeSet<&'d Address> {
    let nodes = &desired.stack.nodes;
    let mut open: Vec<u32> =
        (0_u32..).zip(nodes).filter(|(_, node)| meant(&node.address)).map(|(index, _)| index).collect();
    let mut found = BTreeSet::new();
    while let Some(node) = open.pop() {
        for need in desired.needs.of(node) {
            if found.insert(&nodes[*need as usize].address) {
                open.push(*need);
            }
        }
    }
    found
}
