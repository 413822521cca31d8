//! The first bytes of a journal and of a snapshot.

use super::{Damage, Lineage, LogError};
use std::path::Path;

/// The version of the format that this program writes, and the newest that it reads.
pub const VERSION: u16 = 1;

/// Length of a header in bytes.
pub(super) const HEADER: usize = 48;

const CHECKSUM: std::ops::Range<usize> = 12..16;

/// Which of the two files a header begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Journal,
    Snapshot,
}

impl Kind {
    const fn magic(self) -> &'static [u8; 8] {
        match self {
            Self::Journal => b"DSTRJRNL",
            Self::Snapshot => b"DSTRSNAP",
        }
    }
}

/// What a file says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) lineage: Lineage,
    /// Of a snapshot: its number, from 1. Of a journal: the number of the snapshot that it follows, 0 for none.
    pub(super) epoch: u64,
    /// Of a snapshot: the last record that it stands for. Of a journal: the record before its first one.
    pub(super) base: u64,
}

impl Header {
    /// The header's bytes, and the checksum in them that seeds those of the file's records.
    pub(super) fn encode(&self) -> ([u8; HEADER], u32) {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(self.kind.magic());
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.lineage.0);
        bytes[32..40].copy_from_slice(&self.epoch.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.base.to_le_bytes());
        let seed = crc32fast::hash(&bytes);
        bytes[CHECKSUM].copy_from_slice(&seed.to_le_bytes());
        (bytes, seed)
    }

    /// Reads the header at the start of `file`.
    pub(super) fn decode(kind: Kind, path: &Path, file: &[u8]) -> Result<(Self, u32), LogError> {
        if !file.starts_with(&kind.magic()[..file.len().min(8)]) {
            return Err(LogError::Foreign { path: path.into() });
        }
        let damaged =
            || LogError::Damaged { path: path.into(), record: 0, offset: 0, damage: Damage::Header };
        if let Some(version) = file.get(8..10) {
            let found = u16::from_le_bytes(array(version));
            if found > VERSION {
                return Err(LogError::Newer { path: path.into(), found, supported: VERSION });
            }
        }
        let header = file.get(..HEADER).ok_or_else(damaged)?;
        let read = Self {
            kind,
            lineage: Lineage(array(&header[16..32])),
            epoch: u64::from_le_bytes(array(&header[32..40])),
            base: u64::from_le_bytes(array(&header[40..48])),
        };
        let (expected, seed) = read.encode();
        if header == expected { Ok((read, seed)) } else { Err(damaged()) }
    }
}

/// The first `N` bytes of `bytes`, with zeros for those that are missing.
pub(super) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    array
}
