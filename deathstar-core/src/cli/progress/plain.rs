//! Progress as lines, for logs.

use super::human;
use crate::{
    apply::{Event, Observer, Outcome},
    plan::step_text,
};
use std::{collections::HashMap, io::Write};

/// Tells progress by one line per event; what a step waits for is told when it changes.
#[derive(Debug)]
pub struct Plain<W> {
    out: W,
    total: usize,
    ended: usize,
    waits: HashMap<u32, String>,
}

impl<W: Write + Send> Plain<W> {
    /// Tells it to a writer. One that fails is no failure of the apply.
    pub fn new(out: W) -> Self {
        Self { out, total: 0, ended: 0, waits: HashMap::new() }
    }
}

impl<W: Write + Send> Observer for Plain<W> {
    fn event(&mut self, event: &Event<'_>) {
        let line = match event {
            Event::Started { total } => {
                self.total = *total;
                return;
            }
            Event::StepStarted { step } => step_text(step, false),
            Event::StepWaiting { step, why } => {
                if self.waits.get(&step.id).is_some_and(|known| known == why) {
                    return;
                }
                self.waits.insert(step.id, (*why).to_owned());
                format!("{}: waits: {why}", step_text(step, false))
            }
            Event::StepRetrying { step, error, after } => {
                format!("{}: again in {}: {error}", step_text(step, false), human(*after))
            }
            Event::StepEnded { step, outcome, took } => {
                self.waits.remove(&step.id);
                self.ended += 1;
                let (ended, total) = (self.ended, self.total.max(self.ended));
                format!("{}: {} [{ended}/{total}]", step_text(step, false), ending(outcome, &human(*took)))
            }
            Event::Note(note) => format!("note: {note}"),
            Event::Ended => return,
        };
        let line = line.replace(['\n', '\r'], " ");
        let _ = writeln!(self.out, "{line}").and_then(|()| self.out.flush());
    }
}

/// How a step ended, in words.
pub(super) fn ending(outcome: &Outcome, took: &str) -> String {
    match outcome {
        Outcome::Done => format!("done in {took}"),
        Outcome::Unchanged => "nothing to do".into(),
        Outcome::Failed(error) => format!("failed after {took}: {error}"),
        Outcome::Skipped { because } => format!("skipped, since step {because} did not succeed"),
        Outcome::InProgress(why) => format!("stopped after {took}, goes on in the cloud: {why}"),
        Outcome::NotStarted => "not started".into(),
    }
}
