//! Why no plan was made, and why one was not applied.

use crate::{
    Error, Findings,
    plan::{self, Step},
    state::StoreError,
};

/// Why no plan was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The declaration has findings; nothing was called.
    #[error(transparent)]
    Findings(#[from] Findings),
    /// The journal cannot be used.
    #[error("the state cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The journal belongs to another stack.
    #[error("the state belongs to stack `{recorded}`, and this is stack `{declared}`")]
    OtherStack {
        /// The stack that it belongs to.
        recorded: String,
        /// The stack that is declared.
        declared: String,
    },
    /// A journal that has rows is not recovered: they would be overwritten.
    #[error("the journal has {rows} rows, and recovering never overwrites one")]
    Recorded {
        /// How many rows it has.
        rows: usize,
    },
    /// Looking at the cloud, or comparing, failed.
    #[error("{0}")]
    Cloud(#[source] Error),
}

impl From<Error> for PlanError {
    fn from(error: Error) -> Self {
        Self::Cloud(error)
    }
}

impl PlanError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Findings(_) => None,
            Self::Store(error) => error.hint(),
            Self::OtherStack { .. } => Some("give each stack a state directory of its own".into()),
            Self::Recorded { .. } => Some(
                "plan and apply with it; or move its directory away, if it is not the journal of these objects".into(),
            ),
            Self::Cloud(error) => error.advice().map(str::to_owned),
        }
    }
}

/// Why a plan was not applied. Nothing was done then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The journal cannot be used, or somebody else holds its lock.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The plan is not for this state or this stack any more.
    #[error("the plan is stale: {0}")]
    Stale(String),
    /// Something forbids the plan.
    #[error("the plan cannot be applied:{}", list(.0.iter().map(|b| format!("{}: {}", b.address, b.why))))]
    Blocked(Vec<plan::Blocker>),
    /// Something with stakes would end and nobody consented.
    #[error("the plan ends what holds something, without consent:{}", list(.0.iter().map(lost)))]
    NoConsent(Vec<Step>),
    /// The declaration has findings.
    #[error(transparent)]
    Findings(#[from] Findings),
    /// Writing the journal, or the proof after a destroy, failed.
    #[error("{0}")]
    Failed(#[source] Error),
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.fold(String::new(), |list, item| list + "\n  " + &item)
}

fn lost(step: &Step) -> String {
    format!("{} ({}) holds a {}", step.address, step.kind, step.stakes.name())
}

impl ApplyError {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Stale(_) => Some("plan again".into()),
            Self::Blocked(blockers) => blockers.first().map(|blocker| blocker.fix.clone()),
            Self::NoConsent(_) => Some("consent to these losses with `Plan::consent`".into()),
            Self::Findings(_) => None,
            Self::Failed(error) => error.advice().map(str::to_owned),
        }
    }
}

impl From<Error> for ApplyError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cloud_said_stays_the_source() {
        let denied = || Error::internal("no").because(std::io::Error::other("the line is down"));
        for error in [
            Box::new(PlanError::from(denied())) as Box<dyn std::error::Error>,
            Box::new(ApplyError::from(denied())),
        ] {
            let cause = error.source().and_then(|source| source.source()).map(ToString::to_string);
            assert_eq!(cause.as_deref(), Some("the line is down"));
        }
    }
}
