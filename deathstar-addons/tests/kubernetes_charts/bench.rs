//! A namespace of the shared control plane, and small charts for it.

use crate::counterpart::left_out;
use deathstar_addons::chart::{self, Chart, ChartSource, Helm};
use deathstar_core::{
    Engine, Stack,
    apply::Quiet,
    graph::On,
    kube::{Access, Kubernetes},
    model::KubernetesVersion,
    state::MemoryStore,
    testing::{Assets, ControlPlane, Shared},
};
use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

pub const VERSION: KubernetesVersion = KubernetesVersion::new(35);

/// A namespace, an engine, and the chart `web` in a directory of its own.
pub struct World {
    pub control_plane: Shared,
    pub namespace: String,
    pub engine: Engine,
    program: PathBuf,
    directory: TempDir,
}

/// The control plane of all tests; without binaries, the test is left out.
pub async fn shared() -> Option<Shared> {
    if Assets::from_env().is_err() {
        left_out("`KUBEBUILDER_ASSETS` is not set");
        return None;
    }
    Some(ControlPlane::shared().await.expect("the control plane starts"))
}

impl World {
    pub async fn of(purpose: &str, files: &[(&str, &str)]) -> Option<Self> {
        let Some(program) = std::env::var_os("DEATHSTAR_HELM").map(PathBuf::from) else {
            left_out("`DEATHSTAR_HELM` names no `helm`");
            return None;
        };
        let control_plane = shared().await?;
        let namespace = control_plane.namespace(purpose).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let access = Access::of_kubeconfigs().poll(Duration::from_millis(50));
        let helm = Helm::at(&program, directory.path().join("lock"));
        let backend = access.catalogue().merge(chart::kinds(&helm));
        let engine = Engine::new(MemoryStore::new(), deathstar_core::Cloud::backend(backend));
        let bench = Self { control_plane, namespace, engine, program, directory };
        bench.write("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
        for (path, text) in files {
            bench.write(path, text);
        }
        Some(bench)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.chart().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn chart(&self) -> PathBuf {
        self.directory.path().join("web")
    }

    /// A stack on the control plane, in which the chart may be declared.
    pub fn stack(&self) -> (Stack, On<Kubernetes>) {
        let mut stack = Stack::new(&self.namespace);
        let cluster = stack.on(self.control_plane.cluster());
        (stack, cluster)
    }

    /// The chart as release `shop`, in the namespace.
    pub fn web(&self) -> Chart {
        let helm = Helm::at(&self.program, self.directory.path().join("lock"));
        Chart::new(&helm, VERSION, "shop", ChartSource::directory(self.chart())).within(&self.namespace)
    }

    pub async fn apply(&self, stack: &Stack) {
        let plan = self.engine.plan(stack).await.unwrap();
        let report = self.engine.apply(plan, Quiet).await.unwrap();
        assert!(report.is_success(), "{report}");
        let plan = self.engine.plan(stack).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
    }

    /// What `helm template` prints with these values.
    pub fn template(&self, values: &str) -> String {
        let mut helm = Command::new(&self.program);
        helm.args(["template", "shop"]).arg(self.chart()).args([
            "--namespace",
            &self.namespace,
            "--values",
            "-",
        ]);
        helm.args(["--no-hooks", "--include-crds"]).env("HOME", self.directory.path());
        String::from_utf8(run(&mut helm, values).stdout).unwrap()
    }

    /// Installs the chart as Helm does.
    pub fn helm_install(&self) {
        let mut helm = Command::new(&self.program);
        helm.args(["install", "shop"]).arg(self.chart()).args(["--namespace", &self.namespace]);
        helm.arg("--kubeconfig").arg(self.control_plane.kubeconfig()).env("HOME", self.directory.path());
        let output = run(&mut helm, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What kubectl says, given this input.
    pub fn kubectl(&self, arguments: &[&str], input: &str) -> Output {
        let mut command =
            Command::new(self.control_plane.assets().kubectl().expect("kubectl is among the binaries"));
        command.env("HOME", self.directory.path()).args(arguments);
        command
            .arg("--kubeconfig")
            .arg(self.control_plane.kubeconfig())
            .args(["--namespace", &self.namespace]);
        run(&mut command, input)
    }

    /// The value at a JSON path of an object of the namespace; empty where there is none.
    pub fn field(&self, object: &str, path: &str) -> String {
        let output =
            self.kubectl(&["get", object, "--ignore-not-found", "--output", &format!("jsonpath={path}")], "");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn run(command: &mut Command, input: &str) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("it starts");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}
