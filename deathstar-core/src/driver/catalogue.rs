//! Everything that a program can drive, declared or not.

use super::{
    Ask, Driver,
    budget::{Budget, KnownRates, Pace, Rate},
};
use crate::{
    Error, Fact, Raw, Resource, Result, Verb,
    erase::{self, AnyDriver, AnyKind},
    graph::Provider,
};
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::{
    any::Any,
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

/// Opens clients of a provider. Credentials implement it: they, and no row, know the secrets.
pub trait Connect<P: Provider>: Send + Sync + 'static {
    /// What makes the calls.
    type Client: Send + Sync + 'static;

    /// Opens a client.
    ///
    /// # Errors
    /// When credentials are missing, refused, or belong to another account than the one that is expected.
    fn connect(&self, config: &P::Config) -> impl Future<Output = Result<Self::Client>> + Send;

    /// How its API wants to be called.
    fn pace(&self) -> Pace {
        Pace::default()
    }

    /// How often its API takes the calls of one verb of a family, where that is known. What it turns out not to take is found out.
    fn rate(&self, family: &str, verb: Verb) -> Option<Rate> {
        let _ = (family, verb);
        None
    }
}

pub(crate) type Client = Arc<dyn Any + Send + Sync>;
pub(crate) type Function = fn(&[Value]) -> Result<Value>;
type Bind = fn(Client) -> Option<Arc<dyn AnyDriver>>;
type Open = Arc<dyn Fn(Raw) -> BoxFuture<'static, Result<Client>> + Send + Sync>;

/// How clients of a provider are opened, and what their calls share. Clones share it too.
#[derive(Clone)]
pub(crate) struct Connector {
    open: Open,
    pub(crate) pace: Pace,
    rates: KnownRates,
    /// By the config of the connection.
    budgets: Arc<Mutex<HashMap<String, Arc<Budget>>>>,
}

impl Connector {
    /// Opens a client.
    pub(crate) async fn open(&self, config: &Raw) -> Result<Client> {
        (self.open)(config.clone()).await
    }

    /// What all calls of one connection share.
    pub(crate) fn budget(&self, config: &Raw) -> Arc<Budget> {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(budget) = budgets.get(config.text()) {
            return Arc::clone(budget);
        }
        let budget = Arc::new(Budget::new(&self.pace, Some(Arc::clone(&self.rates))));
        budgets.insert(config.text().to_owned(), Arc::clone(&budget));
        budget
    }
}

/// Everything that a program can drive, declared or not: kinds, facts, their drivers, connectors and pure functions.
///
/// It belongs to a backend (`deathstar_aws::kinds()`), so that what is recorded can be deleted when its declaration is gone. Clones
/// share what the calls of one connection may use: how many go on at once, and how often each API is called.
#[derive(Clone, Default)]
pub struct Catalogue {
    kinds: HashMap<&'static str, &'static dyn AnyKind>,
    drivers: HashMap<&'static str, Vec<Bind>>,
    connectors: HashMap<&'static str, Connector>,
    functions: HashMap<&'static str, Function>,
}

/// What was found for a family.
pub(crate) enum Binding {
    Driver(Arc<dyn AnyDriver>),
    NoDriver,
}

impl Catalogue {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a kind without calls: enough for the in-memory cloud.
    #[must_use]
    pub fn kind<R: Resource>(mut self) -> Self {
        self.kinds.insert(R::FAMILY, erase::kind::<R>());
        self
    }

    /// Adds a kind with its calls on a client type.
    #[must_use]
    pub fn driver<C: Driver<R>, R: Resource>(mut self) -> Self {
        self.drivers.entry(R::FAMILY).or_default().push(erase::bind_driver::<C, R>);
        self.kind::<R>()
    }

    /// Adds a fact without calls.
    #[must_use]
    pub fn fact<F: Fact>(mut self) -> Self {
        self.kinds.insert(F::FAMILY, erase::fact::<F>());
        self
    }

    /// Adds a fact with its calls on a client type.
    #[must_use]
    pub fn ask<C: Ask<F>, F: Fact>(mut self) -> Self {
        self.drivers.entry(F::FAMILY).or_default().push(erase::bind_ask::<C, F>);
        self.fact::<F>()
    }

    /// Says how clients of a provider are opened.
    #[must_use]
    pub fn connect<B: Connect<P>, P: Provider>(mut self, base: &Arc<B>) -> Self {
        let pace = base.pace();
        let known = Arc::clone(base);
        let rates: KnownRates = Arc::new(move |family, verb| known.rate(family, verb));
        let base = Arc::clone(base);
        let open: Open = Arc::new(move |config| {
            let base = Arc::clone(&base);
            Box::pin(async move {
                let config: P::Config = config.decode().map_err(|error| {
                    Error::internal(format!("the config of a `{}` connection cannot be read", P::NAME))
                        .because(error)
                })?;
                Ok(Arc::new(base.connect(&config).await?) as Client)
            })
        });
        self.connectors.insert(P::NAME, Connector { open, pace, rates, budgets: Arc::default() });
        self
    }

