//! What is wrong with a body.

use std::fmt;

/// One thing that is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where, as a JSON pointer.
    pub path: String,
    /// What.
    pub wrong: Wrong,
}

/// What can be wrong at one place of a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Wrong {
    /// There is no such member.
    Unknown,
    /// A request has what only answers have.
    ReadOnly,
    /// An answer has what only requests have.
    WriteOnly,
    /// It has to be there.
    Missing,
    /// It is of another type.
    Type {
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// It is none of the known values. Services take others where an enumeration is open; a spelling mistake looks the same.
    Value {
        /// What it is.
        found: String,
        /// What it could be.
        known: Vec<String>,
    },
    /// It is too long, too short, too much, or does not match a pattern.
    Form(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match &self.wrong {
            Wrong::Unknown => f.write_str("there is no such member"),
            Wrong::ReadOnly => f.write_str("only answers have it"),
            Wrong::WriteOnly => f.write_str("only requests have it"),
            Wrong::Missing => f.write_str("it has to be there"),
            Wrong::Type { expected, found } => write!(f, "it is {found}, and has to be {expected}"),
            Wrong::Value { found, known } => write!(f, "`{found}` is none of {}", known.join(", ")),
            Wrong::Form(why) => f.write_str(why),
        }
    }
}
