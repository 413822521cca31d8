//! What a log holds: the proved bytes of its files, handed out as slices.

use super::{
    Damage, Disk, JOURNAL, Lineage, LogError, Position, SNAPSHOT,
    frame::Frame,
    header::{HEADER, Header, Kind},
    open::io_error,
    scan::{Damaged, scan_journal, scan_snapshot},
};
use std::{
    error::Error,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// All records of a log, as they were when it was opened.
///
/// Every checksum has been proved; [`Contents::records`] hands out slices of the files' bytes.
#[derive(Debug)]
pub struct Contents {
    pub(super) lineage: Lineage,
    /// The number of the snapshot that is there, 0 for none.
    pub(super) epoch: u64,
    /// The number of the snapshot that the journal follows.
    pub(super) journal_epoch: u64,
    /// The last record that the snapshot stands for.
    pub(super) covered: u64,
    pub(super) last: u64,
    pub(super) torn: Option<Torn>,
    snapshot: Option<Image>,
    pub(super) journal: Image,
}

/// A record that was cut off because the process or the machine ended while it was written.
///
/// Nobody was told that it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// Where it began in the journal, in bytes.
    pub offset: u64,
    /// What was there of it and of all after it, in bytes.
    pub bytes: u64,
}

/// Which file a record is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the snapshot.
    Snapshot,
    /// In the journal.
    Journal,
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Snapshot => "snapshot",
            Self::Journal => "journal",
        })
    }
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its bytes.
    pub payload: &'a [u8],
    /// Its sequence number: in the journal over the log's whole life, in a snapshot its place in that snapshot, from 1.
    pub sequence: u64,
    /// Which file it is in.
    pub source: Source,
    path: &'a Path,
    offset: usize,
    checksum: [u8; 4],
}

impl Record<'_> {
    /// The error of a reader that does not accept what the record says.
    pub fn refuse(&self, reason: impl Into<Box<dyn Error + Send + Sync>>) -> LogError {
        LogError::Refused {
            path: self.path.into(),
            origin: self.source,
            record: self.sequence,
            offset: self.offset as u64,
            source: Arc::from(reason.into()),
        }
    }
}

/// The proved part of one file.
#[derive(Debug)]
pub(super) struct Image {
    path: PathBuf,
    source: Source,
    bytes: Vec<u8>,
    start: usize,
    pub(super) end: usize,
}

/// The records of a log in order.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    images: [Option<&'a Image>; 2],
    offset: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            let image = self.images[0]?;
            let offset = self.offset.max(image.start);
            if let Some(bytes) = image.bytes.get(offset..image.end).filter(|bytes| !bytes.is_empty())
                && let Ok(frame) = Frame::decode_unproved(bytes)
                && let Some(payload) = frame.payload
            {
                self.offset = offset + frame.len();
                let Image { path, source, .. } = image;
                let checksum = bytes.first_chunk().copied().unwrap_or_default();
                return Some(Record {
                    payload,
                    sequence: frame.sequence,
                    source: *source,
                    path,
                    offset,
                    checksum,
                });
            }
            self.images = [self.images[1], None];
            self.offset = 0;
        }
    }
}

