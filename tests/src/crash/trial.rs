//! One trial: a process is killed in a window, another one finishes its work, and what came of it is counted.

use super::{
    blueprint::Blueprint,
    child::{self, Job},
    client::Endpoint,
    recorder::{Fate, Recorder, Target},
    shape::{Work, work},
    verdict::Verdict,
    window::Window,
    world::Haze,
};
use anyhow::Context as _;
use deathstar_core::{
    Engine,
    apply::{Quiet, Stop},
    state::{FileStore, Recorded},
};
use fastrand::Rng;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;

/// How slow the cloud is while processes die: new objects stay hidden for longer than a restart takes.
const HAZE: Haze = Haze {
    latency: Duration::from_millis(1),
    hidden: Duration::from_millis(300),
    pending: Duration::from_millis(50),
};
/// How long after its caller's death a call may still have its effect.
const LATE: Duration = Duration::from_millis(150);
/// How often a trial is tried anew when its process ends before the window's moment.
const TRIES: usize = 4;

/// A cloud, a journal, and processes that use them.
#[derive(Debug)]
pub struct Ground {
    /// The cloud.
    pub recorder: Recorder,
    program: PathBuf,
    directory: TempDir,
    processes: usize,
}

/// How a process ended.
#[derive(Debug)]
pub enum End {
    /// It was killed in this window.
    Killed(Window),
    /// It ended by itself, with this code and these errors.
    Ended(i32, String),
}

impl Ground {
    /// An empty cloud and no journal. `program` is the harness.
    ///
    /// # Errors
    /// When a port or a directory cannot be had.
    pub async fn new(program: &Path) -> anyhow::Result<Self> {
        let directory = tempfile::tempdir().context("no directory for a journal")?;
        Ok(Self { recorder: Recorder::start().await?, program: program.into(), directory, processes: 0 })
    }

    /// The journal.
    ///
    /// # Errors
    /// When its path is no directory.
    pub fn store(&self) -> anyhow::Result<FileStore> {
        Ok(FileStore::open(self.directory.path().join("state"))?)
    }

    /// An engine of this process.
    ///
    /// # Errors
    /// When the journal's path is no directory.
    pub fn engine(&self) -> anyhow::Result<Engine> {
        let catalogue = Endpoint(self.recorder.endpoint().to_owned()).catalogue();
        Ok(Engine::new(self.store()?, catalogue).patience(child::patience()))
    }

    /// What is recorded.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn recorded(&self) -> anyhow::Result<Recorded> {
        Ok(self.engine()?.recorded().await?.recorded)
    }

    /// The job to apply a stack.
    pub fn job(&self, blueprint: &Blueprint) -> Job {
        Job {
            directory: self.directory.path().join("state"),
            endpoint: self.recorder.endpoint().to_owned(),
            control: Some(self.recorder.control().to_owned()),
            blueprint: blueprint.clone(),
            destroy: false,
            compacts: false,
        }
    }

    /// Starts a process with a job.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&mut self, job: &Job) -> anyhow::Result<tokio::process::Child> {
        let file = self.directory.path().join(format!("job-{}", self.processes));
        self.processes += 1;
        std::fs::write(&file, serde_json::to_vec(job)?)?;
        tokio::process::Command::new(&self.program)
            .args([Path::new("child"), &file])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.program.display()))
    }

    /// Runs a process to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn run(&mut self, job: &Job) -> anyhow::Result<End> {
        let output = self.start(job)?.wait_with_output().await?;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(End::Ended(output.status.code().unwrap_or(-1), errors))
    }

    /// Runs a process until it reaches a moment, and kills it there.
    ///
    /// # Errors
    /// When it cannot be started or killed.
    pub async fn run_until(&mut self, job: &Job, target: Target, fate: Fate) -> anyhow::Result<End> {
        let mut reached = self.recorder.trap(target, fate);
        let mut process = self.start(job)?;
        tokio::select! {
            biased;
            window = &mut reached => {
                let window = window.context("the trap is gone")?;
                process.kill().await.context("the process cannot be killed")?;
                Ok(End::Killed(window))
            }
            code = process.wait() => {
                let code = code?.code().unwrap_or(-1);
                let output = process.wait_with_output().await?;
                Ok(End::Ended(code, String::from_utf8_lossy(&output.stderr).into_owned()))
            }
        }
    }

    /// Applies a stack in this process.
    ///
    /// # Errors
    /// When that fails.
    pub async fn apply(&self, blueprint: &Blueprint) -> anyhow::Result<()> {
        let job = Job { control: None, ..self.job(blueprint) };
        let report = child::carry_out(&job, &Stop::new()).await?;
        anyhow::ensure!(report.is_success(), "{report}");
        Ok(())
    }
}

