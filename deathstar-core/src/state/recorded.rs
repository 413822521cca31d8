//! The recorded state: what the records of a journal add up to.

use super::{
    ConnectionRow, Phase, RECORD_VERSION, Record, Row, StackRecord, StoreError,
    chain::Chain,
    replay::{Read, Shared, newer},
};
use crate::{
    Expr, Raw,
    graph::{Address, AddressMap},
};
use smallvec::SmallVec;
use std::{collections::BTreeMap, fmt};

/// Where the rows at one address are; there is mostly one.
type Slots = SmallVec<[u32; 2]>;

/// The recorded state of one stack.
#[derive(Clone, Default)]
pub struct Recorded {
    /// What it is about; none when nothing was ever applied.
    pub stack: Option<StackRecord>,
    /// How many records led to it.
    pub serial: u64,
    chain: Chain,
    shared: Shared,
    rows: Vec<Option<Row>>,
    /// Rows by address, the newest generation last.
    index: AddressMap<Slots>,
    /// Recorded connections, by number.
    pub connections: Vec<ConnectionRow>,
    /// The exports.
    pub exports: BTreeMap<String, Expr>,
    retired: AddressMap<u32>,
    live: usize,
    /// How many records to come only say again what the digest holds already.
    restating: usize,
}

impl Recorded {
    /// Applies an encoded record.
    ///
    /// # Errors
    /// When it cannot be read, or is of a newer version.
    pub(crate) fn replay(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let number = self.serial + 1;
        let refused = |source| StoreError::Record { number, version: newer(bytes), source };
        let record = match self.shared.read(bytes, &self.index).map_err(refused)? {
            Read::Whole(record) => record,
            Read::Moved(moved) => {
                let (address, generation) = (moved.address, moved.generation);
                if !self.move_row(address, generation, |recorded| moved.phase(recorded)) {
                    let text =
                        format!("generation {generation} at {address} moves to another phase and has no row");
                    return Err(refused(serde::de::Error::custom(text)));
                }
                self.count(bytes);
                return Ok(());
            }
        };
        if let Record::Stack(stack) = &record
            && stack.version > RECORD_VERSION
        {
            return Err(StoreError::Newer { found: stack.version, known: RECORD_VERSION });
        }
        self.apply(record, bytes);
        Ok(())
    }

    /// Applies a record together with its encoding, which the digest is made of.
    pub(crate) fn apply(&mut self, record: Record, bytes: &[u8]) {
        self.count(bytes);
        match record {
            Record::Stack(stack) => {
                if self.serial == 1 && stack.serial > 0 {
                    self.serial = stack.serial;
                    self.restating = stack.restated;
                    if let Ok(digest) = blake3::Hash::from_hex(&*stack.digest) {
                        self.chain = Chain::after(digest.into());
                    }
                }
                self.stack = Some(stack);
            }
            Record::Connection(connection) => {
                match self.connections.iter_mut().find(|other| other.number == connection.number) {
                    Some(other) => *other = connection,
                    None => self.connections.push(connection),
                }
            }
            Record::Row(row) => self.put(*row),
            Record::Phase { address, generation, phase } => {
                self.move_row(address.as_str(), generation, |recorded| phase.over(recorded));
            }
            Record::Gone { address, generation } => self.drop_row(&address, generation),
            Record::Exports(exports) => self.exports = exports,
        }
    }

    /// Counts a record and adds it to the digest.
    fn count(&mut self, bytes: &[u8]) {
        if self.restating > 0 {
            self.restating -= 1;
        } else {
            self.serial += 1;
            self.chain.add(bytes);
        }
    }

    /// Moves a row to another phase; answers whether there is one.
    fn move_row(&mut self, address: &str, generation: u32, phase: impl FnOnce(&Raw) -> Phase) -> bool {
        let slots = self.index.get(address).into_iter().flatten();
        for slot in slots {
            if let Some(Some(row)) = self.rows.get_mut(*slot as usize)
                && row.generation == generation
            {
                row.phase = phase(row.phase.spec());
                return true;
            }
        }
        false
    }

