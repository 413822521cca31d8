//! Errors of the AWS SDK, sorted by meaning: by code, by status and by how far a call came, never by text.

mod code;
mod credentials;

pub(crate) use credentials::of_credentials;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::{
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::orchestrator::HttpResponse,
    http::{Headers, Response},
};
use deathstar_core::{Error, Meaning, Result};
use std::{error::Error as StdError, fmt, future::Future, time::Duration};

/// Makes a call that changes nothing, such as `ec2:DescribeVpcs`.
pub(crate) async fn read<T, E>(
    operation: &'static str,
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    Box::pin(call).await.map_err(|error| sort(operation, false, error))
}

/// Makes a call that changes something, such as `ec2:CreateVpc`.
pub(crate) async fn write<T, E>(
    operation: &'static str,
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    Box::pin(call).await.map_err(|error| sort(operation, true, error))
}

/// The error for an answer that lacks what it always has.
pub(crate) fn incomplete(operation: &'static str, missing: &str) -> Error {
    Error::internal(format!("the answer has no {missing}")).operation(operation).effect_unknown()
}

/// The error of one part of a call that as a whole was answered well.
pub(crate) fn of_part(operation: &'static str, code: Option<&str>, text: Option<&str>) -> Error {
    let (code, text) = (code.unwrap_or("Unknown"), text.unwrap_or("refused"));
    let meaning = code::meaning(code, operation).unwrap_or(Meaning::Invalid);
    let meaning = code::told(meaning, Some(text), operation);
    let hint = code::hint(code, &meaning);
    let error = Error::new(meaning, text).code(code).operation(operation);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn sort<E>(operation: &'static str, writes: bool, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let request = request_id(&error);
    let html = error.raw_response().filter(|response| is_html(response.headers()));
    let (error, perhaps_done) = if let Some(response) = html {
        (
            foreign_answer(operation, response),
            response.status().as_u16() >= 500 || response.status().is_success(),
        )
    } else {
        match error {
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                let sorted = refusal(operation, context.err(), context.raw());
                let perhaps_done = !(300..500).contains(&status);
                (sorted.because(context.into_err()), perhaps_done)
            }
            other => unanswered(other),
        }
    };
    let error = match request {
        Some(request) => error.request(request),
        None => error,
    };
    // A throttled call was turned away at the door, whatever its status.
    let perhaps_done = perhaps_done && *error.meaning() != Meaning::Throttled;
    let error = error.operation(operation);
    if writes && perhaps_done { error.effect_unknown() } else { error }
}

fn request_id<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let of_body = match error {
        SdkError::ServiceError(context) => context.err().meta().request_id(),
        _ => None,
    };
    of_body.or_else(|| error.request_id()).map(str::to_owned)
}

/// An answer of the service that says no.
fn refusal(operation: &'static str, error: &impl ProvideErrorMetadata, response: &HttpResponse) -> Error {
    let status = response.status().as_u16();
    let Some(code) = error.code() else {
        return without_code(status, error.message());
    };
    let by_status = || match status {
        429 => Meaning::Throttled,
        500.. => Meaning::Transient,
        _ => Meaning::Invalid,
    };
    let meaning = code::meaning(code, operation).unwrap_or_else(by_status);
    let meaning = code::told(meaning, error.message(), operation);
    let hint = code::hint(code, &meaning);
    let text = error.message().map_or_else(|| format!("refused with status {status}"), str::to_owned);
    let error = Error::new(meaning, text).code(code);
    let error = match hint {
        Some(hint) => error.hint(hint),
        None => error,
    };
    match retry_after(response.headers()) {
        Some(wait) => error.retry_after(wait),
        None => error,
    }
}

fn without_code(status: u16, message: Option<&str>) -> Error {
    let meaning = match status {
        429 => Meaning::Throttled,
        // An answer that says that all is well, and cannot be read.
        200..300 | 500.. => Meaning::Transient,
        _ => Meaning::Internal,
    };
    let text =
        message.map_or_else(|| format!("an answer of status {status} that makes no sense"), str::to_owned);
    Error::new(meaning, text)
}

/// A call without an answer that could be read, and whether it may have had an effect.
fn unanswered<E>(error: SdkError<E, HttpResponse>) -> (Error, bool)
where
    E: StdError + Send + Sync + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => {
            (from_chain(Meaning::Internal, "the request cannot be built", error), false)
        }
        SdkError::TimeoutError(_) => (from_chain(Meaning::Transient, "no answer in time", error), true),
        SdkError::DispatchFailure(ref failure) => {
            let source = failure.as_connector_error().map(|error| error as &(dyn StdError + 'static));
            if let Some(cause) = source.and_then(find::<CredentialsError>) {
                return (of_credentials(cause), false);
            }
            if failure.is_user() {
                return (from_chain(Meaning::Internal, "the request cannot be sent", error), false);
            }
            let connecting = source.and_then(find::<hyper_util::client::legacy::Error>);
            if connecting.is_some_and(hyper_util::client::legacy::Error::is_connect) {
                let error = from_chain(Meaning::Transient, "no connection to the endpoint", error);
                return (
                    error.hint("check the network and the region, and the endpoint if one is set"),
                    false,
                );
            }
            (from_chain(Meaning::Transient, "the connection broke", error), true)
        }
        SdkError::ResponseError(_) => {
            (from_chain(Meaning::Transient, "the answer cannot be read", error), true)
        }
        _ => (from_chain(Meaning::Internal, "an unknown failure of the SDK", error), true),
    }
}

fn from_chain<E>(meaning: Meaning, what: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: StdError + Send + Sync + 'static,
{
    match error.into_source() {
        Ok(source) => {
            Error::new(meaning, format!("{what}: {}", root(source.as_ref()))).because(Cause(source))
        }
        Err(_) => Error::new(meaning, what),
    }
}

/// An answer that is a page for people comes from something that is not the service: a proxy, or an emulator without this operation.
fn foreign_answer(operation: &'static str, response: &Response<impl fmt::Debug>) -> Error {
    let status = response.status().as_u16();
    let text = format!(
        "the endpoint answers `{operation}` with a web page (status {status}): it is not the service itself"
    );
    Error::internal(text)
        .hint("an emulator says so when it does not know the operation; a proxy, when it refuses")
}

fn is_html(headers: &Headers) -> bool {
    headers
        .get("content-type")
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
}

fn retry_after(headers: &Headers) -> Option<Duration> {
    headers.get("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// The innermost cause, which says most.
fn root<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    chain(error).last().unwrap_or(error)
}

fn find<'e, T: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e T> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

fn chain<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// A cause of any type.
#[derive(Debug)]
struct Cause(BoxError);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests;
