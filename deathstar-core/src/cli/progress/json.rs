//! Progress as JSON lines, for programs.

use crate::{
    Error,
    apply::{Event, Observer, Outcome},
    plan::Step,
};
use serde_json::{Value, json};
use std::{io::Write, time::Duration};

/// The name and version of these lines; the first one carries it.
const FORMAT: &str = "deathstar.progress/1";

/// Tells progress by one JSON object per event and line.
#[derive(Debug)]
pub struct JsonLines<W> {
    out: W,
}

impl<W: Write + Send> JsonLines<W> {
    /// Tells it to a writer. One that fails is no failure of the apply.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write + Send> Observer for JsonLines<W> {
    fn event(&mut self, event: &Event<'_>) {
        let line = match event {
            Event::Started { total } => json!({ "event": "started", "format": FORMAT, "total": total }),
            Event::StepStarted { step } => of(step, "step-started"),
            Event::StepWaiting { step, why } => with(of(step, "step-waiting"), "why", json!(why)),
            Event::StepRetrying { step, error, after } => {
                let line = with(of(step, "step-retrying"), "error", json!(error.to_string()));
                with(line, "after-seconds", seconds(*after))
            }
            Event::StepEnded { step, outcome, took } => {
                let line = with(of(step, "step-ended"), "outcome", json!(outcome.name()));
                detail(with(line, "seconds", seconds(*took)), outcome)
            }
            Event::Note(text) => note(text),
            Event::Ended => json!({ "event": "ended" }),
        };
        let _ = writeln!(self.out, "{line}").and_then(|()| self.out.flush());
    }
}

/// A line with something that a person should know.
pub(super) fn note(text: &str) -> Value {
    json!({ "event": "note", "text": text })
}

fn of(step: &Step, event: &str) -> Value {
    json!({
        "event": event,
        "step": step.id,
        "address": step.address,
        "generation": step.generation,
        "kind": step.kind,
        "action": step.action,
    })
}

fn with(mut line: Value, name: &str, value: Value) -> Value {
    line[name] = value;
    line
}

fn seconds(time: Duration) -> Value {
    json!(time.as_secs_f64())
}

fn detail(line: Value, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Failed(error) => {
            let line = with(line, "error", json!(error.to_string()));
            match Error::advice(error) {
                Some(hint) => with(line, "hint", json!(hint)),
                None => line,
            }
        }
        Outcome::Skipped { because } => with(line, "because", json!(because)),
        Outcome::InProgress(why) => with(line, "why", json!(why)),
        Outcome::Done | Outcome::Unchanged | Outcome::NotStarted => line,
    }
}
