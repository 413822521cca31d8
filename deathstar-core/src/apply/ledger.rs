//! The journal and what it adds up to, together: whoever writes one writes both.

use crate::{
    Error, Key, Meaning, Result,
    driver::Catalogue,
    graph::{Address, Reference},
    plan::{Values, fragment},
    state::{
        ConnectionRow, Encoded, Phase, Position, Record, Recorded, Row, Session, StoreError,
        log::{LogError, MAX_PAYLOAD},
    },
};
use std::{
    borrow::Cow,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// How often whoever wants a sync lets all others go on before. A step looks at its object and takes its lanes, each of which may
/// give way once, until it writes.
const ROUNDS: usize = 6;

/// The locked journal of one apply.
#[derive(Debug)]
pub(crate) struct Ledger {
    session: Box<dyn Session>,
    /// Whoever holds this lock may write.
    recorded: Mutex<Recorded>,
    written: Mutex<Written>,
    /// Whose turn it is to sync, and for how many intents that was done.
    synced: tokio::sync::Mutex<u64>,
    /// Whether one step alone is under way.
    alone: AtomicBool,
}

/// What is handed over to the session, and what will be.
#[derive(Debug, Default)]
struct Written {
    /// Intents that nobody acted on yet: they are written together, before the sync that they wait for.
    waiting: Vec<Encoded>,
    /// How many times something was intended.
    intended: u64,
    /// The place of the last record that was written.
    last: Option<Position>,
}

pub(crate) fn store_error(error: StoreError) -> Error {
    let hint = error.hint();
    let wrapped =
        Error::new(Meaning::Internal, format!("the state cannot be written: {error}")).because(error);
    match hint {
        Some(hint) => wrapped.hint(hint),
        None => wrapped,
    }
}

/// Encodes records, and refuses what no journal takes: it must not be found out when others wait for the same write.
fn encode(records: Vec<Record>) -> Result<Vec<Encoded>> {
    let one = |record| {
        let encoded = Encoded::new(record)?;
        match encoded.bytes().len() {
            bytes if bytes > MAX_PAYLOAD => Err(StoreError::Log(LogError::TooLong { bytes })),
            _ => Ok(encoded),
        }
    };
    records.into_iter().map(one).collect::<Result<_, _>>().map_err(store_error)
}

impl Ledger {
    pub(crate) fn new(session: Box<dyn Session>, recorded: Recorded) -> Self {
        let (written, synced) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { session, recorded: Mutex::new(recorded), written, synced, alone: AtomicBool::new(false) }
    }

    pub(crate) fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether one step alone is under way: it need not wait for others, nor leave them this thread.
    pub(crate) fn alone(&self, alone: bool) {
        self.alone.store(alone, Ordering::Relaxed);
    }

    /// Writes records; they survive the death of this process.
    pub(crate) fn write(&self, records: Vec<Record>) -> Result<()> {
        let encoded = encode(records)?;
        let mut recorded = self.recorded();
        let mut written = self.written();
        let before = written.waiting.len();
        written.waiting.extend(encoded);
        self.flush(&mut recorded, &mut written).inspect_err(|_| written.waiting.truncate(before))
    }

    /// Hands all that waits over to the session, in one write. What cannot be written goes on waiting.
    fn flush(&self, recorded: &mut Recorded, written: &mut Written) -> Result<()> {
        if written.waiting.is_empty() {
            return Ok(());
        }
        written.last = Some(self.session.append(&written.waiting).map_err(store_error)?);
        for record in written.waiting.drain(..) {
            let (record, bytes) = record.into_parts();
            recorded.apply(record, &bytes);
        }
        Ok(())
    }

    /// Records what is about to be done, and waits until that survives a loss of power. All who intend something in one instant share
    /// one write and one sync.
    pub(crate) async fn intend(&self, records: Vec<Record>) -> Result<()> {
        let encoded = encode(records)?;
        let ticket = {
            let mut written = self.written();
            written.waiting.extend(encoded);
            written.intended += 1;
            written.intended
        };
        // All that is ready in this instant, and what follows from it without waiting, is written first and shares the sync.
        if !self.alone.load(Ordering::Relaxed) {
            for _ in 0..ROUNDS {
                tokio::task::yield_now().await;
            }
        }
        let mut synced = self.synced.lock().await;
        if *synced < ticket {
            *synced = self.sync().await?;
        }
        Ok(())
    }

    /// Waits until all that was written or intended survives a loss of power; answers how many intents that were.
    pub(crate) async fn sync(&self) -> Result<u64> {
        let (position, intended) = {
            let mut recorded = self.recorded();
            let mut written = self.written();
            self.flush(&mut recorded, &mut written)?;
            (written.last, written.intended)
        };
        let Some(position) = position else { return Ok(intended) };
        let alone = self.alone.load(Ordering::Relaxed);
        let done = match alone.then(|| self.session.durable_now(position)).flatten() {
            Some(done) => done,
            None => self.session.durable(position).await,
        };
        done.map(|()| intended).map_err(store_error)
    }

    pub(crate) fn put(&self, row: &Row) -> Result<()> {
        let record = self.recorded().record_of(row);
        self.write(vec![record])
    }

    pub(crate) fn row(&self, address: &Address, generation: u32) -> Option<Row> {
        self.recorded().row(address.as_str(), generation).cloned()
    }

    /// Moves a row to a new phase.
    pub(crate) fn phase(&self, row: &mut Row, phase: Phase) -> Result<()> {
        row.phase = phase;
        self.put(row)
    }

    /// Moves a row to the phase of what is about to be done, as [`Ledger::intend`] does.
    pub(crate) async fn intend_phase(&self, row: &mut Row, phase: Phase) -> Result<()> {
        row.phase = phase;
        let record = self.recorded().record_of(row);
        self.intend(vec![record]).await
    }

    /// Drops a row.
    pub(crate) fn gone(&self, row: &Row) -> Result<()> {
        self.write(vec![Record::Gone { address: row.address.clone(), generation: row.generation }])
    }

    /// The number of a connection. A config that leads to the same place takes over the recorded number; another place gets a
    /// number of its own, so that what lives in the old one can still be reached.
    pub(crate) fn connection(&self, mut row: ConnectionRow, place: fn(&str) -> Option<Key>) -> Result<u32> {
        row.number = {
            let recorded = self.recorded();
            let here = place(row.config.text());
            let same = recorded.connections.iter().rev().find(|other| {
                other.name == row.name && other.provider == row.provider && place(other.config.text()) == here
            });
            match same {
                Some(other) if other.config == row.config && other.hosts == row.hosts => {
                    return Ok(other.number);
                }
                Some(other) => other.number,
                None => recorded.connections.iter().map(|other| other.number + 1).max().unwrap_or(0),
            }
        };
        let number = row.number;
        self.write(vec![Record::Connection(row)])?;
        Ok(number)
    }

    pub(crate) fn lineage(&self) -> String {
        self.session.lineage()
    }

    pub(crate) fn into_parts(self) -> (Recorded, Box<dyn Session>) {
        (self.recorded.into_inner().unwrap_or_else(PoisonError::into_inner), self.session)
    }
}

/// Values as they are recorded.
pub(crate) struct Known<'k> {
    pub(crate) recorded: &'k Recorded,
    pub(crate) catalogue: &'k Catalogue,
}

impl Values for Known<'_> {
    fn value(&self, reference: &Reference) -> Option<Cow<'_, str>> {
        if reference.import {
            return None;
        }
        let live =
            self.recorded.at(reference.at.as_str()).filter(|row| matches!(row.phase, Phase::Live { .. }));
        let row = live.max_by_key(|row| row.generation)?;
        let (text, path) = match &*reference.path {
            "/id" => (row.phase.id()?.text(), ""),
            path => match (path.strip_prefix("/outputs"), path.strip_prefix("/spec")) {
                (Some(path), _) => (row.phase.outputs()?.text(), path),
                (None, Some(path)) => (row.phase.spec().text(), path),
                (None, None) => return None,
            },
        };
        fragment(text, path).map(Cow::Borrowed)
    }

    fn catalogue(&self) -> &Catalogue {
        self.catalogue
    }
}
