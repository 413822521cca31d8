//! How long calls take.

use super::Call;
use std::{collections::HashMap, time::Duration};

/// How long calls take, by kind: the same call of the same object always takes the same time in clouds of one seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    any: (u64, u64),
    of_family: HashMap<String, (u64, u64)>,
}

impl Latency {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Between so many milliseconds.
    pub fn between(least: u64, most: u64) -> Self {
        Self { any: (least, most), of_family: HashMap::new() }
    }

    /// Between so many milliseconds for one kind.
    #[must_use]
    pub fn family(mut self, family: &str, least: u64, most: u64) -> Self {
        self.of_family.insert(family.to_owned(), (least, most));
        self
    }

    /// How long a call takes. `object` is the address of the object; look-ups, which are about many, take their kind's own time.
    pub fn of(&self, seed: u64, family: &str, call: Call, object: &str) -> Duration {
        let (least, most) = self.of_family.get(family).copied().unwrap_or(self.any);
        if most == 0 {
            return Duration::ZERO;
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes()).update(family.as_bytes()).update(call.name().as_bytes());
        if call != Call::Find {
            hasher.update(object.as_bytes());
        }
        let hash = hasher.finalize();
        let number = hash.as_bytes()[..8].iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let micros = (most.saturating_sub(least) * 1000).max(1);
        Duration::from_micros(least * 1000 + number % micros)
    }
}
