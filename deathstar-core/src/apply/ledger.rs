//! The journal and what it adds up to, together: whoever writes one writes both.

use crate::{
    Error, Key, Meaning, Raw, Result,
    driver::Catalogue,
    graph::{Address, Reference},
    plan::{Values, fragment},
    state::{ConnectionRow, Encoded, Phase, Position, Record, Recorded, Row, Session, StoreError},
};
use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How often whoever wants a sync lets all others go on before. A step looks at its object and takes its lanes, each of which may
/// give way once, until it writes.
const ROUNDS: usize = 6;

/// The locked journal of one apply.
#[derive(Debug)]
pub(crate) struct Ledger {
    session: Box<dyn Session>,
    recorded: Mutex<Recorded>,
    last: Mutex<Option<Position>>,
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

impl Ledger {
    pub(crate) fn new(session: Box<dyn Session>, recorded: Recorded) -> Self {
        Self { session, recorded: Mutex::new(recorded), last: Mutex::default() }
    }

    pub(crate) fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes records; they survive the death of this process.
    pub(crate) fn write(&self, records: Vec<Record>) -> Result<Position> {
        let encoded: Vec<Encoded> =
            records.into_iter().map(Encoded::new).collect::<Result<_, _>>().map_err(store_error)?;
        let mut recorded = self.recorded();
        let position = self.session.append(&encoded).map_err(store_error)?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
        for record in encoded {
            let (record, bytes) = record.into_parts();
            recorded.apply(record, &bytes);
        }
        Ok(position)
    }

    /// Waits until records survive a loss of power.
    pub(crate) async fn durable(&self, position: Position) -> Result<()> {
        // All that is ready in this instant, and what follows from it without waiting, writes first and shares the sync.
        for _ in 0..ROUNDS {
            tokio::task::yield_now().await;
        }
        self.session.durable(position).await.map_err(store_error)
    }

    pub(crate) fn put(&self, row: &Row) -> Result<Position> {
        let record = self.recorded().record_of(row);
        self.write(vec![record])
    }

    pub(crate) fn row(&self, address: &Address, generation: u32) -> Option<Row> {
        self.recorded().row(address.as_str(), generation).cloned()
    }

    /// Moves a row to a new phase.
    pub(crate) fn phase(&self, row: &mut Row, phase: Phase) -> Result<Position> {
        row.phase = phase;
        self.put(row)
    }

    /// Drops a row.
    pub(crate) fn gone(&self, row: &Row) -> Result<Position> {
        self.write(vec![Record::Gone { address: row.address.clone(), generation: row.generation }])
    }

    /// The number of a connection. A config that leads to the same place takes over the recorded number; another place gets a
    /// number of its own, so that what lives in the old one can still be reached.
    pub(crate) fn connection(
        &self,
        name: &str,
        provider: &str,
        config: &Raw,
        place: fn(&str) -> Option<Key>,
    ) -> Result<u32> {
        let number = {
            let recorded = self.recorded();
            let here = place(config.text());
            let same = recorded.connections.iter().rev().find(|other| {
                *other.name == *name && *other.provider == *provider && place(other.config.text()) == here
            });
            match same {
                Some(other) if other.config == *config => return Ok(other.number),
                Some(other) => other.number,
                None => recorded.connections.iter().map(|other| other.number + 1).max().unwrap_or(0),
            }
        };
        let row =
            ConnectionRow { number, name: name.into(), provider: provider.into(), config: config.clone() };
        self.write(vec![Record::Connection(row)])?;
        Ok(number)
    }

    pub(crate) fn lineage(&self) -> String {
        self.session.lineage()
    }

    /// The place of the last record that was written.
    pub(crate) fn last(&self) -> Option<Position> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
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
