//! Patterns of a schema: the syntax of RE2, which Go's `regexp` reads.

use regex::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// How much memory one compiled pattern may take, in bytes. Counted repetitions of Unicode classes are large.
const SIZE: usize = 64 << 20;

/// One pattern; it is compiled when it is first asked.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new() }
    }

    /// As it stands in the schema.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches somewhere in the text; `None` where the pattern cannot be read.
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        let compiled = self
            .compiled
            .get_or_init(|| RegexBuilder::new(&translate(&self.text)).size_limit(SIZE).build().ok());
        compiled.as_ref().map(|regex| regex.is_match(text))
    }
}

/// A pattern of RE2 in the syntax of the `regex` crate.
///
/// They differ where RE2 takes a character for itself (a brace that repeats nothing, `[`, `&&` in a class), and in what `\d`, `\w`,
/// `\s` and `\b` mean: ASCII in RE2.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    // Inside a class: how much of it is written.
    let mut class: Option<usize> = None;
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        rest = match (next, class) {
            ('\\', _) => escape(after, class.is_some(), &mut out),
            ('[', None) => {
                let negated = after.starts_with('^');
                out.push_str(if negated { "[^" } else { "[" });
                let inner = &after[usize::from(negated)..];
                class = Some(out.len());
                // A bracket that closes right away stands for itself.
                match inner.strip_prefix(']') {
                    Some(inner) => {
                        out.push_str("\\]");
                        inner
                    }
                    None => inner,
                }
            }
            ('[', Some(_)) => {
                if let Some(length) = after.strip_prefix(':').and_then(|inner| inner.find(":]")) {
                    let whole = length + ":".len() + ":]".len();
                    out.push('[');
                    out.push_str(&after[..whole]);
                    &after[whole..]
                } else {
                    out.push_str("\\[");
                    after
                }
            }
            (']', Some(_)) => {
                class = None;
                out.push(']');
                after
            }
            ('&' | '~' | '-', Some(start)) => {
                // Twice in a row, they would combine classes.
                if out[start..].ends_with(next) {
                    out.push('\\');
                }
                out.push(next);
                after
            }
            ('{', None) if !repeats(after) => {
                out.push_str("\\{");
                after
            }
            _ => {
                out.push(next);
                after
            }
        };
    }
    out
}

/// Writes what follows a backslash, and answers what is left.
fn escape<'t>(after: &'t str, in_class: bool, out: &mut String) -> &'t str {
    let Some(next) = after.chars().next() else {
        out.push('\\');
        return after;
    };
    let rest = &after[next.len_utf8()..];
    if next == 'Q' {
        let (literal, rest) = rest.split_once("\\E").unwrap_or((rest, ""));
        out.push_str(&regex::escape(literal));
        return rest;
    }
    let written = match next {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => "[\\t\\n\\f\\r ]",
        'S' => "[^\\t\\n\\f\\r ]",
        'b' if !in_class => "(?-u:\\b)",
        '<' => "<",
        '>' => ">",
        _ => {
            out.push('\\');
            out.push(next);
            return rest;
        }
    };
    out.push_str(written);
    rest
}

/// Whether a brace opens a repetition, from what follows it.
fn repeats(after: &str) -> bool {
    let Some((inner, _)) = after.split_once('}') else { return false };
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_re2() {
        for (pattern, text, matches) in [
            ("^a+$", "aa", true),
            ("^a+$", "aab", false),
            ("b", "abc", true),
            // ASCII classes.
            (r"^\d$", "7", true),
            (r"^\d$", "\u{0667}", false),
            (r"^\w+$", "é", false),
            (r"^\W$", "é", true),
            (r"^\s$", "\u{00a0}", false),
            (r"^\S$", "\u{00a0}", true),
            (r"^[\d.]+$", "1.5", true),
            (r"^[^\s]+$", "a b", false),
            (r"\bx\b", "éx", true),
            (r"^.$", "é", true),
            // Characters that stand for themselves.
            ("^{a}$", "{a}", true),
            ("^a{2}$", "aa", true),
            ("^a{2,}$", "aaa", true),
            ("^a{,2}$", "a{,2}", true),
            ("^[[a]+$", "a[", true),
            ("^[]a]+$", "]a", true),
            ("^[^]a]+$", "bc", true),
            ("^[^]a]+$", "]", false),
            ("^[a&&b]+$", "a&b", true),
            ("^[a~~b]+$", "a~b", true),
            ("^[+--]+$", ",", true),
            ("^[a-z-]+$", "a-b", true),
            (r"^[\w-]+$", "a-b", true),
            ("^[[:alpha:]]+$", "ab", true),
            ("^[[:alpha:]]+$", "a1", false),
            (r"^\/\-\_\<$", "/-_<", true),
            (r"^\Qa.b\E$", "a.b", true),
            (r"^\Qa.b\E$", "axb", false),
            ("(?i)^abc$", "ABC", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), Some(matches), "`{pattern}` on `{text}`");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_says_so() {
        assert_eq!(Pattern::new("(?=a)").matches("a"), None);
        assert_eq!(Pattern::new("a\\").matches("a"), None);
    }
}
