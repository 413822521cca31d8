//! Errors by meaning: what went wrong, whether anything may have happened, and what to do.

use std::{error::Error as StdError, fmt, time::Duration};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an error means; retry is decided by it, in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The API asks for fewer calls. Nothing happened; the call is repeated after a pause.
    Throttled,
    /// Something else has to end first (an operation in progress, a dependency that is still there).
    Conflict,
    /// The object, or one that the call names, is not there.
    NotFound,
    /// The name, the slot or the object is taken.
    AlreadyExists,
    /// The caller may not do this.
    Denied {
        /// The permission that is missing, as its service names it; empty when the API does not say.
        action: String,
    },
    /// A limit of the account is reached.
    Quota,
    /// The request can never succeed as it is.
    Invalid,
    /// A dependency exists but cannot be used yet.
    NotReady,
    /// The network or the service failed; another try may succeed.
    Transient,
    /// A defect: of the kind, of its driver or of the engine.
    Internal,
}

/// Whether a failed call may have changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The API refused: nothing happened.
    None,
    /// No answer, or an answer that does not say: it may have happened. The engine looks before it repeats.
    Unknown,
}

/// One failure of one call or check.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    meaning: Meaning,
    effect: Effect,
    message: String,
    operation: Option<String>,
    code: Option<String>,
    request: Option<String>,
    retry_after: Option<Duration>,
    hint: Option<String>,
    source: Option<std::sync::Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error without effect.
    pub fn new(meaning: Meaning, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            meaning,
            effect: Effect::None,
            message: message.into(),
            operation: None,
            code: None,
            request: None,
            retry_after: None,
            hint: None,
            source: None,
        }))
    }

    /// A defect of the program, a kind or the engine.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Meaning::Internal, message)
    }

    /// Says that the call may have changed something.
    #[must_use]
    pub fn effect_unknown(mut self) -> Self {
        self.0.effect = Effect::Unknown;
        self
    }

    /// Names the API operation (`ec2:CreateVpc`).
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// Keeps the error code of the API.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Keeps the request's id, by which the provider's support finds it.
    #[must_use]
    pub fn request(mut self, id: impl Into<String>) -> Self {
        self.0.request = Some(id.into());
        self
    }

    /// Keeps how long the API asks to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn because(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(std::sync::Arc::new(source));
        self
    }

    /// What it means.
    pub fn meaning(&self) -> &Meaning {
        &self.0.meaning
    }

    /// Whether something may have happened.
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// Whether it may be otherwise after a time, without anybody's doing.
    pub(crate) fn passes(&self) -> bool {
        use Meaning::{Conflict, NotReady, Throttled, Transient};
        matches!(self.0.meaning, Throttled | Conflict | NotReady | Transient)
    }

    /// The sentence, without operation, code and request id.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The API operation, when one was called.
    pub fn operation_name(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The API's own code.
    pub fn api_code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The request's id.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// How long the API asks to wait.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What to do.
    pub fn advice(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = &inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        if let Meaning::Denied { action } = &inner.meaning
            && !action.is_empty()
            && !inner.message.contains(action.as_str())
        {
            write!(f, " (needs `{action}`)")?;
        }
        match (&inner.code, &inner.request) {
            (Some(code), Some(request)) => write!(f, " ({code}, request {request})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(request)) => write!(f, " (request {request})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{:?}: {self}", self.0.meaning, self.0.effect)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
