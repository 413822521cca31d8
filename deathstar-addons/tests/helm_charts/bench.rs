//! Small charts, and stacks with one of them.

use deathstar_addons::chart::{self, Chart, ChartRefs, ChartSource, Helm};
use deathstar_core::{
    Engine, Memory, Stack,
    apply::Quiet,
    graph::On,
    kube::{self, Cluster, Kubernetes},
    model::KubernetesVersion,
    plan::{Action, Plan},
    state::MemoryStore,
};
use std::{fs, io::Write as _, path::PathBuf};
use tempfile::TempDir;

pub const VERSION: KubernetesVersion = KubernetesVersion::new(35);

/// A chart in a directory of its own, with the lock file beside it.
#[derive(Debug)]
pub struct TestChart(TempDir);

/// The programs to render with; none, and a line that says so, where there is none.
pub fn programs() -> Vec<PathBuf> {
    let named = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let programs: Vec<_> = ["DEATHSTAR_HELM", "DEATHSTAR_HELM_4"].into_iter().filter_map(named).collect();
    if programs.is_empty() {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Past the capture of the test harness, so that `cargo xtask test` counts it.
        let _ = writeln!(std::io::stderr(), "left out: {test}: `DEATHSTAR_HELM` names no `helm`");
    }
    programs
}

/// The chart `web`, version 1.0.0, with these files.
pub fn chart(files: &[(&str, &str)]) -> TestChart {
    let chart = TestChart(tempfile::tempdir().unwrap());
    chart.write("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    for (path, text) in files {
        chart.write(path, text);
    }
    chart
}

impl TestChart {
    pub fn write(&self, path: &str, text: &str) {
        let path = self.directory().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn directory(&self) -> PathBuf {
        self.0.path().join("web")
    }

    pub fn lock(&self) -> PathBuf {
        self.0.path().join("deathstar-charts.lock")
    }

    pub fn source(&self) -> ChartSource {
        ChartSource::directory(self.directory())
    }

    /// Declares it as release `shop` in namespace `shop`.
    pub fn with(&self, program: &PathBuf) -> Chart {
        let helm = Helm::at(program, self.lock());
        Chart::new(&helm, VERSION, "shop", self.source()).within("shop")
    }

    /// What a chart with one template renders, as it is planned; on each program.
    pub async fn findings(&self, change: impl Fn(Chart) -> Chart) -> Vec<String> {
        let mut all = vec![];
        for program in programs() {
            let (stack, _) = stack(change(self.with(&program)));
            all.push(engine().plan(&stack).await.unwrap_err().to_string());
        }
        all
    }
}

/// A stack with one chart.
pub fn stack(chart: Chart) -> (Stack, ChartRefs) {
    let (mut stack, cluster) = empty();
    let refs = stack.add(&cluster, "web", chart);
    (stack, refs)
}

pub fn empty() -> (Stack, On<Kubernetes>) {
    let mut stack = Stack::new("webshop");
    let cluster = stack.on(Cluster::at("shop", "https://shop.example.com"));
    (stack, cluster)
}

pub fn memory() -> Memory {
    let helm = Helm::at("unused", "unused");
    Memory::seeded(7).with(kube::kinds().merge(chart::kinds(&helm)))
}

pub fn engine() -> Engine {
    Engine::new(MemoryStore::new(), memory())
}

pub async fn apply(engine: &Engine, stack: &Stack) {
    let plan = engine.plan(stack).await.unwrap();
    let report = engine.apply(plan, Quiet).await.unwrap();
    assert!(report.is_success(), "{report}");
}

/// The steps of a plan: what is done, and to what.
pub fn steps(plan: &Plan<'_>) -> Vec<(Action, String)> {
    plan.steps.iter().map(|step| (step.action.clone(), step.address.to_string())).collect()
}
