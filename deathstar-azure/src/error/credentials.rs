//! Errors of getting tokens, and of the first call with one.

use super::root;
use crate::Subscription;
use deathstar_core::{Error, Meaning};

/// Why there is no token, and what to do.
pub(crate) fn of_credentials(error: &azure_core::Error) -> Error {
    let refused = Meaning::Denied { action: String::new() };
    Error::new(refused, format!("there is no token of Azure: {}", root(error)))
        .hint("sign in (`az login`), or set `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`")
}

/// Why the subscription cannot be worked in.
pub(crate) fn of_subscription(error: Error, subscription: &Subscription) -> Error {
    match error.api_code() {
        Some("SubscriptionNotFound" | "InvalidSubscriptionId" | "AuthorizationFailed") => {
            let text = format!("the credentials do not reach subscription {}", subscription.id());
            Error::new(Meaning::Denied { action: "Microsoft.Resources/subscriptions/read".into() }, text)
                .code(error.api_code().unwrap_or_default())
                .hint("correct its id, choose credentials that reach it (`az account set`), or the cloud that it is in")
                .because(error)
        }
        _ => error,
    }
}
