//! One random life of a log on a disk that fails: what was acknowledged must be there, and nothing else.

use super::{options_on, payloads, wait};
use crate::state::log::{Compaction, CrashOrder, Log, LogError, Position, PowerLossDisk, SkippedSync};
use proptest::{
    prelude::Rng as _,
    test_runner::{RngAlgorithm, TestRng},
};

/// How often a trial opens its log.
const LIVES: u32 = 6;

pub(super) struct Trial {
    disk: PowerLossDisk,
    rng: TestRng,
    /// All records, in order, that may be in the log.
    appended: Vec<Vec<u8>>,
    /// How many of them are promised to survive the death of the process.
    written: usize,
    /// How many of them are promised to survive power loss.
    durable: usize,
    order: CrashOrder,
}

/// Whether the log goes on, or the disk failed under it.
enum Life {
    GoesOn,
    Ended,
}

impl Trial {
    pub(super) fn new(seed: u64, skipped: Option<SkippedSync>) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let disk = skipped.map_or_else(PowerLossDisk::new, PowerLossDisk::skipping);
        let order = if seed.is_multiple_of(2) { CrashOrder::Any } else { CrashOrder::Kept };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self { disk, rng, appended: Vec::new(), written: 0, durable: 0, order }
    }

    /// Runs it; the error says which promise was broken.
    pub(super) fn run(mut self) -> Result<(), String> {
        for _ in 0..LIVES {
            if self.below(4) > 0 {
                let operations = self.below(40);
                self.disk.fail_after(operations);
            }
            self.live()?;
            if self.below(3) == 0 {
                self.disk.kill();
            } else {
                let seed = self.rng.next_u64();
                self.disk.crash(self.order, seed);
                self.written = self.durable;
            }
        }
        self.disk.kill();
        self.open().map(drop)
    }

    fn live(&mut self) -> Result<(), String> {
        let Some(mut log) = self.open()? else { return Ok(()) };
        for _ in 0..self.below(12) {
            let life = match self.below(10) {
                0..5 => self.append(&log),
                5..8 => self.acknowledge(&log),
                8 => self.compact(&log),
                _ => {
                    drop(log);
                    let Some(again) = self.open()? else { return Ok(()) };
                    log = again;
                    Life::GoesOn
                }
            };
            if matches!(life, Life::Ended) {
                break;
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<Option<Log>, String> {
        let (log, contents) = match Log::open(&options_on(&self.disk)) {
            Ok(opened) => opened,
            Err(LogError::Io { .. }) => return Ok(None),
            Err(error) => return Err(format!("does not open: {error}")),
        };
        if contents.last() != log.last() {
            return Err(format!("opened at {:?}, read up to {:?}", log.last(), contents.last()));
        }
        let found = payloads(&contents);
        if found.len() < self.written {
            return Err(format!("{} of {} promised records are left", found.len(), self.written));
        }
        if !self.appended.starts_with(&found) {
            return Err("records were found that are not the first ones that were appended".into());
        }
        self.appended = found;
        self.written = self.appended.len();
        self.durable = self.written;
        Ok(Some(log))
    }

    fn append(&mut self, log: &Log) -> Life {
        let batch: Vec<_> = (0..=self.below(3)).map(|_| self.record()).collect();
        self.appended.extend(batch.iter().cloned());
        match log.append(&batch) {
            Ok(_) => self.written = self.appended.len(),
            Err(_) => return Life::Ended,
        }
        Life::GoesOn
    }

    fn acknowledge(&mut self, log: &Log) -> Life {
        match wait(log.durable(log.last())) {
            Ok(()) => self.durable = self.written,
            Err(_) => return Life::Ended,
        }
        Life::GoesOn
    }

    /// Compacts through some record; later ones are carried over.
    fn compact(&mut self, log: &Log) -> Life {
        let carried = usize::try_from(self.below(3)).unwrap().min(self.appended.len());
        let through = self.appended.len() - carried;
        let position = Position(log.last().0 - carried as u64);
        match log.compact(position, &self.appended[..through]) {
            Ok(Compaction::Done) => self.durable = self.written,
            Ok(Compaction::Superseded) => {}
            Err(_) => return Life::Ended,
        }
        Life::GoesOn
    }

    /// A record that is like no other; of few lengths, so that one may fit in the place of another.
    fn record(&mut self) -> Vec<u8> {
        let length = [8, 100, 600, 1500][usize::try_from(self.below(4)).unwrap()];
        let mut record = vec![0; length];
        self.rng.fill_bytes(&mut record);
        record
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.rng.next_u64() % limit
    }
}
