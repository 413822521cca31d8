//! Objects in a Kubernetes control plane: the engine beside kubectl and Helm, on the same server.

mod audit;
mod distance;
mod site;
mod step;
mod tools;

pub use audit::Calls;
pub use step::Step;
pub use tools::Tools;

use super::{process, report::Line};
use crate::kubernetes::Fleet;
use anyhow::{Context as _, Result};
use audit::Audit;
use deathstar_core::{clock::Clock, testing::ControlPlane};
use distance::Distance;
use site::Site;
use std::{path::Path, time::Duration};

/// How many namespaces: 500 objects.
const NAMESPACES: usize = 20;
/// How many objects are changed.
const CHANGED: usize = 10;
/// How many kinds there are among them, each on one page.
const KINDS: usize = 11;
/// What our time may be of the others' where objects are applied.
const APPLY: f64 = 1.0 / 3.0;
/// What our time may be of that of `kubectl diff`.
const UNCHANGED: f64 = 1.0 / 10.0;
/// How far away the control plane is in the second measurement of applying: an API server of a cloud is seldom nearer.
const ROUND_TRIP: Duration = Duration::from_millis(10);
/// How long the controllers have to follow before the next measurement.
const REST: Duration = Duration::from_secs(3);

/// What one tool did in one case.
#[derive(Clone, Debug, Default)]
struct Samples {
    seconds: Vec<f64>,
    peak: u64,
    calls: Calls,
    /// What the programs of the control plane calculated meanwhile, in seconds.
    server: Vec<f64>,
}

impl Samples {
    fn line(&self, case: &'static str, tool: &'static str, resources: usize) -> Line {
        let mut line = Line::named(case, tool, resources, &self.seconds, Some(self.peak));
        line.calls = Some(self.calls);
        line
    }

    /// What it takes at least, whoever calls: the control plane's own work, on all processors at once.
    fn floor(&self) -> Vec<f64> {
        let processors = std::thread::available_parallelism()
            .map_or(1.0, |all| f64::from(u16::try_from(all.get()).unwrap_or(u16::MAX)));
        self.server.iter().map(|seconds| seconds / processors).collect()
    }
}

/// Measures all cases so many times each, one tool after the other in turns.
///
/// # Errors
/// When there is no control plane, or a tool fails.
pub fn measure(program: &Path, runs: usize, directory: &Path) -> Result<Vec<Line>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let audit = Audit::at(directory)?;
        let mut options = ControlPlane::options().controllers();
        for flag in audit.flags() {
            options = options.api_server_flag(flag);
        }
        let control_plane = options.start().await.context("there is no control plane")?;
        let tools = Tools::new(&control_plane)?;
        let near = Site { kubeconfig: control_plane.kubeconfig() };
        let far = Distance::of(&control_plane, ROUND_TRIP, directory).await?;
        let mut bench = Bench { program, directory, audit, tools, clock: Clock::system() };
        let mut lines = bench.near(&near, runs).await?;
        lines.extend(bench.far(far.site(), runs).await?);
        Ok(lines)
    })
}

struct Bench<'b> {
    program: &'b Path,
    directory: &'b Path,
    audit: Audit,
    tools: Tools,
    clock: Clock,
}

/// The same objects, applied by each tool.
#[derive(Debug, Default)]
struct Applied {
    ours: Samples,
    /// The others, until the server has taken all objects: they end there by default, and we do not.
    written: Others,
    /// The others, told to wait as we do.
    ready: Others,
}

/// The other tools.
#[derive(Debug, Default)]
struct Others {
    kubectl: Samples,
    helm: Samples,
}

/// When another tool is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    Written,
    Ready,
}

impl Until {
    fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Ready => "ready",
        }
    }
}

impl Others {
    fn all(&self) -> Vec<(&'static str, &Samples)> {
        let all = [("kubectl", &self.kubectl), ("helm", &self.helm)];
        all.into_iter().filter(|(_, samples)| !samples.seconds.is_empty()).collect()
    }
}

impl Applied {
    fn others(&mut self, until: Until) -> &mut Others {
        match until {
            Until::Written => &mut self.written,
            Until::Ready => &mut self.ready,
        }
    }

    /// Beside the others as they are by default, which do not wait.
    fn lines(&self, case: &'static str) -> Vec<Line> {
        let mut lines = vec![Line::named(case, "floor", objects(), &self.ours.floor(), None)];
        beside(&mut lines, (case, objects(), APPLY), &self.ours, &self.written.all());
        lines
    }

    /// Beside the others when they wait too.
    fn lines_of_waiting(&self, case: &'static str) -> Vec<Line> {
        let mut lines = vec![];
        beside(&mut lines, (case, objects(), APPLY), &self.ours, &self.ready.all());
        lines
    }
}

/// How many objects a fleet has here.
fn objects() -> usize {
    fleet("", 0, 0).members().len()
}

fn fleet(tool: &str, run: usize, changed: usize) -> Fleet {
    Fleet { prefix: format!("{tool}-{run}"), namespaces: NAMESPACES, definitions: 0, changed }
}