    /// The record that brings a recorded row to what `row` says: its phase alone, where nothing else differs.
    pub(crate) fn record_of(&self, row: &Row) -> Record {
        match self.row(row.address.as_str(), row.generation).filter(|known| known.differs_in_phase_alone(row))
        {
            Some(known) => {
                let mut phase = row.phase.clone();
                if phase.spec() == known.phase.spec() {
                    *phase.spec_mut() = Raw::null();
                }
                Record::Phase { address: row.address.clone(), generation: row.generation, phase }
            }
            None => Record::Row(Box::new(row.clone())),
        }
    }

    fn put(&mut self, row: Row) {
        let slots = self.index.entry(row.address.clone()).or_default();
        for slot in slots.iter() {
            if let Some(Some(other)) = self.rows.get_mut(*slot as usize)
                && other.generation == row.generation
            {
                *other = row;
                return;
            }
        }
        slots.push(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        self.rows.push(Some(row));
        self.live += 1;
    }

    fn drop_row(&mut self, address: &Address, generation: u32) {
        let Some(slots) = self.index.get_mut(address) else { return };
        let rows = &mut self.rows;
        let mut dropped = 0;
        slots.retain(|slot| match rows.get_mut(*slot as usize) {
            Some(row) if row.as_ref().is_some_and(|row| row.generation == generation) => {
                *row = None;
                dropped += 1;
                false
            }
            _ => true,
        });
        self.live -= dropped;
        if slots.is_empty() {
            self.index.remove(address);
        }
        let retired = self.retired.entry(address.clone()).or_default();
        *retired = generation.max(*retired);
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().flatten()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether no row is recorded.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The rows at an address, by generation.
    pub fn at(&self, address: &str) -> impl Iterator<Item = &Row> {
        self.index
            .get(address)
            .into_iter()
            .flatten()
            .filter_map(|slot| self.rows.get(*slot as usize)?.as_ref())
    }

    /// The newest row at an address.
    pub fn newest(&self, address: &str) -> Option<&Row> {
        self.at(address).max_by_key(|row| row.generation)
    }

    /// What stands at these addresses, each with its generation; what does not stand is left out.
    pub(crate) fn standing(&self, addresses: &[Address]) -> Vec<(Address, u32)> {
        let newest = |address: &Address| Some((address.clone(), self.newest(address.as_str())?.generation));
        addresses.iter().filter_map(newest).collect()
    }

    /// One row.
    pub fn row(&self, address: &str, generation: u32) -> Option<&Row> {
        self.at(address).find(|row| row.generation == generation)
    }

    /// The generation that a new object at an address gets: one that none there ever had.
    pub fn next_generation(&self, address: &str) -> u32 {
        let floor = self.stack.as_ref().map_or(0, |stack| stack.generations);
        let retired = self.retired.get(address).copied().unwrap_or(0);
        let rows = self.at(address).map(|row| row.generation).max().unwrap_or(0);
        floor.max(retired).max(rows) + 1
    }

    /// The digest of all records, in hex.
    pub fn digest(&self) -> String {
        self.chain.digest().to_hex().to_string()
    }

    /// The recorded connection of a row.
    pub fn connection(&self, number: u32) -> Option<&ConnectionRow> {
        self.connections.iter().find(|connection| connection.number == number)
    }

    /// The records that add up to the same state: what a snapshot holds.
    pub(crate) fn compacted(&self) -> impl Iterator<Item = Record> + '_ {
        let stack = self.stack.clone().map(|mut stack| {
            stack.serial = self.serial;
            stack.digest = self.digest().into();
            stack.restated = self.connections.len() + usize::from(!self.exports.is_empty()) + self.len();
            stack.generations = self.retired.values().copied().max().unwrap_or(0).max(stack.generations);
            Record::Stack(stack)
        });
        let exports = (!self.exports.is_empty()).then(|| Record::Exports(self.exports.clone()));
        stack
            .into_iter()
            .chain(self.connections.iter().cloned().map(Record::Connection))
            .chain(exports)
            .chain(self.rows().map(|row| Record::Row(Box::new(row.clone()))))
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("serial", &self.serial)
            .field("rows", &self.live)
            .finish_non_exhaustive()
    }
}
