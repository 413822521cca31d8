//! Objects in a Kubernetes control plane: the engine beside kubectl and Helm, on the same server.

mod audit;
mod step;
mod tools;

pub use audit::Calls;
pub use step::Step;
pub use tools::Tools;

use super::report::Line;
use crate::kubernetes::Fleet;
use anyhow::{Context as _, Result};
use audit::Audit;
use deathstar_core::{clock::Clock, testing::ControlPlane};
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
/// How long the controllers have to follow before the next measurement.
const REST: Duration = Duration::from_secs(3);

/// What one tool did in one case.
#[derive(Clone, Debug, Default)]
struct Samples {
    seconds: Vec<f64>,
    peak: u64,
    calls: Calls,
}

impl Samples {
    fn line(&self, case: &'static str, tool: &'static str, resources: usize) -> Line {
        let mut line = Line::named(case, tool, resources, &self.seconds, Some(self.peak));
        line.calls = Some(self.calls);
        line
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
        let mut bench =
            Bench { program, directory, control_plane: &control_plane, audit, tools, clock: Clock::system() };
        bench.run(runs).await
    })
}

struct Bench<'b> {
    program: &'b Path,
    directory: &'b Path,
    control_plane: &'b ControlPlane,
    audit: Audit,
    tools: Tools,
    clock: Clock,
}

impl Bench<'_> {
    async fn run(&mut self, runs: usize) -> Result<Vec<Line>> {
        let (mut apply, mut unchanged, mut changed) = <[Samples; 3]>::default().into();
        let (mut kubectl, mut diff, mut helm) = <[Samples; 3]>::default().into();
        for run in 0..runs {
            let fleet = |tool: &str, changed| {
                let prefix = format!("{tool}-{run}");
                Fleet { prefix, namespaces: NAMESPACES, definitions: 0, changed }
            };
            let ours = fleet("ours", 0);
            self.step(&Step::Apply, &ours, &mut apply).await?;
            self.step(&Step::Plan, &ours, &mut unchanged).await?;
            self.step(&Step::Apply, &fleet("ours", CHANGED), &mut changed).await?;

            let theirs = fleet("kubectl", 0);
            let file = tools::write(&theirs, &self.directory.join(&theirs.prefix))?;
            let command = self.tools.kubectl(&["apply", "--server-side", "--filename"], &file);
            self.watch(command, &[0], &mut kubectl).await?;
            let command = self.tools.kubectl(&["diff", "--server-side", "--filename"], &file);
            self.watch(command, &[0], &mut diff).await?;

            if self.tools.has_helm() {
                let theirs = fleet("helm", 0);
                let chart = tools::write_chart(&theirs, &self.directory.join(&theirs.prefix))?;
                let command = self.tools.install(&theirs.prefix, &chart);
                self.watch(command, &[0], &mut helm).await?;
            }
        }
        let resources = Fleet { prefix: String::new(), namespaces: NAMESPACES, definitions: 0, changed: 0 }
            .members()
            .len();
        let mut lines = vec![];
        let others = [("kubectl", &kubectl), ("helm", &helm)];
        let others: Vec<_> = others.into_iter().filter(|(_, samples)| !samples.seconds.is_empty()).collect();
        beside(&mut lines, ("cluster-apply", resources, APPLY), &apply, &others);
        beside(&mut lines, ("cluster-unchanged", resources, UNCHANGED), &unchanged, &[("kubectl", &diff)]);
        if let Some(line) = lines.iter_mut().find(|line| line.case == "cluster-unchanged") {
            line.missed |=
                unchanged.calls.lists > KINDS || unchanged.calls.reads + unchanged.calls.dry_runs > 0;
        }
        let mut line = changed.line("cluster-change", "deathstar", resources);
        line.missed = changed.calls.writes != CHANGED || changed.calls.dry_runs != CHANGED;
        lines.push(line);
        Ok(lines)
    }

    /// Lets a process of our own do something.
    async fn step(&mut self, step: &Step, fleet: &Fleet, samples: &mut Samples) -> Result<()> {
        let state = self.directory.join(format!("{}-state", fleet.prefix));
        let file = self.directory.join("step");
        let job = step::Job {
            step: step.clone(),
            fleet: fleet.clone(),
            cluster: self.control_plane.cluster(),
            state,
        };
        std::fs::write(&file, serde_json::to_vec(&job)?)?;
        let mut command = std::process::Command::new(self.program);
        command.arg("cluster-step").arg(&file);
        self.watch(command, &[0], samples).await
    }

    /// Runs a program, and notes what it took and asked for.
    async fn watch(
        &mut self,
        mut command: std::process::Command,
        codes: &[i32],
        samples: &mut Samples,
    ) -> Result<()> {
        self.clock.sleep(REST).await;
        self.audit.forget()?;
        let watch = super::measure::Stopwatch::start();
        let peak = super::process::run_to_end(&mut command, codes)?;
        samples.seconds.push(watch.read().as_secs_f64());
        samples.peak = samples.peak.max(peak);
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
