//! Plans that take what is seen into the record and change nothing else.

use super::{
    Action, PlanData, Purpose, Request, Sight, Step, base,
    outlook::{current_spec, existing},
    planner::drift,
};
use crate::{
    Raw, Result, SeenState,
    driver::{AnySeen, Tags},
    erase::AnyKind,
    state::{Phase, Row},
};
use serde_json::Value;
use std::sync::Arc;

/// A plan that accepts drift: rows become what was seen, and rows of what is gone are dropped.
///
/// # Errors
/// When a recorded spec cannot be read or compared.
pub(crate) fn refresh_only(request: &Request<'_>) -> Result<PlanData> {
    let objects = existing(request)?;
    let drift = drift(request, &objects)?;
    let mut steps: Vec<Step> = vec![];
    let mut unchanged = 0;
    for object in &objects {
        let Some(row) = object.row else { continue };
        let settled = matches!(row.phase, Phase::Live { .. } | Phase::Broken { .. });
        let sight = request.observed.objects.get(&(row.address.clone(), row.generation)).filter(|_| settled);
        let next = match sight {
            Some(Sight::Seen(seen)) => accepted(object.kind, row, seen)?.map(Some),
            Some(Sight::Gone) => Some(None),
            None => None,
        };
        let Some(next) = next else {
            unchanged += 1;
            continue;
        };
        let id = u32::try_from(steps.len()).unwrap_or(u32::MAX);
        let kind = row.kind.as_deref().unwrap_or(&row.family).to_owned();
        let action = if next.is_some() { Action::Record } else { Action::Forget };
        let mut step = Step::new(id, &row.address, row.generation, kind, action);
        step.object = row.phase.id().cloned();
        if next.is_none() {
            step.notes.push("it is gone from the cloud".into());
        }
        step.row = next.map(Box::new);
        steps.push(step);
    }
    Ok(PlanData {
        purpose: Purpose::RefreshOnly,
        steps,
        drift,
        foreign: request.observed.foreign.clone(),
        unchanged,
        ..base(request.desired, request.recorded, request.secret_key.as_ref())
    })
}

/// The row as it was seen; none where it says so already.
fn accepted(kind: &dyn AnyKind, row: &Row, seen: &AnySeen) -> Result<Option<Row>> {
    let recorded = current_spec(kind, row)?;
    let Some(id) = row.phase.id().cloned() else { return Ok(None) };
    let spec = if kind.compare(seen.spec.text(), recorded.text())?.iter().all(|change| change.write_only) {
        recorded
    } else {
        known(kind, &seen.spec, &recorded)?
    };
    let phase = match &seen.state {
        SeenState::Failed(cause) => Phase::Broken { id, spec, cause: cause.clone() },
        // A failed object may have been repaired by somebody.
        SeenState::Ready => Phase::Live { id, spec, outputs: seen.outputs.clone() },
        SeenState::Pending(_) => return Ok(None),
    };
    let tags: Arc<Tags> = if kind.about().identity.tagged() {
        let shown = row.tags.keys().filter_map(|key| Some((key.clone(), seen.tags.get(key)?.clone())));
        Arc::new(shown.collect())
    } else {
        Arc::clone(&row.tags)
    };
    let next = Row { version: kind.about().version, phase, tags, ..row.clone() };
    Ok((next != *row).then_some(next))
}

/// What is seen and managed, with what the API never tells as it is recorded.
pub(crate) fn known(kind: &dyn AnyKind, seen: &Raw, recorded: &Raw) -> Result<Raw> {
    let mut spec = kind.managed(recorded.text(), seen)?.value();
    for change in kind.compare(seen.text(), recorded.text())?.into_iter().filter(|change| change.write_only) {
        if let Value::Object(fields) = &mut spec {
            fields.insert(change.field.to_owned(), change.after);
        }
    }
    kind.canonical(&spec)
}
