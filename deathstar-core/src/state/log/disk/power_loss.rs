//! A disk in memory that loses power, and with it what was not synced.

use super::{
    super::{JOURNAL, NEW_JOURNAL, NEW_SNAPSHOT, SNAPSHOT, commit::lock},
    CrashOrder, Disk, DiskFile, DiskLock,
    simulated::{Chance, Entry, FileBytes, Names},
};
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

/// A disk in memory for tests: it fails after a number of operations, and a power loss takes a random part of everything
/// that was not synced.
///
/// A clone is the same disk. Paths begin with `/`.
#[derive(Debug, Clone, Default)]
pub struct PowerLossDisk(Arc<Mutex<Machine>>);

/// A sync that a [`PowerLossDisk`] only pretends to do, to prove that a test notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkippedSync {
    /// Of the directory above, after the log's directory was created.
    NewDirectory,
    /// Of the journal's bytes before it gets its name.
    NewJournal,
    /// Of the directory, after the first journal got its name.
    FirstJournalName,
    /// Of the journal, after records were appended.
    Records,
    /// Of the journal, after a torn record was cut off.
    Truncation,
    /// Of the journal, when it is opened again.
    ReopenedJournal,
    /// Of the directories, when the log is opened again.
    ReopenedNames,
    /// Of the snapshot's bytes before it gets its name.
    NewSnapshot,
    /// Of the directory, after a snapshot got its name.
    SnapshotName,
    /// Of the directory, after a journal took the place of another.
    JournalName,
}

impl SkippedSync {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::NewDirectory,
        Self::NewJournal,
        Self::FirstJournalName,
        Self::Records,
        Self::Truncation,
        Self::ReopenedJournal,
        Self::ReopenedNames,
        Self::NewSnapshot,
        Self::SnapshotName,
        Self::JournalName,
    ];
}

#[derive(Debug, Default)]
struct Machine {
    files: Vec<FileBytes>,
    names: Names,
    locked: BTreeSet<PathBuf>,
    /// Counts the processes that have used the disk one after another.
    process: u64,
    operations: u64,
    failure: Option<Failure>,
    is_off: bool,
    skipped: Option<SkippedSync>,
}

#[derive(Debug)]
struct Failure {
    /// The operation that fails, by number.
    at: u64,
    /// Whether those after it succeed.
    once: bool,
}

impl PowerLossDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty disk that does not do one of the syncs.
    pub fn skipping(sync: SkippedSync) -> Self {
        let disk = Self::new();
        disk.machine().skipped = Some(sync);
        disk
    }

    /// Lets so many changing operations succeed; the next one fails, perhaps half done, and so do all after it.
    pub fn fail_after(&self, operations: u64) {
        let mut machine = self.machine();
        machine.failure = Some(Failure { at: machine.operations + operations, once: false });
    }

    /// Lets so many changing operations succeed; the next one fails, and those after it succeed.
    pub fn fail_once_after(&self, operations: u64) {
        let mut machine = self.machine();
        machine.failure = Some(Failure { at: machine.operations + operations, once: true });
    }

    /// How many changing operations were tried so far.
    pub fn operations(&self) -> u64 {
        self.machine().operations
    }

    /// The process dies: locks and open files are gone, all bytes and names stay.
    pub fn kill(&self) {
        let mut machine = self.machine();
        machine.process += 1;
        machine.locked.clear();
        machine.failure = None;
        machine.is_off = false;
    }

    /// The power fails and comes back: of what was not synced, `seed` decides what is left.
    pub fn crash(&self, order: CrashOrder, seed: u64) {
        self.kill();
        let mut machine = self.machine();
        let mut chance = Chance(seed);
        machine.names.crash(order, &mut chance);
        machine.files.iter_mut().for_each(|file| file.crash(order, &mut chance));
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        lock(&self.0)
    }

    fn handle(&self, machine: &Machine, file: usize) -> Box<dyn DiskFile> {
        let last = Mutex::new(LastChange::Nothing);
        Box::new(OpenFile { disk: self.clone(), file, process: machine.process, last })
    }
}

impl Machine {
    fn check(&self) -> io::Result<()> {
        if self.is_off { Err(io::Error::other("the power is off")) } else { Ok(()) }
    }

    /// Counts an operation, which fails when it is its turn to.
    fn step(&mut self) -> io::Result<()> {
        self.check()?;
        let number = self.operations;
        self.operations += 1;
        match &self.failure {
            Some(failure) if failure.at == number => {
                self.is_off = !failure.once;
                self.failure = None;
                Err(io::Error::other("the disk fails"))
            }
            _ => Ok(()),
        }
    }

    fn file(&self, path: &Path) -> Option<usize> {
        match self.names.at(path) {
            Some(Entry::File(file)) => Some(file),
            _ => None,
        }
    }

