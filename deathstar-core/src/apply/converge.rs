//! The one loop for a create's tail, an update and settling; and the same loop towards an object's end.

use super::{
    Outcome,
    retry::Repeats,
    work::{Halt, Job, Object, Worked},
};
use crate::{
    Effect, Error, Identity, Meaning, Raw, Repair, Result, SeenState, Verb,
    driver::{AnySeen, Op, Progress, Tags, tags},
    erase::{Change, Weight},
    plan::Step,
    state::{Phase, Row},
};
use std::{collections::BTreeSet, time::Duration};

/// Which fields the loop may change.
pub(crate) enum May {
    /// All that can be changed in place: the tail of a create, or the end of something interrupted.
    Any,
    /// What the plan says.
    Planned(BTreeSet<String>),
}

/// How often a call may be repeated without any field coming nearer.
const FRUITLESS: u32 = 6;

/// How an object stands after the loop.
pub(crate) struct Settled {
    pub(crate) outputs: Raw,
}

impl Job<'_> {
    /// Creates the object of a row that is `Creating`, and answers its id. `fresh` says that no call was made for it before.
    pub(crate) async fn create(
        &self,
        step: &Step,
        object: &Object,
        row: &mut Row,
        fresh: bool,
    ) -> Worked<Raw> {
        let spec = row.phase.spec().clone();
        let identity = object.kind.about().identity;
        let mut unsure = !fresh;
        let mut repeats = Repeats::new(self.patience, &object.cx.token);
        // Some APIs overwrite what has the same key; what is there already is not ours, for nothing was sent yet.
        let refuses = object.kind.about().exclusive && !object.kind.adopts(spec.text())?;
        if fresh
            && !refuses
            && matches!(identity, Identity::Key { .. })
            && let Some(seen) = self.look(step, object, &spec).await?
            && !object.adopts(&seen, &spec)?
        {
            self.ledger.gone(row)?;
            return Err(foreign(step, &seen).into());
        }
        let made = loop {
            if unsure {
                if let Some(seen) = self.look_again(step, object, &spec, identity).await?
                    && !object.adopts(&seen, &spec)?
                {
                    if !object.owns(&seen, None, &spec)? {
                        self.ledger.gone(row)?;
                        return Err(foreign(step, &seen).into());
                    }
                    break (seen.id, None);
                }
                unsure = false;
            }
            let secrets = self.supply(object);
            let call = object.driver.create(&object.cx, &spec, &secrets);
            match self.mutate(object, Verb::Create, call).await {
                Ok(made) => break (made.id, made.op),
                Err(error) if error.effect() == Effect::Unknown => {
                    tracing::debug!(address = %step.address, %error, "a create call has no answer");
                    unsure = true;
                    self.wait_out(step, &mut repeats, unsure_error(&error)).await?;
                }
                Err(error) => {
                    if let Err(halt) = self.wait_out(step, &mut repeats, error).await {
                        // Nothing was made: the intent is withdrawn.
                        self.ledger.gone(row)?;
                        return Err(match halt {
                            Halt::Failed(error) if *error.meaning() == Meaning::AlreadyExists => {
                                Halt::Failed(taken(error))
                            }
                            other => other,
                        });
                    }
                }
            }
        };
        let (id, op) = made;
        self.ledger.phase(row, Phase::Settling { id: id.clone(), was: None, spec, op })?;
        Ok(id)
    }

    /// Looks for an object that may exist, until it would have to be visible.
    async fn look_again(
        &self,
        step: &Step,
        object: &Object,
        spec: &Raw,
        identity: Identity,
    ) -> Worked<Option<AnySeen>> {
        let until = self.clients.clock().now() + self.patience.hides(object.kind.about());
        loop {
            if let Some(seen) = self.look(step, object, spec).await? {
                return Ok(Some(seen));
            }
            // With a token the call itself finds out; without one it must not be repeated before the object would be visible.
            if identity == Identity::Token || self.clients.clock().now() >= until {
                return Ok(None);
            }
            self.tick(object, step, "looking for an object whose create call has no answer").await?;
        }
    }

    /// Brings an object to `target`, and answers what is known of it then. `repairs` says that it may be one that exists and failed.
    pub(crate) async fn converge(
        &self,
        step: &Step,
        object: &Object,
        row: &mut Row,
        (may, repairs): (&May, bool),
    ) -> Worked<Settled> {
        let Phase::Settling { id, was, spec: target, op } = row.phase.clone() else {
            return Err(Error::internal(format!("{} is not settling", row.address)).into());
        };
        let mut op = op;
        let mut write_once = write_only(object, was.as_ref(), &target)?;
        let hidden = self.patience.hides(object.kind.about());
        let visible_until = self.clients.clock().now() + hidden;
        let mut last: Option<(String, u32)> = None;
        let mut called = false;
        // Whether what has failed is written once more: to repair it, or since it failed for a reason that passes.
        let mut again = repairs && object.kind.about().repair == Repair::Update;
        let mut repeats = Repeats::new(self.patience, &object.cx.token);
        loop {
            if let Some(running) = op.take()
                && let Err(error) = self.wait_for(step, object, &running).await?
            {
                if !error.passes() {
                    return Err(self.broken(row, &id, &target, error.to_string())?);
                }
                self.wait_out(step, &mut repeats, error).await?;
                again = true;
            }
            let Some(seen) = self.see(step, object, &id, &target).await? else {
                if self.clients.clock().now() >= visible_until {
                    let text = format!("{id} was made and is not to be seen any more");
                    return Err(Error::new(Meaning::NotFound, text)
                        .hint("plan again: what is gone is made anew")
                        .into());
                }
                self.tick(object, step, "not visible yet").await?;
                continue;
            };
            let mut failed = false;
            match &seen.state {
                SeenState::Failed(_) if again => (again, failed) = (false, true),
                SeenState::Failed(cause) => return Err(self.broken(row, &id, &target, cause.clone())?),
                SeenState::Pending(why) => {
                    self.tick(object, step, why).await?;
                    continue;
                }
                SeenState::Ready => {}
            }
            // What is left alone is written as it is.
            let laid = object.ignore.lay(seen.spec.text(), &target);
            let changes = missing(object, &seen, &laid, write_once)?;
            let (set, unset) = missing_tags(object, &seen);
            if !failed && changes.is_empty() && set.is_empty() && unset.is_empty() {
                return Ok(Settled { outputs: seen.outputs });
            }
            if let Some(cause) = refused(&changes, may, called) {
                return Err(match cause {
                    Refusal::Broken(cause) => self.broken(row, &id, &target, cause)?,
                    Refusal::NotPlanned(error) => error.into(),
                });
            }
            let names = named(&changes, &set, &unset);
            match &mut last {
                Some((fields, times)) if *fields == names => {
                    *times += 1;
                    if *times >= FRUITLESS {
                        let text = format!("{} does not converge on {names}", object.kind.about().family);
                        let hint = "the API does not keep what is declared; declare what it keeps, or ignore the field";
                        return Err(Error::internal(text).hint(hint).into());
                    }
                    self.tick(object, step, &format!("{names} to be taken over")).await?;
                    if *times % 2 == 1 {
                        continue; // Only look: a change may become visible late.
                    }
                }
                _ => last = Some((names, 0)),
            }
            called |= failed || !changes.is_empty();
            match self.change(step, object, &seen, &laid, (failed, &changes, &set, &unset)).await {
                Ok(running) => {
                    write_once = false;
                    if running.is_some() {
                        let phase = Phase::Settling {
                            id: id.clone(),
                            was: was.clone(),
                            spec: target.clone(),
                            op: running.clone(),
                        };
                        self.ledger.phase(row, phase)?;
                    }
                    op = running;
                }
                // It may have happened: the next look shows it.
                Err(error) => self.wait_out(step, &mut repeats, error).await?,
            }
        }
    }

    async fn change(
        &self,
        step: &Step,
        object: &Object,
        seen: &AnySeen,
        target: &Raw,
        (failed, changes, set, unset): (bool, &[Change], &Tags, &[String]),
    ) -> Result<Option<Op>> {
        let fields: Vec<_> = changes.iter().map(|change| change.field).collect();
        tracing::debug!(address = %step.address, ?fields, "change");
        if changes.is_empty() && !failed {
            let call = object.driver.retag(&object.cx, seen, set, unset);
            return self.mutate(object, Verb::Retag, call).await.map(|()| None);
        }
        let secrets = self.supply(object);
        let call = object.driver.change(&object.cx, seen, target, &secrets);
        self.mutate(object, Verb::Change, call).await
    }

    /// Waits until an operation ends; answers its failure.
    async fn wait_for(&self, step: &Step, object: &Object, op: &Op) -> Worked<Result<()>> {
        let deed = (object.kind.about().family, Verb::Find);
        loop {
            match self.read(step, object, || object.connected.call(deed, object.driver.poll(op))).await? {
                Progress::Done => return Ok(Ok(())),
                Progress::Failed(error) => return Ok(Err(error)),
                Progress::Waiting { why, after: None } => self.tick(object, step, &why).await?,
                Progress::Waiting { why, after: Some(after) } => self.pause(after, &why).await?,
            }
        }
    }

    fn broken(&self, row: &mut Row, id: &Raw, spec: &Raw, cause: String) -> Result<Halt> {
        let error = Error::new(Meaning::Invalid, format!("it exists and failed: {cause}"))
            .hint("plan again: the plan offers to repair or to replace it");
        self.ledger.phase(row, Phase::Broken { id: id.clone(), spec: spec.clone(), cause })?;
        Ok(Halt::Failed(error))
    }

    /// Deletes the object of a row, until it is no longer seen.
    pub(crate) async fn delete(&self, step: &Step, object: &Object, row: &mut Row) -> Worked<Outcome> {
        let spec = row.phase.spec().clone();
        let was_creating = matches!(row.phase, Phase::Creating { .. });
        // Of what others make, and make again, only the run that has called knows that it has.
        let mut called = matches!(row.phase, Phase::Deleting { .. }) && object.kind.adopts(spec.text())?;
        let (was, mut op) = match &row.phase {
            Phase::Deleting { was, op, .. } => (was.clone(), op.clone()),
            Phase::Settling { was, .. } => (was.clone(), None),
            _ => (None, None),
        };
        let deleting = |id: &Raw, op: Option<Op>| Phase::Deleting {
            id: Some(id.clone()),
            was: was.clone(),
            spec: spec.clone(),
            op,
        };
        let known = if let Some(id) = row.phase.id().cloned() {
            Some(id)
        } else {
            let identity = object.kind.about().identity;
            let found = match identity {
                // A token cannot be repeated here: creating in order to delete would be worse than looking.
                Identity::Token => {
                    let hidden = self.patience.hides(object.kind.about());
                    self.look_until(step, object, &spec, hidden).await?
                }
                other => self.look_again(step, object, &spec, other).await?,
            };
            match found {
                Some(seen) if object.owns(&seen, None, &spec)? => Some(seen.id),
                Some(_) | None => None,
            }
        };
        let Some(id) = known else {
            self.ledger.gone(row)?;
            return Ok(Outcome::Unchanged);
        };
        // Only what is ours is marked for deletion: a row that is marked cannot be repaired any more.
        let mut first = if op.is_none() { Some(self.see(step, object, &id, &spec).await?) } else { None };
        if let Some(Some(seen)) = &first
            && !was_creating
            && !called
            && !object.owns(seen, was.as_ref(), &spec)?
        {
            return Err(not_ours(object, seen, &spec)?.into());
        }
        if !matches!(row.phase, Phase::Deleting { .. }) {
            let _busy = self.clients.clock().busy();
            self.ledger.intend_phase(row, deleting(&id, None)).await?;
        }
        let mut repeats = Repeats::new(self.patience, &object.cx.token);
        let hidden = self.patience.hides(object.kind.about());
        let visible_until = self.clients.clock().now() + hidden;
        loop {
            if let Some(running) = op.take()
                && let Err(error) = self.wait_for(step, object, &running).await?
            {
                // The next look shows what is left.
                self.wait_out(step, &mut repeats, error).await?;
            }
            let looked = match first.take() {
                Some(looked) => looked,
                None => self.see(step, object, &id, &spec).await?,
            };
            let Some(seen) = looked else {
                // Missing from a list is a suspicion; after our own call it is what we asked for.
                if called || self.clients.clock().now() >= visible_until {
                    self.ledger.gone(row)?;
                    return Ok(Outcome::Done);
                }
                self.tick(object, step, "to be sure that it is gone").await?;
                continue;
            };
            if !was_creating && !object.owns(&seen, was.as_ref(), &spec)? {
                let ended = !matches!(seen.state, SeenState::Pending(_));
                if called && ended && object.kind.about().identity.tagged() {
                    // Ours is gone, and somebody has made another of its name.
                    self.ledger.gone(row)?;
                    return Ok(Outcome::Done);
                }
                return Err(not_ours(object, &seen, &spec)?.into());
            }
            if called && let SeenState::Pending(why) = &seen.state {
                self.tick(object, step, why).await?;
                continue;
            }
            match self.mutate(object, Verb::Delete, object.driver.delete(&object.cx, &seen)).await {
                Ok(running) => {
                    called = true;
                    if running.is_some() {
                        self.ledger.phase(row, deleting(&id, running.clone()))?;
                    }
                    op = running;
                }
                Err(error) if *error.meaning() == Meaning::NotFound => {
                    called = true;
                    self.tick(object, step, "to be sure that it is gone").await?;
                }
                Err(error) => {
                    called |= error.effect() == Effect::Unknown;
                    self.wait_out(step, &mut repeats, error).await?;
                }
            }
        }
    }

    async fn look_until(
        &self,
        step: &Step,
        object: &Object,
        spec: &Raw,
        time: Duration,
    ) -> Worked<Option<AnySeen>> {
        let until = self.clients.clock().now() + time;
        loop {
            let found = self.look(step, object, spec).await?;
            if found.is_some() || self.clients.clock().now() >= until {
                return Ok(found);
            }
            self.tick(object, step, "looking for an object whose create call has no answer").await?;
        }
    }
}

