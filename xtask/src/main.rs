//! The workspace's own tasks: everything that a contributor or CI runs, by one command each.
//!
//! `cargo xtask test` runs all checks, `cargo xtask crash` the crash harness, `cargo xtask bench` the benchmarks.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to the terminal")]

mod arm_fakes;
mod artifacts;
mod authorization;
mod azure_sdk;
mod boundary;
mod cargo_test;
mod control_plane;
mod counterpart;
mod environment;
mod go_module;
mod harness;
mod helm;
mod hygiene;
mod hygiene_rules;
mod licences;
mod moto;
mod process;
mod python;
mod row;
mod table;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::harness::HarnessArguments;
use crate::test::TestArguments;
use crate::workspace::Workspace;

/// The tasks of the DeathStar workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Format, lints, documentation, boundaries, hygiene, licences and all tests, with a table of what ran against what.
    Test(TestArguments),
    /// The crash harness: processes killed at random points, and a count of what was lost or doubled.
    ///
    /// All arguments go to the harness: `--trials N`, `--json FILE`.
    Crash(HarnessArguments),
    /// The benchmarks, in a release build.
    ///
    /// All arguments go to the benchmarks: `--json FILE` and the cases to run.
    Bench(HarnessArguments),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::load()?;
    match &arguments.task {
        Task::Test(arguments) => Ok(test::run(&workspace, arguments)),
        Task::Crash(arguments) => harness::crash(&workspace, arguments),
        Task::Bench(arguments) => harness::bench(&workspace, arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Arguments, Task};

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn harness_arguments_pass_through_untouched() {
        let parsed = Arguments::try_parse_from(["xtask", "crash", "--trials", "40", "--json", "out.json"]);
        let Ok(Arguments { task: Task::Crash(arguments) }) = parsed else { panic!("{parsed:?}") };
        assert_eq!(arguments.pass, ["--trials", "40", "--json", "out.json"]);
    }
}
