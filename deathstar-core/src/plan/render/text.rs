//! Lines of styled text, and the only place that turns them into characters.

use std::fmt::Write as _;

/// What a piece of text is, which its colour follows from. Colour never carries meaning alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Heading,
    Faint,
    Create,
    Update,
    Delete,
    Replace,
    Move,
    Ask,
    Alarm,
}

impl Style {
    /// The parameters of its terminal sequence; empty for plain text.
    const fn parameters(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Heading => "1",
            Self::Faint => "2",
            Self::Create => "32",
            Self::Update => "33",
            Self::Delete => "31",
            Self::Replace => "35",
            Self::Move => "36",
            Self::Ask => "34",
            Self::Alarm => "1;31",
        }
    }
}

/// A text on one line. Whatever is put into it, it stays on that line and cannot steer a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<(Style, String)>);

impl Text {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Plain text.
    pub(crate) fn of(text: &str) -> Self {
        Self::styled(Style::Plain, text)
    }

    pub(crate) fn styled(style: Style, text: &str) -> Self {
        let mut new = Self::new();
        new.push(style, text);
        new
    }

    /// Adds a piece.
    pub(crate) fn push(&mut self, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some((last, piece)) if *last == style => harmless(text, piece),
            _ => {
                let mut piece = String::with_capacity(text.len());
                harmless(text, &mut piece);
                self.0.push((style, piece));
            }
        }
    }

    /// Adds a piece.
    #[must_use]
    pub(crate) fn with(mut self, style: Style, text: &str) -> Self {
        self.push(style, text);
        self
    }

    /// Adds another text.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Adds spaces until it is `width` wide.
    #[must_use]
    pub(crate) fn padded(mut self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.push(Style::Plain, &" ".repeat(missing));
        self
    }

    /// How many characters it has.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, piece)| piece.chars().count()).sum()
    }

    fn write(&self, out: &mut String, colour: bool) {
        for (style, piece) in &self.0 {
            let parameters = style.parameters();
            if colour && !parameters.is_empty() {
                let _ = write!(out, "\u{1b}[{parameters}m{piece}\u{1b}[0m");
            } else {
                out.push_str(piece);
            }
        }
    }
}

/// Writes a text with each character that would break the line or steer a terminal as an escape.
fn harmless(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Controls, and the marks that reorder what follows them.
            c if c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
}

/// Lines, each with its indentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines(Vec<(usize, Text)>);

impl Lines {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, indent: usize, text: Text) {
        self.0.push((indent, text));
    }

    /// Adds an empty line, unless one stands there or nothing does.
    pub(crate) fn gap(&mut self) {
        if self.0.last().is_some_and(|(_, text)| !text.0.is_empty()) {
            self.push(0, Text::new());
        }
    }

    /// The line, where there is only one.
    pub(crate) fn only(mut self) -> Option<Text> {
        let (_, text) = self.0.pop()?;
        self.0.is_empty().then_some(text)
    }

    /// Adds a text on as many lines as it needs, broken between words.
    pub(crate) fn paragraph(&mut self, indent: usize, style: Style, text: &str, width: usize) {
        let mut line = Text::new();
        for word in text.split(' ') {
            let word = Text::styled(style, word);
            if line.width() > 0 && indent + line.width() + 1 + word.width() > width {
                self.push(indent, std::mem::take(&mut line));
            }
            if line.width() > 0 {
                line.push(style, " ");
            }
            line = line.and(word);
        }
        self.push(indent, line);
    }

    /// The text, each line ended.
    pub(crate) fn to_text(&self, colour: bool) -> String {
        let mut out = String::new();
        for (indent, text) in &self.0 {
            if !text.0.is_empty() {
                out.extend(std::iter::repeat_n(' ', *indent));
                text.write(&mut out, colour);
            }
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_cannot_steer_a_terminal() {
        let text = Text::of("a\u{1b}[31mb\nc\u{202e}d\u{9b}e");
        let mut lines = Lines::new();
        lines.push(2, text);
        assert_eq!(lines.to_text(false), "  a\\u{1b}[31mb\\nc\\u{202e}d\\u{9b}e\n");
    }

    #[test]
    fn colour_is_added_only_on_request_and_ends_with_its_piece() {
        let mut lines = Lines::new();
        lines.push(0, Text::of("a ").with(Style::Create, "b").with(Style::Create, "c"));
        assert_eq!(lines.to_text(false), "a bc\n");
        assert_eq!(lines.to_text(true), "a \u{1b}[32mbc\u{1b}[0m\n");
    }

    #[test]
    fn gaps_do_not_add_up() {
        let mut lines = Lines::new();
        lines.gap();
        lines.push(0, Text::of("a"));
        lines.gap();
        lines.gap();
        lines.push(0, Text::of("b"));
        assert_eq!(lines.to_text(false), "a\n\nb\n");
    }
}
