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

/// How long the programs that this one started, and that still run, have calculated: in their own name and the system's.
pub(super) fn calculated_below() -> Result<Duration> {
    let own = std::process::id().to_string();
    let mut ticks = 0;
    for entry in std::fs::read_dir("/proc")? {
        let Ok(text) = std::fs::read_to_string(entry?.path().join("stat")) else { continue };
        // The name stands in parentheses, and may hold anything.
        let Some((_, fields)) = text.rsplit_once(')') else { continue };
        let fields: Vec<&str> = fields.split_whitespace().collect();
        if fields.get(PARENT) == Some(&own.as_str()) {
            let times = fields.get(TIMES).unwrap_or(&[]);
            ticks += times.iter().filter_map(|time| time.parse::<u64>().ok()).sum::<u64>();
        }
    }
    Ok(Duration::from_millis(ticks * TICK_MS))
}

/// Places in `/proc/PID/stat` behind the name: the parent, and the time in user and kernel mode (`proc(5)`).
const PARENT: usize = 1;
const TIMES: std::ops::Range<usize> = 11..13;
/// A tick of that clock, which is 100 Hz on Linux for all who ask.
const TICK_MS: u64 = 10;
