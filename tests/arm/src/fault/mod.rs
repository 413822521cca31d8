//! What fails, where and when.

mod injection;

pub use deathstar_loopback::Moment;
pub use injection::Injection;

use crate::{answer::Refusal, world::Outcome};
use std::{fmt, sync::Arc};

/// What befalls a call, or the operation that it begins.
#[derive(Clone)]
#[non_exhaustive]
pub enum Fault {
    /// It is throttled, and told after how many seconds it may be repeated.
    Throttled(u64),
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
    /// The caller is not allowed to make it: 403.
    Denied,
    /// It is refused, with this status, this code and this message.
    Refused(u16, String, String),
    /// A header of the answer has this value, or, without one, is missing.
    Header(String, Option<String>),
    /// Its operation never ends.
    Stuck,
    /// Its operation takes so many looks.
    Slow(u32),
    /// Its operation fails after so many looks, with this code and this message, and leaves its object as failed.
    Fails(u32, String, String),
    /// Its operation is canceled after so many looks.
    Canceled(u32),
    /// The addresses of its operation are not known: 404, while the operation goes on.
    Forgotten,
    /// What it makes is not shown for so many looks: 404 after 201.
    Hidden(u32),
    /// A function is called, and the connection is reset then: a place to end the process that called.
    Kill(Moment, Arc<dyn Fn() + Send + Sync>),
}

impl Fault {
    /// Every fault that needs nothing more to be said.
    pub const ALL: [Self; 8] = [
        Self::Throttled(0),
        Self::Unavailable,
        Self::FailedAfter,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::LostAnswer,
        Self::Forgotten,
        Self::Hidden(2),
    ];

    /// It is refused.
    pub fn refused(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Refused(status, code.into(), message.into())
    }

    /// Its operation fails after so many looks.
    pub fn fails(looks: u32, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Fails(looks, code.into(), message.into())
    }

    /// Calls a function, which may end the caller's process.
    pub fn kill(moment: Moment, hook: impl Fn() + Send + Sync + 'static) -> Self {
        Self::Kill(moment, Arc::new(hook))
    }

    /// Its name, for tables.
    pub fn name(&self) -> String {
        match self {
            Self::Throttled(_) => "throttled".into(),
            Self::Unavailable => "503".into(),
            Self::FailedAfter => "500 after".into(),
            Self::ResetBefore => "reset before".into(),
            Self::ResetAfter => "reset after".into(),
            Self::LostAnswer => "lost answer".into(),
            Self::Denied => "denied".into(),
            Self::Refused(_, code, _) => code.clone(),
            Self::Header(name, _) => format!("header {name}"),
            Self::Stuck => "stuck".into(),
            Self::Slow(_) => "slow".into(),
            Self::Fails(_, code, _) => format!("fails with {code}"),
            Self::Canceled(_) => "canceled".into(),
            Self::Forgotten => "forgotten operation".into(),
            Self::Hidden(_) => "hidden".into(),
            Self::Kill(Moment::Before, _) => "killed before".into(),
            Self::Kill(Moment::After, _) => "killed after".into(),
        }
    }

    /// What is said instead of doing anything, if that is it.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Throttled(seconds) => {
                let why = "The request is being throttled as the limit has been reached for operation type.";
                Some(Refusal::new(429, "TooManyRequests", why).header("Retry-After", seconds.to_string()))
            }
            Self::Unavailable => Some(Refusal::new(
                503,
                "ServiceUnavailable",
                "The service is unavailable. Please try again shortly.",
            )),
            Self::Denied => {
                let why = "The client does not have authorization to perform the action over the scope, or the scope is invalid.";
                Some(Refusal::new(403, "AuthorizationFailed", why))
            }
            Self::Refused(status, code, message) => Some(Refusal::new(*status, &**code, &**message)),
            _ => None,
        }
    }

    /// What becomes of the operation that the call begins.
    pub(crate) fn twist(&self) -> Twist {
        let twist = Twist::default();
        match self {
            Self::Stuck => Twist { stuck: true, ..twist },
            Self::Slow(looks) => Twist { looks: Some(*looks), ..twist },
            Self::Fails(looks, code, message) => {
                let outcome = Outcome::Failed(Refusal::new(409, &**code, &**message));
                Twist { looks: Some(*looks), outcome, ..twist }
            }
            Self::Canceled(looks) => Twist { looks: Some(*looks), outcome: Outcome::Canceled, ..twist },
            Self::Forgotten => Twist { forgotten: true, ..twist },
            Self::Hidden(looks) => Twist { hidden: Some(*looks), ..twist },
            _ => twist,
        }
    }
}

/// What a script has in store for the operation that a call begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Twist {
    pub(crate) stuck: bool,
    pub(crate) looks: Option<u32>,
    pub(crate) outcome: Outcome,
    pub(crate) forgotten: bool,
    pub(crate) hidden: Option<u32>,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// How the service says that it failed.
pub(crate) fn failed() -> Refusal {
    Refusal::new(500, "InternalServerError", "An internal server error has occurred.")
}
