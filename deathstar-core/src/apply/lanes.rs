//! What only one operation, or one call, may have at a time.

use crate::{Hold, Key, Span};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Mutex as Lane, OwnedMutexGuard};

/// The lanes of an apply.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<Key, Arc<Lane<()>>>>);

/// While it lives, its lanes are taken.
pub(crate) type Taken = Vec<OwnedMutexGuard<()>>;

impl Lanes {
    fn of(&self, holds: &[Hold], span: Span) -> Vec<Arc<Lane<()>>> {
        let mut keys: Vec<&Key> =
            holds.iter().filter(|hold| hold.span == span).map(|hold| &hold.key).collect();
        // Always in one order, so that two who need two lanes cannot wait for each other.
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return vec![];
        }
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.into_iter().map(|key| Arc::clone(lanes.entry(key.clone()).or_default())).collect()
    }

    /// Waits for the lanes of some holds.
    pub(crate) async fn take(&self, holds: &[Hold], span: Span) -> Taken {
        let mut taken = vec![];
        for lane in self.of(holds, span) {
            taken.push(lane.lock_owned().await);
        }
        taken
    }

    /// Takes what is free: for operations that went on while no process ran.
    pub(crate) fn resume(&self, holds: &[Hold]) -> Taken {
        self.of(holds, Span::Operation).into_iter().filter_map(|lane| lane.try_lock_owned().ok()).collect()
    }
}
