//! The closing table: what ran against what, and the one line that sums it up.

use std::fmt::Write as _;

use crate::row::{Counts, Row};

const HEADINGS: [&str; 7] = ["step", "against", "result", "passed", "failed", "skipped", "seconds"];
/// The columns from this one on hold numbers, and are set flush right.
const FIRST_NUMBER: usize = 3;

/// Renders all rows, then the notes of those that have any, then the closing line.
pub(crate) fn render(rows: &[Row]) -> String {
    let lines: Vec<[String; 7]> = rows.iter().map(cells).collect();
    let widths: [usize; 7] = std::array::from_fn(|column| {
        let widest = lines.iter().map(|line| line[column].chars().count()).max();
        widest.unwrap_or(0).max(HEADINGS[column].len())
    });
    let mut text = String::new();
    push_line(&mut text, &HEADINGS.map(str::to_owned), widths);
    push_line(&mut text, &widths.map(|width| "-".repeat(width)), widths);
    for line in &lines {
        push_line(&mut text, line, widths);
    }
    for row in rows.iter().filter(|row| !row.notes.is_empty()) {
        let _ = write!(text, "\n{}, {}:\n", row.step, row.result());
        for note in &row.notes {
            let _ = writeln!(text, "  {}", note.replace('\n', "\n  "));
        }
    }
    let Counts { passed, failed, skipped } = total(rows);
    let _ = write!(text, "\n{passed} passed, {failed} failed, {skipped} skipped");
    text
}

/// The counts of all rows together.
pub(crate) fn total(rows: &[Row]) -> Counts {
    let mut total = Counts::default();
    for row in rows {
        total += row.counts;
    }
    total
}

fn cells(row: &Row) -> [String; 7] {
    [
        row.step.clone(),
        row.against.clone(),
        row.result().to_owned(),
        row.counts.passed.to_string(),
        row.counts.failed.to_string(),
        row.counts.skipped.to_string(),
        format!("{:.1}", row.took.as_secs_f64()),
    ]
}

fn push_line(text: &mut String, cells: &[String; 7], widths: [usize; 7]) {
    let mut line = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let _ = if column < FIRST_NUMBER {
            write!(line, "{cell:<width$}  ")
        } else {
            write!(line, "{cell:>width$}  ")
        };
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{render, total};
    use crate::row::{Counts, Row};

    fn rows() -> Vec<Row> {
        vec![
            Row {
                step: "format".to_owned(),
                against: "rustfmt".to_owned(),
                counts: Counts::PASSED,
                notes: vec![],
                took: Duration::from_millis(420),
            },
            Row {
                step: "boundaries".to_owned(),
                against: "cargo tree".to_owned(),
                counts: Counts { passed: 11, failed: 2, skipped: 1 },
                notes: vec!["core: no cloud\nfound aws-config".to_owned()],
                took: Duration::from_secs(75),
            },
        ]
    }

    #[test]
    fn the_table_is_aligned_and_ends_with_the_sum() {
        let expected = "\
step        against     result  passed  failed  skipped  seconds
----------  ----------  ------  ------  ------  -------  -------
format      rustfmt     ok           1       0        0      0.4
boundaries  cargo tree  FAILED      11       2        1     75.0

boundaries, FAILED:
  core: no cloud
  found aws-config

12 passed, 2 failed, 1 skipped";
        assert_eq!(render(&rows()), expected);
    }

    #[test]
    fn the_total_adds_each_column() {
        assert_eq!(total(&rows()), Counts { passed: 12, failed: 2, skipped: 1 });
        assert_eq!(total(&[]), Counts::default());
    }
}
