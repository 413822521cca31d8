//! A user's program as a command line, from outside: streams, exit codes, files and signals.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Command, Stdio},
};

struct Ran {
    code: Option<i32>,
    out: String,
    talk: String,
}

fn command(state: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
    command.args(line.split_whitespace()).arg("--state").arg(state);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

fn finish(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), talk: text(output.stderr) }
}

fn run(state: &Path, line: &str) -> Ran {
    finish(command(state, line))
}

fn done(state: &Path, line: &str) -> Ran {
    let ran = run(state, line);
    assert_eq!(ran.code, Some(0), "{line}: {}{}", ran.out, ran.talk);
    ran
}

fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
}

#[test]
fn a_whole_life_by_commands() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    let first = run(state, "plan");
    assert_eq!((first.code, first.talk.as_str()), (Some(2), ""));
    insta::assert_snapshot!(first.out);

    let applied = done(state, "apply --yes");
    assert!(applied.out.starts_with("Done: 6 created"), "{}", applied.out);
    assert!(applied.talk.contains("+ network/net  imagined.net: done in"), "{}", applied.talk);
    let again = run(state, "plan");
    assert_eq!((again.code, again.out.starts_with("No changes.")), (Some(0), true), "{}", again.out);
    assert_eq!(run(state, "drift").code, Some(0));

    let changed = run(state, "plan --label other --json");
    let plan = parsed(&changed);
    assert_eq!((changed.code, &plan["version"]), (Some(2), &json!(1)));
    assert_eq!(plan["steps"][0]["changes"], json!([{"field": "label", "before": "shop", "after": "other"}]));

    let rows = parsed(&done(state, "state list --json"));
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(7), "{rows}");
    let shown = done(state, "state show network/net").out;
    assert!(shown.contains("range: \"10.0.0.0/16\""), "{shown}");
    let id = done(state, "output network").out;
    assert!(id.starts_with("net-") && id.ends_with('\n'), "{id}");
    let outputs = parsed(&done(state, "output --json"));
    assert_eq!(outputs["outputs"]["network"], json!(id.trim()));

    let refused = run(state, "destroy --yes");
    assert_eq!(refused.code, Some(1));
    assert!(refused.talk.contains("--consent cluster`"), "{}", refused.talk);
    let destroyed = done(state, "destroy --yes --consent cluster --json --cloud real");
    let report = parsed(&destroyed);
    assert_eq!((&report["success"], &report["proof"]["leftovers"]), (&json!(true), &json!([])));
    assert_eq!(parsed(&done(state, "state list --json"))["rows"], json!([]));
}

/// A text without the numbers of ids, which follow from who was faster.
fn unnumbered(text: &str) -> String {
    let words = text.split_inclusive(' ').map(|word| match word.trim_end().rsplit_once('-') {
        Some((kind, number))
            if number.len() == 8 && number.bytes().all(|digit| digit.is_ascii_hexdigit()) =>
        {
            word.replacen(&format!("{kind}-{number}"), &format!("{kind}-NUMBER"), 1)
        }
        _ => word.to_owned(),
    });
    words.collect()
}

/// The state directory is lost; the cloud stays.
fn lose(state: &Path) {
    std::fs::remove_dir_all(state).unwrap();
}

#[test]
fn a_lost_state_is_recovered() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    done(state, "apply --yes");
    let rows = |text: &str| {
        let rows = parsed(&done(state, text));
        let rows = rows["rows"].as_array().unwrap().clone();
        rows.into_iter().map(|row| (row["address"].clone(), row["id"].clone())).collect::<Vec<_>>()
    };
    let before = rows("state list --json");
    let refused = run(state, "recover --yes");
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.talk.contains("the journal has 7 rows, and recovering never overwrites one"),
        "{}",
        refused.talk
    );
    lose(state);
    let shown = run(state, "recover --plan");
    assert_eq!((shown.code, shown.talk.as_str()), (Some(2), ""));
    insta::assert_snapshot!("recover", unnumbered(&shown.out));
    assert_eq!(run(state, "recover").code, Some(1), "nobody is there to ask");
    let report = parsed(&done(state, "recover --yes --json"));
    assert_eq!((&report["success"], &report["unseen"]), (&json!(true), &json!([])));
    assert_eq!(rows("state list --json"), before);
    assert_eq!(run(state, "plan").code, Some(0));
}

