//! Throttling as EC2 does it: a bucket of tokens for each API, filled again with time.

use crate::{Place, wire::reads};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
    time::Duration,
};

/// Calls with a bucket of their own: its size, and what is added in a second.
///
/// Source: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API", uncategorized actions; those of the network.
const OWN: [(&str, f64, f64); 8] = [
    ("CreateNatGateway", 10.0, 1.0),
    ("CreateNetworkInterface", 100.0, 5.0),
    ("CreateTags", 100.0, 10.0),
    ("CreateVpcEndpoint", 4.0, 0.3),
    ("DeleteNatGateway", 10.0, 1.0),
    ("DeleteTags", 100.0, 10.0),
    ("DeleteVpcEndpoints", 4.0, 0.3),
    ("ModifyVpcEndpoint", 4.0, 0.3),
];

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
    named: BTreeMap<String, Bucket>,
    now: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Throttle {
    /// EC2's own sizes: 100 and 20 a second for what reads, 50 and 5 a second for what changes, and those of the calls that have one
    /// of their own. Time is what `now` says.
    pub fn new(now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let own = OWN
            .iter()
            .map(|(call, size, refill)| (format!("ec2:{call}"), Bucket { size: *size, refill: *refill }));
        Self {
            reading: Bucket { size: 100.0, refill: 20.0 },
            mutating: Bucket { size: 50.0, refill: 5.0 },
            named: own.collect(),
            now: Arc::new(now),
        }
    }

    /// Says what one call may: `ec2:CreateVpc`.
    #[must_use]
    pub fn call(mut self, call: impl Into<String>, bucket: Bucket) -> Self {
        self.named.insert(call.into(), bucket);
        self
    }

    /// All buckets so many times as large: less than 1 where others call too.
    #[must_use]
    pub fn times(mut self, factor: f64) -> Self {
        let all = [&mut self.reading, &mut self.mutating].into_iter().chain(self.named.values_mut());
        for bucket in all {
            // None of them is too small for a single call.
            *bucket = Bucket { size: (bucket.size * factor).max(1.0), refill: bucket.refill * factor };
        }
        self
    }

    /// How long so many calls of one API take at least: `ec2:CreateVpc`.
    pub fn time_of(&self, call: &str, times: usize) -> Duration {
        let reads = call.split_once(':').is_some_and(|(service, action)| reads(service, action));
        let bucket = self.bucket(call, reads);
        let more = u32::try_from(times).map_or(f64::MAX, f64::from) - bucket.size;
        Duration::from_secs_f64(more.max(0.0) / bucket.refill)
    }

    fn bucket(&self, call: &str, reads: bool) -> Bucket {
        let other = if reads { self.reading } else { self.mutating };
        self.named.get(call).copied().unwrap_or(other)
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
        let bucket = throttle.bucket(name, reads);
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

    #[test]
    fn calls_have_buckets_of_their_own_and_all_are_scaled() {
        let throttle = Throttle::new(|| Duration::ZERO);
        assert_eq!(throttle.bucket("ec2:CreateVpcEndpoint", false), Bucket { size: 4.0, refill: 0.3 });
        assert_eq!(throttle.bucket("ec2:CreateVpc", false), Bucket { size: 50.0, refill: 5.0 });
        let half = throttle.call("ec2:CreateVpc", Bucket { size: 1.0, refill: 2.0 }).times(0.5);
        assert_eq!(half.bucket("ec2:CreateVpc", false), Bucket { size: 1.0, refill: 1.0 });
        assert_eq!(half.bucket("ec2:DescribeVpcs", true), Bucket { size: 50.0, refill: 10.0 });
    }
}