impl Bench<'_> {
    /// All cases on a control plane beside us.
    async fn near(&mut self, site: &Site, runs: usize) -> Result<Vec<Line>> {
        let mut applied = Applied::default();
        let (mut unchanged, mut changed, mut diff) = <[Samples; 3]>::default().into();
        for run in 0..runs {
            self.apply("near", site, run, &mut applied).await?;
            let ours = fleet("ours-near", run, 0);
            self.step(&Step::Plan, site, &ours, &mut unchanged).await?;
            let other = Fleet { changed: CHANGED, ..ours };
            self.step(&Step::Apply, site, &other, &mut changed).await?;
            let theirs = fleet("kubectl-near-written", run, 0);
            let file = self.directory.join(theirs.prefix).join(tools::OBJECTS);
            self.watch(vec![self.tools.diff(site, &file)], &mut diff).await?;
        }
        let mut lines = applied.lines("cluster-apply");
        lines.extend(applied.lines_of_waiting("cluster-apply-ready"));
        beside(&mut lines, ("cluster-unchanged", objects(), UNCHANGED), &unchanged, &[("kubectl", &diff)]);
        if let Some(line) = lines.last_mut() {
            line.missed |=
                unchanged.calls.lists > KINDS || unchanged.calls.reads + unchanged.calls.dry_runs > 0;
        }
        let mut line = changed.line("cluster-change", "deathstar", objects());
        line.missed = changed.calls.writes != CHANGED || changed.calls.dry_runs != CHANGED;
        lines.push(line);
        Ok(lines)
    }

    /// Applying to a control plane that is further away.
    async fn far(&mut self, site: &Site, runs: usize) -> Result<Vec<Line>> {
        let mut applied = Applied::default();
        for run in 0..runs {
            self.apply("far", site, run, &mut applied).await?;
        }
        let mut lines = applied.lines("cluster-apply-far");
        lines.extend(applied.lines_of_waiting("cluster-apply-far-ready"));
        Ok(lines)
    }

    /// Applies once with each tool.
    async fn apply(&mut self, place: &str, site: &Site, run: usize, applied: &mut Applied) -> Result<()> {
        let ours = fleet(&format!("ours-{place}"), run, 0);
        self.step(&Step::Apply, site, &ours, &mut applied.ours).await?;
        for until in [Until::Written, Until::Ready] {
            let waits = until == Until::Ready;
            let theirs = fleet(&format!("kubectl-{place}-{}", until.word()), run, 0);
            let file = tools::write(&theirs, &self.directory.join(&theirs.prefix))?;
            let mut commands = vec![self.tools.apply(site, &file)];
            if waits {
                commands.push(self.tools.wait(site, &theirs));
            }
            self.watch(commands, &mut applied.others(until).kubectl).await?;

            if self.tools.has_helm() {
                let theirs = fleet(&format!("helm-{place}-{}", until.word()), run, 0);
                let chart = tools::write_chart(&theirs, &self.directory.join(&theirs.prefix))?;
                let command = Tools::install(site, &theirs.prefix, &chart, waits);
                self.watch(vec![command], &mut applied.others(until).helm).await?;
            }
        }
        Ok(())
    }

    /// Lets a process of our own do something.
    async fn step(&mut self, step: &Step, site: &Site, fleet: &Fleet, samples: &mut Samples) -> Result<()> {
        let state = self.directory.join(format!("{}-state", fleet.prefix));
        let file = self.directory.join("step");
        let job = step::Job { step: step.clone(), fleet: fleet.clone(), cluster: site.cluster()?, state };
        std::fs::write(&file, serde_json::to_vec(&job)?)?;
        let mut command = std::process::Command::new(self.program);
        command.arg("cluster-step").arg(&file);
        self.watch(vec![command], samples).await
    }

    /// Runs programs one after the other, and notes what they took and asked for.
    async fn watch(&mut self, commands: Vec<std::process::Command>, samples: &mut Samples) -> Result<()> {
        self.clock.sleep(REST).await;
        self.audit.forget()?;
        let before = process::calculated_below()?;
        let watch = super::measure::Stopwatch::start();
        for mut command in commands {
            samples.peak = samples.peak.max(process::run_to_end(&mut command, &[0])?);
        }
        samples.seconds.push(watch.read().as_secs_f64());
        samples.server.push(process::calculated_below()?.saturating_sub(before).as_secs_f64());
        samples.calls = self.audit.calls()?;
        Ok(())
    }
}

/// Our row beside those of the others: our time and memory against theirs.
fn beside(
    lines: &mut Vec<Line>,
    (case, resources, most): (&'static str, usize, f64),
    ours: &Samples,
    others: &[(&'static str, &Samples)],
) {
    let mut line = ours.line(case, "deathstar", resources);
    for (tool, samples) in others {
        let other = samples.line(case, tool, resources);
        let ratio = line.median_s / other.median_s;
        line.ratio = Some(line.ratio.map_or(ratio, |worst: f64| worst.max(ratio)));
        if *tool == "kubectl" {
            line.must_peak_rss_bytes = other.peak_rss_bytes;
        }
        lines.push(other);
    }
    line.must = Some(most);
    line.missed = line.ratio.is_some_and(|ratio| ratio > most)
        || line.must_peak_rss_bytes.is_some_and(|most| line.peak_rss_bytes > Some(most));
    lines.push(line);
}
