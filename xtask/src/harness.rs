//! The programs of the `tests` crate that are run by hand: the crash harness and the benchmarks.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// The package that holds the harnesses.
pub(crate) const PACKAGE: &str = "deathstar-tests";
/// The crash harness, a program of [`PACKAGE`].
pub(crate) const CRASH: &str = "crash";
/// The benchmarks, a program of [`PACKAGE`].
const BENCH: &str = "bench";

/// Arguments that are the harness's own.
#[derive(Debug, Args)]
pub(crate) struct HarnessArguments {
    /// Passed on as they are.
    #[arg(value_name = "ARGUMENTS", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) pass: Vec<String>,
}

/// Runs the crash harness.
pub(crate) fn crash(workspace: &Workspace, arguments: &HarnessArguments) -> anyhow::Result<ExitCode> {
    run(workspace, CRASH, &[], arguments)
}

/// Runs the benchmarks in a release build.
pub(crate) fn bench(workspace: &Workspace, arguments: &HarnessArguments) -> anyhow::Result<ExitCode> {
    run(workspace, BENCH, &["--release"], arguments)
}

fn run(
    workspace: &Workspace,
    program: &str,
    profile: &[&str],
    arguments: &HarnessArguments,
) -> anyhow::Result<ExitCode> {
    let mut command = workspace.cargo(["run", "--quiet", "--package", PACKAGE, "--bin", program]);
    // File names among the arguments mean the caller's directory.
    command.current_dir(std::env::current_dir().context("the current directory cannot be told")?);
    command.args(profile).arg("--").args(&arguments.pass);
    let code = process::run(&mut command)?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
