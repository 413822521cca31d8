//! The crash harness: processes that apply random stacks are killed with SIGKILL at chosen moments, others finish their work, and
//! what was lost, doubled or left unowned is counted by the window in which they died.

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use deathstar_tests::crash::{Tally, Window, child, cluster};
use deathstar_tests::kubernetes::Fleet;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

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
    /// So many trials against a Kubernetes control plane instead: 200 objects and the definitions of their kinds, each time.
    #[arg(long, value_name = "TRIALS")]
    kubernetes: Option<usize>,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// The process that is killed.
    #[command(hide = true)]
    Child {
        /// Its job.
        file: PathBuf,
    },
    /// The process that is killed, against a Kubernetes control plane.
    #[command(hide = true)]
    ClusterChild {
        /// Its job.
        file: PathBuf,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    match &arguments.task {
        Some(Task::Child { file }) => return child::main(file),
        Some(Task::ClusterChild { file }) => return cluster::main(file),
        None => {}
    }
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let windows = if arguments.window.is_empty() { Window::ALL.to_vec() } else { arguments.window };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let Some(trials) = arguments.kubernetes {
        let fleet = Fleet { prefix: "crash".into(), namespaces: 8, definitions: 4, changed: 0 };
        let tally = runtime.block_on(cluster::run(&program, trials, arguments.seed, &fleet))?;
        let json = serde_json::to_string(&tally.row)? + "\n";
        return end(&tally.to_string(), &tally.words, arguments.json.as_deref(), &json);
    }
    let tally = runtime.block_on(Tally::run(
        &program,
        &windows,
        arguments.trials,
        arguments.seed,
        arguments.jobs.max(1),
    ))?;
    end(&tally.to_string(), &tally.words, arguments.json.as_deref(), &tally.to_json()?)
}

/// Tells what came of it; with words about what went wrong, it failed.
fn end(table: &str, words: &[String], file: Option<&Path>, json: &str) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    write!(out, "{table}")?;
    for word in words {
        writeln!(out, "{word}")?;
    }
    if let Some(file) = file {
        std::fs::write(file, json).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(if words.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
