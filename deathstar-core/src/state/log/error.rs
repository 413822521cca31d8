//! What can go wrong with a log, and what to do then.

use super::{Lineage, MAX_PAYLOAD, Source};
use std::{error::Error, fmt, io, path::PathBuf, sync::Arc};

/// Why a log cannot be opened, read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// Another process has the log open for writing.
    #[error("`{}` is locked by {}{}", .path.display(), Whose { holder, host, pid: *pid }, Since(since))]
    Locked {
        /// Who holds the lock, as it says itself.
        holder: Option<String>,
        /// The host that it runs on.
        host: Option<String>,
        /// Its process id on that host.
        pid: Option<u32>,
        /// When it took the lock (RFC 3339, UTC).
        since: Option<String>,
        /// The lock file.
        path: PathBuf,
    },
    /// There is no log in the directory.
    #[error("there is no journal in `{}`", .directory.display())]
    Absent {
        /// Where one was looked for.
        directory: PathBuf,
    },
    /// The file is not one of ours.
    #[error("`{}` is not a DeathStar journal or snapshot", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer program.
    #[error("`{}` has format version {found}; this program reads up to {supported}", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u16,
        /// The newest version that this program reads.
        supported: u16,
    },
    /// The file belongs to another log.
    #[error("`{}` belongs to the lineage {found}, not to {expected}", .path.display())]
    OtherLineage {
        /// The file.
        path: PathBuf,
        /// The lineage that it names.
        found: Lineage,
        /// The lineage that is wanted.
        expected: Lineage,
    },
    /// The file is damaged in a way that no crash explains.
    #[error("`{}` is damaged at record {record} (byte {offset}): {damage}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The sequence number that the record should have; 0 for the file's header.
        record: u64,
        /// Where the record begins, in bytes.
        offset: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// The journal follows a snapshot that is not there.
    #[error("`{}` follows snapshot {needed}, but {} is there", .path.display(), Numbered(found))]
    MissingSnapshot {
        /// The journal.
        path: PathBuf,
        /// The number of the snapshot that it follows.
        needed: u64,
        /// The number of the snapshot that is there.
        found: Option<u64>,
    },
    /// The snapshot's journal is gone.
    #[error("snapshot {epoch} is in `{}`, but the journal that follows it is gone", .directory.display())]
    MissingJournal {
        /// The log's directory.
        directory: PathBuf,
        /// The number of the snapshot.
        epoch: u64,
    },
    /// The journal was written before the snapshot and misses what came between.
    #[error("`{}` follows snapshot {found}, but snapshot {snapshot} is there", .path.display())]
    OldJournal {
        /// The journal.
        path: PathBuf,
        /// The number of the snapshot that it follows.
        found: u64,
        /// The number of the snapshot that is there.
        snapshot: u64,
    },
    /// A record is intact, but its reader does not accept what it says.
    #[error("record {record} of the {origin} in `{}` (byte {offset}) cannot be read", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Which file it is.
        origin: Source,
        /// The record's sequence number.
        record: u64,
        /// Where it begins, in bytes.
        offset: u64,
        /// What the reader says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A payload is too long for one record.
    #[error("a record of {bytes} bytes is too long: at most {MAX_PAYLOAD} bytes fit")]
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// A position that this log never gave out.
    #[error("position {position} is beyond the last record {last}")]
    UnknownPosition {
        /// The position.
        position: u64,
        /// The last record of the log.
        last: u64,
    },
    /// A write or a sync failed: what is on the disk is unknown, and the log takes nothing more.
    #[error("the journal can no longer be written: cannot {operation} `{}`", .path.display())]
    Lost {
        /// What failed.
        operation: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },
    /// A file operation failed; the log is as it was.
    #[error("cannot {operation} `{}`", .path.display())]
    Io {
        /// What failed.
        operation: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        source: Arc<io::Error>,
    },
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The header is cut off, or its checksum does not fit.
    #[error("the header is cut off or its checksum does not fit")]
    Header,
    /// The record is broken, and an intact one follows it.
    #[error("its length or checksum does not fit, but record {next} after it (byte {at}) is intact")]
    Record {
        /// The sequence number of the intact record.
        next: u64,
        /// Where it begins, in bytes.
        at: u64,
    },
    /// The record is intact, but it is not the one that belongs here.
    #[error("record {found} stands in its place")]
    Sequence {
        /// The sequence number that it has.
        found: u64,
    },
    /// A snapshot's record is broken or cut off; a snapshot was whole before it got its name.
    #[error("the snapshot is cut off or a checksum does not fit")]
    Snapshot,
    /// A snapshot goes on after its end.
    #[error("bytes follow the end of the snapshot")]
    Trailing,
    /// Records between the snapshot and the journal are missing.
    #[error("the snapshot ends with record {snapshot}, the journal begins after record {journal}")]
    Gap {
        /// The last record that the snapshot stands for.
        snapshot: u64,
        /// The record before the journal's first one.
        journal: u64,
    },
}

impl LogError {
    /// What the reader of the error can do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Locked { pid: Some(pid), host: Some(host), .. } => format!(
                "wait until it is done, or end process {pid} on `{host}`; the lock ends with its process, no file has to be deleted"
            ),
            Self::Locked { .. } => {
                "wait until the other process is done; the lock ends with its process, no file has to be deleted".into()
            }
            Self::Absent { .. } => "check the path; the first apply creates the journal".into(),
            Self::Foreign { .. } => "choose another directory, or move the file away if it does not belong there".into(),
            Self::Newer { .. } => "run the version of the program that wrote it, or a newer one".into(),
            Self::OtherLineage { .. } => {
                "the files of two logs are mixed: restore the whole directory from one backup, or choose another directory".into()
            }
            Self::Damaged { .. } | Self::MissingSnapshot { .. } | Self::MissingJournal { .. } | Self::OldJournal { .. } => {
                "nothing was changed: keep a copy of the directory, then restore the whole directory from a backup, or rebuild the state from the owner tags".into()
            }
            Self::Refused { .. } => {
                "nothing was changed: run the version of the program that wrote it, or a newer one".into()
            }
            Self::Lost { .. } => {
                "make sure that the disk has room and is healthy, then run again: what was acknowledged is kept".into()
            }
            Self::Io { .. } => "check that the directory exists, that it may be written, and that the disk has room".into(),
            Self::TooLong { .. } | Self::UnknownPosition { .. } => return None,
        };
        Some(hint)
    }
}

struct Whose<'a> {
    holder: &'a Option<String>,
    host: &'a Option<String>,
    pid: Option<u32>,
}

impl fmt::Display for Whose<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holder {
            Some(holder) => write!(out, "`{holder}`")?,
            None => out.write_str("another process")?,
        }
        match (self.pid, self.host) {
            (Some(pid), Some(host)) => write!(out, " (process {pid} on host `{host}`)"),
            (Some(pid), None) => write!(out, " (process {pid})"),
            (None, Some(host)) => write!(out, " (on host `{host}`)"),
            (None, None) => Ok(()),
        }
    }
}

struct Since<'a>(&'a Option<String>);

impl fmt::Display for Since<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |since| write!(out, " since {since}"))
    }
}

struct Numbered<'a>(&'a Option<u64>);

impl fmt::Display for Numbered<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => write!(out, "snapshot {number}"),
            None => out.write_str("none"),
        }
    }
}
