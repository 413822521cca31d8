//! The loop towards an object's end: only what is ours is deleted, until it is no longer seen.

use super::{
    Outcome,
    retry::Repeats,
    work::{Job, Object, Worked},
};
use crate::{
    Effect, Error, Identity, Meaning, Raw, Result, SeenState, Verb,
    driver::{AnySeen, Op},
    plan::Step,
    state::{Phase, Row},
};
use std::time::Duration;

impl Job<'_> {
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
