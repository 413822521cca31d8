//! The AWS emulator: moto, installed by pip into an environment of its own under the target directory.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::process;
use crate::python::{Python, Version};

/// Every package with its version, so that the same emulator answers on every machine.
const REQUIREMENTS: &str = include_str!("../moto-requirements.txt");
const STAMP: &str = "installed";

/// An installed moto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moto {
    /// The program `moto_server`.
    pub(crate) server: PathBuf,
    /// The Python beside it, which has boto3 too.
    pub(crate) python: PathBuf,
}

/// The name and version of the emulator, for people.
pub(crate) fn title() -> String {
    format!("moto {}", version(REQUIREMENTS).unwrap_or("of an unknown version"))
}

/// Installs moto below the target directory, or finds it there from an earlier run.
pub(crate) fn install(target: &Path) -> anyhow::Result<Moto> {
    let python = Python::find()?;
    let version = version(REQUIREMENTS).context("the requirements do not pin moto")?;
    let tools = target.join("tools");
    fs::create_dir_all(&tools).with_context(|| format!("`{}` cannot be made", tools.display()))?;
    let home = tools.join(format!("moto-{version}"));
    // Two runs at once: the second waits, and then finds what the first has installed.
    let lock = File::create(tools.join("lock")).context("the tools' directory cannot be locked")?;
    lock.lock().context("the tools' directory cannot be locked")?;
    let stamp = stamp(python.version(), &home);
    let moto = Moto::at(&home);
    if moto.is_complete(&home, &stamp) {
        return Ok(moto);
    }
    if home.exists() {
        fs::remove_dir_all(&home).with_context(|| format!("`{}` cannot be removed", home.display()))?;
    }
    python.make_environment(&home)?;
    let requirements = home.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).context("the requirements cannot be written")?;
    let mut pip = Command::new(&moto.python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    process::succeed(pip.arg("--requirement").arg(&requirements))
        .context("pip could not install moto; an interrupted install starts afresh with the next run")?;
    moto.prove_that_it_serves()?;
    fs::write(home.join(STAMP), stamp).context("the installation cannot be marked as complete")?;
    Ok(moto)
}

/// The moto of an earlier run, if it is complete; installs nothing.
pub(crate) fn installed(target: &Path) -> Option<Moto> {
    let home = target.join("tools").join(format!("moto-{}", version(REQUIREMENTS)?));
    let stamp = stamp(Python::find().ok()?.version(), &home);
    Some(Moto::at(&home)).filter(|moto| moto.is_complete(&home, &stamp))
}

impl Moto {
    fn at(home: &Path) -> Self {
        let programs = home.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let program = |name: &str| programs.join(name).with_extension(std::env::consts::EXE_EXTENSION);
        Self { server: program("moto_server"), python: program("python") }
    }

    /// Whether the environment was finished, was made from the same things, and still stands.
    fn is_complete(&self, home: &Path, stamp: &str) -> bool {
        let same = fs::read_to_string(home.join(STAMP)).is_ok_and(|found| found == stamp);
        same && self.server.is_file() && self.python.is_file()
    }

    /// Starts a server on a free port, asks it one question and stops it.
    fn prove_that_it_serves(&self) -> anyhow::Result<()> {
        let mut server = Command::new(&self.server);
        server.args(["-H", "127.0.0.1", "-p", "0"]);
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut server =
            server.spawn().with_context(|| format!("`{}` does not start", self.server.display()))?;
        let answer = ask(&mut server);
        let stopped = server.kill().and_then(|()| server.wait());
        let status = answer.context("the installed moto does not serve")?;
        stopped.context("the installed moto does not stop")?;
        if !status.starts_with("HTTP/1.1 200") {
            bail!("the installed moto answers `{status}` to a reset");
        }
        Ok(())
    }
}

/// The status line of a server's answer to a reset.
fn ask(server: &mut Child) -> anyhow::Result<String> {
    let mut said = String::new();
    let mut lines = BufReader::new(server.stderr.take().context("standard error is not a pipe")?);
    let port = loop {
        let start = said.len();
        if lines.read_line(&mut said).context("standard error cannot be read")? == 0 {
            bail!("it ended before it listened: {}", said.trim());
        }
        if let Some(port) = port(&said[start..]) {
            break port;
        }
    };
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("its port is closed")?;
    let request =
        "POST /moto-api/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).context("it takes no request")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("it does not answer")?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

/// What an environment was made from: it is made afresh when any of this changes.
fn stamp(python: Version, home: &Path) -> String {
    format!("python {python} in {}\n{REQUIREMENTS}", home.display())
}

fn version(requirements: &str) -> Option<&str> {
    requirements.lines().find_map(|line| line.strip_prefix("moto==")).map(str::trim)
}

/// ` * Running on http://127.0.0.1:41879`.
fn port(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("Running on http://")?;
    let (_, port) = address.trim().rsplit_once(':')?;
    port.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Moto, REQUIREMENTS, STAMP, port, version};

    #[test]
    fn everything_is_pinned() {
        assert!(version(REQUIREMENTS).is_some());
        let lines = REQUIREMENTS.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            assert!(
                line.split_once("==").is_some_and(|(name, version)| !name.is_empty() && !version.is_empty())
            );
        }
    }

    #[test]
    fn the_version_is_the_one_of_moto_itself() {
        assert_eq!(version("moto-ext==1\nmoto==5.0.1\n"), Some("5.0.1"));
        assert_eq!(version("moto>=5\n"), None);
    }

    #[test]
    fn the_port_is_read_from_the_greeting() {
        assert_eq!(port(" * Running on http://127.0.0.1:41879\n"), Some(41879));
        assert_eq!(port("WARNING: This is a development server."), None);
    }

    #[test]
    fn an_environment_counts_when_finished_unchanged_and_whole() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let moto = Moto::at(home.path());
        let is_complete = |stamp: &str| moto.is_complete(home.path(), stamp);
        let write = |path: &Path, text: &str| {
            let directory = path.parent().expect("a file stands in a directory");
            std::fs::create_dir_all(directory).expect("a writable directory");
            std::fs::write(path, text).expect("a writable directory");
        };
        write(&moto.server, "");
        write(&moto.python, "");
        assert!(!is_complete("python 3.11"), "not finished");
        write(&home.path().join(STAMP), "python 3.11");
        assert!(is_complete("python 3.11"));
        assert!(!is_complete("python 3.12"), "made from something else");
        std::fs::remove_file(&moto.server).expect("a writable directory");
        assert!(!is_complete("python 3.11"), "a part is gone");
    }

    #[cfg(unix)]
    #[test]
    fn programs_stand_in_the_environment() {
        let moto = Moto::at(Path::new("tools/moto-1.2.3"));
        assert_eq!(moto.server, Path::new("tools/moto-1.2.3/bin/moto_server"));
    }
}
