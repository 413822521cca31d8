//! The difference of two values, member by member: only what changes.

use super::{
    RenderOptions,
    text::{Lines, Style, Text},
    value::{comparable, field, inline, key, mark, more, same},
};
use crate::kind::ChangedBy;
use serde_json::Value;
use similar::{Algorithm, DiffOp};
use std::collections::BTreeSet;

/// How many differences inside one value are shown, unless everything is.
const MOST: usize = 24;
/// Lists with more pairs of elements than this are compared place by place.
const MOST_PAIRS: usize = 4_000_000;

/// One difference.
pub(crate) struct Difference<'v> {
    label: String,
    what: What<'v>,
    /// What is said behind it.
    pub(crate) remark: Option<Text>,
}

enum What<'v> {
    Added(&'v Value),
    Removed(&'v Value),
    Changed(&'v Value, &'v Value),
    Lines(&'v str, &'v str),
    Parts { parts: Vec<Difference<'v>>, unchanged: usize },
}

/// What differs between two values of a field.
pub(crate) fn difference<'v>(label: &str, before: &'v Value, after: &'v Value) -> Difference<'v> {
    let mut remark = None;
    let what = match (before, after) {
        (Value::Null, Value::Null) => What::Changed(before, after),
        (Value::Null, added) => What::Added(added),
        (removed, Value::Null) => What::Removed(removed),
        _ if mark(before).is_some() || mark(after).is_some() => {
            if mark(before).is_some() && mark(after).is_some() && !(comparable(before) && comparable(after)) {
                remark = Some(Text::styled(Style::Faint, "(cannot be compared, will be written)"));
            } else if inline(before) == inline(after) {
                remark = Some(Text::styled(Style::Faint, "(another value)"));
            }
            What::Changed(before, after)
        }
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            let (mut parts, mut unchanged) = (vec![], 0);
            for name in names {
                let (old, new) =
                    (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
                if same(old, new) {
                    unchanged += 1;
                } else {
                    parts.push(difference(&key(name), old, new));
                }
            }
            What::Parts { parts, unchanged }
        }
        (Value::Array(old), Value::Array(new)) => elements(old, new),
        (Value::String(old), Value::String(new)) if old.contains('\n') || new.contains('\n') => {
            What::Lines(old, new)
        }
        _ => What::Changed(before, after),
    };
    Difference { label: label.to_owned(), what, remark }.shortened()
}

/// The elements that differ between two lists.
fn elements<'v>(old: &'v [Value], new: &'v [Value]) -> What<'v> {
    // What cannot be compared equals nothing, not even itself.
    let text = |side: &str, index: usize, value: &Value| {
        if comparable(value) { value.to_string() } else { format!("{side}{index}") }
    };
    let olds: Vec<_> = old.iter().enumerate().map(|(index, value)| text("a", index, value)).collect();
    let news: Vec<_> = new.iter().enumerate().map(|(index, value)| text("b", index, value)).collect();
    let operations = if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        vec![DiffOp::Replace { old_index: 0, old_len: old.len(), new_index: 0, new_len: new.len() }]
    } else {
        similar::capture_diff_slices(Algorithm::Myers, &olds, &news)
    };
    let (mut parts, mut unchanged) = (vec![], 0);
    let part = |index: usize, what| Difference { label: format!("[{index}]"), what, remark: None };
    for operation in operations {
        if let DiffOp::Equal { len, .. } = operation {
            unchanged += len;
            continue;
        }
        let (from, to) = (operation.old_range(), operation.new_range());
        let both = from.len().min(to.len());
        for (a, b) in from.clone().zip(to.clone()) {
            if same(&old[a], &new[b]) {
                unchanged += 1;
            } else {
                parts.push(difference(&format!("[{b}]"), &old[a], &new[b]));
            }
        }
        parts.extend(from.skip(both).map(|index| part(index, What::Removed(&old[index]))));
        parts.extend(to.skip(both).map(|index| part(index, What::Added(&new[index]))));
    }
    What::Parts { parts, unchanged }
}

impl Difference<'_> {
    /// Says behind it who wrote what is there.
    pub(crate) fn tell(&mut self, by: Option<&ChangedBy>) {
        let Some(by) = by else { return };
        let told = Text::styled(Style::Faint, &format!("({by})"));
        self.remark = Some(match self.remark.take() {
            Some(remark) => remark.with(Style::Plain, " ").and(told),
            None => told,
        });
    }

    /// Joins a part that stands alone with what it is a part of: `routes[2].gateway`.
    fn shortened(mut self) -> Self {
        if let What::Parts { parts, .. } = &mut self.what
            && parts.len() == 1
            && let Some(mut only) = parts.pop()
        {
            let dot = if only.label.starts_with('[') { "" } else { "." };
            only.label = format!("{}{dot}{}", self.label, only.label);
            return only;
        }
        self
    }

    fn stands_on_one_line(&self) -> bool {
        !matches!(self.what, What::Lines(..) | What::Parts { .. })
    }
}

