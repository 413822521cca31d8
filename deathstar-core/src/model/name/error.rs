//! Why a name is refused.

use super::CharSet;

/// A name that an API would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{}`: {problem}", .name.escape_debug())]
#[non_exhaustive]
pub struct NameError {
    /// What is named, such as `EKS cluster name`.
    pub what: &'static str,
    /// What was given.
    pub name: String,
    /// The first rule that is broken.
    pub problem: NameProblem,
}

impl NameError {
    /// What to do.
    pub fn hint(&self) -> String {
        self.problem.hint()
    }
}

/// The rule that a name breaks. Positions count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameProblem {
    /// Fewer characters than the API takes.
    #[error("it has {}, fewer than {min}", characters(*length))]
    TooShort {
        /// How many it has.
        length: usize,
        /// How many it needs.
        min: usize,
    },
    /// More characters than the API takes.
    #[error("it has {}, more than {max}", characters(*length))]
    TooLong {
        /// How many it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// More characters between two separators than the API takes.
    #[error("the part from character {position} on has {}, more than {max}", characters(*length))]
    PartTooLong {
        /// Where the part begins.
        position: usize,
        /// How many it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// A character that the API does not take.
    #[error("character {position} is `{}`, which is not one of {allowed}", .found.escape_debug())]
    Character {
        /// Where it stands.
        position: usize,
        /// The character.
        found: char,
        /// What may stand there.
        allowed: CharSet,
    },
    /// A first character that may only stand later.
    #[error("it begins with `{}` at character {position}, which is not one of {allowed}", .found.escape_debug())]
    First {
        /// Where it stands.
        position: usize,
        /// The character.
        found: char,
        /// What may stand there.
        allowed: CharSet,
    },
    /// A last character that may only stand earlier.
    #[error("it ends with `{}` at character {position}, which is not one of {allowed}", .found.escape_debug())]
    Last {
        /// Where it stands.
        position: usize,
        /// The character.
        found: char,
        /// What may stand there.
        allowed: CharSet,
    },
    /// Characters that may not stand side by side.
    #[error("it has `{found}` at character {position}")]
    Sequence {
        /// Where it begins.
        position: usize,
        /// The characters.
        found: &'static str,
    },
    /// A beginning that every such name has is missing.
    #[error("it does not begin with `{required}`")]
    NoPrefix {
        /// The beginning.
        required: &'static str,
    },
    /// A beginning that the provider keeps for itself.
    #[error("it begins with `{found}`, which is reserved")]
    ReservedPrefix {
        /// The beginning.
        found: &'static str,
    },
    /// An end that the provider keeps for itself.
    #[error("it ends with `{found}`, which is reserved")]
    ReservedSuffix {
        /// The end.
        found: &'static str,
    },
    /// A name that reads as an address.
    #[error("it has the form of an IPv4 address")]
    Address,
}

impl NameProblem {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::TooShort { length, min } => {
                format!("add at least {}", characters(min.saturating_sub(*length)))
            }
            Self::TooLong { length, max } | Self::PartTooLong { length, max, .. } => {
                format!("drop at least {}", characters(length.saturating_sub(*max)))
            }
            Self::Character { allowed, .. } => format!("use only {allowed}"),
            Self::First { allowed, .. } => format!("begin with one of {allowed}"),
            Self::Last { allowed, .. } => format!("end with one of {allowed}"),
            Self::Sequence { found, .. } => format!("replace `{found}`"),
            Self::NoPrefix { required } => format!("put `{required}` in front"),
            Self::ReservedPrefix { found } => format!("begin with something other than `{found}`"),
            Self::ReservedSuffix { found } => format!("end with something other than `{found}`"),
            Self::Address => "add a letter".to_owned(),
        }
    }
}

fn characters(count: usize) -> String {
    format!("{count} character{}", if count == 1 { "" } else { "s" })
}
