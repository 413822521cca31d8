//! What the server answered to our writes: the whole object as it is then, which nobody has to ask for again.

use crate::kube::{ObjectId, object::Shown};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long an answer is fresh. The look that a write is followed by comes at once; whoever comes later asks the server.
const FRESH: Duration = Duration::from_secs(1);

/// Answers to writes, each for the first look after it.
#[derive(Default)]
pub(super) struct Answers(Mutex<HashMap<ObjectId, (Duration, Shown)>>);

impl Answers {
    /// Keeps what a write was answered with.
    pub(super) fn keep(&self, id: ObjectId, shown: Shown, now: Duration) {
        self.all().insert(id, (now, shown));
    }

    /// Forgets an object, before something else is done to it.
    pub(super) fn forget(&self, id: &ObjectId) {
        self.all().remove(id);
    }

    /// Hands an answer out, once, in the version in which objects are looked at.
    pub(super) fn take(&self, id: &ObjectId, api_version: &str, now: Duration) -> Option<Shown> {
        let (then, shown) = self.all().remove(id)?;
        let is_fresh = now.saturating_sub(then) <= FRESH;
        (is_fresh && shown.object.api_version() == api_version).then_some(shown)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ObjectId, (Duration, Shown)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::{object::shown, ready::Rules};
    use serde_json::json;

    fn answered() -> (Answers, ObjectId) {
        let map = json!({"metadata": {"name": "a", "namespace": "shop"}, "data": {"key": "value"}});
        let shown = shown(map, "v1", "ConfigMap", &Rules::default());
        let (answers, id) = (Answers::default(), shown.object.id());
        answers.keep(id.clone(), shown, Duration::from_secs(7));
        (answers, id)
    }

    #[test]
    fn an_answer_is_handed_out_once() {
        let (answers, id) = answered();
        assert!(answers.take(&id, "v1", Duration::from_secs(7)).is_some());
        assert!(answers.take(&id, "v1", Duration::from_secs(7)).is_none());
    }

    #[test]
    fn what_is_old_or_of_another_version_is_asked_for_again() {
        let (answers, id) = answered();
        assert!(answers.take(&id, "v1", Duration::from_secs(9)).is_none());
        let (answers, id) = answered();
        assert!(answers.take(&id, "v2", Duration::from_secs(7)).is_none());
        let (answers, id) = answered();
        answers.forget(&id);
        assert!(answers.take(&id, "v1", Duration::from_secs(7)).is_none());
    }
}
