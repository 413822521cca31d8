//! The proxy as the witness of a conformance suite.

use crate::{Parameters, Proxy, proxy::Shared};
use async_trait::async_trait;
use deathstar_core::{
    Result,
    conformance::{Mutation, Witness},
};
use deathstar_loopback::Recorded;
use std::sync::Arc;

/// What reached the API from one account, as the conformance suite asks for it.
///
/// It tells which calls were made, and not which objects there are: EC2 has objects that no call of the driver under test made.
#[derive(Clone, Debug)]
pub struct ProxyWitness {
    shared: Arc<Shared>,
    account: String,
}

impl Proxy {
    /// A witness of the calls of one account.
    pub fn witness(&self, account: impl Into<String>) -> ProxyWitness {
        ProxyWitness { shared: Arc::clone(self.shared()), account: account.into() }
    }
}

#[async_trait]
impl Witness for ProxyWitness {
    async fn mutations(&self) -> Result<Vec<Mutation>> {
        let calls = self.shared.records.calls().filter(|call| call.is_of(&self.account)).mutating();
        let of = calls
            .iter()
            .map(|call| Mutation { operation: call.name(), request: Some(text(&call.parameters)) });
        Ok(of.collect())
    }
}

fn text(parameters: &Parameters) -> String {
    parameters.iter().fold(String::new(), |text, (name, value)| text + name + "=" + value + "\n")
}
