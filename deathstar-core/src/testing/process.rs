//! One running program, which ends with its handle or with the process that holds it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::{fs, io::Write as _};

use super::Program;
use crate::{Error, Meaning, Result};

/// Becomes the program, and leaves a watcher behind that reads from a pipe which this process alone can write to. A line
/// tells the watcher that all is well. The end of the pipe means that its writer has died: then the watcher kills the
/// program, waits until it is gone (a dead one that nobody buries stays, so not for ever), and removes the directory. What ends a
/// whole group of processes, such as Ctrl-C, does not end the watcher.
#[cfg(unix)]
const WATCHED: &str = r#"
directory=$1; shift
exec 3<&0
(
  trap '' HUP INT TERM
  read -r _ <&3 && exit
  kill -KILL $$
  turns=0
  while kill -0 $$ && [ "$turns" -lt 40 ]; do sleep 0.05; turns=$((turns + 1)); done
  rm -rf -- "$directory"
) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-
"#;

/// The most bytes of a log that an error quotes.
const QUOTED: usize = 4000;

/// A running program.
#[derive(Debug)]
pub(super) struct Process {
    program: Program,
    child: Child,
    watcher: Option<ChildStdin>,
    log: PathBuf,
}

impl Process {
    /// Starts a program that writes to this log, below this directory, which is removed when this process dies.
    pub(super) fn start(
        program: Program,
        binary: &Path,
        arguments: &[String],
        directory: &Path,
        log: PathBuf,
    ) -> Result<Self> {
        let failed = |error| {
            Error::new(Meaning::Invalid, format!("`{}` cannot be started", binary.display())).because(error)
        };
        let output = File::options().create(true).append(true).open(&log).map_err(failed)?;
        let mut command = command(binary, directory);
        // Nothing of the user's own configuration counts.
        command.args(arguments).env("HOME", directory).env_remove("KUBECONFIG");
        command.stdin(Stdio::piped()).stdout(output.try_clone().map_err(failed)?).stderr(output);
        let mut child = command.spawn().map_err(failed)?;
        let watcher = child.stdin.take();
        Ok(Self { program, child, watcher, log })
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the program ended, when it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The error of a program that ended and should not have.
    pub(super) fn failure(&self, status: ExitStatus) -> Error {
        let said = tail(&self.log, QUOTED);
        Error::new(Meaning::Internal, format!("`{}` ended with {status}: {said}", self.program))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Failing means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(mut watcher) = self.watcher.take() {
            let _ = watcher.write_all(b"\n");
        }
    }
}

#[cfg(unix)]
fn command(binary: &Path, directory: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", WATCHED, "sh"]).arg(directory).arg(binary);
    command
}

/// Without a watcher: only the handle ends the program.
#[cfg(not(unix))]
fn command(binary: &Path, _: &Path) -> Command {
    Command::new(binary)
}

/// The last lines of a log, at most this many bytes.
pub(super) fn tail(log: &Path, most: usize) -> String {
    let Ok(bytes) = fs::read(log) else { return String::new() };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_end();
    let mut start = text.len().saturating_sub(most);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let tail = &text[start..];
    // Not a part of a line, where the cut fell into one.
    let whole = if start == 0 { tail } else { tail.split_once('\n').map_or(tail, |(_, whole)| whole) };
    whole.to_owned()
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn a_tail_begins_with_a_whole_line() {
        let log = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(log.path(), "one\ntwö\nthree\n").expect("a writable file");
        assert_eq!(tail(log.path(), 100), "one\ntwö\nthree");
        assert_eq!(tail(log.path(), 9), "three");
        assert_eq!(tail(log.path(), 7), "three");
        assert_eq!(tail(log.path(), 3), "ree");
        assert_eq!(tail(std::path::Path::new("no such log"), 3), "");
    }
}
