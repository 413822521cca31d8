//! When a call is repeated, and after how long: decided by meaning, in this one place.

use crate::{Error, Identity, Meaning, erase::About};
use backon::BackoffBuilder;
use std::time::Duration;

/// How long the engine waits for what.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Patience {
    /// How many times a call is repeated after the network or the service failed.
    pub transient: u32,
    /// How long a call is repeated while something else has to end first, or is not ready.
    pub conflict: Duration,
    /// How long one step may take, with all its waiting, unless its resource says otherwise.
    pub step: Duration,
    /// How long a recorded object must stay missing before it counts as gone.
    pub missing: Duration,
    /// How long a new object may stay hidden from look-ups where its kind does not say so.
    pub hidden: Duration,
}

impl Patience {
    /// How long a new object of this identity may stay hidden from look-ups.
    pub fn visible_within(&self, identity: Identity) -> Duration {
        match identity {
            Identity::Tag { visible_within } => visible_within,
            Identity::Token | Identity::Key { .. } => self.hidden,
        }
    }

    /// How long an object of a kind may stay hidden from look-ups after something was done to it.
    pub(crate) fn hides(&self, about: &About) -> Duration {
        if about.consistent { Duration::ZERO } else { self.visible_within(about.identity) }
    }

    /// How long a new object may stay hidden from look-ups where its kind does not say so.
    #[must_use]
    pub fn hidden(mut self, time: Duration) -> Self {
        self.hidden = time;
        self
    }

    /// How long a recorded object must stay missing before it counts as gone.
    #[must_use]
    pub fn missing(mut self, time: Duration) -> Self {
        self.missing = time;
        self
    }

    /// How long one step may take, with all its waiting.
    #[must_use]
    pub fn step(mut self, time: Duration) -> Self {
        self.step = time;
        self
    }

    /// How long a call is repeated while something else has to end first, or is not ready.
    #[must_use]
    pub fn conflict(mut self, time: Duration) -> Self {
        self.conflict = time;
        self
    }

    /// How many times a call is repeated after the network or the service failed.
    #[must_use]
    pub fn transient(mut self, times: u32) -> Self {
        self.transient = times;
        self
    }
}

impl Default for Patience {
    /// 8 repetitions (about a minute), 15 minutes, 60 minutes, 5 seconds, 60 seconds.
    fn default() -> Self {
        Self {
            transient: 8,
            conflict: Duration::from_mins(15),
            step: Duration::from_hours(1),
            missing: Duration::from_secs(5),
            hidden: Duration::from_mins(1),
        }
    }
}

/// The repetitions of one call.
#[derive(Debug)]
pub(crate) struct Repeats {
    patience: Patience,
    attempt: u32,
    failures: u32,
    waited: Duration,
    /// Spreads the waits of many steps: the same for the same step and attempt.
    salt: u64,
}

impl Repeats {
    pub(crate) fn new(patience: Patience, token: &str) -> Self {
        // FNV-1a: it only has to differ, and most calls never wait.
        let salt = token.bytes().fold(0xcbf2_9ce4_8422_2325, |salt: u64, byte| {
            (salt ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self { patience, attempt: 0, failures: 0, waited: Duration::ZERO, salt }
    }

    /// How long to wait before the next repetition; none when the error is final.
    pub(crate) fn next(&mut self, error: &Error) -> Option<Duration> {
        let (least, most) = match error.meaning() {
            Meaning::Throttled => (500, 20_000),
            Meaning::Transient => {
                self.failures += 1;
                if self.failures > self.patience.transient {
                    return None;
                }
                (200, 15_000)
            }
            Meaning::Conflict | Meaning::NotReady => {
                if self.waited >= self.patience.conflict {
                    return None;
                }
                (1_000, 10_000)
            }
            Meaning::NotFound => {
                if self.waited >= self.patience.hidden {
                    return None;
                }
                (500, 5_000)
            }
            Meaning::AlreadyExists
            | Meaning::Denied { .. }
            | Meaning::Quota
            | Meaning::Invalid
            | Meaning::Internal => {
                return None;
            }
        };
        let mut delays = backon::ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(least))
            .with_max_delay(Duration::from_millis(most))
            .with_factor(2.0)
            .without_max_times()
            .build();
        let delay = delays.nth(self.attempt.min(16) as usize).unwrap_or(Duration::from_millis(most));
        self.attempt += 1;
        let wait =
            error.wait().map_or_else(|| self.spread(delay), |asked| asked.max(Duration::from_millis(least)));
        self.waited += wait;
        Some(wait)
    }

    /// Between 75 % and 125 % of a delay.
    fn spread(&self, delay: Duration) -> Duration {
        let step = self.salt.rotate_left(self.attempt * 7) % 512;
        delay * u32::try_from(768 + step).unwrap_or(1024) / 1024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(meaning: &Meaning, most: usize) -> Vec<Duration> {
        let mut repeats = Repeats::new(Patience::default(), "token");
        std::iter::from_fn(|| repeats.next(&Error::new(meaning.clone(), "x"))).take(most).collect()
    }

    #[test]
    fn what_cannot_succeed_is_not_repeated() {
        for meaning in [Meaning::Invalid, Meaning::Quota, Meaning::AlreadyExists, Meaning::Internal] {
            assert!(waits(&meaning, 9).is_empty(), "{meaning:?}");
        }
        assert!(waits(&Meaning::Denied { action: String::new() }, 9).is_empty());
    }

    #[test]
    fn throttling_is_waited_out_and_transient_failures_end() {
        assert_eq!(waits(&Meaning::Throttled, 500).len(), 500);
        assert_eq!(waits(&Meaning::Transient, 500).len(), 8);
        let conflict: Duration = waits(&Meaning::Conflict, 5000).iter().sum();
        assert!(conflict >= Patience::default().conflict && conflict < Patience::default().conflict * 2);
    }

    #[test]
    fn waits_grow_and_spread() {
        let waits = waits(&Meaning::Throttled, 6);
        assert!(waits[5] > waits[0] * 8, "{waits:?}");
        let mut other = Repeats::new(Patience::default(), "other");
        assert_ne!(other.next(&Error::new(Meaning::Throttled, "x")), Some(waits[0]));
    }

    #[test]
    fn the_api_says_how_long() {
        let mut repeats = Repeats::new(Patience::default(), "token");
        let error = Error::new(Meaning::Throttled, "x").retry_after(Duration::from_secs(33));
        assert_eq!(repeats.next(&error), Some(Duration::from_secs(33)));
    }
}
