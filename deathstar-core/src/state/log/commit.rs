//! Group commit: one sync at a time, and everyone whose record it covers is woken by it.

use super::LogError;
use std::{
    io,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// What is durable, and who wants more.
#[derive(Debug)]
pub(super) struct Commit {
    wanted: Mutex<Wanted>,
    wake: Condvar,
    state: watch::Sender<State>,
}

#[derive(Debug)]
struct Wanted {
    /// The last record that somebody waits for.
    position: u64,
    stopped: bool,
}

#[derive(Debug)]
struct State {
    /// The last record that is durable.
    durable: u64,
    /// The first failure, after which nothing becomes durable any more.
    lost: Option<LogError>,
}

impl Commit {
    /// Of a log whose records up to `durable` are durable.
    pub(super) fn new(durable: u64) -> Self {
        Self {
            wanted: Mutex::new(Wanted { position: durable, stopped: false }),
            wake: Condvar::new(),
            state: watch::Sender::new(State { durable, lost: None }),
        }
    }

    /// Waits until `position` is durable, and asks for it when it is not.
    pub(super) async fn wait(&self, position: u64) -> Result<(), LogError> {
        let reached = |state: &State| state.durable >= position || state.lost.is_some();
        let mut watch = self.state.subscribe();
        if !reached(&watch.borrow()) {
            let mut wanted = lock(&self.wanted);
            if wanted.position < position {
                wanted.position = position;
                self.wake.notify_one();
            }
        }
        // The sender lives in `self`, so the watch never ends before the wait does.
        let is_durable = watch.wait_for(reached).await.is_ok_and(|state| state.durable >= position);
        if is_durable { Ok(()) } else { self.check() }
    }

    /// Waits until the log is lost.
    pub(super) async fn lost(&self) -> LogError {
        let mut watch = self.state.subscribe();
        let error =
            watch.wait_for(|state| state.lost.is_some()).await.ok().and_then(|state| state.lost.clone());
        match error {
            Some(error) => error,
            // The sender lives in `self`, so the watch never ends before the wait does.
            None => std::future::pending().await,
        }
    }

    /// The failure that lost the log, if one did.
    pub(super) fn check(&self) -> Result<(), LogError> {
        self.state.borrow().lost.clone().map_or(Ok(()), Err)
    }

    /// Whether `position` is durable.
    pub(super) fn is_durable(&self, position: u64) -> bool {
        self.state.borrow().durable >= position
    }

    /// Says that all records up to `position` are durable.
    pub(super) fn reached(&self, position: u64) {
        self.state.send_if_modified(|state| {
            let further = state.durable < position;
            state.durable = state.durable.max(position);
            further
        });
    }

    /// Ends the log because of a failed operation; the result is the first failure.
    pub(super) fn lose(&self, operation: &'static str, path: &Path, source: io::Error) -> LogError {
        let error = LogError::Lost { operation, path: path.into(), source: Arc::new(source) };
        self.state.send_modify(|state| {
            state.lost.get_or_insert_with(|| error.clone());
        });
        self.check().err().unwrap_or(error)
    }

    /// Ends [`Commit::run`] before its next sync.
    pub(super) fn stop(&self) {
        lock(&self.wanted).stopped = true;
        self.wake.notify_one();
    }

    /// Syncs as often as somebody waits, until stopped or until a sync fails.
    ///
    /// `sync` makes everything that is appended durable and returns the last record that this covers. Whoever asks while
    /// it runs shares the next one.
    pub(super) fn run(&self, sync: impl Fn() -> Result<u64, LogError>) {
        while self.is_wanted() {
            match sync() {
                Ok(position) => self.reached(position),
                Err(_) => return,
            }
        }
    }

    /// Waits until somebody waits for more than is durable; false when stopped.
    fn is_wanted(&self) -> bool {
        let mut wanted = lock(&self.wanted);
        while !wanted.stopped && wanted.position <= self.state.borrow().durable {
            wanted = self.wake.wait(wanted).unwrap_or_else(PoisonError::into_inner);
        }
        !wanted.stopped
    }
}

/// Locks a mutex; nothing that is done under one of this module's locks leaves a half-changed value when it panics.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::Commit;
    use crate::state::log::LogError;
    use std::{io, path::Path};

    #[test]
    fn the_first_failure_is_the_one_that_is_told() {
        let commit = Commit::new(0);
        for operation in ["write", "sync"] {
            let error = commit.lose(operation, Path::new("journal"), io::ErrorKind::StorageFull.into());
            assert!(matches!(error, LogError::Lost { operation: "write", .. }), "{error}");
        }
        assert!(matches!(commit.check(), Err(LogError::Lost { operation: "write", .. })));
    }
}
