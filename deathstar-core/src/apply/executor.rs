//! Steps in the order of their edges, as many at once as are ready.

use super::{
    Event, Outcome,
    mandate::{Mandate, May},
    schedule::Schedule,
    take_over,
    work::{Job, Worked, outcome},
};
use crate::{
    Error, Meaning, Raw, Result, Verb,
    graph::{Ignored, Node},
    plan::{Action, Step},
    state::{Phase, Record, Row},
};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{collections::HashMap, sync::Arc, time::Duration};

struct Ended {
    step: u32,
    outcome: Outcome,
    took: Duration,
}

/// Carries out all steps. Abandoned, it leaves what is under way to the next run.
pub(crate) async fn run(job: &Job<'_>) -> Vec<(Outcome, Duration)> {
    job.event(&Event::Started { total: job.steps.len() });
    let mut schedule = Schedule::new(job.steps);
    let end = |step: u32, outcome: Outcome, took: Duration, schedule: &mut Schedule| {
        job.event(&Event::StepEnded { step: &job.steps[step as usize], outcome: &outcome, took });
        schedule.end(step, outcome, took);
    };
    let mut running: FuturesUnordered<BoxFuture<'_, Ended>> = FuturesUnordered::new();
    let mut resumed = resumed(job);
    loop {
        while let Some(next) = schedule.next() {
            let step = &job.steps[next as usize];
            match schedule.doomed(next) {
                Some(because) => end(next, Outcome::Skipped { because }, Duration::ZERO, &mut schedule),
                None if job.stop.is_stopped() => {
                    end(next, Outcome::NotStarted, Duration::ZERO, &mut schedule);
                }
                None => {
                    job.event(&Event::StepStarted { step });
                    let lanes = resumed.remove(&next);
                    running.push(Box::pin(one(job, step, lanes)));
                }
            }
        }
        if running.is_empty() {
            break;
        }
        job.ledger.alone(running.len() == 1);
        tokio::select! {
            biased;
            () = job.stop.abandoned() => {
                drop(running);
                break;
            }
            Some(ended) = running.next() => {
                end(ended.step, ended.outcome, ended.took, &mut schedule);
                // Take all that ended in this instant before new steps start: their records share a sync.
            }
        }
    }
    job.event(&Event::Ended);
    schedule.ended(job.stop.is_abandoned())
}

/// Lanes of operations that went on while no process ran belong to the steps that finish them. A step that has to wait takes none:
/// what it waits for may need the same lane.
fn resumed(job: &Job<'_>) -> HashMap<u32, super::lanes::Taken> {
    let mut taken = HashMap::new();
    let recorded = job.ledger.recorded();
    for step in job.steps.iter().filter(|step| step.after.is_empty()) {
        let Some(row) = recorded.row(step.address.as_str(), step.generation) else { continue };
        let (Phase::Settling { spec, .. } | Phase::Deleting { spec, .. }) = &row.phase else { continue };
        let holds = job.clients.kind(row).and_then(|kind| kind.holds(spec.text())).unwrap_or_default();
        let lanes = job.lanes.resume(&holds);
        if !lanes.is_empty() {
            taken.insert(step.id, lanes);
        }
    }
    taken
}

async fn one(job: &Job<'_>, step: &Step, lanes: Option<super::lanes::Taken>) -> Ended {
    let clock = job.clients.clock();
    let start = clock.now();
    let span = tracing::info_span!("step", address = %step.address, kind = %step.kind, action = ?step.action);
    let limit = limit(job, step);
    let work = tracing::Instrument::instrument(carry_out(job, step, lanes), span);
    let ended = tokio::select! {
        biased;
        worked = work => outcome(worked),
        () = clock.sleep(limit) => {
            Outcome::Failed(job.timed_out(step, limit))
        }
    };
    Ended { step: step.id, outcome: ended, took: clock.now().saturating_sub(start) }
}

/// How long a step may take.
fn limit(job: &Job<'_>, step: &Step) -> Duration {
    let options = job.node(step).map(Node::options);
    let verb = match step.action {
        Action::Create => Some(Verb::Create),
        Action::Update | Action::Import => Some(Verb::Change),
        Action::Delete => Some(Verb::Delete),
        _ => None,
    };
    let said = options.and_then(|options| verb.map_or(options.time_out, |verb| options.limit(verb)));
    said.unwrap_or(job.patience.step)
}

