//! Providers that a subscription does not know yet.

use super::{Call, Client};
use crate::{arm::ArmType, error::UNREGISTERED};
use azure_core::http::Method;
use deathstar_core::{Error, Meaning, Result};

const VERSION: &str = "2021-04-01";

impl Client {
    /// What to make of a refused call: where the subscription does not know the provider, it is registered, and the call is
    /// repeated until Azure takes it.
    pub(super) async fn registered(&self, of: ArmType, refused: Error) -> Error {
        if refused.api_code() != Some(UNREGISTERED) {
            return refused;
        }
        match self.register(of.namespace()).await {
            Ok(()) => {
                let text = format!("{}, and is being registered", refused.message());
                Error::new(Meaning::NotReady, text).code(UNREGISTERED)
            }
            Err(error) => {
                let namespace = of.namespace();
                error.hint(format!("have it registered: `az provider register --namespace {namespace}`"))
            }
        }
    }

    async fn register(&self, namespace: &str) -> Result<()> {
        let path = format!("/subscriptions/{}/providers/{namespace}", self.subscription());
        let look = Call::new(Method::Get, &path, VERSION, format!("{namespace}/read"));
        let seen = self.send(look).await?;
        if seen.body.get("registrationState").and_then(|state| state.as_str()) == Some("Registering") {
            return Ok(());
        }
        let path = format!("{path}/register");
        let call = Call::new(Method::Post, &path, VERSION, format!("{namespace}/register/action"));
        self.send(call).await.map(|_| ())
    }
}
