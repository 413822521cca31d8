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
    /// How soon it is looked at again for the first time, where much is done soon; after each look the wait is twice as long, up to
    /// `poll`. Without it every wait is.
    pub first: Option<Duration>,
    /// How many ids one look-up may name.
    pub ids: usize,
    /// How many calls may be under way at once.
    pub width: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            gather: Duration::from_millis(20),
            poll: Duration::from_secs(2),
            first: None,
            ids: 100,
            width: 64,
        }
    }
}

impl Pace {
    /// How long is waited before a look, after so many looks.
    pub(crate) fn wait(&self, looks: u32) -> Duration {
        let Some(first) = self.first else { return self.poll };
        first.saturating_mul(1_u32.checked_shl(looks).unwrap_or(u32::MAX)).min(self.poll)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rare_where_they_begin_often() {
        let often = Pace { first: Some(Duration::from_millis(300)), ..Pace::default() };
        let waits = |pace: &Pace| [0, 1, 2, 3, 99].map(|looks| pace.wait(looks).as_millis());
        assert_eq!(waits(&often), [300, 600, 1200, 2000, 2000]);
        assert_eq!(waits(&Pace::default()), [2000; 5]);
    }
}