#[test]
fn an_object_is_forgotten_and_imported_again() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    done(state, "apply --yes");
    let id = parsed(&done(state, "state show network/gateway --json"))["rows"][0]["id"].clone();
    let refused = run(state, "forget network/net --plan");
    assert_eq!(refused.code, Some(1));
    assert!(refused.talk.contains("error: network/net: it cannot be forgotten alone"), "{}", refused.talk);
    let forgotten = done(state, "forget network/gateway --release --yes");
    assert!(forgotten.out.contains("1 forgotten"), "{}", forgotten.out);
    let line = format!("import network/gateway {}", id.as_str().unwrap());
    let shown = run(state, &format!("{line} --plan"));
    assert_eq!(shown.code, Some(2), "{}", shown.talk);
    insta::assert_snapshot!("import", unnumbered(&shown.out));
    let file = directory.path().join("plan");
    let file = file.to_str().unwrap();
    assert_eq!(run(state, &format!("{line} --out {file}")).code, Some(2));
    assert!(done(state, &format!("apply {file} --yes")).out.contains("1 imported"));
    let again = run(state, &format!("{line} --yes"));
    assert_eq!(again.code, Some(1));
    assert!(again.talk.contains("is recorded there already [import.recorded]"), "{}", again.talk);
    assert_eq!(run(state, "plan").code, Some(0));
}

#[test]
fn a_part_is_planned_and_applied() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    let plan = parsed(&run(state, "plan --json --target network/gateway"));
    assert_eq!(plan["targets"], json!(["network/gateway"]));
    assert!(done(state, "apply --yes --target network/gateway").out.starts_with("Done: 2 created"));
    done(state, "apply --yes");
    assert_eq!(run(state, "plan --replace network/gateway").code, Some(2));
    assert_eq!(run(state, "plan --refresh-only").code, Some(0));
    let destroyed = done(state, "destroy --yes --consent cluster --target cluster");
    assert!(destroyed.out.starts_with("Done: 0 created, 0 changed, 1 deleted"), "{}", destroyed.out);
    for (line, code) in [
        ("plan --target nowhere", "[target.unknown]"),
        ("plan --replace nowhere", "[replace.unknown]"),
        ("plan --refresh-only --destroy", "[plan.options]"),
        ("forget nowhere", "[forget.unknown]"),
        ("import nowhere net-1", "[import.unknown]"),
    ] {
        let ran = run(state, line);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{line}");
        assert!(ran.talk.contains(code) && ran.talk.contains("  hint: "), "{line}: {}", ran.talk);
    }
}

#[test]
fn each_command_that_takes_over_has_its_help() {
    let directory = tempfile::tempdir().unwrap();
    let mut all = String::new();
    for command in ["import", "forget", "recover"] {
        all.push_str(&done(directory.path(), &format!("{command} --help")).out);
        all.push_str("---\n");
    }
    insta::assert_snapshot!("help", all);
}

#[test]
fn a_plan_file_is_carried_out_once() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    let file = directory.path().join("plan");
    let file = file.to_str().unwrap();
    assert_eq!(run(state, &format!("plan --out {file}")).code, Some(2));
    done(state, &format!("apply {file} --yes"));
    let second = run(state, &format!("apply {file} --yes"));
    assert_eq!(second.code, Some(1));
    assert!(
        second.talk.contains("error: the plan is stale") && second.talk.contains("  hint: plan again"),
        "{}",
        second.talk
    );
}