/// What came of a trial.
#[derive(Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// The windows in which processes died.
    pub kills: Vec<Window>,
    /// What went wrong.
    pub verdict: Verdict,
}

/// Runs one trial.
///
/// # Errors
/// When the trial itself cannot be run.
pub async fn run(program: &Path, window: Window, seed: u64) -> anyhow::Result<Outcome> {
    let mut nth = None;
    let mut rng = Rng::with_seed(seed);
    for _ in 0..TRIES {
        let work = work(window, &mut rng.clone());
        let mut ground = Ground::new(program).await?;
        if !work.before.parts.is_empty() {
            ground.apply(&work.before).await.context("what stands before cannot be applied")?;
        }
        let mut outcome = Outcome { seed, kills: vec![], verdict: Verdict::default() };
        let moments = attempt(&mut ground, window, &work, nth, &mut rng.clone(), &mut outcome).await?;
        if !outcome.kills.is_empty() || !outcome.verdict.counts.is_clean() {
            return Ok(outcome);
        }
        match moments.get(&window) {
            Some(count) => nth = Some(rng.usize(0..*count)),
            // The window does not occur in this work: take other work.
            None => rng = Rng::with_seed(rng.u64(..)),
        }
    }
    anyhow::bail!("seed {seed}: `{window}` does not occur")
}

/// Kills a process and lets others finish its work; answers how many moments each window had when it was not killed.
async fn attempt(
    ground: &mut Ground,
    window: Window,
    work: &Work,
    nth: Option<usize>,
    rng: &mut Rng,
    outcome: &mut Outcome,
) -> anyhow::Result<BTreeMap<Window, usize>> {
    let compacts = window == Window::Compaction;
    let mut job = Job { destroy: work.destroy, compacts, ..ground.job(&work.after) };
    ground.recorder.records().world.haze = HAZE;
    let fate = if rng.bool() { Fate::Lost } else { Fate::Late(LATE) };
    let nth = nth.unwrap_or_else(|| rng.usize(0..8));
    match ground.run_until(&job, Target::In(window, nth), fate).await? {
        End::Killed(window) => outcome.kills.push(window),
        End::Ended(0, _) => return Ok(ground.recorder.disarm()),
        End::Ended(code, errors) => {
            outcome.verdict.diverged(format!("the first process ended with {code}: {errors}"));
            return Ok(ground.recorder.disarm());
        }
    }
    // Some give up and end everything; some die once more.
    job.destroy |= rng.u8(0..6) == 0;
    if rng.u8(0..4) == 0
        && let End::Killed(window) = ground.run_until(&job, Target::Any(rng.usize(0..60)), fate).await?
    {
        outcome.kills.push(window);
    }
    ground.recorder.disarm();
    if let End::Ended(code @ 1.., errors) = ground.run(&job).await? {
        outcome.verdict.diverged(format!("the last process ended with {code}: {errors}"));
    }
    judge(ground, work, job.destroy, &mut outcome.verdict).await?;
    Ok(BTreeMap::new())
}

/// Counts what went wrong, then ends everything and counts what is left.
async fn judge(ground: &Ground, work: &Work, destroyed: bool, verdict: &mut Verdict) -> anyhow::Result<()> {
    let engine = ground.engine()?;
    let stack = work.after.stack();
    if !destroyed {
        let recorded = ground.recorded().await?;
        verdict.compare(&ground.recorder.records(), &recorded, &work.after);
        ground.recorder.records().world.haze = Haze::default();
        match engine.plan(&stack).await {
            Ok(plan) if plan.is_empty() => {}
            Ok(plan) => verdict.diverged(format!("the plan is not empty: {}", plan.to_json())),
            Err(error) => verdict.diverged(format!("there is no plan: {error}")),
        }
        if !verdict.counts.is_clean() {
            verdict.words.extend(recorded.rows().map(|row| {
                format!("recorded: {} {} {} {:?}", row.address, row.generation, row.phase.name(), row.needs)
            }));
            return Ok(());
        }
        let report = engine.apply(engine.destroy(&stack).await?.consent_to_all(), Quiet).await?;
        if !report.is_success() {
            verdict.diverged(format!("the destroy failed: {report}"));
        }
    }
    let recorded = ground.recorded().await?;
    verdict.empty(&ground.recorder.records(), &recorded);
    Ok(())
}
