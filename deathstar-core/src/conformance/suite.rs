//! What a trial is given.

use super::{Verdicts, Witness, run};
use crate::{Cx, Driver, Error, Found, Raw, Resource, Result, Verb, Want, clock::Clock};
use futures_util::future::BoxFuture;
use std::{fmt, sync::Arc, time::Duration};

/// The suite for one client; [`sample`](Self::sample) says which of its kinds is tried.
#[derive(Debug)]
#[must_use = "a suite does nothing before it is given a sample and run"]
pub struct Suite<C> {
    client: C,
}

impl<C> Suite<C> {
    /// The suite for a client.
    pub fn new(client: C) -> Self {
        Self { client }
    }

    /// Tries the kind of this spec; all its inputs must be known.
    pub fn sample<R: Resource>(self, spec: R) -> Trial<C, R>
    where
        C: Driver<R>,
    {
        Trial {
            client: self.client,
            sample: spec,
            variant: None,
            many: vec![],
            page: None,
            refused: vec![],
            lossy: None,
            witness: None,
            operations: &[],
            shower: None,
            clock: Clock::system(),
            poll: Duration::from_secs(2),
            patience: Duration::from_mins(30),
            changes: 16,
        }
    }
}

pub(super) type Shower<C> = for<'a> fn(&'a C, &'a Cx, &[Raw]) -> BoxFuture<'a, Result<Found>>;

/// One kind on trial. Each thing that it is given lets it check more rules; see the [module](super).
#[must_use = "a trial does nothing before it is run"]
pub struct Trial<C, R> {
    pub(super) client: C,
    pub(super) sample: R,
    pub(super) variant: Option<R>,
    pub(super) many: Vec<R>,
    pub(super) page: Option<usize>,
    pub(super) refused: Vec<(String, C)>,
    pub(super) lossy: Option<C>,
    pub(super) witness: Option<Arc<dyn Witness>>,
    pub(super) operations: &'static [Verb],
    pub(super) shower: Option<Shower<C>>,
    pub(super) clock: Clock,
    pub(super) poll: Duration,
    pub(super) patience: Duration,
    pub(super) changes: u32,
}

impl<C: Driver<R>, R: Resource> Trial<C, R> {
    /// Gives another spec that one update of the sample reaches.
    pub fn variant(mut self, spec: R) -> Self {
        self.variant = Some(spec);
        self
    }

    /// Gives specs of objects that can exist beside the sample and each other. Four let it tell own, gone and foreign objects apart;
    /// the others fill [`page`](Self::page)s.
    pub fn many(mut self, specs: impl IntoIterator<Item = R>) -> Self {
        self.many = specs.into_iter().collect();
        self
    }

    /// Says how many objects the API shows in one page. An emulator's can often be set small.
    pub fn page(mut self, size: usize) -> Self {
        self.page = Some(size);
        self
    }

    /// Gives a client whose every call the API refuses, for a reason that does not mean that an object is gone: a 404 of something
    /// else, "not implemented", no permission. `why` names the reason. It may be given several.
    pub fn refused(mut self, why: impl Into<String>, client: C) -> Self {
        self.refused.push((why.into(), client));
        self
    }

    /// Gives a client whose calls reach the API, and whose answers are all lost.
    pub fn lossy(mut self, client: C) -> Self {
        self.lossy = Some(client);
        self
    }

    /// Gives a witness of what reaches the API.
    pub fn witness(mut self, witness: impl Witness + 'static) -> Self {
        self.witness = Some(Arc::new(witness));
        self
    }

    /// Says which verbs the API answers with an operation that goes on. Of several `change` calls one has to.
    pub fn operations(mut self, verbs: &'static [Verb]) -> Self {
        self.operations = verbs;
        self
    }

    /// Says which kind's `find` shows such objects, for a kind whose [`SHOWN_BY`](Resource::SHOWN_BY) is another family.
    pub fn shown_by<S: Resource>(mut self) -> Self
    where
        C: Driver<S>,
    {
        self.shower = Some(show::<C, S>);
        self
    }

    /// Says where time comes from; by default it is the system's. A virtual clock is for clients that wait for nothing else.
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Says how often something pending is looked at; by default every 2 s.
    pub fn poll(mut self, every: Duration) -> Self {
        self.poll = every;
        self
    }

    /// Says how long an object may take to be made, changed or deleted; by default 30 min.
    pub fn patience(mut self, time: Duration) -> Self {
        self.patience = time;
        self
    }

    /// Says how many calls of `change` or `delete` may be needed; by default 16.
    pub fn changes(mut self, most: u32) -> Self {
        self.changes = most;
        self
    }

    /// Tries the driver: makes objects, looks, changes and deletes them, and says what it broke.
    ///
    /// The objects belong to a stack of a random name (`conformance-..`), and are removed at the end.
    ///
    /// # Cancel safety
    /// Dropping it leaves what was made so far.
    pub async fn run(self) -> Verdicts {
        let clock = self.clock.clone();
        clock.drive(run::run(&self)).await
    }
}

impl<C, R> fmt::Debug for Trial<C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").finish_non_exhaustive()
    }
}

fn show<'a, C: Driver<S>, S: Resource>(
    client: &'a C,
    cx: &'a Cx,
    outer: &[Raw],
) -> BoxFuture<'a, Result<Found>> {
    let unread = |error| Error::internal(format!("`shown_in` is no id of a {}", S::FAMILY)).because(error);
    let ids: Result<Vec<S::Id>> = outer.iter().map(|id| id.decode().map_err(unread)).collect();
    Box::pin(async move {
        let mut found = Found::default();
        client.find(cx, &Want::Ids(ids?), &mut found).await?;
        Ok(found)
    })
}
