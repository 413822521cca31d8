//! The windows in which a process can die.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where in its work a process died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// Before the intent to create is durable: before it is written, or before it is synced.
    BeforeIntent,
    /// The intent is durable, and the create call did not arrive.
    IntentToCall,
    /// The create call arrived, and has its effect after the death or never.
    CallInFlight,
    /// The object is made, and nobody is told.
    EffectBeforeAnswer,
    /// The create call is answered, and its id is not recorded.
    AnswerToRecord,
    /// The id is recorded, and the loop makes the calls that are missing.
    BetweenCalls,
    /// Anywhere between an update's intent and its end.
    Update,
    /// Anywhere between a deletion's intent and its end.
    Delete,
    /// In either half of a replacement that creates first.
    CreateFirst,
    /// In either half of a replacement that deletes first.
    DeleteFirst,
    /// While the journal is replaced by a snapshot.
    Compaction,
}

impl Window {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::BeforeIntent,
        Self::IntentToCall,
        Self::CallInFlight,
        Self::EffectBeforeAnswer,
        Self::AnswerToRecord,
        Self::BetweenCalls,
        Self::Update,
        Self::Delete,
        Self::CreateFirst,
        Self::DeleteFirst,
        Self::Compaction,
    ];

    /// Its words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeIntent => "before the intent is durable",
            Self::IntentToCall => "intent to call",
            Self::CallInFlight => "call in flight",
            Self::EffectBeforeAnswer => "effect before answer",
            Self::AnswerToRecord => "answer to id record",
            Self::BetweenCalls => "between calls of the loop",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::CreateFirst => "replacement, create first",
            Self::DeleteFirst => "replacement, delete first",
            Self::Compaction => "compaction",
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
