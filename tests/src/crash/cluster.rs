//! Processes that are killed while they apply objects, and the definitions of their kinds, to a Kubernetes control plane. What is
//! there afterwards is told by kubectl.

use super::verdict::{Counts, Verdict};
use crate::kubernetes::{Fleet, Member, Witness};
use anyhow::Context as _;
use deathstar_core::{
    Engine,
    apply::{Quiet, Report},
    clock::Clock,
    kube::{Access, Cluster},
    state::FileStore,
    testing::ControlPlane,
};
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    io::Write as _,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    time::Duration,
};

/// What a process is to do in a cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClusterJob {
    /// The directory of its journal.
    directory: PathBuf,
    cluster: Cluster,
    fleet: Fleet,
    /// Whether it ends everything instead.
    destroy: bool,
}

impl ClusterJob {
    fn engine(&self) -> anyhow::Result<Engine> {
        let access = Access::of_kubeconfigs().poll(Duration::from_millis(100));
        Ok(Engine::new(FileStore::open(&self.directory)?, access))
    }

    async fn carry_out(&self) -> anyhow::Result<Report> {
        let (engine, stack) = (self.engine()?, self.fleet.stack(self.cluster.clone()));
        let plan = if self.destroy { engine.destroy(&stack).await } else { engine.plan(&stack).await }?;
        Ok(engine.apply(plan.consent_to_all(), Quiet).await?)
    }
}

/// Does the job in a file, as a process of its own.
///
/// # Errors
/// When the file cannot be read, or the job not be planned or applied.
pub fn main(file: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let job: ClusterJob = serde_json::from_str(&text).context("this is no job")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let report = runtime.block_on(job.carry_out())?;
    if !report.is_success() {
        writeln!(std::io::stderr(), "{report}")?;
    }
    Ok(ExitCode::from(report.exit_code()))
}

/// What came of processes that were killed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClusterRow {
    /// How many objects each stack had.
    pub objects: usize,
    /// How many stacks were applied and ended.
    pub trials: usize,
    /// How many processes were killed before they had applied everything.
    pub killed_applying: usize,
    /// How many were killed before they had ended everything.
    pub killed_ending: usize,
    /// What went wrong.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What came of all trials.
#[derive(Clone, Debug, Default)]
pub struct ClusterTally {
    /// The counts.
    pub row: ClusterRow,
    /// What went wrong, in words.
    pub words: Vec<String>,
}

impl fmt::Display for ClusterTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClusterRow { objects, trials, killed_applying, killed_ending, counts } = self.row;
        let Counts { lost, doubled, unowned, not_converged } = counts;
        writeln!(
            f,
            "{trials} stacks of {objects} objects in a Kubernetes control plane: {killed_applying} processes killed while applying, \
             {killed_ending} while ending; {lost} lost, {doubled} doubled, {unowned} unowned, {not_converged} not converged"
        )
    }
}

/// One trial after the other against one control plane; `program` is the harness.
///
/// # Errors
/// When a trial cannot be run.
pub async fn run(program: &Path, trials: usize, seed: u64, fleet: &Fleet) -> anyhow::Result<ClusterTally> {
    let control_plane = ControlPlane::options().controllers().start().await?;
    let mut tally = ClusterTally::default();
    tally.row.objects = fleet.members().len();
    let mut ground = Ground {
        program,
        control_plane: &control_plane,
        clock: Clock::system(),
        took: [Duration::from_secs(3); 2],
    };
    for number in 0..trials as u64 {
        let seed = seed.wrapping_add(number);
        let fleet = Fleet { prefix: format!("{}-{seed}", fleet.prefix), ..fleet.clone() };
        let mut verdict = Verdict::default();
        let mut trial = Trial { ground: &mut ground, fleet, rng: Rng::with_seed(seed), row: &mut tally.row };
        trial.run(&mut verdict).await?;
        tally.row.trials += 1;
        tally.row.counts += verdict.counts;
        tally.words.extend(verdict.words.iter().map(|word| format!("seed {seed}: {word}")));
    }
    Ok(tally)
}

/// What trials stand on.
struct Ground<'g> {
    program: &'g Path,
    control_plane: &'g ControlPlane,
    clock: Clock,
    /// How long a process takes that is not killed: to apply, and to end.
    took: [Duration; 2],
}

struct Trial<'t, 'g> {
    ground: &'t mut Ground<'g>,
    fleet: Fleet,
    rng: Rng,
    row: &'t mut ClusterRow,
}

