//! One step of a plan: an exact operation on one object.

use super::document::is_false;
use crate::{
    Raw, Stakes,
    driver::{Addition, Check},
    graph::Address,
    kind::ChangedBy,
    state::Row,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One operation on one object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// Its number; the plan lists steps by it.
    pub id: u32,
    /// The object's address.
    pub address: Address,
    /// Which object at that address.
    pub generation: u32,
    /// The kind's name.
    pub kind: String,
    /// The provider's id of the object, where it exists already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Raw>,
    /// What is done.
    pub action: Action,
    /// The steps that have to end first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u32>,
    /// The pass of the whole graph that it belongs to, from 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pass: u16,
    /// Whether it may turn out that nothing is to be done.
    #[serde(default, skip_serializing_if = "is_false")]
    pub conditional: bool,
    /// For the two halves of a replacement: the other half.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_half: Option<u32>,
    /// What changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// Why it is done, where the changes do not say so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What is lost by it.
    #[serde(default = "no_stakes", skip_serializing_if = "is_none")]
    pub stakes: Stakes,
    /// The spec that it leads to; expressions stand in it until they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Raw>,
    /// An older object at this address that is gone from the cloud: its row is dropped when the new one's is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<u32>,
    /// What a fact answered while planning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Raw>,
    /// The row that is written as it is, where the cloud is not asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Box<Row>>,
    /// Whether anybody looked at what it will write; none for kinds that are not tried beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// What the provider says that it adds to what is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<Addition>,
}

impl Step {
    /// A step that waits for nothing and says nothing more yet.
    pub(crate) fn new(id: u32, address: &Address, generation: u32, kind: String, action: Action) -> Self {
        Self {
            id,
            address: address.clone(),
            generation,
            kind,
            object: None,
            action,
            after: vec![],
            pass: 0,
            conditional: false,
            other_half: None,
            changes: vec![],
            notes: vec![],
            stakes: Stakes::None,
            target: None,
            gone: None,
            answer: None,
            row: None,
            check: None,
            adds: vec![],
        }
    }
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Creates the object, or finishes a create that was interrupted.
    Create,
    /// Changes it in place.
    Update,
    /// Deletes it.
    Delete,
    /// Moves its row to this address; the cloud is not touched.
    Rename {
        /// From where.
        from: Address,
    },
    /// Drops its row; the cloud is not touched.
    Forget,
    /// Takes our tags off the object and drops its row.
    Release,
    /// Makes an object ours that exists already: writes the owner tags, a row, and what differs from the declaration.
    Import,
    /// Writes the row of an object that was seen; the cloud is not touched.
    Recover,
    /// Records what was seen; the cloud is not touched.
    Record,
    /// Asks a fact.
    Ask,
    /// Asks whether a fact is over, so that what it stands on may go.
    Over,
}

/// One field that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FieldChange {
    /// Its name; `tags` for tags.
    pub field: String,
    /// The place inside it, as the provider's people write it; empty where it is told as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub before: Value,
    /// What it will be; an expression stands where that is known after apply.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub after: Value,
    /// Whether it forces a replacement.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replaces: bool,
    /// Who wrote what is there, where somebody else did and the provider tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ChangedBy>,
}

fn no_stakes() -> Stakes {
    Stakes::None
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(stakes: &Stakes) -> bool {
    *stakes == Stakes::None
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u16) -> bool {
    *number == 0
}
