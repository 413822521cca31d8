//! Progress as bars, for people.

use super::{human, plain::ending};
use crate::{
    apply::{Event, Observer, Outcome},
    plan::{Step, step_text},
};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// How many running steps have a line of their own.
const MOST_LINES: usize = 12;
/// How often the lines move.
const TICK: Duration = Duration::from_millis(100);

/// Tells progress by one line per running step and a bar for all; ended steps scroll away above them.
#[derive(Debug)]
pub struct Bars {
    area: MultiProgress,
    total: ProgressBar,
    lines: HashMap<u32, ProgressBar>,
    /// Running steps without a line, by number, with their text.
    others: BTreeMap<u32, String>,
    colour: bool,
}

impl Bars {
    /// Bars on standard error.
    pub fn stderr(colour: bool) -> Self {
        Self::on(ProgressDrawTarget::stderr(), colour)
    }

    /// Bars on a target.
    pub(super) fn on(target: ProgressDrawTarget, colour: bool) -> Self {
        let area = MultiProgress::with_draw_target(target);
        let total = area.add(ProgressBar::new(0));
        total.set_style(style("  {bar:32} {pos}/{len}  {msg}  {elapsed}"));
        Self { area, total, lines: HashMap::new(), others: BTreeMap::new(), colour }
    }

    /// Where they are drawn.
    pub(super) fn area(&self) -> MultiProgress {
        self.area.clone()
    }

    /// The steps that have a line, and how many run without one.
    #[cfg(test)]
    pub(super) fn shown(&self) -> (Vec<u32>, usize) {
        let mut lines: Vec<_> = self.lines.keys().copied().collect();
        lines.sort_unstable();
        (lines, self.others.len())
    }

    fn start(&mut self, step: &Step) {
        let text = step_text(step, self.colour);
        if self.lines.len() < MOST_LINES {
            self.add_line(step.id, &text);
        } else {
            self.others.insert(step.id, text);
        }
        self.count();
    }

    fn add_line(&mut self, step: u32, text: &str) {
        let line = self.area.insert_before(&self.total, ProgressBar::new_spinner());
        line.set_style(style("{spinner} {prefix}  {elapsed}  {wide_msg}"));
        line.set_prefix(text.to_owned());
        line.enable_steady_tick(TICK);
        self.lines.insert(step, line);
    }

    fn end(&mut self, step: &Step, outcome: &Outcome, took: Duration) {
        self.others.remove(&step.id);
        if let Some(line) = self.lines.remove(&step.id) {
            line.finish_and_clear();
            self.area.remove(&line);
        }
        if self.lines.len() < MOST_LINES
            && let Some((next, text)) = self.others.pop_first()
        {
            self.add_line(next, &text);
        }
        self.total.inc(1);
        self.count();
        // What was never begun is in the report, and would only push the rest off the screen.
        if !matches!(outcome, Outcome::NotStarted | Outcome::Skipped { .. }) {
            let ending = ending(outcome, &human(took)).replace(['\n', '\r'], " ");
            self.print(&format!("{}: {ending}", step_text(step, self.colour)));
        }
    }

    fn count(&self) {
        self.total.set_message(match self.others.len() {
            0 => String::new(),
            more => format!("{more} more running"),
        });
    }

    fn print(&self, line: &str) {
        let _ = self.area.println(line);
    }
}

impl Observer for Bars {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { total } => {
                self.total.set_length(*total as u64);
                self.total.enable_steady_tick(TICK);
            }
            Event::StepStarted { step } => self.start(step),
            Event::StepWaiting { step, why } => {
                if let Some(line) = self.lines.get(&step.id) {
                    line.set_message((*why).to_owned());
                }
            }
            Event::StepRetrying { step, error, after } => {
                if let Some(line) = self.lines.get(&step.id) {
                    line.set_message(format!("again in {}: {error}", human(*after)));
                }
            }
            Event::StepEnded { step, outcome, took } => self.end(step, outcome, *took),
            Event::Note(note) => self.print(&format!("note: {note}")),
            Event::Ended => {
                self.lines.drain().for_each(|(_, line)| line.finish_and_clear());
                self.total.finish_and_clear();
            }
        }
    }
}

impl Drop for Bars {
    /// Leaves no line behind when an apply fails as a whole.
    fn drop(&mut self) {
        self.lines.drain().for_each(|(_, line)| line.finish_and_clear());
        self.total.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
