//! The in-memory cloud: every kind of every provider, with latency, faults and a log of calls, and no code per kind but `simulate`.
//!
//! It refuses what a cloud refuses, from specs alone: deleting what a live object names, a second holder of what only one may have,
//! a create that names what is gone. With a file it is one cloud for many processes, and each of them may be killed at any point.

mod driver;
mod family;
mod fault;
mod file;
mod latency;
mod log;
mod look;
mod object;
mod spec;
mod world;

pub use fault::{Call, Fault};
pub use latency::Latency;
pub use log::CallRecord;
pub use object::MemoryObject;

use crate::{Catalogue, Raw, clock::Clock, driver::Pace};
use fault::Faults;
use file::File;
use std::{
    collections::HashMap,
    fmt, io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use world::World;

/// An in-memory cloud. Clones are the same cloud.
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    clock: Clock,
    catalogue: Catalogue,
    pace: Pace,
    latency: Latency,
    seed: u64,
    state: Mutex<State>,
}

struct State {
    world: World,
    file: Option<File>,
    faults: Faults,
    answers: HashMap<String, Raw>,
    calls: Vec<CallRecord>,
    log_calls: bool,
    hung: bool,
}

impl Memory {
    /// A cloud on a virtual clock, whose calls take 20 to 200 ms of it and whose new objects settle in up to two looks. The same seed
    /// gives the same order of events.
    pub fn seeded(seed: u64) -> Self {
        Self::build(seed, Clock::virtual_time(), Latency::between(20, 200), 2)
    }

    /// A cloud on a virtual clock that answers at once and whose objects are ready at once.
    pub fn instant() -> Self {
        Self::build(0, Clock::virtual_time(), Latency::none(), 0)
    }

    fn build(seed: u64, clock: Clock, latency: Latency, stages: u32) -> Self {
        let pace = Pace {
            gather: Duration::ZERO,
            poll: Duration::from_millis(500),
            first: None,
            ids: 1000,
            width: 10_000,
        };
        let state = State {
            world: World::new(seed, stages),
            file: None,
            faults: Faults::default(),
            answers: HashMap::new(),
            calls: vec![],
            log_calls: true,
            hung: false,
        };
        Self(Arc::new(Inner {
            clock,
            catalogue: Catalogue::new(),
            pace,
            latency,
            seed,
            state: Mutex::new(state),
        }))
    }

    /// Adds the kinds of a backend, so that what is no longer declared can be handled too.
    #[must_use]
    pub fn with(self, catalogue: Catalogue) -> Self {
        catalogue.families().for_each(|kind| self.learn(kind.about().family));
        self.change(|inner| inner.catalogue = std::mem::take(&mut inner.catalogue).merge(catalogue))
    }

    /// Lets time be real: calls really take their latency.
    #[must_use]
    pub fn in_real_time(self) -> Self {
        self.change(|inner| inner.clock = Clock::system())
    }

    /// Says how long calls take.
    #[must_use]
    pub fn latency(self, latency: Latency) -> Self {
        self.change(|inner| inner.latency = latency)
    }

    /// Says how often something pending is looked at.
    #[must_use]
    pub fn poll(self, every: Duration) -> Self {
        self.change(|inner| inner.pace.poll = every)
    }

    /// Says in how many looks at the most a new object settles.
    #[must_use]
    pub fn stages(self, looks: u32) -> Self {
        self.state().world.stages = looks;
        self
    }

    /// Keeps no log of calls, for long runs.
    #[must_use]
    pub fn without_log(self) -> Self {
        self.state().log_calls = false;
        self
    }

    /// Keeps the cloud in a file: separate processes see one cloud. A line is in the file before its call is answered.
    ///
    /// # Errors
    /// When the file cannot be opened or read, or is not the file of such a cloud.
    pub fn in_file(self, path: impl AsRef<Path>) -> io::Result<Self> {
        {
            let mut state = self.state();
            let mut file = File::open(path.as_ref())?;
            file.refresh(&mut state.world)?;
            state.file = Some(file);
            state.world.keep_changes();
        }
        Ok(self)
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        // Builders run before the cloud is shared; a clone made earlier keeps what it had.
        match Arc::get_mut(&mut self.0) {
            Some(inner) => change(inner),
            None => debug_assert!(false, "a cloud in use is not configured any more"),
        }
        self
    }

