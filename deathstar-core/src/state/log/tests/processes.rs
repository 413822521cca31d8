//! Real processes, really killed: the test program starts itself again as a child that holds and writes a log.

use super::{options, payloads, read, wait};
use crate::state::log::{JOURNAL, Log, LogError};
use std::{
    env,
    io::{BufRead, BufReader, Write, stdout},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// The directory of the child's log.
const DIRECTORY: &str = "DEATHSTAR_TEST_LOG";

/// Begins the lines that the child writes for its parent.
const MARK: &str = "appended: ";

struct Writer {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Writer {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "state::log::tests::processes::child", "--ignored", "--nocapture"])
            .env(DIRECTORY, directory)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The number of the next record that the child says it has appended; nothing when it is dead.
    fn next(&mut self) -> Option<u64> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            // A line without its end was cut off by the kill.
            if let Some(number) = line.strip_suffix('\n').and_then(|line| line.strip_prefix(MARK)) {
                return Some(number.parse().unwrap());
            }
            line.clear();
        }
        None
    }

    /// Kills the child with SIGKILL and returns the last record that it said it has appended.
    fn kill(mut self) -> Option<u64> {
        self.child.kill().unwrap();
        let mut last = None;
        while let Some(number) = self.next() {
            last = Some(number);
        }
        self.child.wait().unwrap();
        last
    }
}

impl Drop for Writer {
    /// Leaves no child behind when a test fails.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Appends numbered records and compacts now and then, until it is killed.
#[test]
#[ignore = "the child that the other tests start"]
fn child() {
    let Some(directory) = env::var_os(DIRECTORY) else { return };
    let (log, contents) = Log::open(&options(directory)).unwrap();
    let mut records = payloads(&contents);
    let mut out = stdout().lock();
    writeln!(out).unwrap();
    loop {
        let number = records.len();
        // Long enough for a kill to fall into a write.
        let record = (number as u64).to_le_bytes().repeat(1 + number * 7919 % 5_000);
        let position = log.append(&[&record]).unwrap();
        writeln!(out, "{MARK}{number}").unwrap();
        out.flush().unwrap();
        records.push(record);
        match number % 16 {
            3 => wait(log.durable(position)).unwrap(),
            11 => drop(log.compact(position, &records).unwrap()),
            _ => {}
        }
    }
}

fn assert_numbered(records: &[Vec<u8>]) {
    for (number, record) in records.iter().enumerate() {
        assert!(record.chunks(8).all(|chunk| chunk == (number as u64).to_le_bytes()), "record {number}");
    }
}

#[test]
fn what_a_killed_process_has_appended_is_there() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..12_u64 {
        let mut writer = Writer::start(directory.path());
        let mut last = 0;
        // Another length in each round, so that the kill falls into appends, syncs and compactions alike.
        for _ in 0..=round * 5 % 23 {
            last = writer.next().unwrap();
        }
        last = writer.kill().unwrap_or(last);
        let records = read(&options(&directory)).unwrap();
        assert!(
            records.len() as u64 > last,
            "round {round}: {last} was appended, {} are left",
            records.len()
        );
        assert_numbered(&records);
    }
    let (log, contents) = Log::open(&options(&directory)).unwrap();
    assert_numbered(&payloads(&contents));
    log.append(&["after"]).unwrap();
}

#[test]
fn the_lock_of_another_process_is_said_and_ends_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::start(directory.path());
    writer.next().unwrap();
    let id = writer.child.id();
    let error = Log::open(&options(&directory)).unwrap_err();
    assert!(matches!(&error, LogError::Locked { pid: Some(pid), .. } if *pid == id), "{error}");
    let message = error.to_string();
    assert!(message.contains(&format!("is locked by `test` (process {id} on host `")), "{message}");
    assert!(message.ends_with("since 1970-01-01T00:00:00Z"), "{message}");
    assert!(error.hint().unwrap().contains(&format!("end process {id} on ")));
    writer.kill();
    drop(Log::open(&options(&directory)).unwrap());
}

#[test]
fn a_reader_beside_a_writing_process_always_sees_a_whole_beginning() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::start(directory.path());
    for _ in 0..60 {
        let appended = writer.next().unwrap();
        let records = read(&options(&directory)).unwrap();
        assert!(records.len() as u64 > appended);
        assert_numbered(&records);
    }
    writer.kill();
    assert!(directory.path().join(JOURNAL).exists());
}
