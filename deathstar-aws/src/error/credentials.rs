//! Errors of getting credentials.

use super::{Cause, find, root, sort};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::{error::SdkError, operation::assume_role::AssumeRoleError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use deathstar_core::{Error, Meaning};
use std::error::Error as StdError;

const ASSUME_ROLE: &str = "sts:AssumeRole";

/// Why there are no credentials, and what to do.
pub(crate) fn of_credentials(error: &CredentialsError) -> Error {
    let refused = Meaning::Denied { action: String::new() };
    let cause = root(error).to_string();
    match error {
        CredentialsError::CredentialsNotLoaded(_) => Error::new(refused, "there are no AWS credentials").hint(
            "sign in (`aws sso login`), set `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`",
        ),
        CredentialsError::ProviderTimedOut(_) => {
            Error::new(Meaning::Transient, "whoever gives the AWS credentials does not answer in time")
        }
        CredentialsError::InvalidConfiguration(_) => {
            Error::new(Meaning::Invalid, format!("the configuration of the AWS credentials is not right: {cause}"))
                .hint("correct the profile in the AWS configuration files, or choose another one")
        }
        _ => of_role(error).unwrap_or_else(|| {
            Error::new(refused, format!("the AWS credentials cannot be loaded: {cause}"))
                .hint("sign in again (`aws sso login`), or choose other credentials")
        }),
    }
    .because(Cause(cause.into()))
}

/// What STS said to `AssumeRole`, sorted like any other call's error.
fn of_role(error: &CredentialsError) -> Option<Error> {
    let failed = find::<SdkError<AssumeRoleError, HttpResponse>>(error as &(dyn StdError + 'static))?;
    Some(match failed {
        SdkError::ServiceError(context) => {
            let copy = SdkError::service_error(context.err().meta().clone(), plain(context.raw()));
            sort(ASSUME_ROLE, false, copy)
        }
        other => Error::new(Meaning::Transient, format!("the role cannot be assumed: {}", root(other)))
            .operation(ASSUME_ROLE),
    })
}

/// An answer without its body.
fn plain(response: &HttpResponse) -> HttpResponse {
    let mut copy = HttpResponse::new(response.status(), aws_smithy_types::body::SdkBody::empty());
    for (name, value) in response.headers() {
        copy.headers_mut().append(name.to_owned(), value.to_owned());
    }
    copy
}
