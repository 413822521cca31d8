//! Steps that take objects over or let them go: import, release, and rows that are written as they are.

use super::{
    Outcome,
    executor::{declared, new_row},
    lanes::Taken,
    mandate::{Mandate, May},
    work::{Job, Worked},
};
use crate::{
    Error, Meaning, Result,
    driver::{AnySeen, tags},
    erase::Weight,
    graph::Address,
    plan::Step,
    state::{Phase, Record, Row},
};

/// Who owns an object that is to be imported, by its tags.
pub(crate) enum Owner {
    /// Nobody.
    Nobody,
    /// This very address, with the token that was written then.
    This(Box<str>),
    /// Somebody else.
    Other(String),
}

/// Who owns an object, from the point of view of one address of a stack.
pub(crate) fn owner(stack: &str, address: &Address, seen: &AnySeen) -> Owner {
    let Some(of) = seen.tags.get(tags::STACK) else { return Owner::Nobody };
    if of != stack {
        return Owner::Other(format!("stack `{of}`"));
    }
    match (seen.tags.get(tags::ADDRESS), seen.tags.get(tags::TOKEN)) {
        (Some(at), Some(token)) if at == address.as_str() => Owner::This(token.as_str().into()),
        (Some(at), _) if at != address.as_str() => Owner::Other(format!("`{at}` of this stack")),
        _ => Owner::Other("this stack, at an address that it does not say".into()),
    }
}

/// Makes an object ours: intent, owner tags and what differs, then the row of what it is.
pub(super) async fn import(job: &Job<'_>, step: &Step, lanes: Option<Taken>) -> Worked<Outcome> {
    let node = declared(job, step)?;
    let Some(id) = step.object.clone() else {
        return Err(Error::internal("the object to import is not named").hint("plan again").into());
    };
    let target = job.target(step)?;
    let phase = Phase::Settling { id: id.clone(), was: None, spec: target.clone(), op: None };
    let mut row = new_row(job, step, node, phase)?;
    let object = job.object(&row, Some(&node.tags), &target).await?;
    let Some(seen) = job.see(step, &object, &id, &target).await? else {
        return Err(Error::new(Meaning::NotFound, format!("{id} is gone since the plan was made")).into());
    };
    match owner(job.desired.stack.name(), &step.address, &seen) {
        Owner::Nobody => {}
        Owner::This(token) => row.token = token,
        Owner::Other(other) => {
            return Err(Error::new(Meaning::AlreadyExists, format!("{id} belongs to {other}"))
                .hint("it is not taken from its owner; forget it there first, and take its tags off")
                .into());
        }
    }
    let changes = node.options().ignore.compare(node.kind, &seen.spec, &target)?;
    if let Some(change) = changes.iter().find(|change| change.weight > Weight::Update) {
        let text = format!("{} differs, which needs a replacement", change.field);
        return Err(Error::new(Meaning::Conflict, text).hint("declare it as it is, and plan again").into());
    }
    // The token is part of the owner tags.
    let object = job.object(&row, Some(&node.tags), &target).await?;
    let lanes = match lanes {
        Some(lanes) => lanes,
        None => job.operation(&object).await,
    };
    // What it holds besides is of others, and not recorded.
    let was = Some(node.kind.managed(target.text(), &seen.spec)?);
    {
        let _busy = job.clients.clock().busy();
        let phase = Phase::Settling { id: id.clone(), was, spec: target.clone(), op: None };
        job.ledger.intend_phase(&mut row, phase).await?;
    }
    let may = May::Planned(step.changes.iter().map(|change| change.field.clone()).collect());
    let settled = job.converge(step, &object, &mut row, &Mandate { may, repairs: true }).await?;
    drop(lanes);
    job.ledger.phase(&mut row, Phase::Live { id, spec: target, outputs: settled.outputs })?;
    Ok(Outcome::Done)
}

/// Takes our tags off an object, and drops its row. Interrupted in between, it is done again.
pub(super) async fn release(job: &Job<'_>, step: &Step) -> Worked<Outcome> {
    let Some(row) = job.row(step)? else { return Ok(Outcome::Unchanged) };
    let spec = row.phase.spec().clone();
    let object = job.object(&row, Some(&row.tags), &spec).await?;
    if let Some(id) = row.phase.id()
        && object.kind.about().identity.tagged()
        && let Some(seen) = job.see(step, &object, id, &spec).await?
        && object.owns_by_tag(&seen)
    {
        let ours: Vec<String> = seen.tags.keys().filter(|key| tags::is_ours(key)).cloned().collect();
        job.untag(step, &object, &seen, &ours).await?;
    }
    job.ledger.gone(&row)?;
    Ok(Outcome::Done)
}

/// Writes the row of a step as it is. The numbers of connections are those of this journal.
pub(super) fn write_row(job: &Job<'_>, row: &Row) -> Result<Outcome> {
    let mut row = row.clone();
    if let Some(connection) = job.connections.iter().find(|other| other.number == row.connection) {
        let declared = job.desired.stack.providers.iter().find(|other| *other.name == *connection.name);
        let declared = declared.ok_or_else(|| {
            Error::internal(format!("connection `{}` is not declared", connection.name)).hint("plan again")
        })?;
        row.connection = job.ledger.connection(connection.clone(), declared.place)?;
    }
    if row.token.is_empty() {
        row.token = job.token(&row.address, row.generation);
    }
    job.ledger.write(vec![Record::Row(Box::new(row))])?;
    Ok(Outcome::Done)
}
