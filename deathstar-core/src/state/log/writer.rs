//! The end of the journal that records are appended to.

use super::{
    Disk, DiskFile, JOURNAL, LogError, NEW_JOURNAL,
    frame::Frame,
    header::{Header, Kind},
    lineage::Lineage,
    open::io_error,
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A batch buffer beyond this is given back after use, in bytes.
const KEPT_BUFFER: usize = 4 << 20;

/// An open journal file.
#[derive(Debug)]
pub(super) struct JournalFile {
    pub(super) path: PathBuf,
    file: Box<dyn DiskFile>,
    /// How many of its bytes are durable.
    durable: AtomicU64,
}

impl JournalFile {
    pub(super) fn new(path: PathBuf, file: Box<dyn DiskFile>, durable: u64) -> Arc<Self> {
        Arc::new(Self { path, file, durable: AtomicU64::new(durable) })
    }

    /// Makes everything that is in the file durable, of which `end` bytes are known to the caller.
    pub(super) fn sync(&self, end: u64) -> io::Result<()> {
        self.file.sync()?;
        self.durable.fetch_max(end, Ordering::Relaxed);
        Ok(())
    }
}

/// Where the next record goes.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) journal: Arc<JournalFile>,
    /// The number of the snapshot that the journal follows.
    pub(super) epoch: u64,
    /// The last record that the snapshot stands for.
    pub(super) covered: u64,
    /// Length of the snapshot in bytes.
    pub(super) snapshot_bytes: u64,
    /// The last record.
    pub(super) last: u64,
    /// Length of the journal in bytes.
    pub(super) end: u64,
    seed: u32,
    buffer: Vec<u8>,
}

impl Writer {
    /// At the end of `journal`, which has this header.
    pub(super) fn new(
        journal: Arc<JournalFile>,
        header: &Header,
        last: u64,
        end: u64,
        snapshot_bytes: u64,
    ) -> Self {
        let (epoch, covered, seed) = (header.epoch, header.base, header.encode().1);
        Self { journal, epoch, covered, snapshot_bytes, last, end, seed, buffer: Vec::new() }
    }

    /// Hands a batch over to the operating system in one write.
    pub(super) fn append<P: AsRef<[u8]>>(&mut self, payloads: &[P]) -> io::Result<()> {
        let durable = self.journal.durable.load(Ordering::Relaxed);
        self.buffer.clear();
        for (sequence, payload) in (self.last + 1..).zip(payloads) {
            let frame = Frame { sequence, durable, payload: Some(payload.as_ref()) };
            frame.encode(self.seed, &mut self.buffer);
        }
        self.journal.file.append(&self.buffer)?;
        self.last += payloads.len() as u64;
        self.end += self.buffer.len() as u64;
        if self.buffer.capacity() > KEPT_BUFFER {
            self.buffer = Vec::new();
        }
        Ok(())
    }
}

/// A whole journal under a name of its own, durable but for that name.
#[derive(Debug)]
pub(super) struct NewJournal {
    header: Header,
    file: Box<dyn DiskFile>,
    last: u64,
    end: u64,
}

impl NewJournal {
    /// Writes the journal that follows snapshot `epoch`, with the records after `covered` that no snapshot stands for.
    pub(super) fn write<'a>(
        disk: &dyn Disk,
        directory: &Path,
        (lineage, epoch, covered): (Lineage, u64, u64),
        records: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, LogError> {
        let path = directory.join(NEW_JOURNAL);
        let header = Header { kind: Kind::Journal, lineage, epoch, base: covered };
        let (bytes, seed) = header.encode();
        let mut buffer = bytes.to_vec();
        let mut last = covered;
        for payload in records {
            last += 1;
            Frame { sequence: last, durable: 0, payload: Some(payload) }.encode(seed, &mut buffer);
        }
        let file = disk.create(&path).map_err(io_error("create", &path))?;
        file.append(&buffer).map_err(io_error("write", &path))?;
        file.sync().map_err(io_error("sync", &path))?;
        Ok(Self { header, file, last, end: buffer.len() as u64 })
    }

    /// Gives it the journal's name, durably.
    ///
    /// After an error it is unknown which file has the name.
    pub(super) fn install(
        self,
        disk: &dyn Disk,
        directory: &Path,
        snapshot_bytes: u64,
    ) -> Result<Writer, LogError> {
        let path = directory.join(JOURNAL);
        rename_durably(disk, directory, NEW_JOURNAL, JOURNAL)?;
        let journal = JournalFile::new(path, self.file, self.end);
        Ok(Writer::new(journal, &self.header, self.last, self.end, snapshot_bytes))
    }
}

/// Gives a file another name in `directory` and makes that durable.
pub(super) fn rename_durably(
    disk: &dyn Disk,
    directory: &Path,
    from: &str,
    to: &str,
) -> Result<(), LogError> {
    let from = directory.join(from);
    disk.rename(&from, &directory.join(to)).map_err(io_error("rename", &from))?;
    disk.sync_directory(directory).map_err(io_error("sync", directory))
}
