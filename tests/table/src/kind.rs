//! What befalls a call, and when.

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
    /// processes are [started](crate::Subject::in_processes).
    EndedAndHidden,
    /// Something else is in progress, and no effect.
    Busy,
    /// The effect, and what was made is hidden for two looks.
    Hidden,
    /// The operation that it begins fails after two looks, for a reason that passes.
    OperationFails,
    /// The operation that it begins cannot be asked about.
    OperationForgotten,
}

impl Kind {
    /// Those that befall the calls of every API.
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

    /// Those that befall an API of operations that go on after their answers.
    pub const OF_OPERATIONS: [Self; 4] =
        [Self::Busy, Self::Hidden, Self::OperationFails, Self::OperationForgotten];

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
            Self::Busy => "busy",
            Self::Hidden => "hidden",
            Self::OperationFails => "op fails",
            Self::OperationForgotten => "op forgotten",
        }
    }

    /// Whether it is worth trying at a call that only reads: before and after are the same there.
    pub(crate) const fn befalls_reads(self) -> bool {
        matches!(self, Self::Throttled | Self::LostAnswer | Self::KilledAfter)
    }

    /// Whether the process ends.
    pub const fn kills(self) -> bool {
        matches!(self, Self::KilledBefore | Self::KilledAfter | Self::KilledAndHidden | Self::EndedAndHidden)
    }

    /// Whether the process is one of the operating system.
    pub(crate) const fn needs_processes(self) -> bool {
        matches!(self, Self::EndedAndHidden)
    }
}
