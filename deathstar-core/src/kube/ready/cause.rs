//! Why an object failed, and what to do.

use std::fmt;
use std::time::Duration;

/// Why an object failed, in whose words, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The reason in one word, as Kubernetes has it: `ImagePullBackOff`, `Unschedulable`.
    pub reason: String,
    /// What happened, to what.
    pub what: String,
    /// What to do; empty when nobody knows.
    pub fix: String,
    /// Whether it may pass by itself.
    pub outlook: Outlook,
}

/// Whether a failure may pass by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outlook {
    /// Nobody tries any more, or trying cannot help.
    Stays,
    /// A controller goes on trying: what is missing may come, a registry or a node may be late.
    MayPass,
}

/// How long a failure that may pass has to be the same before it is believed: a minute, in which the kubelet has tried an image or
/// a container four times (its back-off starts at 10 s and doubles) and an autoscaler has had its say.
pub const GRACE: Duration = Duration::from_mins(1);

impl Cause {
    pub(super) fn new(reason: impl Into<String>, what: impl Into<String>, outlook: Outlook) -> Self {
        Self { reason: reason.into(), what: what.into(), fix: String::new(), outlook }
    }

    pub(super) fn stays(reason: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(reason, what, Outlook::Stays)
    }

    pub(super) fn may_pass(reason: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(reason, what, Outlook::MayPass)
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        if !self.what.is_empty() {
            write!(f, ": {}", self.what)?;
        }
        if !self.fix.is_empty() {
            write!(f, "\n  hint: {}", self.fix)?;
        }
        Ok(())
    }
}