/// Fields that cannot be read back and differ from the row.
fn write_only(object: &Object, was: Option<&Raw>, target: &Raw) -> Result<bool> {
    let Some(was) = was else { return Ok(false) };
    Ok(object.kind.compare(was.text(), target.text())?.iter().any(|change| change.write_only))
}

fn missing(object: &Object, seen: &AnySeen, target: &Raw, write_once: bool) -> Result<Vec<Change>> {
    let mut changes = object.kind.compare(seen.spec.text(), target.text())?;
    changes.retain(|change| !change.write_only || write_once);
    Ok(changes)
}

fn missing_tags(object: &Object, seen: &AnySeen) -> (Tags, Vec<String>) {
    if object.kind.about().identity.tagged() {
        tags::differ(&seen.tags, &object.cx.tags, &[], &object.had, &object.left)
    } else {
        (Tags::new(), vec![])
    }
}

enum Refusal {
    Broken(String),
    NotPlanned(Error),
}

/// Whether the loop may not make a change. What differs only after a call of ours differs by it: there are fields that can be
/// exchanged only while others are switched off.
fn refused(changes: &[Change], may: &May, called: bool) -> Option<Refusal> {
    for change in changes {
        match (&change.weight, may) {
            (Weight::Refuse(why), _) => return Some(Refusal::Broken(format!("{} {why}", change.field))),
            (Weight::Replace, May::Any) => {
                let text = format!("{} is {} and should be {}", change.field, change.before, change.after);
                return Some(Refusal::Broken(text));
            }
            (Weight::Replace, May::Planned(_)) => {
                let text =
                    format!("{} differs, which needs a replacement that was not planned", change.field);
                return Some(Refusal::NotPlanned(Error::new(Meaning::Conflict, text).hint("plan again")));
            }
            (Weight::Update, May::Planned(fields)) if !called && !fields.contains(change.field) => {
                let text = format!("{} was changed by somebody else since the plan was made", change.field);
                return Some(Refusal::NotPlanned(Error::new(Meaning::Conflict, text).hint("plan again")));
            }
            (Weight::Update, _) => {}
        }
    }
    None
}

