//! From types to text, and back.

use crate::{Error, Raw, Result};
use serde::{Serialize, de::DeserializeOwned};

pub(super) fn decode<T: DeserializeOwned>(text: &str, family: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal(format!("the spec of a {family} cannot be read")).because(error))
}

pub(super) fn encode(value: &impl Serialize, family: &str) -> Result<Raw> {
    Raw::encode(value)
        .map_err(|error| Error::internal(format!("a value of a {family} cannot be encoded")).because(error))
}

pub(super) fn part<T: DeserializeOwned>(raw: Option<&Raw>, family: &str) -> Result<Option<T>> {
    let read = |raw: &Raw| {
        raw.decode().map_err(|error| {
            Error::internal(format!("the id or the outputs of a {family} cannot be read")).because(error)
        })
    };
    raw.map(read).transpose()
}
