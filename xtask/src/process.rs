//! Running other programs: quietly for what they answer, or with their output passed on line by line.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// Runs a program that talks to the terminal by itself.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<ExitStatus> {
    command.stdin(Stdio::null()).status().with_context(|| not_started(command))
}

/// Runs a program that talks to the terminal by itself, and takes a failure for an error.
pub(crate) fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = run(command)?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs a program and hands back what it wrote to standard output; a failure is an error with what it said.
pub(crate) fn capture(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| not_started(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", line(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("the output of `{}` is not UTF-8", line(command)))
}

/// Like [`capture`], with standard error left to the terminal.
pub(crate) fn capture_and_show_errors(command: &mut Command) -> anyhow::Result<String> {
    let child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| not_started(command))?;
    let output =
        child.wait_with_output().with_context(|| format!("`{}` could not be read", line(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", line(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("the output of `{}` is not UTF-8", line(command)))
}

/// Runs a program and shows each line that it writes, to either stream, in the order of writing.
pub(crate) fn stream(command: &mut Command, mut show: impl FnMut(&str)) -> anyhow::Result<ExitStatus> {
    let (reader, writer) = std::io::pipe().context("no pipe could be made")?;
    let second = writer.try_clone().context("no pipe could be made")?;
    let spawned = command.stdin(Stdio::null()).stdout(writer).stderr(second).spawn();
    // The command holds the writing ends of the pipe, and reading ends when the last of them is closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = spawned.with_context(|| not_started(command))?;
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).context("the output could not be read")? > 0 {
        show(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']));
        bytes.clear();
    }
    child.wait().with_context(|| format!("`{}` could not be waited for", line(command)))
}

/// A command as a person would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy();
    let arguments = command.get_args().map(|argument| format!(" {}", argument.to_string_lossy()));
    name.into_owned() + &arguments.collect::<String>()
}

fn not_started(command: &Command) -> String {
    format!("`{}` could not be started", line(command))
}

/// Measures how long a step takes.
#[derive(Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to measure.
    #[expect(clippy::disallowed_methods, reason = "the time that a step takes is shown to a person")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::{capture, line, stream, succeed};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_arrive_in_the_order_of_writing() {
        let mut lines = Vec::new();
        let script = "echo one; echo two >&2; echo three; printf four";
        let status = stream(&mut shell(script), |line| lines.push(line.to_owned()));
        assert!(status.is_ok_and(|status| status.success()));
        assert_eq!(lines, ["one", "two", "three", "four"]);
    }

    #[test]
    fn a_failure_is_an_error_that_says_what_was_run_and_what_it_said() {
        let error = capture(&mut shell("echo broken >&2; exit 3")).map_err(|error| error.to_string());
        let error = error.expect_err("the command fails");
        assert!(error.contains("exit status: 3") && error.contains("broken"), "{error}");
        assert!(succeed(&mut shell("exit 1")).is_err());
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let error = capture(&mut Command::new("/nowhere/no-such-program")).map_err(|error| error.to_string());
        assert_eq!(error, Err("`no-such-program` could not be started".to_owned()));
    }

    #[test]
    fn a_command_reads_as_typed() {
        assert_eq!(line(Command::new("/usr/bin/cargo").args(["fmt", "--all"])), "cargo fmt --all");
    }
}
