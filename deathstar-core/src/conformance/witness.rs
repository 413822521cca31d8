//! Who saw what reached the API.

use crate::{Memory, Result, memory::Call};
use async_trait::async_trait;
use serde_json::Value;

/// One mutating call that reached the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// What was called, for people: `ec2:CreateVpc`.
    pub operation: String,
    /// The request's text, if it is known. The suite looks in it for an object's address, which stands in its tags alone.
    pub request: Option<String>,
}

/// Who saw what reached the API: a recording proxy, a fake, an audit log.
///
/// Some rules cannot be seen through the driver that is under test; without a witness they are not checked. It has to see the calls of
/// the clients under test, and no others.
#[async_trait]
pub trait Witness: Send + Sync {
    /// The mutating calls that reached the API so far, the oldest first, failed ones too.
    ///
    /// # Errors
    /// When the witness cannot be asked.
    async fn mutations(&self) -> Result<Vec<Mutation>>;

    /// The ids of all objects of a family that exist now, whoever made them; none when the witness cannot tell.
    ///
    /// # Errors
    /// When the witness cannot be asked.
    async fn objects(&self, family: &str) -> Result<Option<Vec<Value>>> {
        let _ = family;
        Ok(None)
    }
}

/// Its log of calls has no requests, so that tags are judged by what `find` shows.
#[async_trait]
impl Witness for Memory {
    async fn mutations(&self) -> Result<Vec<Mutation>> {
        let mutates = |call| matches!(call, Call::Create | Call::Change | Call::Retag | Call::Delete);
        let calls = self.calls().into_iter().filter(|record| mutates(record.call));
        Ok(calls
            .map(|record| Mutation {
                operation: format!("{}:{}", record.family, record.call.name()),
                request: None,
            })
            .collect())
    }

    async fn objects(&self, family: &str) -> Result<Option<Vec<Value>>> {
        let of = self.objects().into_iter().filter(|object| object.family == family);
        Ok(Some(of.map(|object| object.id).collect()))
    }
}
