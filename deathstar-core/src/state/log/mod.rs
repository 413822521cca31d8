//! A durable log of opaque records in one directory: what is acknowledged survives `kill -9` and power loss.
//!
//! The directory holds three files: `journal` (records are only ever appended), `snapshot` (what older journals said,
//! compacted) and `lock` (held by the one writer). `FORMAT.md` in the directory above describes every byte.
//!
//! ```
//! use deathstar_core::state::log::{Holder, Lineage, Log, LogOptions};
//!
//! # let directory = tempfile::tempdir()?;
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let holder = Holder::this_process("alice", std::time::UNIX_EPOCH);
//! let options = LogOptions::new(directory.path(), Lineage([7; 16]), holder);
//! let (log, contents) = Log::open(&options)?;
//! assert_eq!(contents.records().count(), 0);
//! let position = log.append(&[b"created".as_slice(), b"settled".as_slice()])?; // survives `kill -9` from here
//! log.durable(position).await?; // survives power loss from here
//! drop(log);
//! let (_log, contents) = Log::open(&options)?;
//! assert_eq!(contents.records().map(|record| record.payload).collect::<Vec<_>>(), [b"created", b"settled"]);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Guarantees
//!
//! - A record that [`Log::append`] returned for is found again after the process dies in any way.
//! - A record that [`Log::durable`] returned for, or that [`Log::open`] showed, is found again after power loss too.
//! - Records are found in the order in which they were appended; one that is lost takes all later ones with it.
//! - Damage that no crash explains is never repaired: opening refuses, names the place, and changes nothing.
//!
//! # Why a failed write ends the log
//!
//! When `fsync` fails, operating systems mark the pages that they could not write as clean: a second `fsync` may succeed
//! although the bytes never reached the disk. After the first failed write or sync nothing is therefore written, synced
//! or acknowledged any more ([`Log::lost`]); opening again finds out what really is on the disk.

mod commit;
mod compact;
mod contents;
mod disk;
mod error;
mod frame;
mod header;
mod holder;
mod journal;
mod lineage;
mod open;
mod scan;
mod writer;

pub use compact::Compaction;
pub use contents::{Contents, Record, Records, Source, Torn};
pub use disk::{CrashOrder, Disk, DiskFile, DiskLock, PowerLossDisk, SkippedSync, SystemDisk};
pub use error::{Damage, LogError};
pub use frame::MAX_PAYLOAD;
pub use header::VERSION;
pub use holder::Holder;
pub use journal::{Log, Position};
pub use lineage::{InvalidLineage, Lineage};
pub use open::LogOptions;

pub(super) use disk::create_private_directory;

#[cfg(test)]
mod tests;

/// The file that records are appended to.
pub(crate) const JOURNAL: &str = "journal";
/// The file that holds what older journals said.
pub(crate) const SNAPSHOT: &str = "snapshot";
/// The file whose lock makes a process the only writer.
pub(crate) const LOCK: &str = "lock";
/// A journal that is being written.
pub(crate) const NEW_JOURNAL: &str = "journal.tmp";
/// A snapshot that is being written.
pub(crate) const NEW_SNAPSHOT: &str = "snapshot.tmp";
