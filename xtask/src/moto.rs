//! The AWS emulator: moto, installed by pip into an environment of its own under the target directory.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::environment::{Environment, Recipe};

const RECIPE: Recipe =
    Recipe { name: "moto", package: "moto", requirements: include_str!("../moto-requirements.txt") };

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
    format!("moto {}", RECIPE.version().unwrap_or("of an unknown version"))
}

/// Installs moto below the target directory, or finds it there from an earlier run.
pub(crate) fn install(target: &Path) -> anyhow::Result<Moto> {
    let environment = RECIPE.install(target, |environment| Moto::of(environment).prove_that_it_serves())?;
    Ok(Moto::of(&environment))
}

/// The moto of an earlier run, if it is complete; installs nothing.
pub(crate) fn installed(target: &Path) -> Option<Moto> {
    let moto = Moto::of(&RECIPE.installed(target)?);
    Some(moto).filter(|moto| moto.server.is_file())
}

impl Moto {
    fn of(environment: &Environment) -> Self {
        Self { server: environment.program("moto_server"), python: environment.program("python") }
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

/// ` * Running on http://127.0.0.1:41879`.
fn port(line: &str) -> Option<u16> {
    let (_, address) = line.split_once("Running on http://")?;
    let (_, port) = address.trim().rsplit_once(':')?;
    port.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{RECIPE, port};
    use crate::environment::all_pinned;

    #[test]
    fn everything_is_pinned() {
        assert!(all_pinned(&RECIPE));
    }

    #[test]
    fn the_port_is_read_from_the_greeting() {
        assert_eq!(port(" * Running on http://127.0.0.1:41879\n"), Some(41879));
        assert_eq!(port("WARNING: This is a development server."), None);
    }
}