#[test]
fn all_findings_come_at_once_and_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let ran = run(&directory.path().join("state"), "plan --wrong");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert_eq!(ran.talk.matches("error: network/zone-").count(), 2, "{}", ran.talk);
    assert_eq!(ran.talk.matches("\n  hint: ").count(), 2, "{}", ran.talk);
}

#[test]
fn a_wrong_command_line_is_an_error_and_not_a_change() {
    let directory = tempfile::tempdir().unwrap();
    for line in [
        "plan --nonsense",
        "nonsense",
        "apply --consent UPPER",
        "apply FILE --target a",
        "plan --target UPPER",
        "import network/net",
        "forget",
        "graph --format nonsense",
        "",
    ] {
        let ran = run(directory.path(), line);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{line}");
        assert!(!ran.talk.is_empty());
    }
    let help = done(directory.path(), "plan --help").out;
    for option in [
        "--out",
        "--json",
        "--destroy",
        "--no-refresh",
        "--target",
        "--replace",
        "--refresh-only",
        "--full",
        "--state",
        "--color",
        "--progress",
        "--label",
    ] {
        assert!(help.contains(option), "{option}: {help}");
    }
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_is_coloured() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    let refused = run(state, "apply");
    assert_eq!(refused.code, Some(1));
    assert!(refused.talk.contains("hint: read the plan, then run `apply --yes`"), "{}", refused.talk);
    let colour = '\u{1b}';
    assert!(!refused.talk.contains(colour) && !run(state, "plan").out.contains(colour));
    assert!(run(state, "plan --color always").out.contains(colour));
    let mut forced = command(state, "plan");
    forced.env("CLICOLOR_FORCE", "1");
    assert!(finish(forced).out.contains(colour));
    let mut not = command(state, "plan");
    not.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    assert!(!finish(not).out.contains(colour));
}

#[test]
fn progress_has_a_form_for_programs() {
    let directory = tempfile::tempdir().unwrap();
    let ran = done(&directory.path().join("state"), "apply --yes --json --progress json");
    let events: Vec<Value> = ran.talk.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0], json!({"event": "started", "format": "deathstar.progress/1", "total": 7}));
    assert_eq!(events.iter().filter(|event| event["event"] == "step-ended").count(), 7);
    assert_eq!(parsed(&ran)["success"], json!(true));
}

#[test]
fn a_stack_is_drawn_with_its_scopes_and_arrows() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!("mermaid", done(directory.path(), "graph --format mermaid").out);
    let dot = done(directory.path(), "graph --format dot").out;
    assert!(dot.starts_with("digraph \"shop\"") && dot.contains("label=\"zone-2\""), "{dot}");
    let svg = done(directory.path(), "graph --format svg").out;
    assert!(svg.contains("<svg") && svg.contains("network/zone-2/segment"), "{svg}");
    assert!(std::fs::read_dir(directory.path()).unwrap().next().is_none(), "drawing opens no state");
}

/// Reads lines until one contains a text.
fn wait_for(lines: &mut impl Iterator<Item = std::io::Result<String>>, text: &str) {
    let mut seen = vec![];
    for line in lines {
        let line = line.unwrap();
        if line.contains(text) {
            return;
        }
        seen.push(line);
    }
    panic!("no line with `{text}` in {seen:?}");
}

#[test]
fn an_interrupt_stops_a_second_one_abandons_and_the_next_run_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let state = &directory.path().join("state");
    let mut command = command(state, "apply --yes --cloud stuck --progress plain");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let interrupt = || {
        let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(status.success());
    };
    wait_for(&mut lines, "+ cluster  imagined.cluster");
    interrupt();
    wait_for(&mut lines, "Stopping:");
    interrupt();
    wait_for(&mut lines, "Abandoning:");
    let rest: Vec<_> = lines.map(Result::unwrap).collect();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?} {out}");
    assert!(out.starts_with("Stopped: "), "{out}");
    done(state, "apply --yes");
    assert_eq!(run(state, "plan").code, Some(0));
}
