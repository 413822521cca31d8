//! The log as its one writer has it open.

use super::{
    Disk, DiskLock, Lineage, LogError, LogOptions, MAX_PAYLOAD,
    commit::{Commit, lock},
    open::io_error,
    writer::Writer,
};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

/// A journal smaller than this is not worth a compaction, in bytes.
const SMALL_JOURNAL: u64 = 4 << 20;

/// How many times longer than the snapshot a journal becomes before it is compacted.
const GROWTH: u64 = 4;

/// A place in a log: all records up to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub(super) u64);

impl Position {
    /// The place after a record.
    pub(crate) const fn at(sequence: u64) -> Self {
        Self(sequence)
    }

    /// The sequence number of the last record before this place, counted from 1 over the log's whole life.
    pub const fn sequence(self) -> u64 {
        self.0
    }
}

/// A log that is open for writing.
///
/// Dropping it waits for a sync that is running, and gives the lock back.
#[derive(Debug)]
pub struct Log {
    pub(super) shared: Arc<Shared>,
    committer: Option<JoinHandle<()>>,
    // The last field: the lock is given back when nothing of this log runs any more.
    _lock: Box<dyn DiskLock>,
}

/// What the thread that syncs needs too.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) directory: PathBuf,
    pub(super) lineage: Lineage,
    pub(super) writer: Mutex<Writer>,
    /// Held during a compaction.
    pub(super) compacting: Mutex<()>,
    pub(super) commit: Commit,
}

impl Log {
    pub(super) fn start(
        options: &LogOptions,
        lineage: Lineage,
        writer: Writer,
        held: Box<dyn DiskLock>,
    ) -> Result<Self, LogError> {
        let shared = Arc::new(Shared {
            disk: Arc::clone(&options.disk),
            directory: options.directory.clone(),
            lineage,
            commit: Commit::new(writer.last),
            writer: Mutex::new(writer),
            compacting: Mutex::new(()),
        });
        let of_thread = Arc::clone(&shared);
        let committer = thread::Builder::new()
            .name("deathstar-journal".into())
            .spawn(move || of_thread.commit.run(|| of_thread.sync()))
            .map_err(io_error("start the thread that syncs", &options.directory))?;
        Ok(Self { shared, committer: Some(committer), _lock: held })
    }

    /// Appends records and hands them over to the operating system in one write: from here on they survive the death of
    /// the process, but not yet power loss.
    ///
    /// The result is the position after the last of them. This is quick, but blocks while a compaction changes files.
    ///
    /// # Errors
    ///
    /// [`LogError::TooLong`] when a payload is longer than [`MAX_PAYLOAD`]: nothing has been written.
    /// [`LogError::Lost`] when writing fails or has failed before: some of the records may be found again, in order.
    pub fn append<P: AsRef<[u8]>>(&self, payloads: &[P]) -> Result<Position, LogError> {
        if let Some(bytes) =
            payloads.iter().map(|payload| payload.as_ref().len()).find(|len| *len > MAX_PAYLOAD)
        {
            return Err(LogError::TooLong { bytes });
        }
        let mut writer = lock(&self.shared.writer);
        self.shared.commit.check()?;
        if !payloads.is_empty() {
            writer
                .append(payloads)
                .map_err(|source| self.shared.commit.lose("write", &writer.journal.path, source))?;
        }
        Ok(Position(writer.last))
    }

    /// Waits until all records up to `position` survive power loss.
    ///
    /// Returns at once when they do already, also when that was because of somebody else's later record. One sync at a
    /// time runs; all who ask meanwhile share the next one. The first poll asks for it.
    ///
    /// # Errors
    ///
    /// [`LogError::Lost`] when writing or syncing failed before the position was durable,
    /// [`LogError::UnknownPosition`] for a position that is not of this log.
    ///
    /// # Cancel safety
    ///
    /// Safe: dropping it takes nothing back; a sync that it asked for still runs.
    pub async fn durable(&self, position: Position) -> Result<(), LogError> {
        let last = self.last().0;
        if position.0 > last {
            return Err(LogError::UnknownPosition { position: position.0, last });
        }
        self.shared.commit.wait(position.0).await
    }

    /// As [`Log::durable`], but syncs on this thread, which is quicker where nothing else is to be done meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Log::durable`].
    pub fn sync(&self, position: Position) -> Result<(), LogError> {
        let last = self.last().0;
        if position.0 > last {
            return Err(LogError::UnknownPosition { position: position.0, last });
        }
        if self.shared.commit.is_durable(position.0) {
            return Ok(());
        }
        self.shared.commit.check()?;
        let reached = self.shared.sync()?;
        self.shared.commit.reached(reached);
        Ok(())
    }

    /// Waits until the log is lost: until a write or a sync fails. A healthy log never is.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn lost(&self) -> LogError {
        self.shared.commit.lost().await
    }

    /// Whether the log still takes records.
    ///
    /// # Errors
    ///
    /// [`LogError::Lost`] when it does not.
    pub fn check(&self) -> Result<(), LogError> {
        self.shared.commit.check()
    }

    /// The position after the last record.
    pub fn last(&self) -> Position {
        Position(lock(&self.shared.writer).last)
    }

    /// The log's lineage.
    pub fn lineage(&self) -> Lineage {
        self.shared.lineage
    }

    /// Whether the journal has grown enough to be worth a compaction: beyond 4 MiB and four times the snapshot.
    pub fn should_compact(&self) -> bool {
        let writer = lock(&self.shared.writer);
        writer.end > SMALL_JOURNAL.max(GROWTH * writer.snapshot_bytes)
    }
}

impl Shared {
    /// Makes everything that is appended durable; the result is the last record that this covers.
    fn sync(&self) -> Result<u64, LogError> {
        let (journal, end, last) = {
            let writer = lock(&self.writer);
            (Arc::clone(&writer.journal), writer.end, writer.last)
        };
        journal.sync(end).map(|()| last).map_err(|source| self.commit.lose("sync", &journal.path, source))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.shared.commit.stop();
        if let Some(committer) = self.committer.take() {
            // It never panics; if it did, everyone who waited would have been told already.
            let _ = committer.join();
        }
    }
}