async fn carry_out(job: &Job<'_>, step: &Step, lanes: Option<super::lanes::Taken>) -> Worked<Outcome> {
    match &step.action {
        Action::Create => create(job, step, lanes).await,
        Action::Update => update(job, step, lanes).await,
        Action::Delete => delete(job, step, lanes).await,
        Action::Rename { from } => rename(job, step, from.as_str()),
        Action::Import => take_over::import(job, step, lanes).await,
        Action::Release => take_over::release(job, step).await,
        Action::Recover | Action::Record if step.row.is_some() => match &step.row {
            Some(row) => Ok(take_over::write_row(job, row)?),
            None => Ok(Outcome::Unchanged),
        },
        Action::Recover => Err(Error::internal("the step has no row").hint("plan again").into()),
        Action::Forget => {
            if let Some(row) = job.ledger.row(&step.address, step.generation) {
                job.ledger.gone(&row)?;
            }
            Ok(Outcome::Done)
        }
        Action::Record => record(job, step).await,
        Action::Ask => ask(job, step).await,
        Action::Over => over(job, step).await,
    }
}

/// A row for a new object at the step's address.
pub(super) fn new_row(job: &Job<'_>, step: &Step, node: &Node, phase: Phase) -> Result<Row> {
    let connection = job.connection_of(node)?;
    let family = node.kind.about().family;
    Ok(Row {
        address: step.address.clone(),
        generation: step.generation,
        family: family.into(),
        kind: (step.kind != family).then(|| step.kind.as_str().into()),
        version: node.kind.about().version,
        connection,
        token: job.token(&step.address, step.generation),
        tags: if node.kind.about().identity.tagged() { Arc::clone(&node.tags) } else { Arc::default() },
        needs: needs(job, node),
        protect: node.options().protect,
        retain: node.options().retain,
        phase,
    })
}

fn needs(job: &Job<'_>, node: &Node) -> Vec<crate::Address> {
    let stack = job.desired.stack;
    let index = stack.index.get(&node.address).copied().unwrap_or(u32::MAX);
    job.desired.needs.of(index).iter().map(|need| stack.nodes[*need as usize].address.clone()).collect()
}

pub(super) fn declared<'j>(job: &Job<'j>, step: &Step) -> Result<&'j Node> {
    job.node(step).ok_or_else(|| {
        Error::internal(format!("{} is planned and is not declared", step.address))
            .hint("plan again with this program")
    })
}

async fn create(job: &Job<'_>, step: &Step, lanes: Option<super::lanes::Taken>) -> Worked<Outcome> {
    let node = declared(job, step)?;
    let unfinished = job.row(step)?;
    if unfinished.is_none() && step.conditional && unchanged(job, step)? {
        return Ok(Outcome::Unchanged);
    }
    let (mut row, fresh) = match unfinished {
        Some(row) => (row, false),
        None => (new_row(job, step, node, Phase::Creating { spec: job.target(step)? })?, true),
    };
    let spec = row.phase.spec().clone();
    let tags = Arc::clone(&row.tags);
    let object = job.object(&row, Some(&tags), &spec).await?;
    let lanes = match lanes {
        Some(lanes) => lanes,
        None => job.operation(&object).await,
    };
    if fresh {
        let mut records = vec![Record::Row(Box::new(row.clone()))];
        if let Some(generation) = step.gone {
            records.push(Record::Gone { address: step.address.clone(), generation });
        }
        let _busy = job.clients.clock().busy();
        job.ledger.intend(records).await?;
    }
    let id = match &row.phase {
        Phase::Creating { .. } => job.create(step, &object, &mut row, fresh).await?,
        other => other.id().cloned().unwrap_or_else(Raw::null),
    };
    let settled = job.converge(step, &object, &mut row, &Mandate { may: May::Any, repairs: false }).await?;
    drop(lanes);
    job.ledger.phase(&mut row, Phase::Live { id, spec, outputs: settled.outputs })?;
    Ok(Outcome::Done)
}

