//! The crash harness: processes that apply random stacks are killed with SIGKILL at chosen moments, others finish their work, and
//! what was lost, doubled or left unowned is counted by the window in which they died.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use deathstar_tests::crash::{Tally, Window, child};
use std::{io::Write, path::PathBuf, process::ExitCode};

/// Kills processes that apply random stacks, and counts what is lost.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    /// How many trials; the windows take turns.
    #[arg(long, default_value_t = 220)]
    trials: usize,
    /// Writes the rows as JSON lines to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The seed of the first trial; the others follow it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these windows.
    #[arg(long, value_enum)]
    window: Vec<Window>,
    /// How many trials run at once. Most of a trial's time is waiting.
    #[arg(long, default_value_t = 6)]
    jobs: usize,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// The process that is killed.
    #[command(hide = true)]
    Child {
        /// Its job.
        file: PathBuf,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(Task::Child { file }) = &arguments.task {
        return child::main(file);
    }
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let windows = if arguments.window.is_empty() { Window::ALL.to_vec() } else { arguments.window };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let tally = runtime.block_on(Tally::run(
        &program,
        &windows,
        arguments.trials,
        arguments.seed,
        arguments.jobs.max(1),
    ))?;
    let mut out = std::io::stdout().lock();
    write!(out, "{tally}")?;
    for word in &tally.words {
        writeln!(out, "{word}")?;
    }
    if let Some(file) = arguments.json {
        std::fs::write(&file, tally.to_json()?)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
