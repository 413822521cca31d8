//! What happens during an apply, told while it happens.

use crate::{Error, plan::Step};
use std::time::Duration;

/// Something that happened during an apply.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// It begins.
    Started {
        /// How many steps there are.
        total: usize,
    },
    /// A step begins.
    StepStarted {
        /// The step.
        step: &'e Step,
    },
    /// A step waits for something in the cloud.
    StepWaiting {
        /// The step.
        step: &'e Step,
        /// For what.
        why: &'e str,
    },
    /// A call of a step failed and is repeated.
    StepRetrying {
        /// The step.
        step: &'e Step,
        /// Why it failed.
        error: &'e Error,
        /// After how long it is repeated.
        after: Duration,
    },
    /// A step has ended.
    StepEnded {
        /// The step.
        step: &'e Step,
        /// How.
        outcome: &'e Outcome,
        /// How long it took.
        took: Duration,
    },
    /// Something that a person should know.
    Note(&'e str),
    /// It has ended.
    Ended,
}

/// How a step ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It is done.
    Done,
    /// There was nothing to do.
    Unchanged,
    /// It failed.
    Failed(Error),
    /// It was not tried, since a step that it waits for did not succeed.
    Skipped {
        /// That step.
        because: u32,
    },
    /// It was stopped while the cloud still works on it; the next run goes on.
    InProgress(String),
    /// It was not started.
    NotStarted,
}

impl Outcome {
    /// Whether what waits for the step may go on.
    pub fn succeeded(&self) -> bool {
        matches!(self, Self::Done | Self::Unchanged)
    }

    /// Its word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Failed(_) => "failed",
            Self::Skipped { .. } => "skipped",
            Self::InProgress(_) => "in-progress",
            Self::NotStarted => "not-started",
        }
    }
}

/// Told of every event, in order. It must not block.
pub trait Observer: Send {
    /// Something happened.
    fn event(&mut self, event: &Event<'_>);
}

/// An observer that says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Observer for Quiet {
    fn event(&mut self, _: &Event<'_>) {}
}

/// An observer made of a closure.
#[derive(Clone, Copy, Debug)]
pub struct Events<F>(pub F);

impl<F: FnMut(&Event<'_>) + Send> Observer for Events<F> {
    fn event(&mut self, event: &Event<'_>) {
        (self.0)(event);
    }
}
