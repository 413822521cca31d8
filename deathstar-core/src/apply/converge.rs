//! The one loop for a create's tail, an update and settling.

use super::{
    mandate::{Mandate, Refusal},
    missing::Missing,
    retry::Repeats,
    work::{Halt, Job, Object, Worked},
};
use crate::{
    Error, Meaning, Raw, Repair, Result, SeenState, Verb,
    driver::{AnySeen, Op, Progress},
    plan::Step,
    state::{Phase, Row},
};

/// How often a call may be repeated without any field coming nearer.
const FRUITLESS: u32 = 6;

/// How an object stands after the loop.
pub(crate) struct Settled {
    pub(crate) outputs: Raw,
}

impl Job<'_> {
    /// Brings an object to what its row says, within a mandate, and answers what is known of it then.
    pub(crate) async fn converge(
        &self,
        step: &Step,
        object: &Object,
        row: &mut Row,
        mandate: &Mandate,
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
        let mut again = mandate.repairs && object.kind.about().repair == Repair::Update;
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
            let missing = Missing::of(object, &seen, &laid, write_once)?;
            if !failed && missing.is_empty() {
                return Ok(Settled { outputs: seen.outputs });
            }
            if let Some(cause) = mandate.refuses(&missing.changes, called) {
                return Err(match cause {
                    Refusal::Broken(cause) => self.broken(row, &id, &target, cause)?,
                    Refusal::NotPlanned(error) => error.into(),
                });
            }
            let names = missing.names();
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
            called |= failed || !missing.changes.is_empty();
            match self.change(step, object, &seen, &laid, &missing, failed).await {
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

    /// Makes the next missing call; with `again` also where no field differs.
    async fn change(
        &self,
        step: &Step,
        object: &Object,
        seen: &AnySeen,
        target: &Raw,
        missing: &Missing,
        again: bool,
    ) -> Result<Option<Op>> {
        let fields: Vec<_> = missing.changes.iter().map(|change| change.field).collect();
        tracing::debug!(address = %step.address, ?fields, "change");
        if missing.changes.is_empty() && !again {
            let call = object.driver.retag(&object.cx, seen, &missing.set, &missing.unset);
            return self.mutate(object, Verb::Retag, call).await.map(|()| None);
        }
        let secrets = self.supply(object);
        let call = object.driver.change(&object.cx, seen, target, &secrets);
        self.mutate(object, Verb::Change, call).await
    }

    /// Waits until an operation ends; answers its failure.
    pub(super) async fn wait_for(&self, step: &Step, object: &Object, op: &Op) -> Worked<Result<()>> {
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
}

/// Whether fields that cannot be read back differ from the row.
fn write_only(object: &Object, was: Option<&Raw>, target: &Raw) -> Result<bool> {
    let Some(was) = was else { return Ok(false) };
    Ok(object.kind.compare(was.text(), target.text())?.iter().any(|change| change.write_only))
}
