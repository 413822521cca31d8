//! How often one API is called: as often as it is said to take it, less when it refuses, and slowly more again.
//!
//! It is a bucket of tokens as those of the APIs are, whose refill follows what is answered: halved when a call is throttled, and
//! raised with each one that is not (additive increase, multiplicative decrease). A library that limits rates would bring a clock of
//! its own and a rate that stays as it is; that of the AWS SDK knows one rate for a whole service and sleeps within a call.

use super::Rate;
use crate::clock::Clock;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Mutex as Line;

/// An API of which nothing is known is taken for one of so many calls, once it has throttled.
const UNKNOWN: Rate = Rate::new(10.0, 10.0);
/// What is left of a rate that was too high.
const CUT: f64 = 0.5;
/// Calls that succeed raise the rate by this part of the one that was too high: it is back there after 64 of them, so that in a
/// steady state one call of about 64 finds out that it is still too high.
const REGAIN: f64 = 1.0 / 128.0;
/// Beyond the rate that was too high they raise it by this part of itself: it doubles within 22 calls.
const EXPLORE: f64 = 1.0 / 32.0;
/// The lowest rate, in calls a second.
const LEAST: f64 = 0.1;
/// The shortest wait: below it a clock may not move.
const SHORTEST: Duration = Duration::from_millis(1);

/// How often one API is called.
#[derive(Debug)]
pub(crate) struct Flow {
    /// Who waits, in the order in which they came.
    line: Line<()>,
    tokens: Mutex<Tokens>,
}

#[derive(Debug)]
struct Tokens {
    /// What is known of the API; the rate never exceeds it.
    known: Option<Rate>,
    /// Calls in a second; infinite while nothing is known and nothing was throttled.
    rate: f64,
    left: f64,
    counted: Duration,
    /// The rate that was too high.
    refused: f64,
    /// No call before this, since the API said so.
    not_before: Duration,
    /// The number of the next call.
    next: u64,
    /// The first call that was made at the rate of now.
    since: u64,
}

/// That a call may be made: its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(u64);

impl Turn {
    /// That of a call which was not counted: it was made before anything was limited.
    pub(crate) const UNCOUNTED: Self = Self(0);
}

impl Flow {
    pub(crate) fn new(known: Option<Rate>, now: Duration) -> Self {
        let tokens = Tokens {
            known,
            rate: known.map_or(f64::INFINITY, |known| known.per_second),
            left: known.map_or(0.0, |known| known.burst),
            counted: now,
            refused: f64::INFINITY,
            not_before: Duration::ZERO,
            next: 1,
            since: 0,
        };
        Self { line: Line::default(), tokens: Mutex::new(tokens) }
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a call may be made. Who comes first is let in first, so that nobody starves.
    ///
    /// # Cancel safety
    /// Safe: who is dropped leaves the line, and takes no token.
    pub(crate) async fn turn(&self, clock: &Clock) -> Turn {
        let _first = self.line.lock().await;
        loop {
            let taken = self.tokens().take(clock.now());
            match taken {
                Ok(turn) => return turn,
                Err(wait) => clock.sleep(wait).await,
            }
        }
    }

    /// A call was let in by the API.
    pub(crate) fn taken(&self) {
        self.tokens().raise();
    }

    /// A call was throttled, by an API that may have said how long to wait.
    pub(crate) fn throttled(&self, turn: Turn, wait: Option<Duration>, now: Duration) {
        let mut tokens = self.tokens();
        tokens.refill(now);
        tokens.left = 0.0;
        tokens.not_before = tokens.not_before.max(now + wait.unwrap_or_default());
        // What was under way when the rate was cut says nothing about the new one.
        if turn.0 >= tokens.since {
            tokens.cut();
        }
    }

    /// Calls in a second, as they are let in now.
    pub(crate) fn rate(&self) -> f64 {
        self.tokens().rate
    }
}

impl Tokens {
    fn refill(&mut self, now: Duration) {
        let past = now.saturating_sub(self.counted).as_secs_f64();
        self.counted = now;
        if self.rate.is_finite() {
            let most = self.known.map_or(self.rate, |known| known.burst).max(1.0);
            self.left = (self.left + past * self.rate).min(most);
        }
    }

    fn take(&mut self, now: Duration) -> Result<Turn, Duration> {
        self.refill(now);
        if let Some(wait) = self.not_before.checked_sub(now).filter(|wait| !wait.is_zero()) {
            return Err(wait);
        }
        if self.rate.is_finite() {
            if self.left < 1.0 {
                return Err(Duration::from_secs_f64((1.0 - self.left) / self.rate).max(SHORTEST));
            }
            self.left -= 1.0;
        }
        self.next += 1;
        Ok(Turn(self.next - 1))
    }

    fn raise(&mut self) {
        let most = self.known.map_or(f64::INFINITY, |known| known.per_second);
        if self.rate < most {
            let more = if self.rate < self.refused { self.refused * REGAIN } else { self.rate * EXPLORE };
            self.rate = (self.rate + more).min(most);
        }
    }

    fn cut(&mut self) {
        let was = if self.rate.is_finite() { self.rate } else { UNKNOWN.per_second };
        self.refused = was;
        self.rate = (was * CUT).max(LEAST);
        self.since = self.next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, future::join_all};
    use proptest::prelude::*;

