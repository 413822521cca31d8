//! The emulator, as a process of a test.

use std::{
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running moto, which ends when it is dropped.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    url: String,
}

impl Moto {
    /// Starts `moto_server` on a free port of the loopback interface, and waits until it listens. `variables` are moto's own, such as
    /// `MOTO_IAM_LOAD_MANAGED_POLICIES=true`, with which it knows AWS's policies and takes a second longer for each account.
    ///
    /// # Errors
    /// When it does not start, or ends before it listens.
    pub fn start(program: &Path, variables: &[(&str, &str)]) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let Some(errors) = child.stderr.take() else {
            return Err(io::Error::other("it has no standard error"));
        };
        let mut lines = BufReader::new(errors).lines();
        let url = loop {
            let Some(line) = lines.next().transpose()? else {
                child.wait()?;
                return Err(io::Error::other("it ended before it listened"));
            };
            if let Some((_, url)) = line.split_once("Running on ") {
                break url.trim().to_owned();
            }
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, url })
    }

    /// Its endpoint.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
