//! Compaction: a snapshot that says in few records what the journal said in many.

use super::{
    DiskFile, JOURNAL, Log, LogError, NEW_JOURNAL, NEW_SNAPSHOT, Position, SNAPSHOT,
    commit::lock,
    contents::Contents,
    frame::Frame,
    header::{Header, Kind},
    journal::Shared,
    open::io_error,
    writer::{NewJournal, rename_durably},
};
use std::{io, path::Path};

/// How much of a snapshot is collected before it is written, in bytes.
const CHUNK: usize = 1 << 20;

/// How a compaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compaction {
    /// The new snapshot stands for all records up to the position.
    Done,
    /// Another compaction went further already; nothing was changed.
    Superseded,
}

impl Log {
    /// Replaces all records up to `through` by `payloads`, which must say the same.
    ///
    /// Records may be appended meanwhile, and are kept; they wait only while the files change their names. A crash or power
    /// loss at any point leaves either the old files or the new ones, or a mix that opening recognises and finishes. All
    /// records of the log are durable afterwards. This blocks for file operations and several syncs: run it where
    /// blocking is allowed.
    ///
    /// # Errors
    ///
    /// [`LogError::Io`] when the new files cannot be written, [`LogError::TooLong`] for a payload beyond the limit,
    /// [`LogError::UnknownPosition`]: the log is as it was. [`LogError::Lost`] when giving them their names failed: the log
    /// takes nothing more, but nothing that was acknowledged is lost.
    pub fn compact<P: AsRef<[u8]>>(
        &self,
        through: Position,
        payloads: impl IntoIterator<Item = P>,
    ) -> Result<Compaction, LogError> {
        let shared = &*self.shared;
        let _only_one = lock(&shared.compacting);
        shared.commit.check()?;
        let epoch = {
            let writer = lock(&shared.writer);
            if through.0 > writer.last {
                return Err(LogError::UnknownPosition { position: through.0, last: writer.last });
            }
            if through.0 < writer.covered {
                return Ok(Compaction::Superseded);
            }
            writer.epoch + 1
        };
        let header = Header { kind: Kind::Snapshot, lineage: shared.lineage, epoch, base: through.0 };
        let followed = write_snapshot(shared, &header, payloads)
            .and_then(|snapshot_bytes| shared.follow_snapshot(&header, snapshot_bytes));
        if let Err(error) = &followed
            && !matches!(error, LogError::Lost { .. })
        {
            shared.remove_unnamed();
        }
        followed?;
        Ok(Compaction::Done)
    }
}

fn write_snapshot<P: AsRef<[u8]>>(
    shared: &Shared,
    header: &Header,
    payloads: impl IntoIterator<Item = P>,
) -> Result<u64, LogError> {
    let path = shared.directory.join(NEW_SNAPSHOT);
    let file = shared.disk.create(&path).map_err(io_error("create", &path))?;
    let (bytes, seed) = header.encode();
    let mut buffer = bytes.to_vec();
    let (mut written, mut last) = (0, 0);
    for payload in payloads {
        let payload = payload.as_ref();
        if payload.len() > super::MAX_PAYLOAD {
            return Err(LogError::TooLong { bytes: payload.len() });
        }
        last += 1;
        Frame { sequence: last, durable: 0, payload: Some(payload) }.encode(seed, &mut buffer);
        if buffer.len() >= CHUNK {
            written += flush(&*file, &mut buffer).map_err(io_error("write", &path))?;
        }
    }
    Frame { sequence: last, durable: 0, payload: None }.encode(seed, &mut buffer);
    written += flush(&*file, &mut buffer).map_err(io_error("write", &path))?;
    file.sync().map_err(io_error("sync", &path))?;
    Ok(written)
}

fn flush(file: &dyn DiskFile, buffer: &mut Vec<u8>) -> io::Result<u64> {
    file.append(buffer)?;
    let length = buffer.len() as u64;
    buffer.clear();
    Ok(length)
}

impl Shared {
    /// Puts a written snapshot in place, and a journal after it that begins with the records that it does not stand for.
    ///
    /// The order matters. The snapshot's name is durable before the journal's changes: until then the old journal, which
    /// holds everything, is read on top of whichever snapshot is there. The journal's name is durable before a record in
    /// it is acknowledged.
    fn follow_snapshot(&self, snapshot: &Header, snapshot_bytes: u64) -> Result<(), LogError> {
        let (disk, directory) = (&*self.disk, &*self.directory);
        let mut writer = lock(&self.writer);
        self.commit.check()?;
        let of_new = (self.lineage, snapshot.epoch, snapshot.base);
        let journal = if writer.last == snapshot.base {
            NewJournal::write(disk, directory, of_new, std::iter::empty())?
        } else {
            let old = Contents::load(disk, directory)?.filter(|old| old.last == writer.last);
            let old = old.ok_or_else(|| self.vanished(directory))?;
            let records = old.journal_records().filter(|record| record.sequence > snapshot.base);
            NewJournal::write(disk, directory, of_new, records.map(|record| record.payload))?
        };
        rename_durably(disk, directory, NEW_SNAPSHOT, SNAPSHOT)
            .and_then(|()| journal.install(disk, directory, snapshot_bytes))
            .map(|new| *writer = new)
            .map_err(|error| self.lose(error))?;
        self.commit.reached(writer.last);
        Ok(())
    }

    /// Removes the files that did not get their names, for the room that they take.
    fn remove_unnamed(&self) {
        for name in [NEW_SNAPSHOT, NEW_JOURNAL] {
            // They do no harm when they stay: opening removes them, and the next compaction empties them.
            let _ = self.disk.remove(&self.directory.join(name));
        }
    }

    /// Ends the log because of an error after which it is unknown which files have which names.
    fn lose(&self, error: LogError) -> LogError {
        match error {
            LogError::Io { operation, path, source } => {
                let source = io::Error::new(source.kind(), source);
                self.commit.lose(operation, &path, source)
            }
            error => error,
        }
    }

    /// Ends the log because records that were appended are not in the journal any more.
    fn vanished(&self, directory: &Path) -> LogError {
        self.commit.lose("read back", &directory.join(JOURNAL), io::ErrorKind::InvalidData.into())
    }
}
