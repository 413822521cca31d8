//! What can go wrong.

use crate::Meaning;
use std::collections::VecDeque;

/// A verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Call {
    /// Looking.
    Find,
    /// Creating.
    Create,
    /// Changing.
    Change,
    /// Writing tags.
    Retag,
    /// Deleting.
    Delete,
    /// Asking a fact.
    Ask,
    /// Asking whether a fact is over.
    Over,
}

impl Call {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Create => "create",
            Self::Change => "change",
            Self::Retag => "retag",
            Self::Delete => "delete",
            Self::Ask => "ask",
            Self::Over => "over",
        }
    }
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The API refuses, and nothing happens.
    Fails(Meaning),
    /// It asks for fewer calls, and nothing happens.
    Throttled,
    /// It happens, and the answer is lost.
    LostAnswer,
    /// The request is lost; the caller cannot tell that from a lost answer.
    LostRequest,
    /// It is created, and not to be seen for so many looks.
    Hidden(u32),
    /// It is created or changed, and pending for so many looks.
    Pending(u32),
    /// It is created, and then fails for this reason.
    FailsAfter(String),
    /// The process dies before it happens.
    DiesBefore,
    /// The process dies after it happened, before the answer.
    DiesAfter,
    /// It happens, and the call never returns: a test drops the work there, as if the process had died.
    Hangs,
    /// It does not happen, and the call never returns.
    HangsBefore,
}

#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<Rule>);

#[derive(Debug)]
struct Rule {
    family: String,
    call: Call,
    fault: Fault,
    times: u32,
}

impl Faults {
    pub(super) fn add(&mut self, family: &str, call: Call, fault: Fault, times: u32) {
        self.0.push_back(Rule { family: family.to_owned(), call, fault, times });
    }

    /// The fault of a call that is made now.
    pub(super) fn take(&mut self, family: &str, call: Call) -> Option<Fault> {
        let of = |rule: &Rule| {
            rule.call == call && rule.times > 0 && (rule.family == "*" || rule.family == family)
        };
        let at = self.0.iter().position(of)?;
        let rule = &mut self.0[at];
        rule.times -= 1;
        let fault = rule.fault.clone();
        if rule.times == 0 {
            self.0.remove(at);
        }
        Some(fault)
    }
}
