//! How an engine reaches a cloud.

use crate::{
    Catalogue, Error, Memory, Raw, Result,
    clock::Clock,
    driver::{Budget, Client, Pace},
};
use std::sync::Arc;

/// Where objects live: what the credentials of a backend open, or the in-memory cloud.
pub trait Cloud {
    /// How the engine reaches it.
    fn backend(self) -> Backend;
}

/// How an engine reaches a cloud.
///
/// Clones share what the calls of one connection may use: how many go on at once, and how often each API is called. A program that
/// works on several stacks of one account gives each engine a clone, so that together they call no more often than one would.
#[derive(Clone, Debug)]
pub struct Backend {
    pub(crate) catalogue: Catalogue,
    pub(crate) clock: Clock,
    memory: Option<Memory>,
}

impl Backend {
    /// A real cloud: a catalogue with drivers and connectors.
    pub fn real(catalogue: Catalogue) -> Self {
        Self { catalogue, clock: Clock::system(), memory: None }
    }

    /// Says where time comes from; by default it is the system's. Calls over a virtual clock have to hold it
    /// ([`Clock::busy`]) while they are under way.
    #[must_use]
    pub fn on(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    pub(crate) fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    pub(crate) async fn open(&self, provider: &str, config: &Raw) -> Result<(Client, Pace, Arc<Budget>)> {
        if let Some(memory) = &self.memory {
            let pace = memory.pace();
            return Ok((Arc::new(memory.clone()), pace, Arc::new(Budget::new(&pace, None))));
        }
        let connector = self.catalogue.connector(provider).ok_or_else(|| {
            Error::internal(format!("nothing opens connections to `{provider}`"))
                .hint("give the engine the credentials of that backend")
        })?;
        Ok((connector.open(config).await?, connector.pace, connector.budget(config)))
    }
}

impl Cloud for Memory {
    fn backend(self) -> Backend {
        Backend { catalogue: self.catalogue().clone(), clock: self.clock().clone(), memory: Some(self) }
    }
}

impl Cloud for Catalogue {
    fn backend(self) -> Backend {
        Backend::real(self)
    }
}

impl Cloud for Backend {
    fn backend(self) -> Backend {
        self
    }
}
