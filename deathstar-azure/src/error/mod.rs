//! Errors of Azure Resource Manager, sorted by meaning: by code, by status and by how far a call came, never by text.

mod code;
mod credentials;

pub(crate) use code::UNREGISTERED;
pub(crate) use credentials::{of_credentials, of_subscription};

use azure_core::error::ErrorKind;
use deathstar_core::{Error, Meaning};
use serde_json::Value;
use std::{error::Error as StdError, time::Duration};

/// A call that was answered with an error.
pub(crate) struct Refused<'r> {
    pub(crate) status: u16,
    /// The body; `null` where it is no JSON.
    pub(crate) body: Value,
    /// What has to be allowed for the call.
    pub(crate) action: &'r str,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) writes: bool,
}

/// What Azure says of an error.
struct Told<'t> {
    code: Option<&'t str>,
    text: String,
}

/// The error of a call that was refused.
pub(crate) fn refused(refused: &Refused<'_>) -> Error {
    let status = refused.status;
    let Some(told) = told(&refused.body) else {
        return without_code(refused);
    };
    let meaning = told.code.and_then(|code| code::meaning(code, refused.action));
    let meaning = meaning.unwrap_or_else(|| code::by_status(status, refused.action));
    // Its own code may say that another operation goes on; only without one a 429 asks for fewer calls.
    let turned_away = meaning == Meaning::Throttled;
    let mut error = sorted(meaning, told);
    if let Some(wait) = refused.retry_after {
        error = error.retry_after(wait);
    }
    if refused.writes && !turned_away && !(300..500).contains(&status) {
        error.effect_unknown()
    } else {
        error
    }
}

/// The error of an operation that has failed; something of it may have been done.
pub(crate) fn of_operation(body: &Value, end: &str) -> Error {
    let nested = body.pointer("/properties/error").map(|error| serde_json::json!({"error": error}));
    let error = match told(body).or_else(|| nested.as_ref().and_then(told)) {
        Some(told) => {
            let meaning = told.code.and_then(|code| code::meaning(code, "")).unwrap_or(Meaning::Invalid);
            sorted(meaning, told)
        }
        None => Error::new(
            Meaning::Invalid,
            format!("the operation ended with `{end}`, and Azure does not say why"),
        ),
    };
    error.effect_unknown()
}

/// Whether an error says that the very object that was asked for is not there.
pub(crate) fn is_gone(error: &Error) -> bool {
    error.api_code().is_some_and(|code| code::GONE.contains(&code))
}

fn sorted(meaning: Meaning, told: Told<'_>) -> Error {
    let hint = told.code.and_then(|code| code::hint(code, &meaning));
    let mut error = Error::new(meaning, told.text);
    if let Some(code) = told.code {
        error = error.code(code);
    }
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The error of a body, in any of the forms that Azure's services have.
fn told(body: &Value) -> Option<Told<'_>> {
    let error = body.get("error").filter(|error| error.is_object()).unwrap_or(body);
    let code = error.get("code").and_then(Value::as_str);
    let message = error.get("message").and_then(Value::as_str);
    if code.is_none() && message.is_none() {
        return None;
    }
    let mut text = message.or(code).unwrap_or_default().trim_end().to_owned();
    if let Some(target) = error.get("target").and_then(Value::as_str).filter(|target| !text.contains(target))
    {
        text = format!("{text} (at `{target}`)");
    }
    let mut cause = code;
    for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
        let word = |name: &str| detail.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
        if let Some(more) = word("message").or_else(|| word("code")).filter(|more| !text.contains(more)) {
            text = format!("{text}; {}", more.trim_end());
        }
        // A wrapping code says less than the one inside it.
        let inner = word("code").filter(|inner| code::meaning(inner, "").is_some());
        if cause.is_none_or(|code| code::meaning(code, "").is_none()) {
            cause = inner.or(cause);
        }
    }
    Some(Told { code: cause, text })
}

/// An answer that does not say what is wrong, or does not come from Azure Resource Manager.
fn without_code(refused: &Refused<'_>) -> Error {
    let status = refused.status;
    let meaning = match status {
        401 | 408 | 429 | 500.. => code::by_status(status, refused.action),
        // Nothing can be concluded: not that something is gone, nor that it is taken.
        _ => Meaning::Internal,
    };
    let turned_away = meaning == Meaning::Throttled;
    let mut error =
        Error::new(meaning, format!("an answer of status {status} that does not say what is wrong"));
    if *error.meaning() == Meaning::Internal {
        error = error.hint(
            "it may not be Azure Resource Manager that answers: check the endpoint, and proxies on the way",
        );
    }
    if let Some(wait) = refused.retry_after {
        error = error.retry_after(wait);
    }
    if refused.writes && !turned_away && !(300..500).contains(&status) {
        error.effect_unknown()
    } else {
        error
    }
}

/// The error of a call without an answer.
pub(crate) fn unanswered(error: &azure_core::Error, writes: bool) -> Error {
    let cause = root(error).to_string();
    match error.kind() {
        ErrorKind::Credential => of_credentials(error),
        ErrorKind::Connection => {
            Error::new(Meaning::Transient, format!("no connection to the endpoint: {cause}"))
                .hint("check the network, and the endpoint if one is set")
        }
        ErrorKind::Io => {
            let error = Error::new(Meaning::Transient, format!("the connection broke: {cause}"));
            if writes { error.effect_unknown() } else { error }
        }
        _ => {
            let error = Error::internal(format!("the call cannot be made: {cause}"));
            if writes { error.effect_unknown() } else { error }
        }
    }
}

/// The innermost cause, which says most.
fn root<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    std::iter::successors(Some(error), |error| (*error).source()).last().unwrap_or(error)
}

#[cfg(test)]
mod tests;
