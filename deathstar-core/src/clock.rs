//! Where time comes from: the system, or a virtual clock that jumps to the next deadline when nothing else can go on.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

/// The time of one engine and its cloud.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System(Instant),
    Virtual(Arc<Mutex<Timers>>),
}

#[derive(Debug, Default)]
struct Timers {
    now: Duration,
    serial: u64,
    busy: usize,
    /// How many works under this clock were woken and not polled since.
    awake: usize,
    /// What is driven on this clock.
    driven: foldhash::HashMap<u64, Arc<Woken>>,
    sleeping: BinaryHeap<Reverse<(Duration, u64)>>,
    wakers: foldhash::HashMap<u64, Waker>,
}

/// How many deadlines of sleeps that ended may stay in the heap, beside as many as there are of live ones.
const ENDED: usize = 64;

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

    /// Takes deadlines of sleeps that were given up out of the heap, when they are most of it: each costs little that way.
    fn forget_ended(&mut self) {
        if self.sleeping.len() > 2 * self.wakers.len() + ENDED {
            let wakers = &self.wakers;
            self.sleeping.retain(|Reverse((_, id))| wakers.contains_key(id));
        }
    }
}

fn lock(timers: &Mutex<Timers>) -> MutexGuard<'_, Timers> {
    timers.lock().unwrap_or_else(PoisonError::into_inner)
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
                Sleep { timers: Arc::clone(timers), deadline, id: None }.await;
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
        let due: Vec<Waker> = {
            let mut timers = lock(timers);
            if timers.busy > 0 || timers.awake > 0 {
                return false;
            }
            let Some(next) = timers.next() else { return false };
            timers.now = timers.now.max(next);
            let mut due = vec![];
            while let Some(Reverse((at, id))) = timers.sleeping.peek().copied() {
                if at > timers.now {
                    break;
                }
                timers.sleeping.pop();
                due.extend(timers.wakers.remove(&id));
            }
            due
        };
        due.into_iter().for_each(Waker::wake);
        true
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

struct Sleep {
    timers: Arc<Mutex<Timers>>,
    deadline: Duration,
    id: Option<u64>,
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
struct Woken {
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

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use tokio::task::JoinSet;

    #[tokio::test]
    async fn virtual_time_jumps_to_each_deadline_in_order() {
        let clock = Clock::virtual_time();
        let seen = Mutex::new(vec![]);
        let sleeps = [30_u64, 10, 20].map(|seconds| {
            let (clock, seen) = (clock.clone(), &seen);
            async move {
                clock.sleep(Duration::from_secs(seconds)).await;
                seen.lock().unwrap().push((seconds, clock.now().as_secs()));
            }
        });
        clock.drive(join_all(sleeps)).await;
        assert_eq!(*seen.lock().unwrap(), [(10, 10), (20, 20), (30, 30)]);
    }

    #[tokio::test]
    async fn a_sleep_that_was_given_up_moves_no_time_and_leaves_little_behind() {
        let clock = Clock::virtual_time();
        let work = async {
            for _ in 0..1_000 {
                tokio::select! {
                    biased;
                    () = clock.sleep(Duration::from_secs(9)) => {}
                    () = tokio::task::yield_now() => {}
                }
            }
            let Source::Virtual(timers) = &clock.0 else { return };
            assert!(lock(timers).sleeping.len() <= ENDED);
            clock.sleep(Duration::from_mins(1)).await;
        };
        clock.drive(work).await;
        assert_eq!(clock.now(), Duration::from_mins(1));
    }

    #[tokio::test]
    async fn ticks_meet_at_one_instant() {
        let clock = Clock::virtual_time();
        let work = async {
            clock.sleep(Duration::from_millis(130)).await;
            clock.tick(Duration::from_millis(100)).await;
            clock.now()
        };
        assert_eq!(clock.drive(work).await, Duration::from_millis(200));
    }

