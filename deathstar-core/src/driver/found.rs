//! What one call of an API showed.

use super::{Tags, context::SecretKey};
use crate::{Error, Raw, Resource, Result, kind::Data, secret};
use std::sync::Arc;

/// An object as the provider shows it.
#[derive(Clone, Debug)]
pub struct Seen<R: Resource> {
    /// The provider's id.
    pub id: R::Id,
    /// All its tags.
    pub tags: Tags,
    /// Its state in the shape of a spec.
    pub spec: R,
    /// What is known of it beyond that.
    pub outputs: R::Outputs,
    /// Whether it can be used.
    pub state: SeenState,
}

/// Whether an object can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeenState {
    /// It can.
    Ready,
    /// Not yet, or an operation on it is in progress.
    Pending(String),
    /// It exists and failed.
    Failed(String),
}

/// What is looked for.
#[derive(Clone, Debug)]
pub enum Want<I> {
    /// All objects of the stack, by owner tag.
    All,
    /// These objects. One that is gone is left out; it is no error.
    Ids(Vec<I>),
    /// The object with this owner token.
    Owned {
        /// The token.
        token: String,
    },
}

/// An object as seen, erased.
#[derive(Clone, Debug)]
pub(crate) struct AnySeen {
    pub(crate) family: &'static str,
    pub(crate) id: Raw,
    pub(crate) tags: Arc<Tags>,
    pub(crate) spec: Raw,
    pub(crate) outputs: Raw,
    pub(crate) state: SeenState,
}

/// What is looked for, erased.
#[derive(Clone, Debug)]
pub(crate) enum AnyWant {
    All,
    Ids(Vec<Raw>),
    Owned(String),
}

/// What one call of an API showed, of any family.
#[derive(Debug, Default)]
pub struct Found {
    pub(crate) seen: Vec<AnySeen>,
    error: Option<Error>,
    /// By it secrets are compared that the API tells.
    key: SecretKey,
}

impl Found {
    /// Nothing yet; of secrets it keeps digests by this key.
    pub(crate) fn keyed(key: SecretKey) -> Self {
        Self { key, ..Self::default() }
    }

    /// Adds an object.
    pub fn push<R: Resource>(&mut self, seen: Seen<R>) {
        match encode(&seen, self.key) {
            Ok((id, spec, outputs)) => self.seen.push(AnySeen {
                family: R::FAMILY,
                id,
                tags: Arc::new(seen.tags),
                spec,
                outputs,
                state: seen.state,
            }),
            Err(error) => {
                let text = format!("a {} was seen that cannot be encoded", R::FAMILY);
                self.error = Some(Error::internal(text).because(error));
            }
        }
    }

    /// What was seen of one kind, as types.
    ///
    /// # Errors
    /// When something seen cannot be decoded as `R`.
    pub fn of<R: Resource>(&self) -> Result<Vec<Seen<R>>> {
        self.seen.iter().filter(|seen| seen.family == R::FAMILY).map(AnySeen::decode).collect()
    }

    pub(crate) fn into_seen(self) -> Result<Vec<AnySeen>> {
        self.error.map_or(Ok(self.seen), Err)
    }
}

fn encode<R: Resource>(seen: &Seen<R>, key: SecretKey) -> serde_json::Result<(Raw, Raw, Raw)> {
    Ok((Raw::encode(&seen.id)?, secret::seal(&seen.spec, key.get())?, Raw::encode(&seen.outputs)?))
}

impl AnySeen {
    pub(crate) fn decode<R: Resource>(&self) -> Result<Seen<R>> {
        Ok(Seen {
            id: decode(&self.id, R::FAMILY, "id")?,
            tags: (*self.tags).clone(),
            spec: decode(&self.spec, R::FAMILY, "spec")?,
            outputs: decode(&self.outputs, R::FAMILY, "outputs")?,
            state: self.state.clone(),
        })
    }
}

pub(crate) fn decode<T: Data>(raw: &Raw, family: &str, what: &str) -> Result<T> {
    raw.decode()
        .map_err(|error| Error::internal(format!("the {what} of a {family} cannot be read")).because(error))
}
