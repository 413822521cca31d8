//! How an API wants to be called.

use std::time::Duration;

/// How an API wants to be called.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pace {
    /// How long look-ups wait for others that can share one call.
    pub gather: Duration,
    /// How often something pending is looked at.
    pub poll: Duration,
    /// How many ids one look-up may name.
    pub ids: usize,
    /// How many calls may be under way at once.
    pub width: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { gather: Duration::from_millis(20), poll: Duration::from_secs(2), ids: 100, width: 64 }
    }
}
