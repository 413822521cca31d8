//! Who sleeps on a virtual clock, and until when.

use super::drive::Woken;
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

/// What a virtual clock knows.
#[derive(Debug, Default)]
pub(super) struct Timers {
    pub(super) now: Duration,
    pub(super) serial: u64,
    /// How many wait for something real.
    pub(super) busy: usize,
    /// How many works under this clock were woken and not polled since.
    pub(super) awake: usize,
    /// What is driven on this clock.
    pub(super) driven: foldhash::HashMap<u64, Arc<Woken>>,
    pub(super) sleeping: BinaryHeap<Reverse<(Duration, u64)>>,
    wakers: foldhash::HashMap<u64, Waker>,
}

/// How many deadlines of sleeps that ended may stay in the heap, beside as many as there are of live ones.
pub(super) const ENDED: usize = 64;

impl Timers {
    /// The next deadline of a sleep that was not given up.
    fn next(&mut self) -> Option<Duration> {
        while let Some(Reverse((at, id))) = self.sleeping.peek().copied() {
            if self.wakers.contains_key(&id) {
                return Some(at);
            }
            self.sleeping.pop();
        }
        None
    }

    /// Goes on to the next deadline if nothing else can; answers whom to wake.
    pub(super) fn jump(&mut self) -> Option<Vec<Waker>> {
        if self.busy > 0 || self.awake > 0 {
            return None;
        }
        let next = self.next()?;
        self.now = self.now.max(next);
        let mut due = vec![];
        while let Some(Reverse((at, id))) = self.sleeping.peek().copied() {
            if at > self.now {
                break;
            }
            self.sleeping.pop();
            due.extend(self.wakers.remove(&id));
        }
        Some(due)
    }

    /// Takes deadlines of sleeps that were given up out of the heap, when they are most of it: each costs little that way.
    fn forget_ended(&mut self) {
        if self.sleeping.len() > 2 * self.wakers.len() + ENDED {
            let wakers = &self.wakers;
            self.sleeping.retain(|Reverse((_, id))| wakers.contains_key(id));
        }
    }
}

pub(super) fn lock(timers: &Mutex<Timers>) -> MutexGuard<'_, Timers> {
    timers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A wait until a virtual clock shows `deadline`.
pub(super) struct Sleep {
    timers: Arc<Mutex<Timers>>,
    deadline: Duration,
    id: Option<u64>,
}

impl Sleep {
    pub(super) fn new(timers: Arc<Mutex<Timers>>, deadline: Duration) -> Self {
        Self { timers, deadline, id: None }
    }
}

impl Future for Sleep {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let timers = Arc::clone(&self.timers);
        let mut timers = lock(&timers);
        if timers.now >= self.deadline {
            return Poll::Ready(());
        }
        let id = self.id.unwrap_or_else(|| {
            timers.serial += 1;
            let id = timers.serial;
            timers.sleeping.push(Reverse((self.deadline, id)));
            id
        });
        timers.wakers.insert(id, cx.waker().clone());
        self.id = Some(id);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let mut timers = lock(&self.timers);
            timers.wakers.remove(&id);
            timers.forget_ended();
        }
    }
}
