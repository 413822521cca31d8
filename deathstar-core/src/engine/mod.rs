//! The engine: plan, apply, destroy.

mod apply;
mod asked;
mod backend;
mod errors;
mod options;
mod plan;

pub use backend::{Backend, Cloud};
pub use errors::{ApplyError, PlanError};
pub use options::{Forget, PlanOptions, Recover};

use crate::{
    Stack,
    apply::Patience,
    clock::Clock,
    plan::exports,
    state::{Loaded, Store, StoreError},
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Plans, applies and destroys stacks, with a journal and a cloud.
#[derive(Clone)]
pub struct Engine {
    store: Arc<dyn Store>,
    backend: Arc<Backend>,
    patience: Patience,
    others: Vec<(Arc<str>, Arc<dyn Store>)>,
}

impl Engine {
    /// An engine with a journal, on a cloud.
    pub fn new(store: impl Store, cloud: impl Cloud) -> Self {
        Self {
            store: Arc::new(store),
            backend: Arc::new(cloud.backend()),
            patience: Patience::default(),
            others: vec![],
        }
    }

    /// Lets stacks read the exports of another stack ([`Output::import`](crate::Output::import)) from its journal, without its lock.
    #[must_use]
    pub fn reading(mut self, stack: &str, store: impl Store) -> Self {
        self.others.push((stack.into(), Arc::new(store)));
        self
    }

    /// Says how long the engine waits for what.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// The time of its cloud.
    pub fn clock(&self) -> &Clock {
        &self.backend.clock
    }

    async fn key(&self, stack: &Stack) -> Result<Option<[u8; 32]>, StoreError> {
        if stack.nodes.iter().all(|node| node.secrets.is_empty()) {
            return self.store.secret_key().await;
        }
        self.store.make_secret_key().await.map(Some)
    }

    /// The recorded state, read without the lock.
    ///
    /// # Errors
    /// When the journal cannot be used.
    pub async fn recorded(&self) -> Result<Loaded, StoreError> {
        self.store.read().await
    }

    /// The exports, from the state alone.
    ///
    /// # Errors
    /// When the journal cannot be used.
    pub async fn exports(&self) -> Result<BTreeMap<String, Value>, StoreError> {
        let loaded = self.store.read().await?;
        Ok(exports(&loaded.recorded, &self.backend.catalogue))
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("store", &self.store).finish_non_exhaustive()
    }
}
