//! Sets of characters.

use std::fmt;

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const UNICODE: u8 = 8;

/// The characters that may stand somewhere in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CharSet {
    classes: u8,
    marks: &'static str,
}

impl CharSet {
    /// `a` to `z`.
    pub const LOWER: Self = Self { classes: LOWER, marks: "" };
    /// `a` to `z` and `A` to `Z`.
    pub const LETTERS: Self = Self { classes: LOWER | UPPER, marks: "" };
    /// `a` to `z` and `0` to `9`.
    pub const LOWER_ALPHANUMERIC: Self = Self { classes: LOWER | DIGIT, marks: "" };
    /// `a` to `z`, `A` to `Z` and `0` to `9`.
    pub const ALPHANUMERIC: Self = Self { classes: LOWER | UPPER | DIGIT, marks: "" };
    /// Letters and digits of any script.
    pub const UNICODE_ALPHANUMERIC: Self = Self { classes: LOWER | UPPER | DIGIT | UNICODE, marks: "" };

    /// The same letters and digits with these other characters.
    #[must_use]
    pub const fn with(self, marks: &'static str) -> Self {
        Self { classes: self.classes, marks }
    }

    /// Whether a character is in the set.
    pub fn contains(self, c: char) -> bool {
        let class = match c {
            'a'..='z' => LOWER,
            'A'..='Z' => UPPER,
            '0'..='9' => DIGIT,
            _ if !c.is_ascii() && c.is_alphanumeric() => UNICODE,
            _ => 0,
        };
        self.classes & class != 0 || self.marks.contains(c)
    }
}

impl fmt::Display for CharSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classes = [
            (LOWER, "a-z"),
            (UPPER, "A-Z"),
            (DIGIT, "0-9"),
            (UNICODE, "letters and digits of other scripts"),
        ];
        let mut parts: Vec<String> = classes
            .iter()
            .filter(|(class, _)| self.classes & class != 0)
            .map(|(_, text)| (*text).to_owned())
            .collect();
        if !self.marks.is_empty() {
            parts.push(format!("`{}`", self.marks));
        }
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_is_its_own() {
        let probe = "aZ5é-";
        let in_set = |set: CharSet| probe.chars().map(|c| set.contains(c)).collect::<Vec<_>>();
        assert_eq!(in_set(CharSet::LOWER), [true, false, false, false, false]);
        assert_eq!(in_set(CharSet::LETTERS), [true, true, false, false, false]);
        assert_eq!(in_set(CharSet::LOWER_ALPHANUMERIC), [true, false, true, false, false]);
        assert_eq!(in_set(CharSet::ALPHANUMERIC), [true, true, true, false, false]);
        assert_eq!(in_set(CharSet::UNICODE_ALPHANUMERIC), [true, true, true, true, false]);
        assert_eq!(in_set(CharSet::LOWER.with("-")), [true, false, false, false, true]);
    }

    #[test]
    fn the_text_names_the_members() {
        assert_eq!(CharSet::ALPHANUMERIC.with("-_").to_string(), "a-z, A-Z, 0-9, `-_`");
        assert_eq!(CharSet::LOWER.to_string(), "a-z");
    }
}