impl Contents {
    /// All records, in the order in which they were appended.
    pub fn records(&self) -> Records<'_> {
        match &self.snapshot {
            Some(snapshot) => Records { images: [Some(snapshot), Some(&self.journal)], offset: 0 },
            None => self.journal_records(),
        }
    }

    /// The records that no snapshot stands for.
    pub(super) fn journal_records(&self) -> Records<'_> {
        Records { images: [Some(&self.journal), None], offset: 0 }
    }

    /// The log's lineage.
    pub fn lineage(&self) -> Lineage {
        self.lineage
    }

    /// The last record: how often the log has been appended to in its whole life.
    pub fn last(&self) -> Position {
        Position(self.last)
    }

    /// The record that was cut off, if one was.
    ///
    /// To a reader beside a writer a record that is being written looks the same.
    pub fn torn(&self) -> Option<Torn> {
        self.torn
    }

    /// A digest of the files' headers and of the checksums of all their records: the same for the same records in the same files.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut checksums = vec![];
        for image in self.snapshot.iter().chain([&self.journal]) {
            checksums.extend_from_slice(image.bytes.get(..HEADER).unwrap_or_default());
            checksums.extend_from_slice(&(image.end as u64).to_le_bytes());
        }
        for record in self.records() {
            checksums.extend_from_slice(&record.checksum);
        }
        *blake3::hash(&checksums).as_bytes()
    }

    /// The journal's records and the snapshot, in bytes: what a compaction could be worth.
    pub(super) fn sizes(&self) -> (u64, u64) {
        (self.journal.end as u64, self.snapshot.as_ref().map_or(0, |snapshot| snapshot.bytes.len() as u64))
    }

    /// Of a log that has no record yet.
    pub(super) fn empty(lineage: Lineage, path: PathBuf) -> Self {
        let journal = Image { path, source: Source::Journal, bytes: Vec::new(), start: HEADER, end: HEADER };
        Self { lineage, epoch: 0, journal_epoch: 0, covered: 0, last: 0, torn: None, snapshot: None, journal }
    }

    /// Reads and proves the files in `directory`; nothing when neither is there. Changes nothing.
    pub(super) fn load(disk: &dyn Disk, directory: &Path) -> Result<Option<Self>, LogError> {
        let journal = File::read(disk, directory.join(JOURNAL), Kind::Journal)?;
        // Second, so that a compaction in between shows as a journal that is one snapshot behind, which is whole.
        let snapshot = File::read(disk, directory.join(SNAPSHOT), Kind::Snapshot)?;
        match (journal, snapshot) {
            (None, None) => Ok(None),
            (None, Some(snapshot)) => {
                Err(LogError::MissingJournal { directory: directory.into(), epoch: snapshot.header.epoch })
            }
            (Some(journal), snapshot) => Self::join(journal, snapshot).map(Some),
        }
    }

    fn join(journal: File, snapshot: Option<File>) -> Result<Self, LogError> {
        let (lineage, journal_epoch) = (journal.header.lineage, journal.header.epoch);
        let (epoch, covered) =
            snapshot.as_ref().map_or((0, 0), |snapshot| (snapshot.header.epoch, snapshot.header.base));
        if let Some(snapshot) = snapshot.as_ref().filter(|snapshot| snapshot.header.lineage != lineage) {
            let (path, found) = (snapshot.path.clone(), snapshot.header.lineage);
            return Err(LogError::OtherLineage { path, found, expected: lineage });
        }
        if journal_epoch > epoch {
            let found = snapshot.map(|snapshot| snapshot.header.epoch);
            return Err(LogError::MissingSnapshot { path: journal.path, needed: journal_epoch, found });
        }
        if journal_epoch + 1 < epoch {
            return Err(LogError::OldJournal { path: journal.path, found: journal_epoch, snapshot: epoch });
        }
        let begins_after = journal.header.base;
        if begins_after > covered || (journal_epoch == epoch && begins_after != covered) {
            let damage = Damage::Gap { snapshot: covered, journal: begins_after };
            return Err(journal.damaged(Damaged { record: begins_after + 1, offset: HEADER, damage }));
        }
        let snapshot = match snapshot {
            None => None,
            Some(file) => {
                let end = scan_snapshot(&file.bytes, file.seed).map_err(|damaged| file.damaged(damaged))?;
                Some(file.image(Source::Snapshot, HEADER, end))
            }
        };
        let scan = scan_journal(&journal.bytes, journal.seed, begins_after, covered)
            .map_err(|damaged| journal.damaged(damaged))?;
        let bytes = (journal.bytes.len() - scan.end) as u64;
        Ok(Self {
            lineage,
            epoch,
            journal_epoch,
            covered,
            last: scan.last.max(covered),
            torn: (bytes > 0).then_some(Torn { offset: scan.end as u64, bytes }),
            snapshot,
            journal: journal.image(Source::Journal, scan.start, scan.end),
        })
    }
}

/// A file with its header.
struct File {
    path: PathBuf,
    header: Header,
    seed: u32,
    bytes: Vec<u8>,
}

impl File {
    fn read(disk: &dyn Disk, path: PathBuf, kind: Kind) -> Result<Option<Self>, LogError> {
        let Some(bytes) = disk.read(&path).map_err(io_error("read", &path))? else { return Ok(None) };
        let (header, seed) = Header::decode(kind, &path, &bytes)?;
        Ok(Some(Self { path, header, seed, bytes }))
    }

    fn damaged(&self, Damaged { record, offset, damage }: Damaged) -> LogError {
        LogError::Damaged { path: self.path.clone(), record, offset: offset as u64, damage }
    }

    fn image(self, source: Source, start: usize, end: usize) -> Image {
        Image { path: self.path, source, bytes: self.bytes, start, end }
    }
}
