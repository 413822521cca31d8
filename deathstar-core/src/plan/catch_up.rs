//! Who has to catch up before what it needs goes on.
//!
//! An upgrade over several versions goes pass by pass, and each pass takes the dependents along. Where a run ended between what
//! made a step and a dependent that follows it, the dependent lags: it is brought to the value that its need has already, in a pass
//! of its own, before the need goes on. So nobody skips a value that the original plan would have given it.

use super::{
    evaluate::{View, evaluate},
    outlook::Decision,
    resolve::fragment,
};
use crate::{
    Result,
    erase::Weight,
    graph::{Expr, Marked, Reference, marks},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// The nodes whose change has to wait for a later pass, beside those that wait already.
pub(super) fn held(view: &View<'_, '_>) -> Result<BTreeSet<u32>> {
    let mut found = BTreeSet::new();
    for (node, outlook) in (0_u32..).zip(view.outlooks) {
        let Some(outlook) = outlook.as_ref().filter(|outlook| outlook.decision == Decision::Update) else {
            continue;
        };
        for change in outlook.changes.iter().filter(|change| change.weight == Weight::Update) {
            for (need, reference) in moving(view, node, change.field) {
                if lags(view, node, change.field, need, &reference)? {
                    found.insert(need);
                }
            }
        }
    }
    Ok(found)
}

/// The nodes whose specs a field reads, and that are about to change there.
fn moving(view: &View<'_, '_>, node: u32, field: &str) -> Vec<(u32, Reference)> {
    let stack = view.request.desired.stack;
    let spec = stack.nodes[node as usize].spec.text();
    let mut found = vec![];
    for mark in marks(fragment(spec, &format!("/{field}")).unwrap_or_default()) {
        let Marked::Expr(expr) = mark.what else { continue };
        expr.references(&mut |reference| {
            let Some(need) = stack.index.get(&reference.at).filter(|_| !reference.import) else { return };
            let Some(path) = reference.path.strip_prefix("/spec") else { return };
            let Some(outlook) = &view.outlooks[*need as usize] else { return };
            let current = outlook.existing.map(|at| view.existing[at as usize].spec.text());
            let moves = outlook.decision == Decision::Update
                && current
                    .is_some_and(|current| fragment(current, path) != fragment(outlook.target.text(), path));
            if moves {
                found.push((*need, reference.clone()));
            }
        });
    }
    found
}

/// Whether a field is behind what its need says already, and by more than one step of the need.
fn lags(view: &View<'_, '_>, node: u32, field: &str, need: u32, reference: &Reference) -> Result<bool> {
    let Some(outlook) = &view.outlooks[node as usize] else { return Ok(false) };
    let waiting = BTreeSet::from([need]);
    let as_it_is = View { waiting: &waiting, ..*view };
    let now = evaluate(&as_it_is, node, outlook.existing, None)?;
    if !now.changes.iter().any(|change| change.field == field && change.weight == Weight::Update) {
        return Ok(false);
    }
    Ok(one_step(view, node, field, need, reference)? != Some(true))
}

/// Whether the need could have come from what the field says now to its next value in one step; none where the field is no plain
/// reference, so that nobody can tell.
fn one_step(
    view: &View<'_, '_>,
    node: u32,
    field: &str,
    need: u32,
    reference: &Reference,
) -> Result<Option<bool>> {
    let stack = view.request.desired.stack;
    let pointer = format!("/{field}");
    let Some(declared) = fragment(stack.nodes[node as usize].spec.text(), &pointer) else { return Ok(None) };
    let plain = match marks(declared).as_slice() {
        [mark] => mark.at == (0..declared.len()) && mark.what == Marked::Expr(Expr::Ref(reference.clone())),
        _ => false,
    };
    let (Some(own), Some(of_need)) = (&view.outlooks[node as usize], &view.outlooks[need as usize]) else {
        return Ok(None);
    };
    let (Some(own), Some(prior)) = (own.existing, of_need.existing) else { return Ok(None) };
    let says = fragment(view.existing[own as usize].spec.text(), &pointer)
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut prior = view.existing[prior as usize].spec.value();
    let path = reference.path.strip_prefix("/spec").unwrap_or_default();
    match (plain, says, prior.pointer_mut(path)) {
        (true, Some(says), Some(slot)) => *slot = says,
        _ => return Ok(None),
    }
    let kind = stack.nodes[need as usize].kind;
    Ok(Some(kind.toward(of_need.target.text(), &prior.to_string())?.is_none()))
}