    /// Adds a named pure function for [`Expr::Call`](crate::Expr::Call). The same arguments must always give the same value.
    #[must_use]
    pub fn function(mut self, name: &'static str, function: fn(&[Value]) -> Result<Value>) -> Self {
        self.functions.insert(name, function);
        self
    }

    /// Adds all of another catalogue.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.kinds.extend(other.kinds);
        for (family, binds) in other.drivers {
            self.drivers.entry(family).or_default().extend(binds);
        }
        self.connectors.extend(other.connectors);
        self.functions.extend(other.functions);
        self
    }

    pub(crate) fn of_family(&self, family: &str) -> Option<&'static dyn AnyKind> {
        self.kinds.get(family).copied()
    }

    pub(crate) fn families(&self) -> impl Iterator<Item = &'static dyn AnyKind> + '_ {
        self.kinds.values().copied()
    }

    pub(crate) fn bind(&self, family: &str, client: &Client) -> Binding {
        self.drivers
            .get(family)
            .into_iter()
            .flatten()
            .rev()
            .find_map(|bind| bind(Arc::clone(client)))
            .map_or(Binding::NoDriver, Binding::Driver)
    }

    pub(crate) fn connector(&self, provider: &str) -> Option<&Connector> {
        self.connectors.get(provider)
    }

    pub(crate) fn named(&self, function: &str) -> Option<Function> {
        match function {
            "at" => Some(at),
            "concat" => Some(concat),
            #[cfg(feature = "kube")]
            "base64" => Some(base64),
            other => self.functions.get(other).copied(),
        }
    }
}

/// Defines what a backend tells of itself: `kinds()`, everything of it that can be driven, and where its feature `client` is on
/// `kinds_on::<C>()`, the same with calls by another client than its own.
///
/// The backend says who makes the calls, what the catalogue begins with, and lists its kinds and facts:
///
/// ```
/// # use deathstar_core::{Catalogue, catalogue};
/// catalogue! {
///     /// `Credentials::catalogue` adds the way to the cloud.
///     client: crate::Client;
///     begin: Catalogue::new();
///     kinds: ;
///     facts: ;
/// }
/// let everything: Catalogue = kinds();
/// ```
#[macro_export]
macro_rules! catalogue {
    (
        $(#[$way:meta])*
        client: $client:ty;
        begin: $begin:expr;
        kinds: $($kind:ty),* $(,)?;
        facts: $($fact:ty),* $(,)?;
    ) => {
        /// Everything of this crate that can be driven, declared or not: its kinds and facts, with their calls where the feature
        /// `client` is on.
        ///
        $(#[$way])*
        #[cfg(feature = "client")]
        pub fn kinds() -> $crate::Catalogue {
            kinds_on::<$client>()
        }

        /// Everything of this crate that can be driven, declared or not: its kinds and facts, without calls.
        #[cfg(not(feature = "client"))]
        pub fn kinds() -> $crate::Catalogue {
            $begin$(.kind::<$kind>())*$(.fact::<$fact>())*
        }

        /// All [`kinds`], with calls by another client than this crate's: one that wraps it, to count or to delay what it does.
        ///
        /// What opens such clients has to be added with [`Catalogue::connect`](deathstar_core::Catalogue::connect).
        #[cfg(feature = "client")]
        pub fn kinds_on<C>() -> $crate::Catalogue
        where
            $(C: $crate::Driver<$kind>,)*
            $(C: $crate::Ask<$fact>,)*
        {
            $begin$(.driver::<C, $kind>())*$(.ask::<C, $fact>())*
        }
    };
}

/// `at(value, pointer)`: the part of a value at a JSON pointer.
fn at(args: &[Value]) -> Result<Value> {
    let [value, Value::String(pointer)] = args else {
        return Err(Error::internal("`at` takes a value and a pointer"));
    };
    let part = value.pointer(pointer).cloned();
    part.ok_or_else(|| Error::new(crate::Meaning::Invalid, format!("there is no `{pointer}` in it")))
}

/// `concat(parts..)`: text of parts.
fn concat(args: &[Value]) -> Result<Value> {
    let mut text = String::new();
    for part in args {
        match part {
            Value::String(part) => text.push_str(part),
            Value::Number(_) | Value::Bool(_) => text.push_str(&part.to_string()),
            _ => return Err(Error::internal("`concat` takes texts, numbers and booleans")),
        }
    }
    Ok(text.into())
}

/// `base64(text)`: a text as the API of Kubernetes wants it in a `Secret`.
#[cfg(feature = "kube")]
fn base64(args: &[Value]) -> Result<Value> {
    use ::base64::Engine as _;
    let text = concat(args)?;
    Ok(::base64::engine::general_purpose::STANDARD.encode(text.as_str().unwrap_or_default()).into())
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: Vec<_> = self.kinds.keys().collect();
        kinds.sort_unstable();
        f.debug_struct("Catalogue").field("kinds", &kinds).finish_non_exhaustive()
    }
}
