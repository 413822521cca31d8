//! The table of numbers.

use super::{case::Case, kubernetes::Calls, measure::Samples};
use serde::Serialize;
use std::fmt::Write as _;

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// What was measured.
    pub case: &'static str,
    /// Of which tool: `deathstar`, `floor`, `terraform`, `kubectl`, `helm`.
    pub tool: &'static str,
    /// How many resources.
    pub resources: usize,
    /// The median time, in seconds.
    pub median_s: f64,
    /// The worst time, in seconds.
    pub worst_s: f64,
    /// How many runs.
    pub runs: usize,
    /// The most memory, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_rss_bytes: Option<u64>,
    /// What it asked of an API, where that was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Calls>,
    /// How many times the floor's time, as the median over pairs of runs; of a cluster, how many times the time of the fastest
    /// other tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// What the ratio must not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub must: Option<f64>,
    /// What the memory must not exceed, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub must_peak_rss_bytes: Option<u64>,
    /// Whether it exceeds either.
    pub missed: bool,
}

/// How the time of a case grows with the number of resources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Growth {
    /// The case.
    pub case: &'static str,
    /// From how many resources.
    pub from: usize,
    /// To how many.
    pub to: usize,
    /// The exponent: 1 is linear.
    pub exponent: f64,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The rows, in the order in which they were measured.
    pub lines: Vec<Line>,
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}

impl Line {
    /// The row of a tool.
    pub fn of(case: Case, tool: &'static str, resources: usize, seconds: &[f64], peak: Option<u64>) -> Self {
        Self::named(case.name(), tool, resources, seconds, peak)
    }

    /// The row of a tool in a case of any name.
    pub fn named(
        case: &'static str,
        tool: &'static str,
        resources: usize,
        seconds: &[f64],
        peak: Option<u64>,
    ) -> Self {
        Self {
            case,
            tool,
            resources,
            median_s: median(seconds),
            worst_s: seconds.iter().copied().fold(0.0, f64::max),
            runs: seconds.len(),
            peak_rss_bytes: peak,
            calls: None,
            ratio: None,
            must: None,
            must_peak_rss_bytes: None,
            missed: false,
        }
    }
}

impl Report {
    /// Adds the rows of the engine and of its floor.
    pub fn add(&mut self, case: Case, resources: usize, samples: &Samples) -> &Line {
        let mut line = Line::of(case, "deathstar", resources, &samples.engine, Some(samples.peak_memory));
        if samples.floor.iter().all(|floor| *floor > 0.0) {
            self.lines.push(Line::of(case, "floor", resources, &samples.floor, None));
            let ratios: Vec<f64> =
                samples.engine.iter().zip(&samples.floor).map(|(own, floor)| own / floor).collect();
            line.ratio = Some(median(&ratios));
        }
        if let Some(limit) = case.limit(resources) {
            line.must = Some(limit.ratio);
            line.must_peak_rss_bytes = limit.memory;
            line.missed = line.ratio.is_some_and(|ratio| ratio > limit.ratio)
                || limit.memory.is_some_and(|most| samples.peak_memory > most);
        }
        self.lines.push(line);
        &self.lines[self.lines.len() - 1]
    }

