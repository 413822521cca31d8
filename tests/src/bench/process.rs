//! Other programs, run to their end while their memory is watched.

use super::peak_memory;
use anyhow::{Context as _, Result, ensure};
use std::{
    fs::File,
    io::{Read as _, Seek as _},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// How often a running process is asked for its memory.
const PROBE: Duration = Duration::from_millis(20);

/// Runs a program to its end, which has to be one of these codes; answers its peak memory in bytes.
pub(super) fn run_to_end(command: &mut Command, codes: &[i32]) -> Result<u64> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut log: File = tempfile::tempfile().context("there is no place for a log")?;
    let output = log.try_clone().context("there is no place for a log")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    let (status, peak) = watch(&mut child)?;
    if !status.code().is_some_and(|code| codes.contains(&code)) {
        let mut said = String::new();
        log.rewind()?;
        log.read_to_string(&mut said)?;
        ensure!(false, "{program} ended with {status}: {said}");
    }
    Ok(peak)
}

#[expect(clippy::disallowed_methods, reason = "another process is waited for")]
fn watch(child: &mut Child) -> Result<(ExitStatus, u64)> {
    let mut peak = 0;
    loop {
        // The last probe before its end may fail: it is gone.
        peak = peak.max(peak_memory(&child.id().to_string()).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        std::thread::sleep(PROBE);
    }
}