impl Trial<'_, '_> {
    async fn run(&mut self, verdict: &mut Verdict) -> anyhow::Result<()> {
        let directory = tempfile::tempdir().context("no directory for a journal")?;
        let job = |destroy| ClusterJob {
            directory: directory.path().join("state"),
            cluster: self.ground.control_plane.cluster(),
            fleet: self.fleet.clone(),
            destroy,
        };
        let (apply, destroy) = (job(false), job(true));
        let file = directory.path().join("job");
        let mut before = Witness::default();
        for _ in 0..self.rng.usize(1..=3) {
            self.row.killed_applying += usize::from(self.kill(&apply, &file, verdict).await?);
            before = self.witness()?;
        }
        self.finish(&apply, &file, verdict).await?;
        self.compare(&apply, &before, verdict).await?;
        self.row.killed_ending += usize::from(self.kill(&destroy, &file, verdict).await?);
        self.finish(&destroy, &file, verdict).await?;
        for left in self.witness()?.objects {
            verdict.unowned(format!("{} is left after the destroy", left.name()));
        }
        let recorded = destroy.engine()?.recorded().await?.recorded;
        if !recorded.is_empty() {
            verdict.diverged(format!("{} rows are left after the destroy", recorded.len()));
        }
        Ok(())
    }

    fn witness(&self) -> anyhow::Result<Witness> {
        Witness::look(self.ground.control_plane, &self.fleet)
    }

    fn start(&self, job: &ClusterJob, file: &Path) -> anyhow::Result<tokio::process::Child> {
        std::fs::write(file, serde_json::to_vec(job)?)?;
        tokio::process::Command::new(self.ground.program)
            .args([Path::new("cluster-child"), file])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.ground.program.display()))
    }

    /// Kills a process at a random moment; answers whether it was not done yet.
    async fn kill(&mut self, job: &ClusterJob, file: &Path, verdict: &mut Verdict) -> anyhow::Result<bool> {
        let moment = self.ground.took[usize::from(job.destroy)].mul_f64(self.rng.f64());
        let begun = self.ground.clock.now();
        let mut process = self.start(job, file)?;
        tokio::select! {
            biased;
            code = process.wait() => {
                let code = code?.code().unwrap_or(-1);
                // The next one is killed earlier.
                self.ground.took[usize::from(job.destroy)] = self.ground.clock.now().saturating_sub(begun);
                let output = process.wait_with_output().await?;
                if code != 0 {
                    verdict.diverged(format!("a process ended with {code}: {}", String::from_utf8_lossy(&output.stderr)));
                }
                Ok(false)
            }
            () = self.ground.clock.sleep(moment) => {
                process.kill().await.context("the process cannot be killed")?;
                Ok(true)
            }
        }
    }

    /// Lets a process do what is left.
    async fn finish(&mut self, job: &ClusterJob, file: &Path, verdict: &mut Verdict) -> anyhow::Result<()> {
        let begun = self.ground.clock.now();
        let output = self.start(job, file)?.wait_with_output().await?;
        // Part of the work was done: the whole takes at least as long.
        let took = &mut self.ground.took[usize::from(job.destroy)];
        *took = (*took).max(self.ground.clock.now().saturating_sub(begun));
        if !output.status.success() {
            verdict.diverged(format!("the last process failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Ok(())
    }

    async fn compare(&self, job: &ClusterJob, before: &Witness, verdict: &mut Verdict) -> anyhow::Result<()> {
        let after = self.witness()?;
        let engine = job.engine()?;
        let recorded = engine.recorded().await?.recorded;
        for Member { address, manifest } in self.fleet.members() {
            let there = after.objects.iter().filter(|object| object.address.as_deref() == Some(&*address));
            match there.count() {
                0 => verdict.lost(format!("{address} ({}) is declared and not there", manifest["kind"])),
                1 => {}
                count => verdict.doubled(format!("{address} has {count} objects")),
            }
            match recorded.at(&address).count() {
                1 => {}
                count => verdict.diverged(format!("{address} has {count} rows")),
            }
        }
        for object in &after.objects {
            let has_row = object.address.as_ref().is_some_and(|address| recorded.at(address).count() > 0);
            if !object.has_token || !has_row {
                verdict.unowned(format!("{} is unowned", object.name()));
            }
        }
        for object in &before.objects {
            if !after.objects.iter().any(|one| one.uid == object.uid) {
                verdict.doubled(format!("{} was made a second time", object.name()));
            }
        }
        let stack = self.fleet.stack(self.ground.control_plane.cluster());
        match engine.plan(&stack).await {
            Ok(plan) if plan.is_empty() => {}
            Ok(plan) => verdict.diverged(format!("the plan is not empty: {plan}")),
            Err(error) => verdict.diverged(format!("there is no plan: {error}")),
        }
        Ok(())
    }
}