/// Whether a replacement turns out to be needless: what it would lead to is what is recorded. The first half that asks decides.
fn unchanged(job: &Job<'_>, step: &Step) -> Result<bool> {
    let Some(other) = step.other_half.and_then(|half| job.steps.get(half as usize)) else { return Ok(false) };
    let (create, delete) = if step.action == Action::Create { (step, other) } else { (other, step) };
    if let Some(decided) = job.decided(delete.id) {
        return Ok(decided);
    }
    let needless = needless(job, create, delete)?;
    job.decide(delete.id, needless);
    Ok(needless)
}

fn needless(job: &Job<'_>, create: &Step, delete: &Step) -> Result<bool> {
    let Some(row) = job.ledger.row(&delete.address, delete.generation) else { return Ok(false) };
    if !matches!(row.phase, Phase::Live { .. }) {
        return Ok(false);
    }
    // An input that is replaced itself, and whose old object has to go first, has no new value yet.
    let index = job.desired.stack.index.get(&create.address).copied().unwrap_or(u32::MAX);
    for need in job.desired.needs.of(index) {
        if let Some(half) = job.deletes_first(*need)
            && !(half.conditional && unchanged(job, half)?)
        {
            return Ok(false);
        }
    }
    let target = job.target(create)?;
    Ok(job.clients.kind(&row)?.compare(row.phase.spec().text(), target.text())?.is_empty())
}

async fn update(job: &Job<'_>, step: &Step, lanes: Option<super::lanes::Taken>) -> Worked<Outcome> {
    let node = declared(job, step)?;
    let Some(mut row) = job.row(step)? else {
        return Err(Error::internal("the object to update is not recorded").hint("plan again").into());
    };
    let target = job.target(step)?;
    let kind = job.clients.kind(&row)?;
    let (id, was) = match &row.phase {
        Phase::Live { id, spec, .. } => {
            if step.conditional && kind.compare(spec.text(), target.text())?.is_empty() {
                return Ok(Outcome::Unchanged);
            }
            (id.clone(), Some(spec.clone()))
        }
        Phase::Settling { id, was, .. } => (id.clone(), was.clone()),
        Phase::Broken { id, spec, .. } => (id.clone(), Some(spec.clone())),
        Phase::Creating { .. } | Phase::Deleting { .. } => {
            let text = format!("{} is {}, which cannot be updated", step.address, row.phase.name());
            return Err(Error::internal(text).hint("plan again").into());
        }
    };
    if let Some(worse) = worse(job, step, &row, &target)? {
        return Err(worse.into());
    }
    let may = may(step, &row, &target, kind)?;
    let object = job.object(&row, Some(&node.tags), &target).await?;
    let lanes = match lanes {
        Some(lanes) => lanes,
        None => job.operation(&object).await,
    };
    let op = match &row.phase {
        Phase::Settling { op, .. } => op.clone(),
        _ => None,
    };
    // Until it is done the object may name what it did name, and what it shall name.
    let named: Vec<_> = needs(job, node).into_iter().filter(|need| !row.needs.contains(need)).collect();
    row.needs.extend(named);
    {
        let _busy = job.clients.clock().busy();
        let phase = Phase::Settling { id: id.clone(), was, spec: target.clone(), op };
        job.ledger.intend_phase(&mut row, phase).await?;
    }
    let settled = job.converge(step, &object, &mut row, &Mandate { may, repairs: true }).await?;
    drop(lanes);
    if node.kind.about().identity.tagged() {
        row.tags = Arc::clone(&node.tags);
    }
    row.version = node.kind.about().version;
    row.needs = needs(job, node);
    row.protect = node.options().protect;
    row.retain = node.options().retain;
    job.ledger.phase(&mut row, Phase::Live { id, spec: target, outputs: settled.outputs })?;
    Ok(Outcome::Done)
}

/// An update whose resolved value turns out to need more than an update is refused.
fn worse(job: &Job<'_>, step: &Step, row: &Row, target: &Raw) -> Result<Option<Error>> {
    let kind = job.clients.kind(row)?;
    let none = Ignored::NONE;
    let ignored = job.node(step).map_or(&none, |node| &node.options().ignore);
    let changes = ignored.compare(kind, row.phase.spec(), target)?;
    let replaces = changes.iter().find(|change| change.weight > crate::erase::Weight::Update);
    Ok(replaces.map(|change| {
        let text = format!(
            "{} becomes {}, which needs a replacement that was not planned",
            change.field, change.after
        );
        Error::new(Meaning::Conflict, text).hint("plan again")
    }))
}

