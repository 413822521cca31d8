//! Many trials, and the table of what came of them.

use super::{
    trial::{self, Outcome},
    verdict::Counts,
    window::Window,
};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::{collections::BTreeMap, fmt, path::Path};

/// What came of all kills in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    /// How many processes died in it.
    pub trials: usize,
    /// What went wrong in their trials.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What came of many trials, by window.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The rows.
    pub rows: BTreeMap<Window, Row>,
    /// What went wrong, in words.
    pub words: Vec<String>,
}

impl Tally {
    /// Runs so many trials, window by window in turn, `jobs` at once.
    ///
    /// # Errors
    /// When a trial cannot be run.
    pub async fn run(
        program: &Path,
        windows: &[Window],
        trials: usize,
        seed: u64,
        jobs: usize,
    ) -> anyhow::Result<Self> {
        let mut tally = Self::default();
        let trials = windows.iter().cycle().zip(0..trials as u64);
        let running = trials.map(|(window, number)| trial::run(program, *window, seed.wrapping_add(number)));
        let mut ended = stream::iter(running).buffer_unordered(jobs);
        while let Some(outcome) = ended.next().await {
            tally.add(&outcome?);
        }
        Ok(tally)
    }

    fn add(&mut self, outcome: &Outcome) {
        for window in &outcome.kills {
            let row = self.rows.entry(*window).or_default();
            row.trials += 1;
            row.counts += outcome.verdict.counts;
        }
        if !outcome.verdict.counts.is_clean() {
            let kills: Vec<_> = outcome.kills.iter().map(|window| window.name()).collect();
            let head = format!("seed {} [{}]", outcome.seed, kills.join(", "));
            self.words.extend(outcome.verdict.words.iter().map(|word| format!("{head}: {word}")));
        }
    }

    /// Whether nothing went wrong.
    pub fn is_clean(&self) -> bool {
        self.words.is_empty() && self.rows.values().all(|row| row.counts.is_clean())
    }

    /// One JSON object a line.
    ///
    /// # Errors
    /// Never, for these rows.
    pub fn to_json(&self) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Line {
            window: Window,
            #[serde(flatten)]
            row: Row,
        }
        let mut text = String::new();
        for (window, row) in &self.rows {
            text += &serde_json::to_string(&Line { window: *window, row: *row })?;
            text.push('\n');
        }
        Ok(text)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<28}{:>8}{:>8}{:>10}{:>10}{:>16}",
            "killed in", "trials", "lost", "doubled", "unowned", "not converged"
        )?;
        let mut sum = Row::default();
        let line = |f: &mut fmt::Formatter<'_>, name: &str, row: &Row| {
            let Counts { lost, doubled, unowned, not_converged } = row.counts;
            writeln!(f, "{name:<28}{:>8}{lost:>8}{doubled:>10}{unowned:>10}{not_converged:>16}", row.trials)
        };
        for (window, row) in &self.rows {
            line(f, window.name(), row)?;
            sum.trials += row.trials;
            sum.counts += row.counts;
        }
        line(f, "all", &sum)
    }
}