fn named(changes: &[Change], set: &Tags, unset: &[String]) -> String {
    let mut fields = vec![];
    for change in changes {
        if change.parts.is_empty() {
            fields.push(change.field.to_owned());
        }
        fields.extend(change.parts.iter().map(|part| part.path.clone()));
    }
    let tags = set.keys().chain(unset).map(|tag| format!("tags.{tag}"));
    fields.into_iter().chain(tags).collect::<Vec<_>>().join(", ")
}

/// An error that allows to go on although the call may have had its effect.
fn unsure_error(error: &Error) -> Error {
    match error.meaning() {
        Meaning::Throttled | Meaning::Transient | Meaning::NotReady => error.clone(),
        _ => Error::new(Meaning::Transient, error.to_string()),
    }
}

fn foreign(step: &Step, seen: &AnySeen) -> Error {
    let text =
        format!("{} exists and is not ours: {} has other values or another owner", step.address, seen.id);
    Error::new(Meaning::AlreadyExists, text).hint("remove it, or declare it as it is and import it")
}

fn taken(error: Error) -> Error {
    if error.advice().is_some() {
        error
    } else {
        error.hint("it belongs to somebody else: choose another name, or import it")
    }
}

fn not_ours(object: &Object, seen: &AnySeen, recorded: &Raw) -> Result<Error> {
    let why = if object.kind.about().identity.tagged() {
        format!("{} does not carry our owner tag", seen.id)
    } else {
        let changes = object.kind.compare(seen.spec.text(), recorded.text())?;
        let fields: Vec<_> = changes
            .iter()
            .map(|change| format!("{} is {}, recorded is {}", change.field, change.before, change.after))
            .collect();
        format!(
            "{} was changed by somebody else ({}), so it cannot be proved that it is ours",
            seen.id,
            fields.join("; ")
        )
    };
    Ok(Error::new(Meaning::Conflict, format!("it is not deleted: {why}"))
        .hint("apply first, which repairs it; or forget it, and delete it by hand"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &'static str, weight: Weight) -> Change {
        let (before, after) = (serde_json::Value::Null, serde_json::Value::Null);
        Change { field, weight, moves: &[], write_only: false, before, after, parts: vec![] }
    }

    #[test]
    fn what_was_not_planned_is_changed_only_after_a_call_of_ours() {
        let planned = May::Planned(BTreeSet::from(["range".to_owned()]));
        let (range, other) = (change("range", Weight::Update), change("other", Weight::Update));
        let may = |changes: &[&Change], called| {
            let changes: Vec<Change> = changes.iter().copied().cloned().collect();
            refused(&changes, &planned, called).is_none()
        };
        assert!(may(&[&range], false) && may(&[&range], true));
        assert!(!may(&[&other], false) && !may(&[&range, &other], false));
        assert!(may(&[&other], true));
        assert!(!may(&[&change("other", Weight::Replace)], true));
    }
}
