//! Opening a log, to write it or only to read it.

use super::{
    Contents, Disk, Holder, JOURNAL, LOCK, Lineage, Log, LogError, NEW_JOURNAL, NEW_SNAPSHOT, SystemDisk,
    header::{Header, Kind},
    writer::{JournalFile, NewJournal, Writer},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How often a reader looks again when the files do not fit together because a writer has just compacted twice.
const LOOKS: usize = 5;

/// How the sync of a directory fails that we cannot have created anything in.
const NOT_OURS: [io::ErrorKind; 4] = [
    io::ErrorKind::PermissionDenied,
    io::ErrorKind::ReadOnlyFilesystem,
    io::ErrorKind::Unsupported,
    io::ErrorKind::InvalidInput,
];

/// Which log to open, and as whom.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// The log's directory.
    pub directory: PathBuf,
    /// The lineage that the log gets when it does not exist yet.
    pub new_lineage: Lineage,
    /// The lineage that an existing log must have; any when this is nothing.
    pub expected_lineage: Option<Lineage>,
    /// Who others see when they find the log locked.
    pub holder: Holder,
    /// The disk that the directory is on.
    pub disk: Arc<dyn Disk>,
}

impl LogOptions {
    /// The log in a directory of the system's disk; `new_lineage` should be random.
    pub fn new(directory: impl Into<PathBuf>, new_lineage: Lineage, holder: Holder) -> Self {
        let disk = Arc::new(SystemDisk);
        Self { directory: directory.into(), new_lineage, expected_lineage: None, holder, disk }
    }

    /// The same on another disk.
    #[must_use]
    pub fn on(self, disk: Arc<dyn Disk>) -> Self {
        Self { disk, ..self }
    }

    /// The same, refusing a log of another lineage.
    #[must_use]
    pub fn expecting(self, lineage: Lineage) -> Self {
        Self { expected_lineage: Some(lineage), ..self }
    }
}

impl Log {
    /// Opens a log for writing, creates it when there is none, and returns what it holds.
    ///
    /// Everything that it holds is durable when this returns, also what a killed process had written and nobody had been
    /// told about yet. A torn last record is cut off, durably. This blocks for file operations and a few syncs.
    ///
    /// # Errors
    ///
    /// [`LogError::Locked`] when another process writes the log. Damage, a foreign file, a newer format, another lineage:
    /// see [`LogError`]; then neither journal nor snapshot has been changed. [`LogError::Io`] when a file operation fails;
    /// opening again then continues where this one ended.
    pub fn open(options: &LogOptions) -> Result<(Self, Contents), LogError> {
        let LogOptions { directory, holder, disk, .. } = options;
        if !has_journal(&**disk, directory)? {
            create_directory(&**disk, directory)?;
        }
        let lock = holder.lock(&**disk, &directory.join(LOCK))?;
        let (writer, contents) = match load(options)? {
            None => {
                let lineage = options.expected_lineage.unwrap_or(options.new_lineage);
                let journal = NewJournal::write(&**disk, directory, (lineage, 0, 0), std::iter::empty())?;
                let writer = journal.install(&**disk, directory, 0)?;
                (writer, Contents::empty(lineage, directory.join(JOURNAL)))
            }
            Some(contents) => (resume(&**disk, directory, &contents)?, contents),
        };
        remove_leftovers(&**disk, directory)?;
        Ok((Self::start(options, contents.lineage(), writer, lock)?, contents))
    }

    /// Reads a log without opening it: takes no lock and writes nothing, also while another process writes it.
    ///
    /// # Errors
    ///
    /// [`LogError::Absent`] when there is none, otherwise as [`Log::open`] but for the lock.
    pub fn read(options: &LogOptions) -> Result<Contents, LogError> {
        let mut looks = 1;
        loop {
            match load(options) {
                Err(LogError::OldJournal { .. } | LogError::MissingJournal { .. }) if looks < LOOKS => {
                    looks += 1;
                }
                Ok(None) => return Err(LogError::Absent { directory: options.directory.clone() }),
                Ok(Some(contents)) => return Ok(contents),
                Err(error) => return Err(error),
            }
        }
    }
}

fn load(options: &LogOptions) -> Result<Option<Contents>, LogError> {
    let contents = Contents::load(&*options.disk, &options.directory)?;
    match (&contents, options.expected_lineage) {
        (Some(contents), Some(expected)) if contents.lineage() != expected => Err(LogError::OtherLineage {
            path: options.directory.join(JOURNAL),
            found: contents.lineage(),
            expected,
        }),
        _ => Ok(contents),
    }
}

fn has_journal(disk: &dyn Disk, directory: &Path) -> Result<bool, LogError> {
    match disk.list(directory) {
        Ok(names) => Ok(names.iter().any(|name| name == JOURNAL)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("list", directory)(error)),
    }
}

/// Creates the log's directory and makes its name durable.
///
/// A process that died here may have created any of the directories above without making its name durable, so all of
/// them are synced. One that cannot be read, or that lies on a file system without such a sync, was not created by us.
fn create_directory(disk: &dyn Disk, directory: &Path) -> Result<(), LogError> {
    disk.create_directory(directory).map_err(io_error("create", directory))?;
    for above in directory.ancestors().skip(1) {
        match disk.sync_directory(above) {
            Ok(()) => {}
            Err(error) if NOT_OURS.contains(&error.kind()) => {}
            Err(error) => return Err(io_error("sync", above)(error)),
        }
    }
    Ok(())
}

/// Makes what was read durable, finishes what a crash interrupted, and opens the journal at its end.
fn resume(disk: &dyn Disk, directory: &Path, contents: &Contents) -> Result<Writer, LogError> {
    let &Contents { lineage, epoch, journal_epoch, covered, last, .. } = contents;
    let (end, snapshot_bytes) = contents.sizes();
    // What was read may be in the memory of the operating system only: first the names,
    disk.sync_directory(directory).map_err(io_error("sync", directory))?;
    if journal_epoch < epoch {
        // then a compaction that got as far as its snapshot,
        let records = contents.journal_records().map(|record| record.payload);
        let journal = NewJournal::write(disk, directory, (lineage, epoch, covered), records)?;
        return journal.install(disk, directory, snapshot_bytes);
    }
    // or the records.
    let path = directory.join(JOURNAL);
    let file = disk.open(&path).map_err(io_error("open", &path))?;
    if contents.torn.is_some() {
        file.truncate(end).map_err(io_error("truncate", &path))?;
    }
    let journal = JournalFile::new(path, file, end);
    journal.sync(end).map_err(io_error("sync", &journal.path))?;
    let header = Header { kind: Kind::Journal, lineage, epoch, base: covered };
    Ok(Writer::new(journal, &header, last, end, snapshot_bytes))
}

/// Removes what an interrupted compaction left behind; it is written anew before it is ever used.
fn remove_leftovers(disk: &dyn Disk, directory: &Path) -> Result<(), LogError> {
    for name in disk.list(directory).map_err(io_error("list", directory))? {
        if [NEW_JOURNAL, NEW_SNAPSHOT].contains(&name.as_str()) {
            let path = directory.join(name);
            disk.remove(&path).map_err(io_error("remove", &path))?;
        }
    }
    Ok(())
}

/// Makes the error of a file operation.
pub(super) fn io_error(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> LogError {
    let path = path.to_owned();
    move |source| LogError::Io { operation, path, source: Arc::new(source) }
}