    /// The file with this name, which is created when it is missing.
    fn file_or_new(&mut self, path: &Path) -> io::Result<usize> {
        if let Some(file) = self.file(path) {
            return Ok(file);
        }
        let parent = path.parent().and_then(|parent| self.names.at(parent));
        if parent != Some(Entry::Directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let file = self.files.len();
        self.files.push(FileBytes::default());
        self.names.change(self.process, vec![(path.into(), Some(Entry::File(file)))]);
        Ok(file)
    }

    /// Which sync of a directory this is.
    fn directory_sync(&self, directory: &Path) -> Option<SkippedSync> {
        let given: Vec<_> = self.names.given(directory).collect();
        if !given.is_empty() && given.iter().all(|&(_, _, process)| process < self.process) {
            return Some(SkippedSync::ReopenedNames);
        }
        let is_given = |name: &str| given.iter().any(|(path, ..)| path.ends_with(name));
        if given.iter().any(|&(_, entry, _)| entry == Entry::Directory) {
            Some(SkippedSync::NewDirectory)
        } else if is_given(JOURNAL) && self.names.is_durable(&directory.join(JOURNAL)) {
            Some(SkippedSync::JournalName)
        } else if is_given(JOURNAL) {
            Some(SkippedSync::FirstJournalName)
        } else if is_given(SNAPSHOT) {
            Some(SkippedSync::SnapshotName)
        } else {
            None
        }
    }

    /// Which sync of a file this is.
    fn file_sync(&self, file: usize, last: LastChange) -> Option<SkippedSync> {
        match (self.names.of(file)?.file_name()?.to_str()?, last) {
            (JOURNAL, LastChange::Nothing) => Some(SkippedSync::ReopenedJournal),
            (JOURNAL, LastChange::Truncation) => Some(SkippedSync::Truncation),
            (JOURNAL, LastChange::Append) => Some(SkippedSync::Records),
            (NEW_JOURNAL, _) => Some(SkippedSync::NewJournal),
            (NEW_SNAPSHOT, _) => Some(SkippedSync::NewSnapshot),
            _ => None,
        }
    }
}

impl Disk for PowerLossDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        machine.step()?;
        let missing: Vec<_> =
            path.ancestors().take_while(|above| machine.names.at(above).is_none()).collect();
        for above in missing.into_iter().rev() {
            let process = machine.process;
            machine.names.change(process, vec![(above.into(), Some(Entry::Directory))]);
        }
        Ok(())
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<String>> {
        let machine = self.machine();
        machine.check()?;
        if machine.names.at(directory).is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let names = machine.names.in_directory(directory).filter_map(|path| path.file_name());
        Ok(names.map(|name| name.to_string_lossy().into_owned()).collect())
    }

    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let machine = self.machine();
        machine.check()?;
        Ok(machine.file(path).map(|file| machine.files[file].current().to_vec()))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut machine = self.machine();
        machine.step()?;
        let file = machine.file_or_new(path)?;
        machine.files[file].truncate(0);
        Ok(self.handle(&machine, file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let machine = self.machine();
        machine.check()?;
        let file = machine.file(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.handle(&machine, file))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        machine.step()?;
        let entry = machine.names.at(from).ok_or(io::ErrorKind::NotFound)?;
        let process = machine.process;
        machine.names.change(process, vec![(from.into(), None), (to.into(), Some(entry))]);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        machine.step()?;
        machine.file(path).ok_or(io::ErrorKind::NotFound)?;
        let process = machine.process;
        machine.names.change(process, vec![(path.into(), None)]);
        Ok(())
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        machine.step()?;
        if machine.skipped.is_none() || machine.skipped != machine.directory_sync(path) {
            machine.names.sync(path);
        }
        Ok(())
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        let mut machine = self.machine();
        machine.step()?;
        let file = machine.file_or_new(path)?;
        let process = machine.process;
        let is_free = machine.locked.insert(path.into());
        let lock = || {
            Box::new(HeldLock { disk: self.clone(), path: path.into(), file, process }) as Box<dyn DiskLock>
        };
        Ok(is_free.then(lock))
    }
}

/// What was last done to an open file since it was synced.
#[derive(Debug, Clone, Copy)]
enum LastChange {
    Nothing,
    Append,
    Truncation,
}

#[derive(Debug)]
struct OpenFile {
    disk: PowerLossDisk,
    file: usize,
    process: u64,
    last: Mutex<LastChange>,
}

impl OpenFile {
    fn machine(&self) -> io::Result<MutexGuard<'_, Machine>> {
        let machine = self.disk.machine();
        if machine.process == self.process {
            Ok(machine)
        } else {
            Err(io::Error::other("the process is dead"))
        }
    }
}

impl DiskFile for OpenFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut machine = self.machine()?;
        let was_on = machine.check();
        let done = machine.step();
        // The write that fails has been done by half.
        let length = if done.is_ok() { bytes.len() } else { bytes.len() / 2 };
        was_on?;
        machine.files[self.file].append(&bytes[..length]);
        *lock(&self.last) = LastChange::Append;
        done
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        let mut machine = self.machine()?;
        machine.step()?;
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?;
        machine.files[self.file].truncate(length);
        *lock(&self.last) = LastChange::Truncation;
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut machine = self.machine()?;
        machine.step()?;
        let last = std::mem::replace(&mut *lock(&self.last), LastChange::Nothing);
        if machine.skipped.is_none() || machine.skipped != machine.file_sync(self.file, last) {
            machine.files[self.file].sync();
        }
        Ok(())
    }
}

#[derive(Debug)]
struct HeldLock {
    disk: PowerLossDisk,
    path: PathBuf,
    file: usize,
    process: u64,
}

impl DiskLock for HeldLock {
    fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut machine = self.disk.machine();
        machine.step()?;
        machine.files[self.file].truncate(0);
        machine.files[self.file].append(text);
        Ok(())
    }
}

impl Drop for HeldLock {
    fn drop(&mut self) {
        let mut machine = self.disk.machine();
        if machine.process == self.process {
            machine.locked.remove(&self.path);
        }
    }
}
