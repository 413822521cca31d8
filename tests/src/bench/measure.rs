//! Measuring one case at one size, in a process of its own.

use super::{case::Case, engine, floor};
use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A stopwatch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this measures real time")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn read(self) -> Duration {
        self.0.elapsed()
    }
}

/// What one process measures.
#[derive(Clone, Debug)]
pub struct Job {
    /// The case.
    pub case: Case,
    /// How many resources it has.
    pub resources: usize,
    /// How often it runs.
    pub runs: usize,
    /// An empty directory, but for `plan-noop`: there [`prepare`] filled it.
    pub directory: PathBuf,
}

/// What it measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Samples {
    /// The engine's times, in seconds.
    pub engine: Vec<f64>,
    /// The floor's times, in seconds, each taken right before the engine's.
    pub floor: Vec<f64>,
    /// The most memory that the process had while the engine ran once, in bytes.
    pub peak_memory: u64,
}

/// Where [`prepare`] puts the engine's state.
const STATE: &str = "state";
/// Where [`prepare`] puts the floor's state.
const FLOOR: &str = "floor";

/// Writes the states that a graph which is applied already has: the engine's and the floor's.
///
/// # Errors
/// When they cannot be written.
pub fn prepare(case: Case, resources: usize, directory: &Path) -> Result<()> {
    let graph = case.graph(resources);
    floor::write_state(graph, &directory.join(FLOOR))?;
    block_on(engine::prepare(graph, &directory.join(STATE)))
}

fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

impl Job {
    /// Runs the case: once to warm up and for the memory, then in turns with its floor.
    ///
    /// # Errors
    /// When a run fails, or does not do what the case says.
    pub fn run(&self) -> Result<Samples> {
        if self.case == Case::Destroy {
            floor::write_state(self.case.graph(self.resources), &self.directory.join(FLOOR))?;
        }
        self.engine(0)?;
        let mut samples = Samples { engine: vec![], floor: vec![], peak_memory: peak_memory("self")? };
        for run in 1..=self.runs {
            settle();
            samples.floor.push(self.floor(run)?.as_secs_f64());
            settle();
            samples.engine.push(self.engine(run)?.as_secs_f64());
        }
        Ok(samples)
    }

    fn engine(&self, run: usize) -> Result<Duration> {
        let state = match self.case {
            Case::PlanNoop => self.directory.join(STATE),
            _ => self.directory.join(format!("engine-{run}")),
        };
        block_on(engine::run(self.case, self.case.graph(self.resources), &state))
    }

    fn floor(&self, run: usize) -> Result<Duration> {
        let graph = self.case.graph(self.resources);
        let (own, state) = (self.directory.join(format!("floor-{run}")), self.directory.join(FLOOR));
        let watch = Stopwatch::start();
        let done = match self.case {
            Case::PlanEmpty => floor::plan_empty(graph)?,
            Case::PlanNoop => self.resources - floor::plan_noop(graph, &state)?,
            // Without a cloud of its own the floor has nothing to compare this with.
            Case::PlanNoopRefresh => return Ok(Duration::ZERO),
            Case::Apply | Case::ChainApply => floor::apply(graph, &own)?,
            Case::Destroy => floor::destroy(&state, &own)?,
            Case::ApplyLatency => return floor::critical_path(graph, engine::SEED, &engine::latency()),
        };
        let took = watch.read();
        ensure!(done == self.resources, "the floor did {done} of {} resources", self.resources);
        Ok(took)
    }
}

/// Lets the allocator join what the run before gave back: it does so at the next large request, which would count for the run that
/// makes it.
fn settle() {
    drop(std::hint::black_box(vec![1_u8; 1 << 20]));
}

/// The most memory that a process had so far (its peak resident set), in bytes; `process` is a number or `self`.
///
/// # Errors
/// Where the operating system does not tell.
pub fn peak_memory(process: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak is told")?;
    let number = line.trim().strip_suffix("kB").context("the peak has another unit")?;
    Ok(number.trim().parse::<u64>()? * 1024)
}
