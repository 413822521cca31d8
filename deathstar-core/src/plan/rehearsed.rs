//! What was said to steps before they are made, as a part of the plan.

use super::{Action, Blocker, Observed, Step};
use crate::{
    driver::{Check, Rehearsal},
    erase::{Change, Weight},
    graph::Address,
    kind::overlap,
};

/// Which object a step was tried for: the one that is changed, or that goes, where there is one.
pub(crate) fn subject<'s>(steps: &'s [Step], step: &'s Step) -> (&'s Address, u32) {
    let other = step.other_half.and_then(|half| steps.get(half as usize));
    let old = other.filter(|other| other.action == Action::Delete);
    (&step.address, old.unwrap_or(step).generation)
}

/// Whether steps of this sort are tried.
pub(crate) fn is_tried(action: &Action) -> bool {
    matches!(action, Action::Create | Action::Update | Action::Import)
}

/// Writes what was said into steps; answers what forbids to apply them.
pub(crate) fn annotate(steps: &mut [Step], observed: &Observed) -> Vec<Blocker> {
    let mut blockers = vec![];
    if observed.rehearsals.is_empty() {
        return blockers;
    }
    for at in 0..steps.len() {
        let step = &steps[at];
        if !is_tried(&step.action) {
            continue;
        }
        let (address, generation) = subject(steps, step);
        let Some(said) = observed.rehearsals.get(&(address.clone(), generation)) else { continue };
        let (check, found) = judge(steps, step, said);
        blockers.extend(found);
        let notes = notes(said, step);
        let adds = if step.other_half.is_none() { said.adds.clone() } else { vec![] };
        let step = &mut steps[at];
        step.check = Some(check);
        step.adds = adds;
        step.notes.extend(notes);
    }
    blockers
}

/// What a refusal means: what is not about the object alone may be answered differently once the steps before are made.
fn judge(steps: &[Step], step: &Step, said: &Rehearsal) -> (Check, Vec<Blocker>) {
    let mut blockers = vec![];
    let mut check = said.check.clone();
    for refusal in &said.refusals {
        let why = if refusal.path.is_empty() {
            refusal.why.clone()
        } else {
            format!("{}: {}", refusal.path, refusal.why)
        };
        if let Some(before) = unmade(steps, step).filter(|_| !refusal.alone) {
            check = Check::not(format!("it is refused while {before} is not as planned: {why}"));
            continue;
        }
        let blocker = Blocker { address: step.address.clone(), why, fix: refusal.fix.clone() };
        if !blockers.contains(&blocker) {
            blockers.push(blocker);
        }
    }
    (check, blockers)
}

/// The first step that this one waits for, directly or not, and that changes what is there.
fn unmade<'s>(steps: &'s [Step], step: &Step) -> Option<&'s Address> {
    let mut seen = vec![false; steps.len()];
    let mut open: Vec<u32> = step.after.clone();
    let mut first: Option<u32> = None;
    while let Some(at) = open.pop() {
        let Some(before) = steps.get(at as usize) else { continue };
        if std::mem::replace(&mut seen[at as usize], true) {
            continue;
        }
        let acts = matches!(
            before.action,
            Action::Create | Action::Update | Action::Import | Action::Delete | Action::Ask
        );
        if acts && first.is_none_or(|first| at < first) {
            first = Some(at);
        }
        open.extend(&before.after);
    }
    first.and_then(|at| Some(&steps.get(at as usize)?.address))
}

fn notes(said: &Rehearsal, step: &Step) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for part in &said.unkept {
        let (after, before) = (super::value_text(&part.after), super::value_text(&part.before));
        all.push(format!(
            "{} is declared as {after}, and its provider makes it {before}: declare what it keeps, or ignore it",
            part.path
        ));
    }
    if step.other_half.is_some() && !said.fixed.is_empty() {
        all.push(format!(
            "its provider confirms that it cannot be changed in place: {}",
            said.fixed.join(", ")
        ));
    }
    if step.other_half.is_some()
        && said.fixed.is_empty()
        && said.check == Check::Checked
        && said.refusals.is_empty()
    {
        all.push("its provider would change it in place".into());
    }
    all.extend(said.warnings.iter().map(|warning| format!("its provider warns: {warning}")));
    all
}

/// Makes replacements of the changes that a provider says it does not make in place.
pub(super) fn confirm(observed: &Observed, address: &Address, generation: u32, changes: &mut [Change]) {
    if observed.rehearsals.is_empty() || changes.iter().any(|change| change.weight > Weight::Update) {
        return;
    }
    let Some(said) = observed.rehearsals.get(&(address.clone(), generation)) else { return };
    if said.fixed.is_empty() {
        return;
    }
    let is_fixed = |path: &str| said.fixed.iter().any(|fixed| overlap(fixed, path));
    let known = changes.iter().flat_map(|change| &change.parts).any(|part| is_fixed(&part.path));
    for change in changes.iter_mut() {
        for part in &mut change.parts {
            part.replaces = !known || is_fixed(&part.path);
        }
        if !known || change.parts.iter().any(|part| part.replaces) {
            change.weight = Weight::Replace;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Refusal;

    fn step(id: u32, at: &str, action: Action, after: &[u32]) -> Step {
        let address = Address::unchecked(at);
        Step { after: after.to_vec(), ..Step::new(id, &address, 1, "kind".into(), action) }
    }

    fn said(refusals: Vec<Refusal>) -> Observed {
        let mut observed = Observed::default();
        let mut said = Rehearsal::new(Check::Checked);
        said.refusals = refusals;
        observed.rehearsals.insert((Address::unchecked("last"), 1), said);
        observed
    }

    #[test]
    fn a_refusal_counts_unless_something_before_may_change_it() {
        let around = || Refusal::new("spec", "no account", "make one");
        let alone = || Refusal::new("spec", "no field", "write it right").alone();
        let chain = |first: Action| {
            vec![
                step(0, "first", first, &[]),
                step(1, "between", Action::Record, &[0]),
                step(2, "last", Action::Create, &[1]),
            ]
        };
        let mut steps = chain(Action::Create);
        assert!(annotate(&mut steps, &said(vec![around()])).is_empty());
        let why = "it is refused while first is not as planned: spec: no account";
        assert_eq!(steps[2].check, Some(Check::not(why)));
        let mut steps = chain(Action::Create);
        let blockers = annotate(&mut steps, &said(vec![alone()]));
        assert_eq!((blockers.len(), blockers[0].why.as_str()), (1, "spec: no field"));
        let mut steps = chain(Action::Record);
        assert_eq!(
            annotate(&mut steps, &said(vec![around()])).len(),
            1,
            "nothing before changes what is there"
        );
    }

    #[test]
    fn answers_to_an_old_object_are_told_with_its_replacement() {
        let mut create = step(1, "last", Action::Create, &[0]);
        (create.generation, create.other_half) = (2, Some(0));
        let mut delete = step(0, "last", Action::Delete, &[]);
        delete.other_half = Some(1);
        let mut steps = vec![delete, create];
        assert!(annotate(&mut steps, &said(vec![])).is_empty());
        assert_eq!((&steps[0].check, &steps[1].check), (&None, &Some(Check::Checked)));
        assert_eq!(steps[1].notes, ["its provider would change it in place"]);
    }
}
