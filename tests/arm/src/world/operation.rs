//! Operations that go on after their call was answered.

use super::{Change, State, World};
use crate::{
    answer::Refusal,
    id::Key,
    types::{Ends, Type},
};
use serde_json::{Value, json};
use std::time::Duration;

/// An operation on one object.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) key: Key,
    pub(crate) change: Change,
    /// How many looks it takes; none where time decides, or nothing.
    pub(crate) left: Option<u32>,
    /// When it ends.
    pub(crate) due: Option<Duration>,
    /// How it will end.
    pub(crate) outcome: Outcome,
    /// How it ended.
    pub(crate) done: Option<Outcome>,
    /// Where it is told.
    pub(crate) status: String,
    /// Where its result is told.
    pub(crate) result: String,
    /// What the last look at the result of a deletion is answered with.
    pub(crate) gone: u16,
    /// Whether its addresses are not known any more.
    pub(crate) forgotten: bool,
}

/// How an operation ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Outcome {
    #[default]
    Succeeded,
    Failed(Refusal),
    Canceled,
}

impl Outcome {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Succeeded => "Succeeded",
            Self::Failed(_) => "Failed",
            Self::Canceled => "Canceled",
        }
    }
}

impl Operation {
    pub(crate) fn is_running(&self) -> bool {
        self.done.is_none()
    }

    /// What is told of it.
    pub(crate) fn document(&self) -> Value {
        let status = self.done.as_ref().map_or("InProgress", Outcome::name);
        let mut document = json!({ "id": self.status, "name": self.id, "status": status });
        match &self.done {
            Some(Outcome::Failed(why)) => document["error"] = why.error(),
            Some(Outcome::Canceled) => {
                document["error"] = Refusal::new(409, "Canceled", "The operation was canceled.").error();
            }
            Some(Outcome::Succeeded) | None => {}
        }
        document
    }
}

impl World {
    /// Ends an operation.
    pub(super) fn finish(&mut self, operation: &str) {
        let Some(index) = self.operations.iter().position(|own| own.id == operation) else { return };
        let (key, change) = (self.operations[index].key.clone(), self.operations[index].change);
        let mut outcome = self.operations[index].outcome.clone();
        if change == Change::Delete && outcome == Outcome::Succeeded {
            outcome = self.remove(&key);
        }
        if outcome != Outcome::Succeeded || change == Change::Write {
            self.settle(&key, &outcome);
        }
        if let Some(object) = self.objects.get_mut(&key) {
            object.operation = None;
        }
        self.operations[index].done = Some(outcome);
    }

    /// Lets an object stand in the state that follows from how its operation ended; what was to go with it stays as it was.
    fn settle(&mut self, key: &Key, outcome: &Outcome) {
        for part in self.objects.inside(key) {
            if let Some(object) = self.objects.get_mut(&part)
                && object.state == State::Deleting
            {
                object.state = State::Succeeded;
            }
        }
        if let Some(object) = self.objects.get_mut(key) {
            object.version += 1;
            object.state = match outcome {
                Outcome::Succeeded => State::Succeeded,
                Outcome::Failed(_) => State::Failed,
                Outcome::Canceled => State::Canceled,
            };
        }
    }

    /// Removes an object with all that goes with it.
    pub(crate) fn remove(&mut self, key: &Key) -> Outcome {
        let held = self.objects.held_from_outside(key);
        let is_group = self.objects.get(key).is_some_and(|object| object.id.is_group());
        if is_group && !held.is_empty() {
            let held: Vec<_> = held.iter().map(Key::as_str).collect();
            let why = format!("Deletion of resource group did not succeed: {} is in use.", held.join(", "));
            return Outcome::Failed(Refusal::new(409, "ResourceGroupDeletionBlocked", why));
        }
        let mut gone = self.objects.inside(key);
        gone.push(key.clone());
        let followers = |key: &Key| self.objects.naming(key, |ends| ends == Ends::Follows);
        let more: Vec<_> = gone.iter().flat_map(followers).collect();
        for key in gone.into_iter().chain(more) {
            self.objects.take(&key);
        }
        Outcome::Succeeded
    }
}

impl Type {
    /// What the state is called while something goes on.
    pub(crate) fn state_name(&self, state: State) -> &'static str {
        match state {
            State::Succeeded => "Succeeded",
            State::Creating => self.creating,
            State::Updating => "Updating",
            State::Deleting => "Deleting",
            State::Failed => "Failed",
            State::Canceled => "Canceled",
        }
    }
}