    /// Remembers a kind, so that its objects can be shown inside others.
    pub(crate) fn learn(&self, family: &'static str) {
        self.state().world.learn(family);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cloud as it is now, read from its file first.
    fn fresh(&self) -> MutexGuard<'_, State> {
        let mut guard = self.state();
        let state = &mut *guard;
        if let Some(file) = &mut state.file {
            // A file that cannot be read shows at the next call, as an error.
            let _ = file.refresh(&mut state.world);
        }
        guard
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    pub(crate) fn pace(&self) -> Pace {
        self.0.pace
    }

    /// Makes the next call of a kind (`"*"`: of any) go wrong.
    pub fn on(&self, family: &str, call: Call, fault: Fault) {
        self.on_each(family, call, fault, 1);
    }

    /// Makes the next `times` calls of a kind go wrong.
    pub fn on_each(&self, family: &str, call: Call, fault: Fault, times: u32) {
        self.state().faults.add(family, call, fault, times);
    }

    /// Whether a call hangs since [`Fault::Hangs`] or [`Fault::HangsBefore`]: the moment to drop the work.
    pub fn hung(&self) -> bool {
        self.state().hung
    }

    /// Forgets that a call hung, and every fault that did not happen yet.
    pub fn heal(&self) {
        let mut state = self.state();
        state.hung = false;
        state.faults = Faults::default();
    }

    /// Says what a fact answers from now on.
    ///
    /// # Errors
    /// When the answer cannot be encoded.
    pub fn answer(&self, family: &str, answer: &impl serde::Serialize) -> serde_json::Result<()> {
        let answer = Raw::encode(answer)?;
        self.state().answers.insert(family.to_owned(), answer);
        Ok(())
    }

    /// All objects, in the order in which they were made.
    pub fn objects(&self) -> Vec<MemoryObject> {
        self.fresh().world.all()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.fresh().world.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.state().calls.clone()
    }

    /// How many calls of a kind (`"*"`: of any) there were.
    pub fn count(&self, family: &str, call: Call) -> usize {
        let of = |record: &&CallRecord| record.call == call && (family == "*" || record.family == family);
        self.state().calls.iter().filter(of).count()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.state().calls.clear();
    }

    /// Changes an object behind everybody's back, as a person in a console does; answers whether there is such an object.
    ///
    /// # Errors
    /// When the file of the cloud cannot be written.
    pub fn tamper(&self, family: &str, id: &str, change: impl FnOnce(&mut MemoryObject)) -> io::Result<bool> {
        let mut guard = self.fresh();
        let state = &mut *guard;
        let Some(object) = state.world.tampered(family, id, change) else { return Ok(false) };
        state.write(|world| world.put(object))?;
        Ok(true)
    }

    /// Removes an object behind everybody's back; answers whether there was such an object.
    ///
    /// # Errors
    /// When the file of the cloud cannot be written.
    pub fn remove(&self, family: &str, id: &str) -> io::Result<bool> {
        let mut guard = self.fresh();
        let state = &mut *guard;
        let Some(id) = state.world.find_id(family, id) else { return Ok(false) };
        state.write(|world| world.remove(family, &id))?;
        Ok(true)
    }
}

impl State {
    /// Changes the world and its file together.
    fn write(&mut self, change: impl FnOnce(&mut World)) -> io::Result<()> {
        change(&mut self.world);
        let lines = self.world.take_changes();
        match &mut self.file {
            Some(file) => file.append(&lines),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("seed", &self.0.seed)
            .field("objects", &self.state().world.len())
            .finish_non_exhaustive()
    }
}
