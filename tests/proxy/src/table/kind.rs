//! What befalls a call, and when.

use crate::{Fault, Injection, Moment};

/// A step in the life of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It is made.
    Create,
    /// It is changed.
    Change,
    /// It is destroyed.
    Destroy,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It is throttled.
    Throttled,
    /// 503, and no effect.
    Unavailable,
    /// 500, and the effect.
    FailedAfter,
    /// A reset before the effect.
    ResetBefore,
    /// A reset after the effect.
    ResetAfter,
    /// The effect, and no answer.
    LostAnswer,
    /// The process ends before the effect.
    KilledBefore,
    /// The process ends after the effect.
    KilledAfter,
    /// The effect, no answer, what was made is hidden for two looks, and the process ends.
    KilledAndHidden,
    /// The same, and the process is one of the operating system that is ended by SIGKILL. It is tried where a subject says how
    /// processes are [started](super::Subject::in_processes).
    EndedAndHidden,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Throttled,
        Self::Unavailable,
        Self::FailedAfter,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::LostAnswer,
        Self::KilledBefore,
        Self::KilledAfter,
        Self::KilledAndHidden,
        Self::EndedAndHidden,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "503",
            Self::FailedAfter => "500 after",
            Self::ResetBefore => "reset before",
            Self::ResetAfter => "reset after",
            Self::LostAnswer => "lost answer",
            Self::KilledBefore => "killed before",
            Self::KilledAfter => "killed after",
            Self::KilledAndHidden => "killed, hidden",
            Self::EndedAndHidden => "SIGKILL, hidden",
        }
    }

    /// Its fault at a call; `end` ends the process that makes it.
    pub(super) fn injection(self, call: &str, end: impl Fn() + Send + Sync + 'static) -> Injection {
        match self {
            Self::Throttled => Injection::new(call, Fault::Throttled),
            Self::Unavailable => Injection::new(call, Fault::Unavailable),
            Self::FailedAfter => Injection::new(call, Fault::FailedAfter),
            Self::ResetBefore => Injection::new(call, Fault::ResetBefore),
            Self::ResetAfter => Injection::new(call, Fault::ResetAfter),
            Self::LostAnswer => Injection::new(call, Fault::LostAnswer),
            Self::KilledBefore => Injection::new(call, Fault::kill(Moment::Before, end)),
            Self::KilledAfter => Injection::new(call, Fault::kill(Moment::After, end)),
            Self::KilledAndHidden | Self::EndedAndHidden => {
                Injection::new(call, Fault::kill(Moment::After, end)).hiding(2)
            }
        }
    }

    /// Whether it is worth trying at a call that only reads: before and after are the same there.
    pub(super) const fn befalls_reads(self) -> bool {
        matches!(self, Self::Throttled | Self::LostAnswer | Self::KilledAfter)
    }

    /// Whether the process ends.
    pub const fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter | Self::KilledAndHidden | Self::EndedAndHidden)
    }

    /// Whether the process is one of the operating system.
    pub(super) const fn needs_processes(self) -> bool {
        matches!(self, Self::EndedAndHidden)
    }
}
