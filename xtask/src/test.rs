//! `cargo xtask test`: every check of the repository, and a closing table of what ran against what.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use clap::Args;

use crate::artifacts::{self, Artifact};
use crate::cargo_test::{Excerpt, Suite, SuiteKind, Transcript};
use crate::moto::{self, Moto};
use crate::process::{self, Stopwatch};
use crate::row::{Checked, Counts, Row};
use crate::workspace::{SELECTION, Workspace};
use crate::{
    arm_fakes, authorization, azure_sdk, boundary, control_plane, counterpart, harness, helm, hygiene,
    licences, table,
};

/// Trials of the crash harness in the test command; a thorough run is `cargo xtask crash`.
const CRASH_TRIALS: &str = "20";
const QUICK: &str = "left out by `--quick`";

/// What `cargo xtask test` takes.
#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// Leave out what is slow or must be installed: emulators, documentation, the quickstart, the crash harness.
    #[arg(long)]
    quick: bool,
}

/// Runs all steps, prints the table, and tells by the exit code whether anything failed.
pub(crate) fn run(workspace: &Workspace, arguments: &TestArguments) -> ExitCode {
    let mut session = Session { workspace, quick: arguments.quick, rows: Vec::new() };
    session.source();
    let moto = session.emulators();
    let tables = moto.as_ref().and_then(|moto| session.authorization(moto));
    let control_plane = session.control_plane();
    let helm = session.helm();
    let azure = session.azure();
    let fakes = session.fakes();
    session.lints();
    session.tests(&Counterparts { moto, tables, control_plane, helm, azure, fakes });
    println!("\n{}", table::render(&session.rows));
    let failed = table::total(&session.rows).failed > 0;
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What tests run against, as far as it is there.
#[derive(Debug)]
struct Counterparts {
    moto: Option<Moto>,
    /// The tables of what AWS authorises.
    tables: Option<PathBuf>,
    /// The directory of the programs of a Kubernetes control plane.
    control_plane: Option<PathBuf>,
    /// The program that renders charts.
    helm: Option<PathBuf>,
    /// The Python that has Microsoft's SDK.
    azure: Option<PathBuf>,
    /// The program that has Microsoft's fakes.
    fakes: Option<PathBuf>,
}

/// One run of all steps.
struct Session<'w> {
    workspace: &'w Workspace,
    quick: bool,
    rows: Vec<Row>,
}

