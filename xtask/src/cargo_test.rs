//! Reads what `cargo test` writes: which suites ran, and what came of each.

use std::time::Duration;

use crate::row::Counts;

/// What a test writes to standard error when it cannot reach its counterpart, followed by what was left out and why.
const LEFT_OUT: &str = "left out: ";

/// Where the tests of a suite stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuiteKind {
    /// Beside the code, in a library or a program.
    Unit,
    /// In a file of their own.
    Integration,
    /// In the documentation.
    Documentation,
}

/// One test program and its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) kind: SuiteKind,
    pub(crate) counts: Counts,
    /// The names of the tests that failed or were ignored, and what was left out.
    pub(crate) notes: Vec<String>,
    pub(crate) took: Duration,
    left_out: u64,
    finished: bool,
}

/// All suites of one run of `cargo test`, read line by line.
#[derive(Debug, Default)]
pub(crate) struct Transcript {
    suites: Vec<Suite>,
}

impl Transcript {
    /// Takes in the next line.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some((name, kind)) = heading(line) {
            let (counts, took, notes) = (Counts::default(), Duration::ZERO, Vec::new());
            self.suites.push(Suite { name, kind, counts, notes, took, left_out: 0, finished: false });
            return;
        }
        let Some(suite) = self.suites.last_mut() else { return };
        if let Some((counts, took)) = result(line) {
            suite.counts += counts;
            suite.took += took;
            suite.finished = true;
        } else if let Some(what) = line.strip_prefix(LEFT_OUT) {
            suite.left_out += 1;
            suite.notes.push(format!("{LEFT_OUT}{what}"));
        } else if let Some((test, outcome)) = outcome(line)
            && outcome != "ok"
        {
            suite.notes.push(format!("{outcome}: {test}"));
        }
    }

    /// The suites that hold tests. A suite without a result has failed: its process died.
    ///
    /// A test that left something out counts as skipped, or as failed where everything `must_run`.
    pub(crate) fn finish(self, must_run: bool) -> Vec<Suite> {
        let finished = self.suites.into_iter().map(|mut suite| {
            let moved = suite.left_out.min(suite.counts.passed);
            suite.counts.passed -= moved;
            *(if must_run { &mut suite.counts.failed } else { &mut suite.counts.skipped }) += moved;
            if !suite.finished {
                suite.counts += Counts::FAILED;
                suite.notes.push("ended without a result: the output above says why".to_owned());
            }
            suite
        });
        finished.filter(|suite| !suite.counts.is_empty()).collect()
    }
}

/// The lines that tell a person something that the closing table does not.
#[derive(Debug, Default)]
pub(crate) struct Excerpt {
    heading: Option<String>,
}

impl Excerpt {
    /// What to show now that this line is known: a suite's heading waits for the first line that is worth it.
    pub(crate) fn read(&mut self, line: &str) -> Option<String> {
        if is_noise(line) {
            return None;
        }
        if heading(line).is_some() {
            self.heading = Some(line.to_owned());
            return None;
        }
        let heading = self.heading.take();
        if result(line).is_some_and(|(counts, _)| counts.is_empty()) {
            return None;
        }
        Some(heading.map_or_else(|| line.to_owned(), |heading| format!("{heading}\n{line}")))
    }
}

