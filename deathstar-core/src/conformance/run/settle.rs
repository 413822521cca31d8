//! Waiting, and the loop that brings an object to a spec: the engine's own, with its comparison.

use super::{Object, Rule, Run, Stop, Went, named};
use crate::{
    Driver, Op, Progress, Ready, Resource, Seen, SeenState,
    erase::{Change, Weight},
};

/// How the loop ended.
pub(super) enum Converged {
    /// Nothing differs any more.
    Yes {
        /// How many calls were made.
        calls: u32,
        /// Whether one of them answered an operation.
        op: bool,
    },
    /// It does not come nearer.
    No(String),
}

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Waits until an operation ends.
    pub(super) async fn finish(&mut self, op: Option<Op>) -> Went<()> {
        let Some(op) = op else { return Ok(()) };
        if !self.polls_end {
            return Ok(()); // It is told already; what `find` shows goes on.
        }
        self.check(Rule::PollEnds);
        let until = self.trial.clock.now() + self.trial.patience;
        loop {
            let client = &self.trial.client;
            let polled = self.call(|| client.poll(&op), false).await?;
            if let Some(calls) = &polled.calls {
                self.require_calls(Rule::ReadsOnly, Some(calls), <[_]>::is_empty, "`poll`");
            }
            match polled.answer {
                Ok(Progress::Done) => return Ok(()),
                Ok(Progress::Failed(error)) => {
                    return Err(Stop::Interrupted(format!("the operation {} failed: {error}", op.0)));
                }
                Ok(Progress::Waiting { why, .. }) if self.trial.clock.now() >= until => {
                    self.polls_end = false;
                    let time = self.trial.patience.as_secs();
                    let why = format!("the operation {} still goes on after {time} s: {why}", op.0);
                    self.tell(Rule::PollEnds, why);
                    return Ok(());
                }
                Ok(Progress::Waiting { after: Some(after), .. }) => self.trial.clock.sleep(after).await,
                Ok(Progress::Waiting { after: None, .. }) => self.tick().await,
                Err(failure) => {
                    self.polls_end = false;
                    let why = format!("the operation {} cannot be asked about: {}", op.0, failure.text());
                    self.tell(Rule::PollEnds, why);
                    return Ok(());
                }
            }
        }
    }

    /// Looks until an object shows.
    pub(super) async fn sight(&mut self, object: &Object<R>) -> Went<Option<Seen<R>>> {
        let until = self.trial.clock.now() + R::IDENTITY.visible_within();
        loop {
            let seen = self.look(object).await?;
            if seen.is_some() || self.trial.clock.now() >= until {
                return Ok(seen);
            }
            self.tick().await;
        }
    }

    /// Waits until an object can be used.
    pub(super) async fn settle(&mut self, object: &Object<R>, op: Option<Op>) -> Went<Seen<R>> {
        self.finish(op).await?;
        let until = self.trial.clock.now() + self.trial.patience;
        loop {
            let Some(seen) = self.sight(object).await? else {
                return Err(self.unseen(object));
            };
            match &seen.state {
                SeenState::Ready => return Ok(seen),
                SeenState::Failed(cause) => {
                    return Err(Stop::Interrupted(format!("an object failed: {cause}")));
                }
                SeenState::Pending(why) if self.trial.clock.now() >= until => {
                    return Err(Stop::Interrupted(format!("an object stays pending: {why}")));
                }
                SeenState::Pending(_) => self.tick().await,
            }
        }
    }

    /// An object that was made and is not shown by its id.
    pub(super) fn unseen(&mut self, object: &Object<R>) -> Stop {
        let id = super::text(&object.id);
        let time = R::IDENTITY.visible_within().as_secs();
        self.tell(
            Rule::FindAgrees,
            format!("{id} was made, and looking for it shows nothing within {time} s"),
        );
        Stop::Told
    }

    /// Calls `change` until nothing differs; `write_once` says that write-only fields have to be written.
    pub(super) async fn converge(
        &mut self,
        object: &Object<R>,
        op: Option<Op>,
        mut write_once: bool,
    ) -> Went<Converged> {
        let to = Ready::resolved(object.spec.clone());
        let (mut running, mut calls, mut answered) = (op, 0, false);
        let mut last: Vec<Change> = vec![];
        loop {
            let seen = self.settle(object, running.take()).await?;
            let mut missing = self.differences(&seen.spec, &object.spec)?;
            missing.retain(|change| !change.write_only || write_once);
            if missing.is_empty() {
                return Ok(Converged::Yes { calls, op: answered });
            }
            if missing.iter().any(|change| change.weight != Weight::Update) {
                return Ok(Converged::No(named(&missing)));
            }
            if calls >= self.trial.changes {
                return Ok(Converged::No(format!("after {calls} calls of `change` {}", named(&missing))));
            }
            if missing == last {
                // A change may become visible late.
                last = vec![];
                self.tick().await;
                continue;
            }
            let client = &self.trial.client;
            let called = self.call(|| client.change(&object.cx, &seen, &to), true).await?;
            self.require_calls(
                Rule::ChangeOneCall,
                called.calls.as_deref(),
                |c| c.len() <= 1,
                "one `change`",
            );
            calls += 1;
            write_once = false;
            last = missing;
            match called.answer {
                Ok(op) => {
                    answered |= op.is_some();
                    running = op;
                }
                Err(failure) => {
                    let why = format!("`change` fails ({}) while {}", failure.text(), named(&last));
                    return Ok(Converged::No(why));
                }
            }
        }
    }
}
