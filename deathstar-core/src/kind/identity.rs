//! How objects are told apart, what they are worth, and what repairs them.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Answers four questions at once: may create be repeated, how is a lost object found, what proves that it is ours, which name
/// is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The API takes our token: a create whose answer was lost is repeated with the same token and the same spec.
    Token,
    /// Only the owner tag finds it: a create whose answer was lost is repeated only when the object is not visible after this time.
    Tag {
        /// How long a new object may stay hidden from look-ups.
        visible_within: Duration,
    },
    /// The id follows from the spec ([`Resource::key`](super::Resource::key)).
    Key {
        /// Whether the object carries tags. Without them it is ours only by row and equal value.
        tagged: bool,
    },
}

impl Identity {
    /// Whether objects carry our tags.
    pub const fn tagged(self) -> bool {
        !matches!(self, Self::Key { tagged: false })
    }

    /// How long a new object may stay hidden from look-ups: what the kind says, or 60 s.
    pub const fn visible_within(self) -> Duration {
        match self {
            Self::Tag { visible_within } => visible_within,
            Self::Token | Self::Key { .. } => Duration::from_mins(1),
        }
    }
}

/// What is lost when an object is deleted or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stakes {
    /// Nothing that cannot be made again.
    None,
    /// A network: everything in it loses its connection.
    Network,
    /// A cluster: everything that runs on it stops.
    Cluster,
    /// Data.
    Data,
}

impl Stakes {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Network => "network",
            Self::Cluster => "cluster",
            Self::Data => "data",
        }
    }
}

/// What a plan offers for an object that exists but failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Delete it and make another.
    Replace,
    /// Change it in place: the converge loop goes on with what differs.
    Update,
}
