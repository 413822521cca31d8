//! The file layer: the few operations that a log does on a disk, and what each of them promises.

mod power_loss;
mod simulated;
mod system;

pub use power_loss::{PowerLossDisk, SkippedSync};
pub use simulated::CrashOrder;
pub use system::SystemDisk;
pub(in crate::state) use system::create_private_directory;

use std::{fmt::Debug, io, path::Path};

/// A place for files.
///
/// Nothing but a sync makes anything durable: bytes need [`DiskFile::sync`], and a name that was created, renamed or
/// removed needs [`Disk::sync_directory`] of the directory that it is in.
pub trait Disk: Debug + Send + Sync {
    /// Creates a directory that its owner alone may enter, and those above it; one that exists is left as it is.
    fn create_directory(&self, path: &Path) -> io::Result<()>;
    /// The names in a directory, in no order.
    fn list(&self, directory: &Path) -> io::Result<Vec<String>>;
    /// All bytes of a file, or nothing when there is no such file.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;
    /// Creates an empty file, or empties the one that exists, and opens it for appending.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Opens an existing file for appending.
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file another name in the same directory, atomically in place of the file that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes the names in a directory durable.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;
    /// Takes an exclusive lock on a file, which is created when it is missing; nothing when somebody else has it.
    ///
    /// The lock ends with the returned value, or with the process, however that ends.
    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>>;
}

/// An open file.
pub trait DiskFile: Debug + Send + Sync {
    /// Hands bytes over to the operating system, at the end of the file.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file off at `length` bytes.
    fn truncate(&self, length: u64) -> io::Result<()>;
    /// Makes the file's bytes, and the length that is needed to read them, durable.
    fn sync(&self) -> io::Result<()>;
}

/// A lock that is held.
pub trait DiskLock: Debug + Send + Sync {
    /// Replaces the text of the lock file.
    fn write(&self, text: &[u8]) -> io::Result<()>;
}
