//! Where time comes from: the system, or a virtual clock that jumps to the next deadline when nothing else can go on.

mod drive;
#[cfg(test)]
mod tests;
mod timers;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use timers::{Sleep, Timers, lock};

/// The time of one engine and its cloud.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System(Instant),
    Virtual(Arc<Mutex<Timers>>),
}

impl Clock {
    /// The real time.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn system() -> Self {
        Self(Source::System(Instant::now()))
    }

    /// A time that stands still while anything can go on, and jumps to the next deadline when nothing can.
    pub fn virtual_time() -> Self {
        Self(Source::Virtual(Arc::default()))
    }

    /// Time since the clock was made.
    pub fn now(&self) -> Duration {
        match &self.0 {
            Source::System(start) => start.elapsed(),
            Source::Virtual(timers) => lock(timers).now,
        }
    }

    /// Waits.
    ///
    /// # Cancel safety
    /// Safe: dropping it forgets the deadline.
    pub async fn sleep(&self, time: Duration) {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Source::System(_) => tokio::time::sleep(time).await,
            Source::Virtual(timers) => {
                let deadline = lock(timers).now + time;
                Sleep::new(Arc::clone(timers), deadline).await;
            }
        }
    }

    /// Waits until the next multiple of `step`, so that all who poll at one pace poll at one instant.
    pub async fn tick(&self, step: Duration) {
        let (now, step) = (self.now().as_nanos(), step.as_nanos().max(1));
        let next = (now / step + 1) * step;
        self.sleep(Duration::from_nanos(u64::try_from(next - now).unwrap_or(u64::MAX))).await;
    }

    /// Keeps a virtual clock from jumping while something real is waited for: a disk, the answer of a server.
    pub fn busy(&self) -> Busy {
        if let Source::Virtual(timers) = &self.0 {
            lock(timers).busy += 1;
        }
        Busy(self.clone())
    }
}

/// While it lives, a virtual clock does not jump.
#[derive(Debug)]
#[must_use = "the clock goes on when this is dropped"]
pub struct Busy(Clock);

impl Drop for Busy {
    fn drop(&mut self) {
        if let Source::Virtual(timers) = &self.0.0 {
            lock(timers).busy -= 1;
        }
    }
}
