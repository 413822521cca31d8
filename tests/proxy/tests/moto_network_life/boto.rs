//! Others, who call AWS with boto3 through the proxy: one process for all tests of this binary.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// A process that makes the calls it is told. It ends with its last user.
struct Process {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Process {
    fn running() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Process>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(process) = running.upgrade() {
            return process;
        }
        let python = std::env::var_os("DEATHSTAR_PYTHON").expect("it is set beside `DEATHSTAR_MOTO`");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/moto_network_life/boto.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let pipes = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let process = Arc::new(Self { child, pipes: Mutex::new(pipes) });
        *running = Arc::downgrade(&process);
        process
    }

    fn ask(&self, call: &Value) -> Value {
        let mut pipes = self.pipes.lock().unwrap();
        writeln!(pipes.0, "{call}").unwrap();
        let mut line = String::new();
        pipes.1.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line} to {call}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Others in one account.
pub struct Others {
    process: Arc<Process>,
    url: String,
    account: String,
}

impl Others {
    pub fn of(bench: &Bench) -> Self {
        Self {
            process: Process::running(),
            url: bench.proxy.url().to_owned(),
            account: bench.account.clone(),
        }
    }

    /// Makes a call (`ec2`, `create_route`) that has to succeed, and answers what boto3 gives.
    #[expect(clippy::needless_pass_by_value, reason = "calls are written as literals")]
    pub fn call(&self, service: &str, name: &str, with: Value) -> Value {
        let call = json!({
            "url": self.url, "account": self.account, "service": service, "name": name, "with": with,
        });
        let mut answer = self.process.ask(&call);
        assert!(answer["error"].is_null(), "{name}: {answer}");
        answer["made"].take()
    }

    /// Makes a call of EC2.
    pub fn ec2(&self, name: &str, with: Value) -> Value {
        self.call("ec2", name, with)
    }
}