/// The fields that an update may change: those of the plan, or all where it finishes something.
fn may(step: &Step, row: &Row, target: &Raw, kind: &dyn crate::erase::AnyKind) -> Result<May> {
    if !matches!(row.phase, Phase::Live { .. }) {
        return Ok(May::Any);
    }
    let mut fields: std::collections::BTreeSet<String> =
        step.changes.iter().map(|change| change.field.clone()).collect();
    fields.extend(
        kind.compare(row.phase.spec().text(), target.text())?.iter().map(|change| change.field.to_owned()),
    );
    Ok(May::Planned(fields))
}

async fn delete(job: &Job<'_>, step: &Step, lanes: Option<super::lanes::Taken>) -> Worked<Outcome> {
    let Some(mut row) = job.row(step)? else { return Ok(Outcome::Unchanged) };
    if step.conditional && unchanged(job, step)? {
        return Ok(Outcome::Unchanged);
    }
    let spec = row.phase.spec().clone();
    let object = job.object(&row, None, &spec).await?;
    let _lanes = match lanes {
        Some(lanes) => lanes,
        None => job.operation(&object).await,
    };
    job.delete(step, &object, &mut row).await
}

fn rename(job: &Job<'_>, step: &Step, from: &str) -> Worked<Outcome> {
    let old = job.ledger.row(&crate::Address::unchecked(from), step.generation);
    let Some(old) = old else {
        return Err(Error::internal("the row to rename is not recorded").hint("plan again").into());
    };
    let needs = job.node(step).map_or_else(|| old.needs.clone(), |node| needs(job, node));
    let new = Row { address: step.address.clone(), needs, ..old.clone() };
    let gone = Record::Gone { address: old.address, generation: old.generation };
    job.ledger.write(vec![Record::Row(Box::new(new)), gone])?;
    Ok(Outcome::Done)
}

/// Brings a row up to date with its declaration and with what is seen.
async fn record(job: &Job<'_>, step: &Step) -> Worked<Outcome> {
    let node = declared(job, step)?;
    let Some(mut row) = job.ledger.row(&step.address, step.generation) else {
        return Err(Error::internal("the row to bring up to date is not recorded").hint("plan again").into());
    };
    row.version = node.kind.about().version;
    row.needs = needs(job, node);
    row.protect = node.options().protect;
    row.retain = node.options().retain;
    if let Phase::Live { id, outputs, .. } = row.phase.clone() {
        let spec = job.target(step)?;
        let fact = matches!(node.kind.about().role, crate::erase::Role::Fact { .. });
        let outputs = if fact {
            outputs
        } else {
            let object = job.object(&row, Some(&node.tags), &spec).await?;
            job.see(step, &object, &id, &spec).await?.map_or(outputs, |seen| seen.outputs)
        };
        row.phase = Phase::Live { id, spec, outputs };
    }
    job.ledger.put(&row)?;
    Ok(Outcome::Done)
}

async fn ask(job: &Job<'_>, step: &Step) -> Worked<Outcome> {
    let node = declared(job, step)?;
    let question = job.target(step)?;
    let phase = Phase::Creating { spec: question.clone() };
    let mut row = match job.ledger.row(&step.address, step.generation) {
        Some(row) => Row { needs: needs(job, node), connection: job.connection_of(node)?, ..row },
        None => new_row(job, step, node, phase)?,
    };
    let object = job.object(&row, None, &question).await?;
    job.ask(step, &object, &mut row, question).await
}

async fn over(job: &Job<'_>, step: &Step) -> Worked<Outcome> {
    if step.conditional {
        // What it is asked for may turn out to stay.
        for end in job.steps.iter().filter(|end| end.action == Action::Delete && end.after.contains(&step.id))
        {
            if unchanged(job, end)? {
                return Ok(Outcome::Unchanged);
            }
        }
    }
    let question = job.target(step)?;
    let recorded = job.ledger.row(&step.address, step.generation);
    let row = match &recorded {
        Some(row) => row.clone(),
        None => new_row(job, step, declared(job, step)?, Phase::Creating { spec: question.clone() })?,
    };
    let object = job.object(&row, None, &question).await?;
    job.over(step, &object, &question, recorded.as_ref()).await
}
