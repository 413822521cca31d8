//! What is said over HTTP to the recording cloud, and what it answers.

use deathstar_core::Tags;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One call of the recording cloud's API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Request {
    /// The kind of object.
    pub family: String,
    /// The token of the caller; empty for look-ups of several objects. Only kinds that take a token look at it.
    pub token: String,
    /// What is asked for.
    pub call: Call,
}

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Shows all objects of the family with this value of this tag.
    List {
        /// The tag.
        tag: String,
        /// Its value.
        value: String,
    },
    /// Shows these objects, and those that are shown in them.
    Read {
        /// Their ids.
        ids: Vec<Value>,
    },
    /// Makes an object.
    Create {
        /// Its tags.
        tags: Tags,
        /// Its spec.
        spec: Map<String, Value>,
    },
    /// Writes fields of an object.
    Change {
        /// Its id.
        id: Value,
        /// The fields and their new values.
        fields: Map<String, Value>,
    },
    /// Writes and removes tags of an object.
    Retag {
        /// Its id.
        id: Value,
        /// Tags to write.
        set: Tags,
        /// Tags to remove.
        unset: Vec<String>,
    },
    /// Deletes an object.
    Delete {
        /// Its id.
        id: Value,
    },
}

impl Call {
    /// Its word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "list",
            Self::Read { .. } => "read",
            Self::Create { .. } => "create",
            Self::Change { .. } => "change",
            Self::Retag { .. } => "retag",
            Self::Delete { .. } => "delete",
        }
    }

    /// Whether it may change something.
    pub fn mutates(&self) -> bool {
        !matches!(self, Self::List { .. } | Self::Read { .. })
    }
}

/// What the cloud answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Objects as the cloud shows them.
    Shown(Vec<Shown>),
    /// The id of the object that was made.
    Made(Value),
    /// It is done.
    Done,
    /// It was not done, and nothing happened.
    Refused(Refusal),
}

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// There is no such object.
    NotFound,
    /// An object with this key exists.
    Exists,
    /// Another object names it.
    InUse,
    /// The token of the call was used with other parameters.
    OtherParameters,
}

/// An object as the cloud shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Its kind.
    pub family: String,
    /// Its id.
    pub id: Value,
    /// Its tags.
    pub tags: Tags,
    /// Its spec.
    pub spec: Value,
    /// What it tells beyond that.
    pub outputs: Value,
    /// Whether an operation on it is in progress.
    pub pending: bool,
}
