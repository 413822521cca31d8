//! One object of the cloud.

use crate::{Error, Raw, Result, driver::Tags};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// A family and an id as JSON text.
pub(super) type ObjectKey = (String, String);

/// One object of the cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct MemoryObject {
    /// Its kind.
    pub family: String,
    /// Its id.
    pub id: Value,
    /// Its number in the order of creation.
    pub serial: u64,
    /// The token of the call that made it.
    pub token: String,
    /// Its tags.
    pub tags: Tags,
    /// Its spec.
    pub spec: Value,
    /// Its outputs.
    pub outputs: Value,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) claims: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) inside: Option<ObjectKey>,
    /// Its texts as they were last written, so that a look need not write them again.
    #[serde(skip)]
    pub(super) shown: Option<Shown>,
    #[serde(skip)]
    pub(super) hidden: u32,
    #[serde(skip)]
    pub(super) pending: u32,
}

impl MemoryObject {
    /// Its id as JSON text.
    pub(super) fn id_text(&self) -> Box<str> {
        self.shown.as_ref().map_or_else(|| self.id.to_string().into(), |shown| shown.id.text().into())
    }

    /// Its values as texts, written once.
    pub(super) fn show(&mut self) -> Result<Shown> {
        if let Some(shown) = &self.shown {
            return Ok(shown.clone());
        }
        let shown = Shown {
            id: encoded(&self.id)?,
            tags: Arc::new(self.tags.clone()),
            spec: encoded(&self.spec)?,
            outputs: encoded(&self.outputs)?,
        };
        Ok(self.shown.insert(shown).clone())
    }
}

/// An object's values as texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) id: Raw,
    pub(super) tags: Arc<Tags>,
    pub(super) spec: Raw,
    pub(super) outputs: Raw,
}

pub(super) fn encoded(value: &impl Serialize) -> Result<Raw> {
    Raw::encode(value).map_err(|error| Error::internal("a value cannot be encoded").because(error))
}