    /// The rows that exceed what they must not.
    pub fn missed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.missed)
    }

    /// How the cases grow that should grow in proportion.
    pub fn growth(&self) -> Vec<Growth> {
        let mut all = vec![];
        for case in Case::ALL.iter().filter(|case| case.grows()) {
            let of = |line: &&Line| line.case == case.name() && line.tool == "deathstar";
            let mut lines: Vec<&Line> = self.lines.iter().filter(of).collect();
            lines.sort_unstable_by_key(|line| line.resources);
            for pair in lines.windows(2) {
                let (from, to) = (pair[0].resources, pair[1].resources);
                let exponent = (pair[1].median_s / pair[0].median_s).ln() / ratio(from, to).ln();
                all.push(Growth { case: case.name(), from, to, exponent });
            }
        }
        all
    }

    /// The rows as JSON lines, and the growth.
    pub fn json_lines(&self) -> String {
        let lines = self.lines.iter().filter_map(|line| serde_json::to_string(line).ok());
        let growth = self.growth();
        let growth = growth.iter().filter_map(|growth| serde_json::to_string(growth).ok());
        lines.chain(growth).fold(String::new(), |text, line| text + &line + "\n")
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "{:<18} {:<10} {:>9} {:>12} {:>12} {:>5} {:>9} {:>8}  must",
            "case", "tool", "resources", "median", "worst", "runs", "memory", "ratio"
        );
        for line in &self.lines {
            let memory = line.peak_rss_bytes.map_or_else(String::new, megabytes);
            let ratio = line.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} x"));
            let must = match (line.must, line.must_peak_rss_bytes) {
                (Some(ratio), Some(memory)) => format!("{} x, {}", short(ratio), megabytes(memory)),
                (Some(ratio), None) => format!("{} x", short(ratio)),
                (None, _) => String::new(),
            };
            let row = format!(
                "{:<18} {:<10} {:>9} {:>12} {:>12} {:>5} {memory:>9} {ratio:>8}  {must}{}",
                line.case,
                line.tool,
                line.resources,
                time(line.median_s),
                time(line.worst_s),
                line.runs,
                if line.missed { "  MISSED" } else { "" }
            );
            let calls = line.calls.map_or_else(String::new, |calls| format!("  {calls}"));
            let _ = writeln!(text, "{}{calls}", row.trim_end());
        }
        for Growth { case, from, to, exponent } in self.growth() {
            let _ = writeln!(text, "growth of {case} from {from} to {to} resources: n^{exponent:.2}");
        }
        text
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of resources are far below 2^52")]
fn ratio(from: usize, to: usize) -> f64 {
    to as f64 / from as f64
}

fn time(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.2} ms", seconds * 1e3) } else { format!("{seconds:.3} s") }
}

/// A ratio with two places at most.
fn short(ratio: f64) -> f64 {
    (ratio * 100.0).round() / 100.0
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(engine: &[f64], floor: &[f64], peak_memory: u64) -> Samples {
        Samples { engine: engine.to_vec(), floor: floor.to_vec(), peak_memory }
    }

    #[test]
    fn the_ratio_is_the_median_over_pairs_of_runs() {
        let mut report = Report::default();
        let line = report.add(Case::Apply, 1_000, &samples(&[2.0, 30.0, 8.0], &[1.0, 2.0, 2.0], 1));
        assert_eq!((line.ratio, line.median_s, line.worst_s, line.missed), (Some(4.0), 8.0, 30.0, false));
    }

    #[test]
    fn what_exceeds_its_limit_is_marked() {
        let mut report = Report::default();
        report.add(Case::PlanEmpty, 1_000, &samples(&[5.1], &[1.0], 1));
        report.add(Case::PlanEmpty, 10_000, &samples(&[4.9], &[1.0], 100_000_001));
        report.add(Case::PlanEmpty, 100_000, &samples(&[50.0], &[1.0], 1));
        assert_eq!(report.missed().count(), 2);
        assert_eq!(report.table().matches("MISSED").count(), 2);
    }

    #[test]
    fn growth_is_an_exponent() {
        let mut report = Report::default();
        for (resources, time) in [(1_000, 1.0), (10_000, 10.0), (100_000, 1_000.0)] {
            report.add(Case::PlanNoop, resources, &samples(&[time], &[1.0], 1));
        }
        let exponents: Vec<f64> = report.growth().iter().map(|growth| growth.exponent).collect();
        assert!((exponents[0] - 1.0).abs() < 1e-9 && (exponents[1] - 2.0).abs() < 1e-9, "{exponents:?}");
    }

    #[test]
    fn the_json_has_one_object_a_line() {
        let mut report = Report::default();
        report.add(Case::PlanEmpty, 1_000, &samples(&[1.0], &[0.5], 7));
        let text = report.json_lines();
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[1]["tool"], &lines[1]["peak_rss_bytes"]), (&"deathstar".into(), &7.into()));
    }
}
