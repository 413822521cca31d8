//! Throttling as EC2 does it: a bucket of tokens for each API, filled again with time.

use crate::Place;
use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

/// How many calls of one API fit at once, and how many are added in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// How many tokens it holds.
    pub size: f64,
    /// How many tokens are added in a second.
    pub refill: f64,
}

/// Throttling as EC2 does it: each API of each region of an account has a bucket of its own.
///
/// Source: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
#[derive(Clone)]
pub struct Throttle {
    reading: Bucket,
    mutating: Bucket,
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Throttle {
    /// EC2's own sizes: 100 and 20 a second for what reads, 50 and 5 a second for what changes. Time is what `now` says.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self {
            reading: Bucket { size: 100.0, refill: 20.0 },
            mutating: Bucket { size: 50.0, refill: 5.0 },
            now: Arc::new(now),
        }
    }

    /// Says what reading calls may.
    #[must_use]
    pub fn reading(mut self, bucket: Bucket) -> Self {
        self.reading = bucket;
        self
    }

    /// Says what changing calls may.
    #[must_use]
    pub fn mutating(mut self, bucket: Bucket) -> Self {
        self.mutating = bucket;
        self
    }
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Throttle")
            .field("reading", &self.reading)
            .field("mutating", &self.mutating)
            .finish_non_exhaustive()
    }
}

/// What is in the buckets.
#[derive(Debug, Default)]
pub(crate) struct Buckets(HashMap<(Place, String), (f64, Duration)>);

impl Buckets {
    /// Takes a token; answers whether there was one.
    pub(crate) fn take(&mut self, throttle: &Throttle, place: &Place, name: &str, reads: bool) -> bool {
        let bucket = if reads { throttle.reading } else { throttle.mutating };
        let now = (throttle.now)();
        let (tokens, then) = self.0.entry((place.clone(), name.to_owned())).or_insert((bucket.size, now));
        let added = now.saturating_sub(*then).as_secs_f64() * bucket.refill;
        *tokens = (*tokens + added).min(bucket.size);
        *then = now;
        if *tokens < 1.0 {
            return false;
        }
        *tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_bucket_is_emptied_and_filled_again_by_its_clock() {
        let time = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&time);
        let throttle = Throttle::new(move || Duration::from_secs(now.load(Ordering::SeqCst)))
            .mutating(Bucket { size: 2.0, refill: 1.0 });
        let mut buckets = Buckets::default();
        let place = Place::default();
        let mut take = |name| buckets.take(&throttle, &place, name, false);
        assert_eq!([take("a"), take("a"), take("a"), take("b")], [true, true, false, true]);
        time.store(1, Ordering::SeqCst);
        assert_eq!([take("a"), take("a")], [true, false]);
        time.store(100, Ordering::SeqCst);
        assert_eq!([take("a"), take("a"), take("a")], [true, true, false]);
    }
}