impl Session<'_> {
    /// What needs no compiler.
    fn source(&mut self) {
        let workspace = self.workspace;
        self.step("format", "rustfmt", || succeeded(&mut workspace.cargo(["fmt", "--all", "--check"])));
        self.step("hygiene", "files in git", || hygiene::check(workspace));
        self.step("boundaries", "cargo tree", || boundary::check(workspace));
        self.step("licences", "deny.toml", || licences::check(workspace));
        self.step("cargo deny", "deny.toml", || deny(workspace));
    }

    fn emulators(&mut self) -> Option<Moto> {
        let target = &self.workspace.target;
        self.tool("emulators", &moto::title(), || moto::installed(target), || moto::install(target))
    }

    /// The tables of what AWS authorises.
    fn authorization(&mut self, moto: &Moto) -> Option<PathBuf> {
        let target = &self.workspace.target;
        let install = || authorization::install(target, moto);
        self.tool("authorization", &authorization::title(), || authorization::installed(target), install)
    }

    /// The programs of a Kubernetes control plane.
    fn control_plane(&mut self) -> Option<PathBuf> {
        let Workspace { root, target, .. } = self.workspace;
        let install = || control_plane::install(root, target);
        self.tool("control plane", &control_plane::title(), || control_plane::installed(target), install)
    }

    /// The program that renders charts.
    fn helm(&mut self) -> Option<PathBuf> {
        let target = &self.workspace.target;
        self.tool("charts", &helm::title(), || helm::installed(target), || helm::install(target))
    }

    /// Microsoft's SDK, a judge of the server of Azure Resource Manager.
    fn azure(&mut self) -> Option<PathBuf> {
        let target = &self.workspace.target;
        let (installed, install) = (|| azure_sdk::installed(target), || azure_sdk::install(target));
        self.tool("judges of Azure", &azure_sdk::title(), installed, install)
    }

    /// Microsoft's fakes, another judge.
    fn fakes(&mut self) -> Option<PathBuf> {
        let Workspace { root, target, .. } = self.workspace;
        let install = || arm_fakes::install(root, target);
        self.tool("judges of Azure", &arm_fakes::title(), || arm_fakes::installed(target), install)
    }

    /// A tool that tests run against: installed where it is not there yet, or left out by `--quick`.
    fn tool<T>(
        &mut self,
        step: &str,
        against: &str,
        installed: impl FnOnce() -> Option<T>,
        install: impl FnOnce() -> anyhow::Result<T>,
    ) -> Option<T> {
        let (quick, mut found) = (self.quick, None);
        self.step(step, against, || {
            found = if quick { installed() } else { Some(install()?) };
            Ok(if found.is_some() { Checked::passed() } else { Checked::skipped(QUICK) })
        });
        found
    }

    fn lints(&mut self) {
        let workspace = self.workspace;
        self.step("lints", "clippy, all features", || {
            let mut clippy = workspace.cargo(["clippy", "--quiet", "--all-targets"]);
            succeeded(clippy.args(SELECTION).args(["--", "--deny", "warnings"]))
        });
        self.slow_step("lints", "clippy, no features", || {
            let mut clippy = workspace.cargo(["clippy", "--quiet", "--lib", "--no-default-features"]);
            for library in libraries(workspace) {
                clippy.args(["--package", library]);
            }
            succeeded(clippy.args(["--", "--deny", "warnings"]))
        });
        self.slow_step("documentation", "rustdoc", || {
            let mut doc = workspace.cargo(["doc", "--quiet", "--no-deps"]);
            succeeded(doc.args(SELECTION).env("RUSTDOCFLAGS", "--deny warnings"))
        });
        self.slow_step("quickstart", "what its build compiles", || boundary::check_quickstart(workspace));
    }

    fn tests(&mut self, counterparts: &Counterparts) {
        let workspace = self.workspace;
        let mut built = Vec::new();
        self.step("build", "all tests", || {
            let mut command = workspace.cargo(["test", "--quiet", "--no-run"]);
            built = artifacts::build(command.args(SELECTION))?;
            Ok(Checked::passed())
        });
        if built.is_empty() {
            return;
        }
        self.suites(counterparts);
        self.slow_step("crash", "killed processes", || crash(&built));
    }

    /// Runs the tests; each suite is a row of its own.
    fn suites(&mut self, counterparts: &Counterparts) {
        announce("tests", "everything named below");
        let stopwatch = Stopwatch::start();
        let mut command = self.workspace.cargo(["test", "--no-fail-fast"]);
        command.args(SELECTION).env("CARGO_TERM_COLOR", "never");
        if let Some(moto) = &counterparts.moto {
            command.env("DEATHSTAR_MOTO", &moto.server).env("DEATHSTAR_PYTHON", &moto.python);
        }
        if let Some(tables) = &counterparts.tables {
            command.env("DEATHSTAR_AUTHORIZATION", tables);
        }
        // The programs and no others: a user's own would be of another version.
        match &counterparts.control_plane {
            Some(programs) => command.env("KUBEBUILDER_ASSETS", programs),
            None => command.env_remove("KUBEBUILDER_ASSETS"),
        };
        match &counterparts.helm {
            Some(helm) => command.env("DEATHSTAR_HELM", helm),
            None => command.env_remove("DEATHSTAR_HELM"),
        };
        match &counterparts.azure {
            Some(python) => command.env("DEATHSTAR_AZURE_PYTHON", python),
            None => command.env_remove("DEATHSTAR_AZURE_PYTHON"),
        };
        match &counterparts.fakes {
            Some(program) => command.env("DEATHSTAR_ARM_FAKES", program),
            None => command.env_remove("DEATHSTAR_ARM_FAKES"),
        };
        let (mut transcript, mut excerpt) = (Transcript::default(), Excerpt::default());
        let status = process::stream(&mut command, |line| {
            transcript.read(line);
            if let Some(text) = excerpt.read(line) {
                println!("{text}");
            }
        });
        let suites = transcript.finish(!self.quick);
        let failed = suites.iter().any(|suite| suite.counts.failed > 0);
        self.rows.extend(suites.into_iter().map(row));
        let problem = match status {
            Ok(status) if status.success() || failed => return,
            Ok(status) => format!("`cargo test` ended with {status} although no test failed"),
            Err(error) => format!("{error:#}"),
        };
        self.rows.push(failure("tests", "cargo test", problem, &stopwatch));
    }

    /// A step that `--quick` leaves out.
    fn slow_step(&mut self, step: &str, against: &str, run: impl FnOnce() -> anyhow::Result<Checked>) {
        if self.quick {
            self.step(step, against, || Ok(Checked::skipped(QUICK)));
        } else {
            self.step(step, against, run);
        }
    }

    /// Runs a step; one that cannot run has failed.
    fn step(&mut self, step: &str, against: &str, run: impl FnOnce() -> anyhow::Result<Checked>) {
        announce(step, against);
        let stopwatch = Stopwatch::start();
        let row = match run() {
            Ok(Checked { counts, notes }) => {
                for note in &notes {
                    eprintln!("{note}");
                }
                let (step, against) = (step.to_owned(), against.to_owned());
                Row { step, against, counts, notes, took: stopwatch.elapsed() }
            }
            Err(error) => {
                eprintln!("{error:#}");
                failure(step, against, format!("{error:#}"), &stopwatch)
            }
        };
        self.rows.push(row);
    }
}

