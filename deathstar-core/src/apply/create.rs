//! The one call that gives an object its identity: looked for before it is repeated.

use super::{
    retry::Repeats,
    work::{Halt, Job, Object, Worked},
};
use crate::{
    Effect, Error, Identity, Meaning, Raw, Verb,
    driver::AnySeen,
    plan::Step,
    state::{Phase, Row},
};

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
    pub(super) async fn look_again(
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
