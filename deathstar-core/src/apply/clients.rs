//! Connections in use: their clients, the drivers on them, and how much may go on at once.

use super::finder::Finder;
use crate::{
    Error, Raw, Result, Stack,
    clock::Clock,
    driver::{Admitted, Binding, Budget, Catalogue, Client, Cx, Deed, Pace},
    engine::Backend,
    erase::{AnyDriver, AnyKind},
    state::Row,
};
use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// All connections of one run.
pub(crate) struct Clients {
    backend: Arc<Backend>,
    declared: HashMap<&'static str, &'static dyn AnyKind>,
    /// The context of calls about no single object.
    pub(crate) of_stack: Cx,
    open: Mutex<HashMap<(String, String), Opening>>,
}

/// A connection that is opened once, by whoever needs it first.
type Opening = Arc<OnceCell<Arc<Connected>>>;

/// One connection.
pub(crate) struct Connected {
    client: Client,
    pub(crate) pace: Pace,
    clock: Clock,
    budget: Arc<Budget>,
    finders: Mutex<HashMap<&'static str, Arc<Finder>>>,
    drivers: Mutex<HashMap<&'static str, Arc<dyn AnyDriver>>>,
}

impl Clients {
    pub(crate) fn new(backend: Arc<Backend>, stack: &Stack, secret_key: Option<[u8; 32]>) -> Self {
        let declared: HashMap<&'static str, &'static dyn AnyKind> =
            stack.nodes.iter().map(|node| (node.kind.about().family, node.kind)).collect();
        if let Some(memory) = backend.memory() {
            for family in declared.keys() {
                memory.learn(family);
            }
        }
        let of_stack = Cx::of_stack(&stack.name).keyed(secret_key);
        Self { backend, declared, of_stack, open: Mutex::default() }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.backend.clock
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.backend.catalogue
    }

    /// Whether nothing but the in-memory cloud is called.
    pub(crate) fn is_in_memory(&self) -> bool {
        self.backend.memory().is_some()
    }

    pub(crate) fn kind(&self, row: &Row) -> Result<&'static dyn AnyKind> {
        self.kind_of(&row.family).ok_or_else(|| crate::plan::unknown_family(row))
    }

    pub(crate) fn kind_of(&self, family: &str) -> Option<&'static dyn AnyKind> {
        self.declared.get(family).copied().or_else(|| self.catalogue().of_family(family))
    }

    /// The connection with a resolved config; it is opened once.
    pub(crate) async fn connect(&self, provider: &str, config: &Raw) -> Result<Arc<Connected>> {
        let cell = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(open.entry((provider.to_owned(), config.text().to_owned())).or_default())
        };
        let connected = cell
            .get_or_try_init(|| async {
                let (client, pace, budget) = self.backend.open(provider, config).await?;
                Ok::<_, Error>(Arc::new(Connected {
                    client,
                    pace,
                    clock: self.clock().clone(),
                    budget,
                    finders: Mutex::default(),
                    drivers: Mutex::default(),
                }))
            })
            .await?;
        Ok(Arc::clone(connected))
    }

    /// The driver of a kind on a connection.
    pub(crate) fn driver(&self, connected: &Connected, kind: &dyn AnyKind) -> Result<Arc<dyn AnyDriver>> {
        let family = kind.about().family;
        let mut drivers = connected.drivers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = drivers.get(family) {
            return Ok(Arc::clone(driver));
        }
        let driver = match self.backend.memory() {
            Some(memory) => kind.on_memory(memory),
            None => match self.catalogue().bind(family, &connected.client) {
                Binding::Driver(driver) => driver,
                Binding::NoDriver => {
                    return Err(Error::internal(format!("{family} has no driver on this connection")).hint(
                        "build the backend with its `client` feature, or add the driver to the catalogue",
                    ));
                }
            },
        };
        drivers.insert(family, Arc::clone(&driver));
        Ok(driver)
    }

    /// The driver whose `find` shows a kind: its own, or that of the kind in which it is shown.
    pub(crate) fn shower(&self, connected: &Connected, kind: &dyn AnyKind) -> Result<Arc<dyn AnyDriver>> {
        let shown_by = kind.about().shown_by;
        if shown_by == kind.about().family {
            return self.driver(connected, kind);
        }
        let shower = self.kind_of(shown_by).ok_or_else(|| {
            Error::internal(format!(
                "{} is shown by {shown_by}, which this program does not know",
                kind.about().family
            ))
            .hint("add the backend's catalogue of kinds to the engine")
        })?;
        self.driver(connected, shower)
    }
}

impl Connected {
    /// Makes a call within the connection's budget.
    pub(crate) async fn call<T>(&self, deed: Deed, call: impl Future<Output = Result<T>>) -> Result<T> {
        let admitted = self.turn(deed).await;
        self.admitted(admitted, call).await
    }

    /// Waits until a deed may be done.
    pub(crate) async fn turn(&self, deed: Deed) -> Admitted {
        self.budget.turn(&self.clock, deed).await
    }

    /// Makes a call whose turn it is.
    pub(crate) async fn admitted<T>(
        &self,
        admitted: Admitted,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.budget.call(&self.clock, admitted, call).await
    }

    /// Lets others join a look-up.
    pub(crate) async fn gather(&self) {
        if self.pace.gather.is_zero() {
            // All that is ready now may join; a virtual clock must not jump meanwhile.
            let _busy = self.clock.busy();
            tokio::task::yield_now().await;
        } else {
            self.clock.sleep(self.pace.gather).await;
        }
    }

    pub(crate) fn finder(&self, shown_by: &'static str) -> Arc<Finder> {
        let mut finders = self.finders.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(finders.entry(shown_by).or_insert_with(|| Arc::new(Finder::of(shown_by))))
    }

    /// Looks for one object of a kind, by id and spec.
    pub(crate) async fn see(
        &self,
        shower: &Arc<dyn AnyDriver>,
        kind: &'static dyn AnyKind,
        cx: &Cx,
        id: &Raw,
        spec: &Raw,
    ) -> Result<Option<crate::driver::AnySeen>> {
        let key = shown_key(kind, id, spec)?;
        let about = kind.about();
        self.finder(about.shown_by).see(self, shower, cx, key, (about.family, id.clone())).await
    }
}

/// The id that a look-up for an object names.
pub(crate) fn shown_key(kind: &dyn AnyKind, id: &Raw, spec: &Raw) -> Result<Raw> {
    match kind.shown_in(spec.text())? {
        None => Ok(id.clone()),
        Some(key) => Raw::parse(key.text().to_owned())
            .map_err(|error| Error::internal("the key of an object is no JSON").because(error)),
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

impl fmt::Debug for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connected").field("pace", &self.pace).finish_non_exhaustive()
    }
}
