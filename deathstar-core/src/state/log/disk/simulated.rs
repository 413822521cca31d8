//! Bytes and names of a simulated disk, each with what is durable and what a power loss may take.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The unit in which a simulated disk writes, in bytes.
const SECTOR: usize = 512;

/// In which order what was not synced reaches a simulated disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashOrder {
    /// In the order in which it was done, per file and for all names, as on a file system with a journal: a crash keeps
    /// the first so many changes; the end of a file may be zero.
    Kept,
    /// In any order: a crash keeps any of the names' changes, and each sector of a file as it was at some time.
    Any,
}

/// A small random number generator, the same everywhere for the same seed.
#[derive(Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// A number of `0..=limit`.
    fn up_to(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % (limit as u64 + 1)).unwrap_or(limit)
    }

    fn flip(&mut self) -> bool {
        self.up_to(1) == 1
    }
}

/// The bytes of one file.
#[derive(Debug, Default)]
pub(super) struct FileBytes {
    durable: Vec<u8>,
    /// What was done since the last sync.
    pending: Vec<Change>,
    current: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Change {
    Append(Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Append(more) => bytes.extend_from_slice(more),
            Self::Truncate(length) => bytes.resize(*length, 0),
        }
    }
}

impl FileBytes {
    pub(super) fn current(&self) -> &[u8] {
        &self.current
    }

    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.change(Change::Append(bytes.to_vec()));
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.change(Change::Truncate(length));
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.current);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        self.durable.clone_from(&self.current);
        self.pending.clear();
    }

    pub(super) fn crash(&mut self, order: CrashOrder, chance: &mut Chance) {
        self.current = match order {
            CrashOrder::Kept => self.crash_in_order(chance),
            CrashOrder::Any => self.crash_by_sector(chance),
        };
        self.sync();
    }

    fn crash_in_order(&self, chance: &mut Chance) -> Vec<u8> {
        let kept = chance.up_to(self.pending.len());
        let mut bytes = self.durable.clone();
        self.pending[..kept].iter().for_each(|change| change.apply(&mut bytes));
        if let Some(Change::Append(more)) = self.pending.get(kept) {
            bytes.extend_from_slice(&more[..chance.up_to(more.len())]);
            if chance.flip() {
                let missing = self.current.len().saturating_sub(bytes.len());
                bytes.resize(bytes.len() + chance.up_to(missing), 0);
            }
        }
        bytes
    }

    fn crash_by_sector(&self, chance: &mut Chance) -> Vec<u8> {
        let mut times = vec![self.durable.clone()];
        for change in &self.pending {
            let mut next = times.last().cloned().unwrap_or_default();
            change.apply(&mut next);
            times.push(next);
        }
        let mut bytes = vec![0; times[chance.up_to(self.pending.len())].len()];
        for (number, sector) in bytes.chunks_mut(SECTOR).enumerate() {
            let then = &times[chance.up_to(self.pending.len())];
            let then = then.get(number * SECTOR..).unwrap_or_default();
            sector.iter_mut().zip(then).for_each(|(to, from)| *to = *from);
        }
        bytes
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Directory,
    /// A file, by its number.
    File(usize),
}

/// The names on a disk, by their whole paths.
#[derive(Debug, Default)]
pub(super) struct Names {
    durable: BTreeMap<PathBuf, Entry>,
    pending: Vec<NameChange>,
    current: BTreeMap<PathBuf, Entry>,
}

/// One change of names in one directory, which happens as a whole or not at all.
#[derive(Debug)]
struct NameChange {
    directory: PathBuf,
    /// The process that did it.
    process: u64,
    links: Vec<(PathBuf, Option<Entry>)>,
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<PathBuf, Entry>) {
        for (path, entry) in &self.links {
            match entry {
                Some(entry) => names.insert(path.clone(), *entry),
                None => names.remove(path),
            };
        }
    }
}

impl Names {
    pub(super) fn at(&self, path: &Path) -> Option<Entry> {
        if path.parent().is_none() { Some(Entry::Directory) } else { self.current.get(path).copied() }
    }

    /// The name of a file.
    pub(super) fn of(&self, file: usize) -> Option<&Path> {
        self.current.iter().find(|(_, entry)| **entry == Entry::File(file)).map(|(path, _)| path.as_path())
    }

    pub(super) fn in_directory(&self, directory: &Path) -> impl Iterator<Item = &Path> {
        self.current.keys().map(PathBuf::as_path).filter(move |path| path.parent() == Some(directory))
    }

    /// Changes what names in one directory stand for, all at once.
    pub(super) fn change(&mut self, process: u64, links: Vec<(PathBuf, Option<Entry>)>) {
        let directory =
            links.first().and_then(|(path, _)| path.parent()).map(Path::to_owned).unwrap_or_default();
        let change = NameChange { directory, process, links };
        change.apply(&mut self.current);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self, directory: &Path) {
        for change in self.pending.extract_if(.., |change| change.directory == directory) {
            change.apply(&mut self.durable);
        }
    }

    /// The names that were given in a directory and are not durable, each with the process that did it.
    pub(super) fn given(&self, directory: &Path) -> impl Iterator<Item = (&Path, Entry, u64)> {
        let of_directory = self.pending.iter().filter(move |change| change.directory == directory);
        of_directory.flat_map(|change| {
            change
                .links
                .iter()
                .filter_map(|(path, entry)| entry.map(|entry| (path.as_path(), entry, change.process)))
        })
    }

    /// Whether a name will outlive a power loss.
    pub(super) fn is_durable(&self, path: &Path) -> bool {
        self.durable.contains_key(path)
    }

    pub(super) fn crash(&mut self, order: CrashOrder, chance: &mut Chance) {
        let kept = chance.up_to(self.pending.len());
        for (number, change) in self.pending.drain(..).enumerate() {
            let is_kept = match order {
                CrashOrder::Kept => number < kept,
                CrashOrder::Any => chance.flip(),
            };
            if is_kept {
                change.apply(&mut self.durable);
            }
        }
        let directories: Vec<_> =
            self.durable.iter().filter(|(_, entry)| **entry == Entry::Directory).collect();
        let reachable = |path: &Path| {
            let mut above = path.ancestors().skip(1).filter(|above| above.parent().is_some());
            above.all(|above| directories.iter().any(|(directory, _)| directory.as_path() == above))
        };
        self.current = self
            .durable
            .iter()
            .filter(|(path, _)| reachable(path))
            .map(|(path, entry)| (path.clone(), *entry))
            .collect();
        self.durable.clone_from(&self.current);
    }
}
