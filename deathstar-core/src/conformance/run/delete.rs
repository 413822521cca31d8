//! What deleting has to keep.

use super::{Object, Rule, Run, Went, find::Neighbours, text};
use crate::{Driver, Meaning, Resource, Seen, SeenState, Verb};

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Deletes the sample, once and again, and looks whether anything else went with it.
    pub(super) async fn delete_sample(
        &mut self,
        sample: &Object<R>,
        neighbours: Option<&Neighbours<R>>,
    ) -> Went<()> {
        let seen = self.settle(sample, None).await?;
        if self.remove(sample).await? {
            self.delete_again(sample, &seen).await?;
        }
        let Some(neighbours) = neighbours else {
            self.skip(Rule::DeleteOnlyGiven, "`many` gave no specs of other objects");
            return Ok(());
        };
        for (what, object) in neighbours.all() {
            let there = self.sight(object).await?.is_some();
            self.require(Rule::DeleteOnlyGiven, there, || {
                format!("{what} is gone since others were deleted: {}", text(&object.id))
            });
        }
        Ok(())
    }

    /// Deletes what is gone.
    async fn delete_again(&mut self, object: &Object<R>, seen: &Seen<R>) -> Went<()> {
        let client = &self.trial.client;
        let called = self.call(|| client.delete(&object.cx, seen), false).await?;
        self.check(Rule::DeleteRepeats);
        match called.answer {
            Ok(op) => self.finish(op).await,
            Err(failure) if failure.means(&Meaning::NotFound) => Ok(()),
            Err(failure) => {
                let why = format!("deleting what is gone fails: {}", failure.text());
                self.tell(Rule::DeleteRepeats, why);
                Ok(())
            }
        }
    }

    /// Deletes an object until it is no longer seen; answers whether that was reached.
    pub(super) async fn remove(&mut self, object: &Object<R>) -> Went<bool> {
        let until = self.trial.clock.now() + self.trial.patience;
        let (mut calls, mut answered, mut wait) = (0, false, false);
        loop {
            let Some(seen) = self.look(object).await? else {
                self.made.retain(|made| made.id != object.id);
                if calls > 0 {
                    self.check(Rule::DeleteEnds);
                    self.operation(Verb::Delete, "`delete`", answered);
                }
                return Ok(true);
            };
            if self.trial.clock.now() >= until || calls >= self.trial.changes {
                let why = format!("{} is still seen after {calls} calls of `delete`", text(&object.id));
                self.tell(Rule::DeleteEnds, why);
                return Ok(false);
            }
            if wait || matches!(seen.state, SeenState::Pending(_)) {
                // It may be on its way; a deletion may also become visible late.
                wait = false;
                self.tick().await;
                continue;
            }
            let client = &self.trial.client;
            let called = self.call(|| client.delete(&object.cx, &seen), false).await?;
            calls += 1;
            wait = true;
            match called.answer {
                Ok(op) => {
                    answered |= op.is_some();
                    self.finish(op).await?;
                }
                Err(failure) if failure.means(&Meaning::NotFound) => {}
                Err(failure) => {
                    self.tell(Rule::DeleteEnds, format!("`delete` fails: {}", failure.text()));
                    return Ok(false);
                }
            }
        }
    }
}
