//! A plan as a person reads it: a diff by scope, and what to know before it is applied.

mod brief;
mod change;
mod fold;
#[cfg(feature = "cli")]
mod parts;
mod sections;
mod step;
mod text;
mod tree;
mod value;

#[cfg(test)]
mod tests;

#[cfg(feature = "cli")]
pub(crate) use parts::{drift_text, foreign_text, losses_text, row_text, step_text};
pub(crate) use sections::sums;
pub(crate) use value::{reference as reference_text, value_text};

use super::{PlanData, Purpose, Step};
use brief::{LeftOut, Reasons, View};
use std::{collections::BTreeSet, fmt};
use step::{Entry, Symbol};
use text::{Lines, Style, Text};

/// How a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenderOptions {
    /// With terminal colours. No meaning depends on them.
    pub colour: bool,
    /// Everything, however long: each object on a line of its own, each field of each new one, each reason, each element, each line.
    pub full: bool,
    /// How many characters a line should have at most; a value that cannot be broken may have more.
    pub width: usize,
}

impl Default for RenderOptions {
    /// Plain text, shortened where it is long, for lines of 100 characters.
    fn default() -> Self {
        Self { colour: false, full: false, width: 100 }
    }
}

impl PlanData {
    /// The plan as text. Secrets and their digests are never in it; the same plan and options give the same text.
    ///
    /// Of a long plan, one that creates or deletes more than 40 objects, it is a shortened text, which ends by saying what it leaves
    /// out: the fields of new objects, and the names of siblings that are alike and of which nothing else is to be said. Whatever needs
    /// a person's attention has lines of its own. What a declaration says of who asked for an object ([`ResourceExt::because`]) cannot
    /// be told from such remarks by the plan alone: [`Plan::render`] leaves it out too.
    ///
    /// [`ResourceExt::because`]: crate::component::ResourceExt::because
    /// [`Plan::render`]: super::Plan::render
    pub fn render(&self, options: &RenderOptions) -> String {
        self.text(&|_| 0, options)
    }

    fn text(&self, reasons: Reasons<'_>, options: &RenderOptions) -> String {
        let all = tree::entries(&self.steps);
        let view = View::of(self, &all, reasons, options);
        let mut out = Lines::new();
        self.show_drift(options, &mut out);
        self.show_foreign(options, &mut out);
        if self.steps.is_empty() {
            self.show_remarks(&view, &mut out);
            self.show_nothing(&mut out);
        } else {
            self.show_steps(&all, &view, &mut out);
            self.show_remarks(&view, &mut out);
            self.show_summary(&mut out);
        }
        out.to_text(options.colour)
    }

    fn show_drift(&self, options: &RenderOptions, out: &mut Lines) {
        if self.drift.is_empty() {
            return;
        }
        out.push(
            0,
            Text::styled(Style::Heading, "Changed in the cloud since it was recorded (recorded -> found):"),
        );
        sections::drift(&self.drift, options, out);
        out.gap();
    }

    fn show_foreign(&self, options: &RenderOptions, out: &mut Lines) {
        if self.foreign.is_empty() {
            return;
        }
        sections::foreign(&self.foreign, options, out);
        out.gap();
    }