    /// An API with a bucket, and what was asked of it.
    struct Api {
        bucket: Rate,
        left: f64,
        counted: f64,
        calls: u32,
        throttled: u32,
    }

    impl Api {
        fn new(bucket: Rate) -> Self {
            Self { bucket, left: bucket.burst, counted: 0.0, calls: 0, throttled: 0 }
        }

        fn call(&mut self, now: Duration) -> bool {
            let now = now.as_secs_f64();
            self.left = (self.left + (now - self.counted) * self.bucket.per_second).min(self.bucket.burst);
            self.counted = now;
            self.calls += 1;
            // Both count in seconds that are rounded.
            let taken = self.left >= 1.0 - 1e-6;
            if taken {
                self.left -= 1.0;
            } else {
                self.throttled += 1;
            }
            taken
        }
    }

    /// Lets `callers` make one call each until it is let in; answers the calls, those throttled, and when each was done.
    fn made(known: Option<Rate>, bucket: Rate, callers: usize) -> (u32, u32, Vec<Duration>) {
        let (clock, api) = (Clock::virtual_time(), Mutex::new(Api::new(bucket)));
        let flow = Flow::new(known, clock.now());
        let one = || async {
            loop {
                let turn = flow.turn(&clock).await;
                // The answer takes a moment, in which others call.
                clock.sleep(Duration::from_millis(100)).await;
                if api.lock().unwrap().call(clock.now()) {
                    flow.taken();
                    return clock.now();
                }
                flow.throttled(turn, None, clock.now());
            }
        };
        let work = clock.drive(join_all((0..callers).map(|_| one())));
        let done = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work);
        let api = api.into_inner().unwrap();
        (api.calls, api.throttled, done)
    }

    #[test]
    fn what_is_known_is_kept_and_nothing_is_throttled() {
        let bucket = Rate::new(4.0, 0.3);
        let (calls, throttled, done) = made(Some(bucket), bucket, 20);
        assert_eq!((calls, throttled), (20, 0));
        // Four at once, and the others as the bucket is filled.
        let last = done.iter().max().unwrap().as_secs_f64();
        assert!((53.0..54.0).contains(&last), "{last}");
    }

    #[test]
    fn who_comes_first_is_let_in_first() {
        let bucket = Rate::new(2.0, 1.0);
        let (_, _, done) = made(Some(bucket), bucket, 30);
        assert!(done.is_sorted(), "{done:?}");
    }

    #[test]
    fn a_call_that_is_throttled_halves_the_rate_once_for_all_under_way() {
        let flow = Flow::new(Some(Rate::new(3.0, 8.0)), Duration::ZERO);
        let clock = Clock::virtual_time();
        let turns: Vec<Turn> = (0..3).map(|_| flow.turn(&clock).now_or_never().unwrap()).collect();
        for turn in turns {
            flow.throttled(turn, None, Duration::ZERO);
        }
        assert!((flow.rate() - 4.0).abs() < 1e-9, "{}", flow.rate());
        assert!(flow.turn(&clock).now_or_never().is_none(), "there is no token left");
    }

    #[test]
    fn a_rate_comes_back_slowly_and_never_beyond_what_is_known() {
        let flow = Flow::new(Some(Rate::new(1.0, 8.0)), Duration::ZERO);
        flow.throttled(Turn::UNCOUNTED, None, Duration::ZERO);
        (0..63).for_each(|_| flow.taken());
        assert!((7.9..8.0).contains(&flow.rate()), "{}", flow.rate());
        (0..100).for_each(|_| flow.taken());
        assert!((flow.rate() - 8.0).abs() < 1e-9, "{}", flow.rate());
    }

    #[test]
    fn nothing_is_limited_before_it_is_throttled() {
        let (flow, clock) = (Flow::new(None, Duration::ZERO), Clock::virtual_time());
        for _ in 0..10_000 {
            assert!(flow.turn(&clock).now_or_never().is_some());
        }
        flow.throttled(Turn(10_000), None, Duration::ZERO);
        assert!(flow.turn(&clock).now_or_never().is_none());
    }

    #[test]
    fn an_api_that_says_how_long_is_left_alone_so_long() {
        let (flow, clock) = (Flow::new(None, Duration::ZERO), Clock::virtual_time());
        flow.throttled(Turn::UNCOUNTED, Some(Duration::from_secs(30)), Duration::ZERO);
        let work = clock.drive(flow.turn(&clock));
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work);
        assert!(clock.now() >= Duration::from_secs(30), "{:?}", clock.now());
    }

    proptest! {
        /// Whatever an API takes: all are let in, and few calls are in vain.
        #[test]
        fn all_get_through_and_few_are_throttled(
            burst in 1.0_f64..60.0,
            per_second in 0.3_f64..20.0,
            known in proptest::option::of(prop_oneof![Just(Rate::new(50.0, 5.0)), Just(Rate::new(100.0, 20.0))]),
        ) {
            let callers = 400_u16;
            let (calls, throttled, done) = made(known, Rate::new(burst, per_second), callers.into());
            prop_assert_eq!(calls, u32::from(callers) + throttled);
            prop_assert_eq!(done.len(), usize::from(callers));
            // Where nothing, or the wrong thing, is known, the first burst is what it costs; then one in ten.
            let first = known.map_or(callers.into(), |known| known.burst);
            prop_assert!(f64::from(throttled) <= first + 40.0, "{throttled}");
        }
    }
}
