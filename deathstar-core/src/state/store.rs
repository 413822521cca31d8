//! Where a journal lives.

use super::{Encoded, Recorded};
use async_trait::async_trait;
use std::fmt::Debug;

/// A place in a journal; records at lower places are durable before it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// Where the journal of one stack lives. There is no write without the lock: only a [`Session`] can append.
#[async_trait]
pub trait Store: Send + Sync + Debug + 'static {
    /// Reads the recorded state without the lock: a state that some writer had.
    ///
    /// # Errors
    /// When the journal is damaged, newer than this program, or cannot be read.
    async fn read(&self) -> Result<Loaded, StoreError>;

    /// Takes the lock and reads the state. A store that can prove that nothing was written since `known` was read may answer that,
    /// and spare itself the work.
    ///
    /// # Errors
    /// When someone else holds it, and as [`Store::read`].
    async fn lock(&self, known: Option<Loaded>) -> Result<(Box<dyn Session>, Loaded), StoreError>;

    /// The key for the digests of secrets, when there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn secret_key(&self) -> Result<Option<[u8; 32]>, StoreError>;

    /// The key for the digests of secrets; made if there is none. It is no part of the state, so it needs no lock.
    ///
    /// # Errors
    /// When it cannot be read or written.
    async fn make_secret_key(&self) -> Result<[u8; 32], StoreError>;
}

/// A state that was read, and what was odd about it.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The state.
    pub recorded: Recorded,
    /// What a person should be told, such as a torn last record that was dropped.
    pub notes: Vec<String>,
    /// A digest of all bytes that it was read from, by which the store knows them again.
    pub fingerprint: Option<[u8; 32]>,
}

/// The journal, locked. Dropping it gives the lock back.
#[async_trait]
pub trait Session: Send + Sync + Debug {
    /// What no other journal shares.
    fn lineage(&self) -> String;

    /// Appends records; they survive the death of this process when it returns, and a loss of power when
    /// [`Session::durable`] says so.
    ///
    /// # Errors
    /// When the journal cannot be written; nothing more can be written then.
    fn append(&self, records: &[Encoded]) -> Result<Position, StoreError>;

    /// Waits until everything up to a position survives a loss of power. One sync serves all who wait.
    ///
    /// # Errors
    /// When the journal cannot be synced.
    async fn durable(&self, position: Position) -> Result<(), StoreError>;

    /// As [`Session::durable`], on this thread, for a caller that has nothing else to do meanwhile; `None` where it has to be waited
    /// for.
    fn durable_now(&self, _position: Position) -> Option<Result<(), StoreError>> {
        None
    }

    /// Ends when the lock is lost; a local file never loses it.
    async fn lost(&self) -> StoreError {
        std::future::pending().await
    }

    /// Replaces the journal by a snapshot of `recorded`, when that is worth it or asked for; answers whether it did.
    ///
    /// # Errors
    /// When it cannot be written; the journal as it was stays valid.
    fn compact(&self, recorded: &Recorded, always: bool) -> Result<bool, StoreError>;
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file layer failed, found damage, or someone else holds the lock.
    #[error(transparent)]
    Log(#[from] super::log::LogError),
    /// A record is whole and cannot be understood.
    #[error("record {number} of the journal cannot be understood")]
    Record {
        /// Its number.
        number: u64,
        /// The version that it claims.
        version: Option<u16>,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A newer program wrote it.
    #[error("the journal has version {found}, this program knows versions up to {known}")]
    Newer {
        /// Its version.
        found: u16,
        /// The newest version that this program knows.
        known: u16,
    },
    /// Someone else holds the lock.
    #[error("{0}")]
    Locked(String),
    /// A file beside the journal cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Log(error) => error.hint(),
            Self::Record { .. } => {
                Some("restore the directory from a backup, or recover the state from the cloud".into())
            }
            Self::Newer { .. } => Some("run a program that is built with the newer version".into()),
            Self::Locked(_) => Some("wait until it ends; a dead process holds no lock".into()),
            Self::File { .. } | Self::Other(_) => None,
        }
    }
}
