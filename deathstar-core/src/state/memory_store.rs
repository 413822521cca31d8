//! A journal in memory.

use super::{Encoded, Loaded, Position, Recorded, Session, Store, StoreError};
use async_trait::async_trait;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// A journal in memory, for tests and for stacks that end with their process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    records: Mutex<Vec<Vec<u8>>>,
    key: Mutex<Option<[u8; 32]>>,
    locked: AtomicBool,
    lineage: Mutex<String>,
}

fn guard<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    /// The journal as it was after its first `records` records: what a crash at that moment would have left.
    #[must_use]
    pub fn until(&self, records: usize) -> Self {
        let kept = guard(&self.0.records).iter().take(records).cloned().collect();
        let inner = Inner {
            records: Mutex::new(kept),
            key: Mutex::new(*guard(&self.0.key)),
            lineage: Mutex::new(guard(&self.0.lineage).clone()),
            ..Inner::default()
        };
        Self(Arc::new(inner))
    }

    /// How many records were written.
    pub fn len(&self) -> usize {
        guard(&self.0.records).len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn load(&self) -> Result<Loaded, StoreError> {
        let mut recorded = Recorded::default();
        guard(&self.0.records).iter().try_for_each(|bytes| recorded.replay(bytes))?;
        Ok(Loaded { recorded, ..Loaded::default() })
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn read(&self) -> Result<Loaded, StoreError> {
        self.load()
    }

    async fn lock(&self, _: Option<Loaded>) -> Result<(Box<dyn Session>, Loaded), StoreError> {
        if self.0.locked.swap(true, Ordering::SeqCst) {
            return Err(StoreError::Locked(
                "another engine of this process is applying to this journal".into(),
            ));
        }
        let session = MemorySession(Arc::clone(&self.0));
        let mut lineage = guard(&self.0.lineage);
        if lineage.is_empty() {
            *lineage = super::hex(&super::random::<16>()?);
        }
        drop(lineage);
        let loaded = self.load()?;
        Ok((Box::new(session), loaded))
    }

    async fn secret_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(*guard(&self.0.key))
    }

    async fn make_secret_key(&self) -> Result<[u8; 32], StoreError> {
        let mut key = guard(&self.0.key);
        match *key {
            Some(key) => Ok(key),
            None => Ok(*key.insert(super::random::<32>()?)),
        }
    }
}

#[derive(Debug)]
struct MemorySession(Arc<Inner>);

impl Drop for MemorySession {
    fn drop(&mut self) {
        self.0.locked.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl Session for MemorySession {
    fn lineage(&self) -> String {
        guard(&self.0.lineage).clone()
    }

    fn append(&self, records: &[Encoded]) -> Result<Position, StoreError> {
        let mut all = guard(&self.0.records);
        all.extend(records.iter().map(|record| record.bytes().to_vec()));
        Ok(Position(all.len() as u64))
    }

    async fn durable(&self, _: Position) -> Result<(), StoreError> {
        Ok(())
    }

    fn compact(&self, recorded: &Recorded, always: bool) -> Result<bool, StoreError> {
        if always {
            let records: Result<Vec<Encoded>, StoreError> = recorded.compacted().map(Encoded::new).collect();
            *guard(&self.0.records) = records?.iter().map(|record| record.bytes().to_vec()).collect();
        }
        Ok(always)
    }
}