fn announce(step: &str, against: &str) {
    eprintln!("==> {step}: {against}");
}

fn failure(step: &str, against: &str, problem: String, stopwatch: &Stopwatch) -> Row {
    let (step, against) = (step.to_owned(), against.to_owned());
    Row { step, against, counts: Counts::FAILED, notes: vec![problem], took: stopwatch.elapsed() }
}

fn succeeded(command: &mut Command) -> anyhow::Result<Checked> {
    process::succeed(command)?;
    Ok(Checked::passed())
}

/// The libraries that users depend on.
fn libraries(workspace: &Workspace) -> impl Iterator<Item = &str> {
    let published = workspace.packages.iter().filter(|package| package.has_library());
    published.map(|package| package.name.as_str()).filter(|name| {
        name.starts_with("deathstar-") && !matches!(*name, harness::PACKAGE | "deathstar-examples")
    })
}

/// Bans, licences and sources; advisories need a database from the network and are checked apart from the tests.
fn deny(workspace: &Workspace) -> anyhow::Result<Checked> {
    if process::capture(&mut workspace.cargo(["deny", "--version"])).is_err() {
        return Ok(Checked::skipped("`cargo deny` is not installed: `cargo install --locked cargo-deny`"));
    }
    succeeded(&mut workspace.cargo(["deny", "--all-features", "check", "bans", "licenses", "sources"]))
}

fn crash(built: &[Artifact]) -> anyhow::Result<Checked> {
    let program = artifacts::program(built, harness::CRASH).with_context(|| {
        format!("the package `{}` has no program `{}` beside its tests", harness::PACKAGE, harness::CRASH)
    })?;
    succeeded(Command::new(program).args(["--trials", CRASH_TRIALS]))
}

fn row(suite: Suite) -> Row {
    let against = counterpart::of(&suite, &moto::title(), &control_plane::title(), &helm::title());
    let name = suite.name.replace('_', "-");
    let step = match suite.kind {
        SuiteKind::Unit => format!("{name}, unit"),
        SuiteKind::Integration => name,
        SuiteKind::Documentation => format!("{name}, examples in docs"),
    };
    Row { step, against, counts: suite.counts, notes: suite.notes, took: suite.took }
}

#[cfg(test)]
mod tests {
    use super::{Session, crash, libraries};
    use crate::row::{Checked, Counts};
    use crate::workspace::{Package, Target, Workspace};

    fn workspace(names: &[&str]) -> Workspace {
        let library = || Target { kind: vec!["lib".to_owned()] };
        let package = |name: &&str| Package { name: (*name).to_owned(), targets: vec![library()] };
        Workspace { root: ".".into(), target: "target".into(), packages: names.iter().map(package).collect() }
    }

    #[test]
    fn a_step_that_cannot_run_has_failed() {
        let workspace = workspace(&[]);
        let mut session = Session { workspace: &workspace, quick: false, rows: Vec::new() };
        session.slow_step("a", "b", || anyhow::bail!("no such tool"));
        assert_eq!(session.rows[0].counts, Counts::FAILED);
        assert_eq!(session.rows[0].notes, ["no such tool"]);
    }

    #[test]
    fn only_a_quick_run_leaves_steps_out() {
        let workspace = workspace(&[]);
        let mut session = Session { workspace: &workspace, quick: true, rows: Vec::new() };
        session.slow_step("a", "b", || anyhow::bail!("not to be run"));
        session.step("a", "b", || Ok(Checked::passed()));
        let counts: Vec<_> = session.rows.iter().map(|row| row.counts).collect();
        assert_eq!(counts, [Counts::SKIPPED, Counts::PASSED]);
    }

    #[test]
    fn a_missing_crash_harness_is_a_failure() {
        assert!(crash(&[]).is_err());
    }

    #[test]
    fn libraries_are_what_users_depend_on() {
        let workspace = workspace(&["deathstar-core", "deathstar-tests", "deathstar-examples", "xtask"]);
        assert_eq!(libraries(&workspace).collect::<Vec<_>>(), ["deathstar-core"]);
    }
}
