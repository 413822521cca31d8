//! What the tests of this binary share: one control plane, kubectl, and waiting for what others do.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use deathstar_core::clock::Clock;
use deathstar_core::testing::{Assets, ControlPlane, Shared};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// The control plane of all tests; without binaries, the test is left out.
pub async fn shared() -> Option<Shared> {
    assets()?;
    Some(ControlPlane::shared().await.expect("the control plane starts"))
}

/// The binaries; without them, the test is left out.
pub fn assets() -> Option<Assets> {
    let assets = Assets::from_env().ok();
    if assets.is_none() {
        left_out("`KUBEBUILDER_ASSETS` is not set");
    }
    assets
}

/// The definitions of custom resources, beside the clone: those of one project, or with `DEATHSTAR_CRDS=all` of all,
/// with which the API server is busy for a while.
pub fn crds() -> Option<PathBuf> {
    let all = std::env::var_os("DEATHSTAR_CRDS").is_some_and(|which| which == "all");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/crds");
    let directory = if all { directory } else { directory.join("karpenter") };
    let directory = directory.canonicalize().ok();
    if directory.is_none() {
        left_out("there is no `../shared/specs/crds`");
    }
    directory
}

fn left_out(why: &str) {
    writeln!(std::io::stderr(), "left out: {}: {why}", env!("CARGO_CRATE_NAME")).expect("it is read");
}

/// What kubectl answers to what must succeed.
pub fn kubectl(control_plane: &ControlPlane, arguments: &[&str]) -> String {
    let output = ask_kubectl(control_plane, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kubectl {}: {said}", arguments.join(" "));
    String::from_utf8(output.stdout).expect("kubectl writes text")
}

/// How kubectl ends, and what it says.
pub fn ask_kubectl(control_plane: &ControlPlane, arguments: &[&str]) -> Output {
    let mut command = Command::new(control_plane.assets().kubectl().expect("kubectl is among the binaries"));
    let kubeconfig = control_plane.kubeconfig();
    // What it has learnt of a server it keeps in the home directory: that of the control plane.
    command.env("HOME", kubeconfig.parent().expect("a file stands in a directory"));
    command.args(arguments).arg("--kubeconfig").arg(kubeconfig);
    command.output().expect("kubectl starts")
}

/// A file with manifests.
pub fn file(manifests: &[Value]) -> NamedTempFile {
    let file = tempfile::Builder::new().suffix(".json").tempfile().expect("a temporary file");
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": manifests });
    serde_json::to_writer(&file, &list).expect("a writable file");
    file
}

/// Waits until something holds that others bring about.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    const PATIENCE: Duration = Duration::from_mins(1);
    let clock = Clock::system();
    while !holds().await {
        assert!(clock.now() < PATIENCE, "it does not come about that {what}");
        clock.sleep(Duration::from_millis(20)).await;
    }
}
