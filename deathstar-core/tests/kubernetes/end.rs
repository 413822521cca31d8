//! How the programs of a control plane end: with their handle, with a panic, with the process.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use deathstar_core::testing::{ControlPlane, Program};

use crate::bench::{assets, eventually};

/// Set in the process that is killed.
const HOLDER: &str = "DEATHSTAR_TEST_HOLDS_A_CONTROL_PLANE";

/// Whether the process runs: one that is dead and not buried does not.
fn runs(id: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The state follows the name, which is in brackets.
    status.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

fn directory(control_plane: &ControlPlane) -> PathBuf {
    control_plane.kubeconfig().parent().expect("a file stands in a directory").to_owned()
}

fn all_run(ids: &BTreeMap<Program, u32>) -> bool {
    ids.len() == 2 && ids.values().all(|id| runs(*id))
}

#[tokio::test]
async fn programs_and_files_are_gone_when_the_handle_is() {
    let Some(assets) = assets() else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let (ids, directory) = (control_plane.process_ids(), directory(&control_plane));
    assert!(all_run(&ids) && directory.is_dir());
    drop(control_plane);
    assert!(!ids.values().any(|id| runs(*id)));
    assert!(!directory.exists());
}

#[tokio::test]
async fn programs_and_files_are_gone_after_a_panic() {
    let Some(assets) = assets() else { return };
    let control_plane = ControlPlane::options().assets(assets).start().await.unwrap();
    let (ids, directory) = (control_plane.process_ids(), directory(&control_plane));
    assert!(all_run(&ids) && directory.is_dir());
    let panicked = std::thread::spawn(move || {
        let _held = control_plane;
        std::panic::resume_unwind(Box::new("a failed test"));
    });
    assert!(panicked.join().is_err());
    assert!(!ids.values().any(|id| runs(*id)));
    assert!(!directory.exists());
}

#[tokio::test]
async fn programs_and_files_are_gone_after_the_process_is_killed() {
    let Some(assets) = assets() else { return };
    if std::env::var_os(HOLDER).is_some() {
        return hold(&ControlPlane::options().assets(assets).start().await.unwrap());
    }
    // A signal that nobody survives, to one process; and Ctrl-C, which all processes of a terminal hear.
    for (signal, all) in [("-KILL", false), ("-INT", true)] {
        let itself = "end::programs_and_files_are_gone_after_the_process_is_killed";
        let mut holder = Command::new(std::env::current_exe().unwrap());
        holder.args(["--exact", itself, "--nocapture"]).env(HOLDER, "yes").process_group(0);
        let mut holder = holder.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines().map(Result::unwrap);
        let told = lines.find_map(|line| Some(line.split_once("holds ")?.1.to_owned()));
        let told = told.expect("it holds one");
        let (ids, directory) = told.split_once(' ').unwrap();
        let ids: Vec<u32> = ids.split(',').map(|id| id.parse().unwrap()).collect();
        assert!(ids.len() == 2 && ids.iter().all(|id| runs(*id)) && Path::new(directory).is_dir());

        let whom = if all { format!("-{}", holder.id()) } else { holder.id().to_string() };
        assert!(Command::new("kill").args([signal, "--", &whom]).status().unwrap().success());
        holder.wait().unwrap();
        eventually("the programs end", async || !ids.iter().any(|id| runs(*id))).await;
        eventually("their files are removed", async || !Path::new(directory).exists()).await;
    }
}

/// Says what it holds, and holds it until it is killed, or until who started it is.
fn hold(control_plane: &ControlPlane) {
    let ids: Vec<_> = control_plane.process_ids().values().map(u32::to_string).collect();
    writeln!(std::io::stdout(), "holds {} {}", ids.join(","), directory(control_plane).display())
        .expect("it is read");
    let _ = std::io::stdin().read_line(&mut String::new());
}