fn is_noise(line: &str) -> bool {
    let line = line.trim();
    line.is_empty()
        || outcome(line).is_some_and(|(_, outcome)| outcome == "ok")
        || (line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")))
}

/// `Running unittests src/lib.rs (target/debug/deps/name-hash)`, `Running tests/name.rs (..)`, `Doc-tests name`.
fn heading(line: &str) -> Option<(String, SuiteKind)> {
    let line = line.trim();
    if let Some(name) = line.strip_prefix("Doc-tests ") {
        return Some((name.to_owned(), SuiteKind::Documentation));
    }
    let (source, program) = line.strip_prefix("Running ")?.strip_suffix(')')?.rsplit_once(" (")?;
    let file = program.rsplit(['/', '\\']).next()?;
    let stem = file.strip_suffix(".exe").unwrap_or(file);
    let (name, _hash) = stem.rsplit_once('-')?;
    let kind = if source.starts_with("unittests ") { SuiteKind::Unit } else { SuiteKind::Integration };
    Some((name.to_owned(), kind))
}

/// `test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s`.
fn result(line: &str) -> Option<(Counts, Duration)> {
    let (_verdict, fields) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    let mut took = Duration::ZERO;
    for field in fields.split("; ") {
        if let Some(seconds) = field.strip_prefix("finished in ") {
            let seconds = seconds.strip_suffix('s')?.parse().ok()?;
            took = Duration::try_from_secs_f64(seconds).ok()?;
        } else {
            let (number, what) = field.split_once(' ')?;
            let number = number.parse().ok()?;
            match what {
                "passed" => counts.passed = number,
                "failed" => counts.failed = number,
                "ignored" => counts.skipped = number,
                _ => {}
            }
        }
    }
    Some((counts, took))
}

/// `test path::name ... ok`, `.. FAILED`, `.. ignored, reason`.
fn outcome(line: &str) -> Option<(&str, &str)> {
    let (test, outcome) = line.trim().strip_prefix("test ")?.split_once(" ... ")?;
    (outcome == "ok" || outcome == "FAILED" || outcome.starts_with("ignored")).then_some((test, outcome))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Excerpt, Suite, SuiteKind, Transcript, is_noise};
    use crate::row::Counts;

    const RUN: &str = "\
   Compiling deathstar-core v0.1.0
    Finished `test` profile [unoptimized] target(s) in 3.17s
     Running unittests src/lib.rs (target/debug/deps/deathstar_core-0123456789abcdef)

running 3 tests
test graph::address::tests::segments ... ok
test state::tests::torn_tail ... FAILED
test live::creates ... ignored, needs an account

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.25s

     Running tests/moto_network.rs (target/debug/deps/moto_network-ffff)

running 2 tests
left out: moto_network: `DEATHSTAR_MOTO` is not set
test lives ... ok
test recovers ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s

     Running unittests src/main.rs (target\\debug\\deps\\xtask-aaaa.exe)

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests deathstar_core

test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.50s

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.25s
";

    fn read(text: &str, must_run: bool) -> Vec<Suite> {
        let mut transcript = Transcript::default();
        text.lines().for_each(|line| transcript.read(line));
        transcript.finish(must_run)
    }

    #[test]
    fn every_suite_with_tests_is_named_and_counted() {
        let suites = read(RUN, false);
        let short = |suite: &Suite| (suite.name.clone(), suite.kind, suite.counts, suite.took);
        let counts = |passed, failed, skipped| Counts { passed, failed, skipped };
        let expected = [
            ("deathstar_core".to_owned(), SuiteKind::Unit, counts(1, 1, 1), Duration::from_millis(250)),
            ("moto_network".to_owned(), SuiteKind::Integration, counts(1, 0, 1), Duration::from_millis(1500)),
            (
                "deathstar_core".to_owned(),
                SuiteKind::Documentation,
                counts(5, 0, 0),
                Duration::from_millis(750),
            ),
        ];
        assert_eq!(suites.iter().map(short).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_did_not_pass_is_named() {
        let suites = read(RUN, false);
        assert_eq!(
            suites[0].notes,
            ["FAILED: state::tests::torn_tail", "ignored, needs an account: live::creates"]
        );
        assert_eq!(suites[1].notes, ["left out: moto_network: `DEATHSTAR_MOTO` is not set"]);
        assert!(suites[2].notes.is_empty());
    }

    #[test]
    fn what_was_left_out_fails_where_everything_must_run() {
        assert_eq!(read(RUN, true)[1].counts, Counts { passed: 1, failed: 1, skipped: 0 });
    }

    #[test]
    fn a_suite_that_died_has_failed() {
        let died =
            "     Running tests/crash.rs (target/debug/deps/crash-00)\nrunning 1 test\n(signal: 11, SIGSEGV)";
        let suites = read(died, true);
        assert_eq!(suites[0].counts, Counts::FAILED);
        assert!(suites[0].notes[0].contains("without a result"));
    }

    #[test]
    fn an_excerpt_leaves_out_what_passed_and_suites_without_tests() {
        let mut excerpt = Excerpt::default();
        let shown: Vec<_> = RUN.lines().filter_map(|line| excerpt.read(line)).collect();
        let shown = shown.join("\n");
        assert!(
            shown.contains(
                "(target/debug/deps/deathstar_core-0123456789abcdef)\ntest state::tests::torn_tail"
            )
        );
        assert!(shown.contains("test result: ok. 2 passed"));
        assert!(!shown.contains("segments"), "{shown}");
        assert!(!shown.contains("main.rs") && !shown.contains("ok. 0 passed"), "{shown}");
    }

    #[test]
    fn only_what_passed_is_noise() {
        for noise in ["", "running 12 tests", "running 1 test", "test a::b ... ok", "test result ... ok"] {
            assert!(is_noise(noise), "{noise}");
        }
        for told in
            ["test a::b ... FAILED", "test result: ok. 1 passed", "test a ... ignored", "thread 'a' panicked"]
        {
            assert!(!is_noise(told), "{told}");
        }
    }
}
