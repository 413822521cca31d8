//! What makes the calls in one subscription.

mod auth;
mod call;
mod driver;
mod look;
mod operation;
mod register;
#[cfg(test)]
pub(crate) mod scripted;

pub(crate) use call::{Answer, Call};

use crate::{Azure, Location, Subscription, error};
use auth::Bearer;
use azure_core::{
    Uuid,
    credentials::TokenCredential,
    http::{ClientOptions, Method, Pipeline, RetryOptions, Transport, Url},
};
use deathstar_core::{Error, Meaning, Result};
use std::{fmt, sync::Arc};

/// Makes the calls in one subscription; [`Credentials`](crate::Credentials) open it.
///
/// It implements [`Driver`](deathstar_core::Driver) for every kind of this crate. SDK retries are off: retry is the engine's.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    pipeline: Pipeline,
    /// Without a slash at its end.
    endpoint: Url,
    subscription: String,
    location: Location,
    /// Ties all calls of this client together in Azure's activity log.
    correlation: String,
}

impl Client {
    /// A client that has asked nobody yet.
    ///
    /// # Errors
    /// When the endpoint is no URL, or one that tokens cannot be sent to.
    pub(crate) fn new(
        subscription: &Subscription,
        endpoint: &str,
        credential: Arc<dyn TokenCredential>,
        transport: Option<Transport>,
    ) -> Result<Self> {
        if let Some(problem) = crate::subscription::problem_of(endpoint) {
            return Err(Error::new(Meaning::Invalid, format!("the endpoint `{endpoint}` {problem}")));
        }
        let endpoint = Url::parse(endpoint).map_err(|error| {
            Error::new(Meaning::Invalid, format!("the endpoint `{endpoint}` is not a URL")).because(error)
        })?;
        let options = ClientOptions { retry: RetryOptions::none(), transport, ..ClientOptions::default() };
        let scope = subscription.in_cloud().scope();
        let pipeline = Pipeline::new(
            option_env!("CARGO_PKG_NAME"),
            option_env!("CARGO_PKG_VERSION"),
            options,
            vec![],
            vec![Arc::new(Bearer::new(credential, scope))],
            None,
        );
        Ok(Self(Arc::new(Inner {
            pipeline,
            endpoint,
            subscription: subscription.id().to_owned(),
            location: subscription.location().clone(),
            correlation: Uuid::new_v4().to_string(),
        })))
    }

    pub(crate) fn subscription(&self) -> &str {
        &self.0.subscription
    }

    pub(crate) fn location(&self) -> &Location {
        &self.0.location
    }

    /// Asks for the subscription, and refuses to go on where it is not the one that is meant.
    ///
    /// # Errors
    /// When the credentials do not reach it, when it belongs to another tenant than the one that is expected, and when it is disabled.
    pub(crate) async fn check(&self, subscription: &Subscription) -> Result<()> {
        const VERSION: &str = "2022-12-01";
        let path = format!("/subscriptions/{}", self.subscription());
        let call = Call::new(Method::Get, &path, VERSION, "Microsoft.Resources/subscriptions/read");
        let answer = self.send(call).await.map_err(|error| error::of_subscription(error, subscription))?;
        let text = |name: &str| answer.body.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let refused = Meaning::Denied { action: String::new() };
        let tenant = text("tenantId").to_ascii_lowercase();
        if let Some(expected) = subscription.expected_tenant().filter(|expected| *expected != tenant) {
            let why = format!(
                "subscription {} belongs to tenant {tenant}, and tenant {expected} is expected",
                self.subscription()
            );
            return Err(Error::new(refused, why)
                .hint("choose a subscription of that tenant, or correct the declaration"));
        }
        // Source: Azure documentation, "Azure subscription states": in the others nothing can be written.
        if let state @ ("Disabled" | "Deleted" | "Expired") = text("state") {
            let why = format!("subscription {} is `{state}`", self.subscription());
            return Err(Error::new(refused, why).hint("enable it again, or choose another one"));
        }
        Ok(())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = <Azure as deathstar_core::Provider>::NAME;
        f.debug_struct("Client").field(name, &self.0.subscription).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
