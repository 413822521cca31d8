//! Stopping an apply: gently, or at once. Nothing is lost either way.

use std::sync::Arc;
use tokio::sync::watch;

/// Stops an apply. Clones stop the same one.
///
/// [`Stop::stop`] starts nothing new and waits for calls that are under way, never for what settles in the cloud;
/// [`Stop::abandon`] waits for nothing. In both cases the next run goes on.
#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<Level>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Run,
    Stop,
    Abandon,
}

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Level::Run)))
    }
}

impl Stop {
    /// A handle that has stopped nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts nothing new, and waits for calls alone.
    pub fn stop(&self) {
        self.raise(Level::Stop);
    }

    /// Waits for nothing.
    pub fn abandon(&self) {
        self.raise(Level::Abandon);
    }

    fn raise(&self, level: Level) {
        self.0.send_if_modified(|now| {
            let higher = *now < level;
            *now = level.max(*now);
            higher
        });
    }

    /// Whether anybody asked to stop.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow() >= Level::Stop
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        *self.0.borrow() == Level::Abandon
    }

    async fn reach(&self, level: Level) {
        let mut changes = self.0.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = changes.wait_for(|now| *now >= level).await;
    }

    /// Ends when somebody asks to stop.
    pub(crate) async fn stopped(&self) {
        self.reach(Level::Stop).await;
    }

    /// Ends when somebody abandons.
    pub(crate) async fn abandoned(&self) {
        self.reach(Level::Abandon).await;
    }
}