    fn show_steps<'p>(&self, all: &[Entry<'p>], view: &View<'p>, out: &mut Lines) {
        let verb = match self.purpose {
            Purpose::Change if self.destroy => "Plan to destroy stack",
            Purpose::Change => "Plan for stack",
            Purpose::RefreshOnly => "Plan to take what is seen into the record of stack",
            Purpose::Forget => "Plan to forget parts of stack",
            Purpose::Recover => "Plan to rebuild the journal of stack",
        };
        out.push(0, Text::styled(Style::Heading, &format!("{verb} {}", self.stack)));
        let symbols: BTreeSet<Symbol> = all.iter().map(Entry::symbol).collect();
        legend(&symbols, view.options, out);
        let mut left_out = LeftOut::default();
        let passes: BTreeSet<u16> = all.iter().map(|entry| entry.step().pass).collect();
        for pass in &passes {
            out.gap();
            let mut indent = 0;
            if passes.len() > 1 {
                let last = passes.last().map_or(0, |last| u32::from(*last) + 1);
                out.push(
                    0,
                    Text::styled(Style::Heading, &format!("Pass {} of {last}", u32::from(*pass) + 1)),
                );
                indent = 2;
            }
            let of_pass: Vec<_> = all.iter().filter(|entry| entry.step().pass == *pass).copied().collect();
            left_out += tree::show(&of_pass, view, indent, out);
        }
        if let Some(text) = left_out.sentence() {
            out.gap();
            out.paragraph(0, Style::Faint, &text, view.options.width);
        }
    }

    fn show_remarks(&self, view: &View<'_>, out: &mut Lines) {
        if !self.notes.is_empty() {
            out.gap();
            out.push(0, Text::styled(Style::Heading, "Notes:"));
            for note in &self.notes {
                out.push(2, Text::styled(Style::Faint, "# ").with(Style::Plain, note));
            }
        }
        if !self.unseen.is_empty() {
            out.gap();
            out.push(0, Text::styled(Style::Heading, "Cannot be told from the cloud:"));
            for one in &self.unseen {
                out.push(2, Text::styled(Style::Update, "? ").with(Style::Plain, &one.to_string()));
            }
        }
        if self.exports {
            out.gap();
            out.push(0, Text::of("The exports of the stack change."));
        }
        sections::checks(&self.steps, view, out);
        if self.losses().next().is_some() {
            out.gap();
            out.push(0, Text::styled(Style::Heading, "Needs consent:"));
            sections::losses(self.losses(), out);
        }
        if !self.blockers.is_empty() {
            out.gap();
            out.push(0, Text::styled(Style::Heading, "Cannot be applied:"));
            sections::blockers(&self.blockers, out);
        }
    }

    fn show_summary(&self, out: &mut Lines) {
        out.gap();
        let mut line = Text::styled(Style::Heading, "Plan:").with(Style::Plain, " ");
        line.push(Style::Plain, &sections::sums(&self.summary()));
        line.push(Style::Plain, ".");
        if self.unchanged > 0 {
            line.push(Style::Faint, &format!(" {} unchanged.", self.unchanged));
        }
        out.push(0, line);
    }

    fn show_nothing(&self, out: &mut Lines) {
        out.gap();
        if !self.blockers.is_empty() {
            return;
        }
        if self.purpose != Purpose::Change || !self.targets.is_empty() {
            let what = match self.purpose {
                Purpose::Recover => "Nothing was found that carries the owner tags of this stack.",
                Purpose::RefreshOnly => "No changes. The record is as the cloud is.",
                Purpose::Change | Purpose::Forget => "No changes there.",
            };
            out.push(0, Text::styled(Style::Heading, what));
            return;
        }
        let what = match (self.exports, self.destroy, self.unchanged) {
            (true, ..) => "No resource changes.".to_owned(),
            (false, true, _) => "No changes. Nothing is recorded, so there is nothing to destroy.".to_owned(),
            (false, false, 0) => "No changes. Nothing is declared, and nothing is recorded.".to_owned(),
            (false, false, 1) => "No changes. The one declared object is as it should be.".to_owned(),
            (false, false, count) => {
                format!("No changes. All {count} declared objects are as they should be.")
            }
        };
        out.push(0, Text::styled(Style::Heading, &what));
    }
}

/// What the symbols of a plan mean.
fn legend(symbols: &BTreeSet<Symbol>, options: &RenderOptions, out: &mut Lines) {
    let mut line = Text::new();
    for symbol in symbols {
        let entry =
            Text::styled(symbol.style(), symbol.sign()).with(Style::Faint, &format!(" {}", symbol.meaning()));
        if line.width() > 0 && line.width() + entry.width() + 4 > options.width {
            out.push(2, std::mem::take(&mut line));
        }
        line = if line.width() == 0 { entry } else { line.with(Style::Plain, "  ").and(entry) };
    }
    out.push(2, line);
}

impl fmt::Display for PlanData {
    /// The plan as plain text, shortened where it is long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&RenderOptions::default()))
    }
}

impl super::Plan<'_> {
    /// The plan as text, as [`PlanData::render`] describes it. Where a long plan is shortened, it leaves the reasons of new objects out
    /// too: the stack says which of their notes they are.
    pub fn render(&self, options: &RenderOptions) -> String {
        let reasons = |step: &Step| {
            let node =
                self.stack.index.get(&step.address).and_then(|node| self.stack.nodes.get(*node as usize));
            let reasons = node.map_or(&[][..], |node| &node.options().reasons);
            if step.notes.starts_with(reasons) { reasons.len() } else { 0 }
        };
        self.data.text(&reasons, options)
    }
}

impl fmt::Display for super::Plan<'_> {
    /// The plan as plain text, shortened where it is long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&RenderOptions::default()))
    }
}