/// Adds differences, one per line and aligned where they fit.
pub(crate) fn differences(all: &[Difference<'_>], indent: usize, options: &RenderOptions, out: &mut Lines) {
    let widths = all.iter().filter(|one| one.stands_on_one_line()).map(|one| one.label.chars().count() + 1);
    let widest = widths.max().unwrap_or(0).min(28);
    for one in all {
        show(one, widest, indent, options, out);
    }
}

fn show(one: &Difference<'_>, widest: usize, indent: usize, options: &RenderOptions, out: &mut Lines) {
    let (style, sign) = match one.what {
        What::Added(_) => (Style::Create, "+ "),
        What::Removed(_) => (Style::Delete, "- "),
        What::Changed(..) | What::Lines(..) | What::Parts { .. } => (Style::Update, "~ "),
    };
    let label = Text::styled(style, sign).with(Style::Plain, &one.label).with(Style::Plain, ":");
    let remark = || one.remark.clone().map_or_else(Text::new, |remark| Text::of("  ").and(remark));
    let column = widest + 2;
    match &one.what {
        What::Added(value) | What::Removed(value) if one.remark.is_none() => {
            field(label, column, value, indent, options, out);
        }
        What::Added(value) | What::Removed(value) => {
            out.push(indent, label.padded(column).with(Style::Plain, "  ").and(inline(value)).and(remark()));
        }
        What::Changed(before, after) => {
            let (before, after) = (inline(before), inline(after));
            let label = label.padded(column);
            if indent + label.width() + before.width() + after.width() + 6 <= options.width {
                let arrow = Text::styled(Style::Faint, " -> ");
                let line = label.with(Style::Plain, "  ").and(before).and(arrow).and(after).and(remark());
                out.push(indent, line);
            } else {
                let label = Text::styled(style, sign).with(Style::Plain, &one.label).with(Style::Plain, ":");
                out.push(indent, label.and(remark()));
                out.push(indent + 4, Text::styled(Style::Delete, "- ").and(before));
                out.push(indent + 4, Text::styled(Style::Create, "+ ").and(after));
            }
        }
        What::Lines(before, after) => {
            out.push(indent, label.and(remark()));
            text(before, after, indent + 4, options, out);
        }
        What::Parts { parts, unchanged } => {
            out.push(indent, label.and(remark()));
            let shown = if options.full { parts.len() } else { MOST };
            differences(&parts[..parts.len().min(shown)], indent + 4, options, out);
            more(parts.len(), shown, "differences", indent + 4, out);
            if *unchanged > 0 {
                out.push(indent + 4, Text::styled(Style::Faint, &format!("({unchanged} unchanged)")));
            }
        }
    }
}

/// The lines of two texts that differ, with some of what stands around them.
fn text(before: &str, after: &str, indent: usize, options: &RenderOptions, out: &mut Lines) {
    let diff = similar::TextDiff::from_lines(before, after);
    let mut lines = vec![];
    for (number, group) in diff.grouped_ops(2).iter().enumerate() {
        if number > 0 {
            lines.push(Text::styled(Style::Faint, "  ..."));
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let (style, sign) = match change.tag() {
                similar::ChangeTag::Equal => (Style::Faint, "  | "),
                similar::ChangeTag::Delete => (Style::Delete, "- | "),
                similar::ChangeTag::Insert => (Style::Create, "+ | "),
            };
            let line = change.value();
            let whole = line.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
            let mut shown = Text::styled(style, sign).with(style, whole.unwrap_or(line));
            if whole.is_none() && change.tag() != similar::ChangeTag::Equal {
                shown.push(Style::Faint, "  (no end of line)");
            }
            lines.push(shown);
        }
    }
    let (count, shown) = (lines.len(), if options.full { lines.len() } else { 4 * MOST });
    lines.into_iter().take(shown).for_each(|line| out.push(indent, line));
    more(count, shown, "lines", indent, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(before: &Value, after: &Value) -> String {
        let mut out = Lines::new();
        differences(&[difference("field", before, after)], 0, &RenderOptions::default(), &mut out);
        out.to_text(false)
    }

    #[test]
    fn only_what_changes_is_shown() {
        let before = json!({"a": 1, "b": {"c": [1, 2, 3], "d": "x"}, "e": null});
        let after = json!({"a": 1, "b": {"c": [1, 3], "d": "x"}, "e": "new"});
        insta::assert_snapshot!(shown(&before, &after), @r#"
        ~ field:
            - b.c[1]:  2
            + e:       "new"
            (1 unchanged)
        "#);
    }

    #[test]
    fn a_single_difference_is_named_by_its_path() {
        let before = json!([{"to": "a", "through": ["x", "y"]}, {"to": "b"}]);
        let after = json!([{"to": "a", "through": ["x", "z"]}, {"to": "b"}]);
        assert_eq!(shown(&before, &after), "~ field[0].through[1]:  \"y\" -> \"z\"\n");
    }

    #[test]
    fn elements_that_move_up_are_unchanged() {
        let before: Vec<u32> = (0..50).collect();
        let after: Vec<u32> = (1..51).collect();
        insta::assert_snapshot!(shown(&json!(before), &json!(after)), @r"
        ~ field:
            - [0]:   0
            + [49]:  50
            (49 unchanged)
        ");
    }

    #[test]
    fn texts_are_compared_by_line() {
        let before = "#!/bin/sh\none\ntwo\nthree\nfour\nfive\n";
        let after = "#!/bin/sh\none\ntwo\nthree\n4\nfive";
        insta::assert_snapshot!(shown(&json!(before), &json!(after)), @r"
        ~ field:
              | two
              | three
            - | four
            - | five
            + | 4
            + | five  (no end of line)
        ");
    }

    #[test]
    fn secrets_differ_without_being_shown() {
        let secret = |digest: &str| json!({"$deathstar": {"secret": digest}});
        assert_eq!(shown(&secret("aa"), &secret("bb")), "~ field:  *** -> ***  (another value)\n");
        let unknown = json!({"user": "u", "password": secret("?")});
        assert_eq!(
            shown(&unknown, &unknown),
            "~ field.password:  *** -> ***  (cannot be compared, will be written)\n"
        );
    }

    #[test]
    fn long_values_stand_below_each_other() {
        let (before, after) = ("a".repeat(60), "b".repeat(60));
        let want = format!("~ field:\n    - \"{before}\"\n    + \"{after}\"\n");
        assert_eq!(shown(&json!(before), &json!(after)), want);
    }

    #[test]
    fn huge_lists_are_compared_place_by_place() {
        let before: Vec<u32> = (0..3000).collect();
        let after: Vec<u32> = (0..3000).map(|n| if n == 7 { 9999 } else { n }).collect();
        assert_eq!(shown(&json!(before), &json!(after)), "~ field[7]:  7 -> 9999\n");
    }
}
