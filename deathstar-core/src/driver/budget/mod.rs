//! What the calls of one connection share, in all runs of a program: how many go on at once, and how often each API is called.

mod flow;
mod pace;
mod rate;

pub use pace::Pace;
pub use rate::Rate;

use crate::{Error, Meaning, Result, Verb, clock::Clock};
use flow::{Flow, Turn};
use foldhash::HashMap;
use std::{
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Semaphore;

/// What an API is said to take, by family and verb.
pub(crate) type KnownRates = Arc<dyn Fn(&str, Verb) -> Option<Rate> + Send + Sync>;

/// A verb of a family: close to one API.
pub(crate) type Deed = (&'static str, Verb);

/// What the calls of one connection share.
pub(crate) struct Budget {
    width: Semaphore,
    known: Option<KnownRates>,
    /// Whether any rate is known or was found: what was never throttled costs nothing.
    limited: AtomicBool,
    flows: Mutex<Flows>,
}

/// That it is a deed's turn.
#[derive(Debug)]
#[must_use = "a token was taken for it"]
pub(crate) struct Admitted {
    deed: Deed,
    flow: Option<Arc<Flow>>,
    turn: Turn,
}

#[derive(Debug, Default)]
struct Flows {
    of: HashMap<Deed, Arc<Flow>>,
    /// Those that were throttled, by the operation that the API named: deeds that make the same call share one.
    named: HashMap<Box<str>, Arc<Flow>>,
    /// Those that are known to be shared, by the name of what shares them.
    shared: HashMap<&'static str, Arc<Flow>>,
}

impl Budget {
    pub(crate) fn new(pace: &Pace, known: Option<KnownRates>) -> Self {
        Self {
            width: Semaphore::new(pace.width.clamp(1, Semaphore::MAX_PERMITS)),
            limited: AtomicBool::new(known.is_some()),
            known,
            flows: Mutex::default(),
        }
    }

    /// Waits until it is a deed's turn.
    pub(crate) async fn turn(&self, clock: &Clock, deed: Deed) -> Admitted {
        let flow = self.limited.load(Ordering::Acquire).then(|| self.flow(deed, clock));
        let turn = match &flow {
            Some(flow) => flow.turn(clock).await,
            None => Turn::UNCOUNTED,
        };
        Admitted { deed, flow, turn }
    }

    /// Makes a call whose turn it is.
    pub(crate) async fn call<T>(
        &self,
        clock: &Clock,
        Admitted { deed, flow, turn }: Admitted,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let answer = {
            let _permit =
                self.width.acquire().await.map_err(|error| Error::internal("closed").because(error))?;
            call.await
        };
        match (&answer, flow) {
            (Err(error), flow) if *error.meaning() == Meaning::Throttled => {
                self.throttled(clock, deed, error, flow.as_ref(), turn);
            }
            (_, Some(flow)) => flow.taken(),
            (_, None) => {}
        }
        answer
    }

    fn flows(&self) -> MutexGuard<'_, Flows> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flow(&self, deed: Deed, clock: &Clock) -> Arc<Flow> {
        let mut flows = self.flows();
        if let Some(flow) = flows.of.get(&deed) {
            return Arc::clone(flow);
        }
        let known = self.known.as_ref().and_then(|known| known(deed.0, deed.1));
        let new = || Arc::new(Flow::new(known, clock.now()));
        let flow = match known.and_then(|rate| rate.shared) {
            Some(name) => Arc::clone(flows.shared.entry(name).or_insert_with(new)),
            None => new(),
        };
        flows.of.insert(deed, Arc::clone(&flow));
        flow
    }

    fn throttled(&self, clock: &Clock, deed: Deed, error: &Error, by: Option<&Arc<Flow>>, turn: Turn) {
        self.limited.store(true, Ordering::Release);
        let mut flow = self.flow(deed, clock);
        let shared = self
            .known
            .as_ref()
            .and_then(|known| known(deed.0, deed.1))
            .is_some_and(|rate| rate.shared.is_some());
        if let Some(operation) = error.operation_name().filter(|_| !shared) {
            let mut flows = self.flows();
            flow = Arc::clone(flows.named.entry(operation.into()).or_insert(flow));
            flows.of.insert(deed, Arc::clone(&flow));
        }
        // The numbers of another flow mean nothing to this one.
        let turn = if by.is_some_and(|by| Arc::ptr_eq(by, &flow)) { turn } else { Turn::UNCOUNTED };
        flow.throttled(turn, error.wait(), clock.now());
        let rate = flow.rate();
        tracing::debug!(family = deed.0, verb = deed.1.name(), rate, "calls are throttled");
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("flows", &self.flows().of).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const FIND: Deed = ("disk", Verb::Find);
    const TAG_DISK: Deed = ("disk", Verb::Retag);
    const TAG_NETWORK: Deed = ("network", Verb::Retag);

    fn refused(operation: &str) -> Result<()> {
        Err(Error::new(Meaning::Throttled, "slow down").operation(operation))
    }

    struct Trial(Budget, Clock);

    impl Trial {
        fn new(known: Option<KnownRates>) -> Self {
            Self(Budget::new(&Pace::default(), known), Clock::virtual_time())
        }

        /// Makes a call; whether it was its turn at once.
        fn at_once(&self, deed: Deed, answer: Result<()>) -> bool {
            let call = async {
                let admitted = self.0.turn(&self.1, deed).await;
                self.0.call(&self.1, admitted, std::future::ready(answer)).await
            };
            call.now_or_never().is_some()
        }
    }

    #[test]
    fn each_api_has_a_rate_of_its_own() {
        let trial = Trial::new(None);
        assert!(trial.at_once(FIND, refused("Describe")));
        assert!(!trial.at_once(FIND, Ok(())));
        assert!(trial.at_once(TAG_DISK, Ok(())), "another API");
    }

    #[test]
    fn what_was_throttled_by_one_operation_shares_its_rate() {
        let trial = Trial::new(None);
        assert!(trial.at_once(TAG_DISK, Ok(())));
        assert!(trial.at_once(TAG_NETWORK, refused("CreateTags")));
        assert!(trial.at_once(TAG_DISK, refused("CreateTags")), "it is not known yet that they are one");
        let flows = trial.0.flows();
        assert!(Arc::ptr_eq(&flows.of[&TAG_DISK], &flows.of[&TAG_NETWORK]));
        assert!(!Arc::ptr_eq(&flows.of[&TAG_DISK], &Arc::new(Flow::new(None, trial.1.now()))));
    }

    #[test]
    fn what_is_known_to_be_shared_is_one_bucket() {
        let reads = |_: &str, verb: Verb| {
            let rate = Rate::new(1.0, 1.0);
            Some(if verb == Verb::Find { rate.shared("reads") } else { rate })
        };
        let trial = Trial::new(Some(Arc::new(reads)));
        assert!(trial.at_once(FIND, Ok(())));
        assert!(!trial.at_once(("network", Verb::Find), Ok(())), "another family, the same bucket");
        assert!(trial.at_once(TAG_DISK, Ok(())) && trial.at_once(TAG_NETWORK, Ok(())), "each has its own");
    }

    #[test]
    fn calls_that_went_on_at_once_cut_a_rate_once() {
        let trial = Trial::new(None);
        for _ in 0..20 {
            // None of them was limited when it was made.
            trial.0.throttled(&trial.1, FIND, &refused("Describe").unwrap_err(), None, Turn::UNCOUNTED);
        }
        assert!(trial.0.flow(FIND, &trial.1).rate() > 4.0);
    }

    #[test]
    fn what_is_known_is_asked_by_family_and_verb() {
        let one_at_once = |family: &str, verb: Verb| {
            (family == "disk" && verb == Verb::Find).then_some(Rate::new(1.0, 1.0))
        };
        let trial = Trial::new(Some(Arc::new(one_at_once)));
        assert!(trial.at_once(FIND, Ok(())));
        assert!(!trial.at_once(FIND, Ok(())));
        assert!(trial.at_once(TAG_DISK, Ok(())) && trial.at_once(TAG_DISK, Ok(())));
    }
}
