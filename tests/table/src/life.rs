//! One life of a subject.

use crate::{Stage, Step, Subject, Trial, process::Running};
use deathstar_core::{
    Engine, Stack,
    apply::Quiet,
    state::{FileStore, MemoryStore},
};
use futures_util::future::{Either, select};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Notify;

/// How many processes may be needed for one step.
const RUNS: usize = 4;

/// A step that came to its end.
#[derive(Debug)]
pub(crate) struct Lived {
    /// In how many processes.
    pub(crate) runs: usize,
    /// Why the last but one of them did not get there.
    pub(crate) interrupted: Option<String>,
    /// Whether one of them was ended by a signal.
    pub(crate) ended: bool,
}

/// Where a life is written down.
enum Journal {
    /// Its processes are futures of this one.
    Here(MemoryStore),
    /// Its processes are the operating system's.
    Directory(PathBuf),
}

/// One life: its journal, and where its calls begin.
pub(crate) struct Life<'l> {
    stage: &'l dyn Stage,
    subject: &'l Subject,
    journal: Journal,
    begun: usize,
    /// How many objects stood while it lived.
    counted: usize,
    /// Told when a process here ends.
    ended: Arc<Notify>,
    running: Running,
}

impl<'l> Life<'l> {
    pub(crate) fn new(stage: &'l dyn Stage, subject: &'l Subject, in_processes: bool) -> Self {
        static LIVES: AtomicUsize = AtomicUsize::new(0);
        let journal = match subject.processes.as_ref().filter(|_| in_processes) {
            None => Journal::Here(MemoryStore::new()),
            Some(processes) => {
                let number = LIVES.fetch_add(1, Ordering::Relaxed);
                Journal::Directory(processes.directory.join(format!("{}-{number}", subject.name)))
            }
        };
        let begun = stage.arrived();
        let (ended, running) = (Arc::default(), Running::default());
        Self { stage, subject, journal, begun, counted: 0, ended, running }
    }

    pub(crate) fn counted(&self) -> usize {
        self.counted
    }

    /// Lives a whole life with a fault in each step; answers how many runs each took, up to the first that failed.
    pub(crate) async fn through(
        mut self,
        befalling: &BTreeMap<Step, Trial>,
        expected: usize,
    ) -> BTreeMap<Step, Result<usize, String>> {
        let mut outcomes = BTreeMap::new();
        for step in self.subject.steps() {
            let outcome = self.befallen(step, befalling.get(&step), expected).await;
            let failed = outcome.is_err();
            outcomes.insert(step, outcome.map_err(|why| format!("{step:?}: {why}")));
            if failed {
                self.stage.clear();
                // What it leaves would be in the way of the next one.
                let _ = self.step(Step::Destroy).await;
                break;
            }
        }
        outcomes
    }

    async fn befallen(
        &mut self,
        step: Step,
        trial: Option<&Trial>,
        expected: usize,
    ) -> Result<usize, String> {
        if let Some(trial) = trial {
            let (ended, running) = (Arc::clone(&self.ended), self.running.clone());
            let end = move || {
                running.end();
                ended.notify_one();
            };
            self.stage.befall(trial, &self.subject.account, Box::new(end));
        }
        let Lived { runs, ended, .. } = self.step(step).await?;
        if self.stage.waiting() > 0 {
            return Err("the call was not made this time".to_owned());
        }
        if trial.is_some_and(|trial| trial.kind.needs_processes()) && !ended {
            return Err("no process was ended".to_owned());
        }
        if step != Step::Destroy && self.counted != expected {
            let standing = self.standing().await;
            return Err(format!("{expected} objects should stand, and {standing:?} do"));
        }
        Ok(runs)
    }

    async fn standing(&self) -> Vec<String> {
        self.stage.standing(self.begun, &self.subject.account).await
    }

    fn engine(&self) -> Result<Engine, String> {
        let backend = (self.subject.backend)();
        Ok(match &self.journal {
            Journal::Here(store) => Engine::new(store.clone(), backend),
            Journal::Directory(path) => {
                Engine::new(FileStore::open(path).map_err(|error| format!("no journal: {error}"))?, backend)
            }
        })
    }

    /// Lives one step to its end, in as many processes as it takes.
    pub(crate) async fn step(&mut self, step: Step) -> Result<Lived, String> {
        let stack = (self.subject.stack)(step);
        let (mut interrupted, mut ended) = (None, false);
        for runs in 1..=RUNS {
            let went = match (&self.journal, &self.subject.processes) {
                (Journal::Directory(path), Some(processes)) => {
                    let output = self.running.carry_out(processes, step, path).await?;
                    // Who ends by itself has a code.
                    ended |= output.status.code().is_none();
                    let said = String::from_utf8_lossy(&output.stderr);
                    let failed = || format!("the process ended with {}: {said}", output.status);
                    if output.status.success() { Ok(()) } else { Err(failed()) }
                }
                _ => self.run(step, &stack).await,
            };
            match went {
                Ok(()) => {
                    self.settled(step, &stack).await?;
                    return Ok(Lived { runs, interrupted, ended });
                }
                Err(why) => interrupted = Some(why),
            }
        }
        Err(format!("after {RUNS} runs: {}", interrupted.unwrap_or_default()))
    }

    /// One process of this one.
    async fn run(&self, step: Step, stack: &Stack) -> Result<(), String> {
        let engine = self.engine()?;
        let work = carry_out(&engine, stack, step == Step::Destroy);
        // The end of the process comes before its answer.
        match select(pin!(self.ended.notified()), pin!(work)).await {
            Either::Left(_) => Err("the process was ended".to_owned()),
            Either::Right((went, _)) => went,
        }
    }

    /// Nothing is left to do, and nothing is left over.
    async fn settled(&mut self, step: Step, stack: &Stack) -> Result<(), String> {
        let standing = self.standing().await;
        if step == Step::Destroy {
            return if standing.is_empty() { Ok(()) } else { Err(format!("left: {standing:?}")) };
        }
        let plan =
            self.engine()?.plan(stack).await.map_err(|error| format!("no plan afterwards: {error}"))?;
        if !plan.is_empty() {
            return Err(format!("the next plan is not empty: {}", plan.data().to_json()));
        }
        self.counted = standing.len();
        Ok(())
    }
}

/// Plans a step and applies the plan: all that a process of a life does.
///
/// # Errors
/// With what failed, in words.
pub async fn carry_out(engine: &Engine, stack: &Stack, destroys: bool) -> Result<(), String> {
    let plan = if destroys { engine.destroy(stack).await } else { engine.plan(stack).await };
    let plan = plan.map_err(|error| format!("no plan: {error}"))?.consent_to_all();
    let report = engine.apply(plan, Quiet).await.map_err(|error| format!("no apply: {error}"))?;
    if report.is_success() {
        return Ok(());
    }
    let failures: Vec<_> =
        report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
    let left = report.proof.iter().flat_map(|proof| &proof.leftovers);
    let left: Vec<_> = left.map(|left| format!("{} is left", left.id)).collect();
    Err([failures, left].concat().join("; "))
}
