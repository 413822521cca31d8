//! Where tours begin and end: a directory of their own, and an in-memory cloud in it.
#![allow(clippy::print_stdout, reason = "tours talk to people")]

use deathstar_core::{Catalogue, Memory, cli::Problem, memory::Latency};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// Takes a tour in a temporary directory of its own, and cleans up after it.
pub async fn run(name: &str, tour: impl AsyncFnOnce(PathBuf) -> Result<(), Problem>) -> ExitCode {
    let directory = std::env::temp_dir().join(format!("deathstar-{name}-{}", std::process::id()));
    let toured = tour(directory.clone()).await;
    // What the tour leaves is worth nothing; a directory that cannot be removed is the system's to clear.
    let _ = std::fs::remove_dir_all(&directory);
    match toured {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("\nThe tour ended early: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// An in-memory cloud with these kinds that is kept in a file beside the state: every run of a program sees the same one. A call takes
/// up to so many milliseconds, and what settles is looked at as often as asked.
///
/// # Errors
/// When the file cannot be opened.
pub fn memory(state: &Path, kinds: Catalogue, latency: Latency, poll: Duration) -> Result<Memory, Problem> {
    let failed = |error: std::io::Error| {
        Problem::new(format!("the in-memory cloud in {} cannot be opened", state.display()))
            .cause(error.to_string())
    };
    std::fs::create_dir_all(state).map_err(failed)?;
    let cloud = Memory::seeded(7).with(kinds).in_real_time().latency(latency);
    cloud.poll(poll).in_file(state.join("cloud")).map_err(failed)
}
