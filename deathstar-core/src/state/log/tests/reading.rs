//! Reading beside a writer that compacts: what a reader finds when the files change between its two looks.

use super::{options, options_on, read};
use crate::state::log::{
    Disk, DiskFile, DiskLock, JOURNAL, Log, LogError, PowerLossDisk, SNAPSHOT, commit::lock,
};
use std::{
    collections::VecDeque,
    io,
    path::Path,
    sync::{Arc, Mutex},
};

/// The journal and the snapshot at one time.
type Files = [Option<Vec<u8>>; 2];

/// A disk that answers each read with the next prepared file, and does nothing else.
#[derive(Debug)]
struct PreparedDisk(Mutex<VecDeque<Option<Vec<u8>>>>);

impl Disk for PreparedDisk {
    fn read(&self, _: &Path) -> io::Result<Option<Vec<u8>>> {
        Ok(lock(&self.0).pop_front().expect("one more read than was prepared"))
    }
    fn create_directory(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn list(&self, _: &Path) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn create(&self, _: &Path) -> io::Result<Box<dyn DiskFile>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn open(&self, _: &Path) -> io::Result<Box<dyn DiskFile>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn remove(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn sync_directory(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
    fn try_lock(&self, _: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }
}

/// The files of a log of three records after none, one and two compactions, the last record carried over.
fn ages() -> [Files; 3] {
    let disk = PowerLossDisk::new();
    let (log, _) = Log::open(&options_on(&disk)).unwrap();
    let through = log.append(&["a", "b"]).unwrap();
    log.append(&["c"]).unwrap();
    let files = || [JOURNAL, SNAPSHOT].map(|name| disk.read(&Path::new("/srv/state").join(name)).unwrap());
    let first = files();
    log.compact(through, ["a", "b"]).unwrap();
    let second = files();
    log.compact(through, ["a", "b"]).unwrap();
    [first, second, files()]
}

fn read_prepared(files: impl IntoIterator<Item = Option<Vec<u8>>>) -> Result<Vec<Vec<u8>>, LogError> {
    let disk = Arc::new(PreparedDisk(Mutex::new(files.into_iter().collect())));
    let result = read(&options("/").on(Arc::clone(&disk) as Arc<dyn Disk>));
    assert!(lock(&disk.0).is_empty(), "not everything was read");
    result
}

#[test]
fn a_compaction_between_the_looks_shows_the_same_records() {
    let [[journal, _], [_, snapshot], _] = ages();
    assert_eq!(read_prepared([journal, snapshot]).unwrap(), [b"a", b"b", b"c"]);
}

#[test]
fn two_compactions_between_the_looks_make_the_reader_look_again() {
    let [[journal, _], _, [new_journal, snapshot]] = ages();
    let files = [journal, snapshot.clone(), new_journal, snapshot];
    assert_eq!(read_prepared(files).unwrap(), [b"a", b"b", b"c"]);
}

#[test]
fn creation_and_a_compaction_between_the_looks_make_the_reader_look_again() {
    let [_, [journal, snapshot], _] = ages();
    assert_eq!(read_prepared([None, snapshot.clone(), journal, snapshot]).unwrap(), [b"a", b"b", b"c"]);
}

#[test]
fn a_journal_that_stays_old_is_refused() {
    let [[journal, _], _, [_, snapshot]] = ages();
    let files = std::iter::repeat_n([journal, snapshot], 5).flatten();
    assert!(matches!(read_prepared(files), Err(LogError::OldJournal { found: 0, snapshot: 2, .. })));
}

#[test]
fn a_reader_needs_no_lock_and_sees_what_is_appended_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let (log, _) = Log::open(&options(&directory)).unwrap();
    for count in 1..5 {
        log.append(&["row"]).unwrap();
        assert_eq!(read(&options(&directory)).unwrap().len(), count);
    }
}

#[test]
fn a_reader_of_nothing_says_so_and_creates_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    assert!(matches!(read(&options(&missing)), Err(LogError::Absent { directory }) if directory == missing));
    assert!(!missing.exists());
}
