//! What fails, where and when.

mod injection;
mod throttle;

pub use deathstar_loopback::Moment;
pub use injection::Injection;
pub use throttle::{Bucket, Throttle};

pub(crate) use throttle::Buckets;

use crate::wire::{Answer, Refusal};
use hyper::{
    HeaderMap,
    header::{CONTENT_TYPE, HeaderValue},
};
use std::{fmt, sync::Arc};

/// What befalls a call.
#[derive(Clone)]
#[non_exhaustive]
pub enum Fault {
    /// It is throttled, with the code of its service.
    Throttled,
    /// The service is not available: 503, and no effect.
    Unavailable,
    /// The service fails after the effect: 500.
    FailedAfter,
    /// The connection is reset before the effect.
    ResetBefore,
    /// The connection is reset after the effect.
    ResetAfter,
    /// After the effect the connection ends without an answer.
    LostAnswer,
    /// The caller is not allowed to make it, in the words of its service.
    Denied,
    /// It is refused, with this code and this message.
    Refused(String, String),
    /// It is answered with a web page of this status, as something says that is not the service.
    WebPage(u16),
    /// A function is called, and the connection is reset then: a place to end the process that called.
    Kill(Moment, Arc<dyn Fn() + Send + Sync>),
}

impl Fault {
    /// Every fault that needs nothing more to be said.
    pub const ALL: [Self; 6] = [
        Self::Throttled,
        Self::Unavailable,
        Self::FailedAfter,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::LostAnswer,
    ];

    /// Calls a function, which may end the caller's process.
    pub fn kill(moment: Moment, hook: impl Fn() + Send + Sync + 'static) -> Self {
        Self::Kill(moment, Arc::new(hook))
    }

    /// Ends a process with SIGKILL.
    pub fn kill_process(moment: Moment, process: u32) -> Self {
        Self::kill(moment, move || end_process(process))
    }

    /// Its name, for tables.
    pub fn name(&self) -> String {
        match self {
            Self::Throttled => "throttled".into(),
            Self::Unavailable => "503".into(),
            Self::FailedAfter => "500 after".into(),
            Self::ResetBefore => "reset before".into(),
            Self::ResetAfter => "reset after".into(),
            Self::LostAnswer => "lost answer".into(),
            Self::Denied => "denied".into(),
            Self::Refused(code, _) => code.clone(),
            Self::WebPage(status) => format!("page {status}"),
            Self::Kill(Moment::Before, _) => "killed before".into(),
            Self::Kill(Moment::After, _) => "killed after".into(),
        }
    }

    /// The page that is answered, if that is it.
    pub(crate) fn page(&self) -> Option<Answer> {
        let Self::WebPage(status) = self else { return None };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        let body = "<!doctype html><title>Not Found</title>".into();
        Some(Answer { status: *status, headers, body })
    }

    /// What the service says instead of doing anything, if that is it.
    pub(crate) fn refusal(&self, service: &str) -> Option<Refusal> {
        match self {
            Self::Throttled => Some(throttled(service)),
            Self::Unavailable => Some(unavailable(service)),
            Self::Denied => Some(denied(service)),
            Self::Refused(code, message) => Some(Refusal::new(code, message)),
            _ => None,
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// Ends a process with SIGKILL.
pub(crate) fn end_process(process: u32) {
    // A process that is gone already is what was asked for.
    let _ = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
}

/// How each service says that it is called too often.
///
/// Sources: Amazon EC2 API Reference, "Error codes"; IAM and Route 53 API References, "Common errors"; KMS and `CloudWatch` Logs API
/// References, `ThrottlingException`.
pub(crate) fn throttled(service: &str) -> Refusal {
    match service {
        "ec2" => Refusal::new("RequestLimitExceeded", "Request limit exceeded.").status(503),
        "kms" | "logs" => Refusal::new("ThrottlingException", "Rate exceeded"),
        _ => Refusal::new("Throttling", "Rate exceeded"),
    }
}

/// How each service says that something is not allowed.
///
/// Sources: Amazon EC2 API Reference, "Error codes"; the "Common errors" of the other services.
fn denied(service: &str) -> Refusal {
    let code = match service {
        "ec2" => "UnauthorizedOperation",
        "kms" | "logs" => "AccessDeniedException",
        _ => "AccessDenied",
    };
    Refusal::new(code, "The caller is not authorized to perform this operation.").status(403)
}

fn unavailable(service: &str) -> Refusal {
    let code = match service {
        "ec2" => "Unavailable",
        "logs" => "ServiceUnavailableException",
        _ => "ServiceUnavailable",
    };
    Refusal::new(code, "The service is unavailable. Please try again shortly.").status(503)
}

/// How each service says that it failed.
pub(crate) fn failed(service: &str) -> Refusal {
    let code = match service {
        "ec2" => "InternalError",
        "kms" => "KMSInternalException",
        _ => "InternalFailure",
    };
    Refusal::new(code, "An internal error has occurred.").status(500)
}