    #[tokio::test]
    async fn a_virtual_clock_waits_for_work_that_gives_way_to_others() {
        let clock = Clock::virtual_time();
        // More operations than the runtime allows in one poll.
        let permits = tokio::sync::Semaphore::new(1);
        let within_budget = async {
            for _ in 0..1_000 {
                drop(permits.acquire().await.unwrap());
            }
        };
        // More wakes than a set of futures takes in one poll.
        let restless = std::iter::repeat_with(|| async {
            let mut polls = 0;
            std::future::poll_fn(|cx| {
                polls += 1;
                cx.waker().wake_by_ref();
                if polls < 10 { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
        });
        let restless = restless.take(50).collect::<futures_util::stream::FuturesUnordered<_>>();
        let work = async {
            tokio::select! {
                biased;
                _ = join_all([within_budget]) => clock.now(),
                () = clock.sleep(Duration::from_secs(9)) => Duration::MAX,
            }
        };
        assert_eq!(clock.drive(work).await, Duration::ZERO);
        let work = async {
            tokio::select! {
                biased;
                () = futures_util::StreamExt::collect::<()>(restless) => clock.now(),
                () = clock.sleep(Duration::from_secs(9)) => Duration::MAX,
            }
        };
        assert_eq!(clock.drive(work).await, Duration::ZERO);
    }

    #[tokio::test]
    async fn what_ends_last_lets_the_clock_go_on_for_those_who_sleep() {
        let clock = Clock::virtual_time();
        let (answer, answered) = tokio::sync::oneshot::channel();
        let (sleeper, caller) = (clock.clone(), clock.clone());
        // Tasks of their own: nobody polls one because another was woken.
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { sleeper.drive(sleeper.sleep(Duration::from_secs(5))).await });
        tasks.spawn(async move {
            let call = async {
                // As a call does whose answer comes from outside.
                let _busy = caller.busy();
                answered.await.unwrap();
            };
            caller.drive(call).await;
        });
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        answer.send(()).unwrap();
        for _ in 0..18 {
            tokio::task::yield_now().await;
        }
        while tasks.try_join_next().is_some() {}
        assert!(tasks.is_empty(), "the clock stands still");
        assert_eq!(clock.now(), Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_deadline_of_nobody_does_not_stop_the_clock() {
        let clock = Clock::virtual_time();
        let mut outside = Box::pin(clock.sleep(Duration::from_secs(1)));
        // It has a deadline, and a waker that wakes nobody.
        assert!(outside.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let own = clock.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { own.drive(own.sleep(Duration::from_secs(5))).await });
        for _ in 0..9 {
            tokio::task::yield_now().await;
        }
        assert!(tasks.try_join_next().is_some(), "the clock stands still");
    }

    #[tokio::test]
    async fn a_virtual_clock_waits_for_all_that_is_driven_on_it() {
        let clock = Clock::virtual_time();
        let (line, far) = (tokio::sync::Mutex::new(()), Duration::from_hours(1));
        let one = |number: u64| {
            let (clock, line) = (clock.clone(), &line);
            async move {
                let work = async {
                    clock.sleep(Duration::from_millis(number)).await;
                    for _ in 0..3 {
                        // Who gives the line free wakes another work than its own.
                        let _first = line.lock().await;
                        clock.sleep(Duration::from_secs(1)).await;
                    }
                };
                clock
                    .drive(async {
                        tokio::select! {
                            biased;
                            () = work => {}
                            () = clock.sleep(far) => {}
                        }
                    })
                    .await;
            }
        };
        join_all((0..20).map(one)).await;
        assert_eq!(clock.now(), Duration::from_mins(1));
    }

    #[tokio::test]
    async fn work_that_was_given_up_awake_does_not_hold_the_clock() {
        let clock = Clock::virtual_time();
        drop(clock.drive(std::future::ready(())));
        let mut kept = None;
        let given_up = clock.drive(std::future::poll_fn(|cx| {
            kept = Some(cx.waker().clone());
            Poll::<()>::Pending
        }));
        assert!(futures_util::FutureExt::now_or_never(given_up).is_none());
        kept.unwrap().wake();
        clock.drive(clock.sleep(Duration::from_secs(1))).await;
        assert_eq!(clock.now(), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_virtual_clock_waits_for_what_is_real() {
        let clock = Clock::virtual_time();
        let (send, receive) = tokio::sync::oneshot::channel();
        let before = {
            let clock = clock.clone();
            async move {
                let busy = clock.busy();
                let () = receive.await.unwrap();
                drop(busy);
                clock.now()
            }
        };
        let sleeper = clock.sleep(Duration::from_secs(9));
        #[expect(clippy::disallowed_methods, reason = "something outside the clock has to happen")]
        tokio::spawn(async move {
            tokio::task::yield_now().await;
            send.send(()).unwrap();
        });
        let (before, ()) = clock.drive(futures_util::future::join(before, sleeper)).await;
        assert_eq!(before, Duration::ZERO);
        assert_eq!(clock.now(), Duration::from_secs(9));
    }
}
