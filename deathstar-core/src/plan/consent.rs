//! Consent to losses, and refusals of risks.

use super::{Action, Plan, PlanData, Step};
use crate::{Stakes, graph::Address};
use std::fmt;

/// Consent to losing something; deleting or replacing what has stakes needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consent {
    /// To one object's end, whatever its stakes are.
    Object(Address),
    /// To the end of everything with these stakes.
    All(Stakes),
}

impl Consent {
    /// To the end of the object at an address.
    pub fn object(address: &str) -> Self {
        Self::Object(Address::unchecked(address))
    }

    fn covers(&self, step: &Step) -> bool {
        match self {
            Self::Object(address) => *address == step.address,
            Self::All(stakes) => *stakes == step.stakes,
        }
    }
}

/// A risk that a plan can be refused for, in a test or before an apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Risk {
    /// Something is replaced.
    Replace,
    /// Something is deleted.
    Delete,
    /// Something that holds data is deleted or replaced.
    DataLoss,
    /// A network or a cluster is deleted or replaced.
    Outage,
}

/// What a plan was refused for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused(pub Vec<String>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the plan is refused: {}", self.0.join("; "))
    }
}

impl Plan<'_> {
    /// Consents to losing something.
    #[must_use]
    pub fn consent(mut self, consent: Consent) -> Self {
        self.consents.push(consent);
        self
    }

    /// Consents to every loss that the plan brings.
    #[must_use]
    pub fn consent_to_all(mut self) -> Self {
        for stakes in [Stakes::Network, Stakes::Cluster, Stakes::Data] {
            self.consents.push(Consent::All(stakes));
        }
        self
    }

    /// The steps that need a consent which was not given.
    pub fn without_consent(&self) -> Vec<&Step> {
        self.data.losses().filter(|step| !self.consents.iter().any(|consent| consent.covers(step))).collect()
    }
}

impl PlanData {
    /// The steps that end something with stakes.
    pub fn losses(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.action == Action::Delete && step.stakes != Stakes::None)
    }

    /// Refuses the plan when it brings one of these risks.
    ///
    /// # Errors
    /// With every step that brings one.
    pub fn refuse(&self, risks: &[Risk]) -> Result<(), Refused> {
        let mut reasons = vec![];
        for step in self.steps.iter().filter(|step| step.action == Action::Delete) {
            for risk in risks {
                let (brings, what) = match risk {
                    Risk::Replace => (step.other_half.is_some(), "is replaced"),
                    Risk::Delete => (step.other_half.is_none(), "is deleted"),
                    Risk::DataLoss => (step.stakes == Stakes::Data, "holds data and goes"),
                    Risk::Outage => {
                        (matches!(step.stakes, Stakes::Network | Stakes::Cluster), "is in use and goes")
                    }
                };
                if brings {
                    reasons.push(format!("{} ({}) {what}", step.address, step.kind));
                }
            }
        }
        if reasons.is_empty() { Ok(()) } else { Err(Refused(reasons)) }
    }
}
