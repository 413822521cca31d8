//! The server as the witness of a conformance suite.

use crate::{ArmServer, server::Shared};
use async_trait::async_trait;
use deathstar_core::{
    Result,
    conformance::{Mutation, Witness},
};
use deathstar_loopback::Recorded;
use std::sync::Arc;

/// What reached the API, as the conformance suite asks for it.
///
/// It tells which calls were made, and not which objects a family has: objects are known here by type, and not by a driver's families.
#[derive(Clone, Debug)]
pub struct ServerWitness(Arc<Shared>);

impl ArmServer {
    /// A witness of all calls.
    pub fn witness(&self) -> ServerWitness {
        ServerWitness(Arc::clone(self.shared()))
    }
}

#[async_trait]
impl Witness for ServerWitness {
    async fn mutations(&self) -> Result<Vec<Mutation>> {
        let calls = self.0.records.calls().mutating();
        let mutation = |call: &crate::Call| {
            let body = call.body.as_ref().map(ToString::to_string).unwrap_or_default();
            Mutation { operation: call.name(), request: Some(format!("{}\n{body}", call.path)) }
        };
        Ok(calls.iter().map(mutation).collect())
    }
}
