//! Work under a clock, and whether it can go on without the clock.

use super::{Clock, Source, timers::lock};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

impl Clock {
    /// Runs `work`, letting a virtual clock jump whenever `work`, and all other work that is driven on it, waits for it alone.
    pub(crate) fn drive<F: Future>(&self, work: F) -> Drive<F> {
        let woken = Woken {
            clock: self.clone(),
            state: Mutex::new(Wakefulness { again: false, over: false }),
            outer: Mutex::new(Waker::noop().clone()),
        };
        woken.rouse();
        let woken = Arc::new(woken);
        let id = match &self.0 {
            Source::System(_) => 0,
            Source::Virtual(timers) => {
                let mut timers = lock(timers);
                timers.serial += 1;
                let id = timers.serial;
                timers.driven.insert(id, Arc::clone(&woken));
                id
            }
        };
        Drive { clock: self.clone(), id, work: Box::pin(work), woken, turn: None }
    }

    /// Ends what was driven. If all others sleep, one of them has to look whether the clock may jump: who ended will not.
    fn end(&self, driven: u64) {
        let Source::Virtual(timers) = &self.0 else { return };
        let other = {
            let mut timers = lock(timers);
            timers.driven.remove(&driven);
            timers.driven.values().next().filter(|_| timers.awake == 0).cloned()
        };
        if let Some(other) = other {
            other.outer().wake_by_ref();
        }
    }

    /// Counts works that were woken and not polled since.
    fn count_awake(&self, more: isize) {
        if let Source::Virtual(timers) = &self.0 {
            let mut timers = lock(timers);
            timers.awake = timers.awake.saturating_add_signed(more);
        }
    }

    /// Jumps to the next deadline if nothing can go on; answers whether it did.
    fn jump(&self) -> bool {
        let Source::Virtual(timers) = &self.0 else { return false };
        let due = lock(timers).jump();
        let Some(due) = due else { return false };
        due.into_iter().for_each(Waker::wake);
        true
    }
}

/// Work under a clock; see [`Clock::drive`].
pub(crate) struct Drive<F> {
    clock: Clock,
    id: u64,
    work: Pin<Box<F>>,
    woken: Arc<Woken>,
    /// A turn for everybody else, before the clock may jump.
    turn: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

/// Tells whether the work asked to be polled again. That it is pending does not say that it waits: what is polled often gives way to
/// others, and is woken by itself or by the runtime a moment later.
#[derive(Debug)]
pub(super) struct Woken {
    clock: Clock,
    state: Mutex<Wakefulness>,
    outer: Mutex<Waker>,
}

#[derive(Debug)]
struct Wakefulness {
    /// Whether it asked since it was polled.
    again: bool,
    /// Whether it will not be polled any more.
    over: bool,
}

impl Woken {
    fn state(&self) -> MutexGuard<'_, Wakefulness> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who polls it.
    fn outer(&self) -> MutexGuard<'_, Waker> {
        self.outer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that it asked.
    fn rouse(&self) {
        let mut state = self.state();
        if !state.over && !std::mem::replace(&mut state.again, true) {
            self.clock.count_awake(1);
        }
    }

    /// Whether it asked; what was asked before counts no more.
    fn take(&self) -> bool {
        let again = std::mem::take(&mut self.state().again);
        if again {
            self.clock.count_awake(-1);
        }
        again
    }

    fn is_awake(&self) -> bool {
        self.state().again
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rouse();
        self.outer().wake_by_ref();
    }
}

impl<F> Drop for Drive<F> {
    fn drop(&mut self) {
        self.woken.state().over = true;
        self.woken.take();
        self.clock.end(self.id);
    }
}

impl<F: Future> Future for Drive<F> {
    type Output = F::Output;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        if let Source::System(_) = this.clock.0 {
            return this.work.as_mut().poll(cx);
        }
        this.woken.outer().clone_from(cx.waker());
        loop {
            if this.woken.take() {
                let waker = Waker::from(Arc::clone(&this.woken));
                if let Poll::Ready(done) = this.work.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(done);
                }
                this.turn = None;
            }
            let turn = this.turn.get_or_insert_with(|| Box::pin(tokio::task::yield_now()));
            if turn.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            this.turn = None;
            // Whom a jump wakes gets a turn; where that was nobody who is driven, the clock has to jump again.
            if !this.woken.is_awake() && !this.clock.jump() {
                return Poll::Pending;
            }
        }
    }
}
