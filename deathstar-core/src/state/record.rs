//! Records: what is appended to a journal.

use super::{ConnectionRow, Phase, Row, StoreError};
use crate::{Expr, graph::Address};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the records' shape. A journal of a newer version is refused.
pub const RECORD_VERSION: u16 = 1;

/// One change of the recorded state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Record {
    /// What the journal is about. The first record of a journal and of a snapshot.
    Stack(StackRecord),
    /// A connection.
    Connection(ConnectionRow),
    /// An object's row: new, or in place of the one with the same address and generation.
    Row(Box<Row>),
    /// A row moves to another phase, and nothing else of it changes.
    Phase {
        /// Its address.
        address: Address,
        /// Its generation.
        generation: u32,
        /// The phase. A `null` spec in it stands for the spec that the row has.
        phase: Phase,
    },
    /// An object is gone, or no longer ours to care for.
    Gone {
        /// Its address.
        address: Address,
        /// Its generation.
        generation: u32,
    },
    /// The exports, as expressions over the rows.
    Exports(BTreeMap<String, Expr>),
}

/// What a journal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StackRecord {
    /// The version of the records' shape.
    pub version: u16,
    /// The stack's name.
    pub name: Box<str>,
    /// Random, made with the journal: no two journals share it.
    pub lineage: Box<str>,
    /// How many records were written before this one.
    #[serde(default)]
    pub serial: u64,
    /// The digest of all of them.
    #[serde(default)]
    pub digest: Box<str>,
    /// In a snapshot: how many records after this one say again what those records said.
    #[serde(default)]
    pub restated: usize,
    /// A generation that no object at any address has passed, but for those with rows or records after this one.
    #[serde(default)]
    pub generations: u32,
}

/// A record with its encoding, made once.
#[derive(Clone, Debug)]
pub struct Encoded {
    record: Record,
    bytes: Vec<u8>,
}

impl Encoded {
    /// Encodes a record.
    ///
    /// # Errors
    /// When it holds what JSON cannot: a defect.
    pub fn new(record: Record) -> Result<Self, StoreError> {
        let bytes = serde_json::to_vec(&record)
            .map_err(|error| StoreError::Other(format!("a record cannot be encoded: {error}")))?;
        Ok(Self { record, bytes })
    }

    /// The encoding.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn into_parts(self) -> (Record, Vec<u8>) {
        (self.record, self.bytes)
    }
}
