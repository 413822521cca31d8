//! What is declared, by all who need something.

use super::{Group, Party, Pods, Services};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who may talk to whom on what, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Declaration {
    /// Who begins.
    pub from: Party,
    /// Who is asked.
    pub to: Party,
    /// On what.
    pub services: Services,
    /// Why, for people.
    pub why: String,
}

/// Who must never talk to whom; a declaration against it is a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Refusal {
    /// Who must not begin.
    pub from: Party,
    /// Who must not be asked.
    pub to: Party,
    /// On what.
    pub services: Services,
    /// Why, for people.
    pub why: String,
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}, {}: {}", self.from, self.to, self.services, self.why)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "never {} to {}, {}: {}", self.from, self.to, self.services, self.why)
    }
}

/// Groups of workloads, and the declarations of all who need something.
///
/// Declarations are a union: who needs a port declares it, and several may declare the same. Their order has no effect on what
/// is open; put new ones last, so that the rare rule whose number is taken already is the new one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Traffic {
    groups: Vec<Group>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pods: Vec<Pods>,
    declarations: Vec<Declaration>,
    refusals: Vec<Refusal>,
}

impl Traffic {
    /// Nothing: everything is closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names a group of workloads.
    #[must_use]
    pub fn group(mut self, group: Group) -> Self {
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
        self
    }

    /// Names a group of pods.
    #[must_use]
    pub fn with_pods(mut self, pods: Pods) -> Self {
        if !self.pods.contains(&pods) {
            self.pods.push(pods);
        }
        self
    }

    /// Declares that one may talk to another.
    #[must_use]
    pub fn allow(
        mut self,
        from: impl Into<Party>,
        to: impl Into<Party>,
        services: impl Into<Services>,
        why: impl Into<String>,
    ) -> Self {
        let (from, to, services) = (from.into(), to.into(), services.into());
        self.declarations.push(Declaration { from, to, services, why: why.into() });
        self
    }

    /// States that one must never talk to another, whoever declares it.
    #[must_use]
    pub fn never(
        mut self,
        from: impl Into<Party>,
        to: impl Into<Party>,
        services: impl Into<Services>,
        why: impl Into<String>,
    ) -> Self {
        let (from, to, services) = (from.into(), to.into(), services.into());
        self.refusals.push(Refusal { from, to, services, why: why.into() });
        self
    }

    /// All of this and of another; what both say is said once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        fn add<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
            for one in more {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
        }
        add(&mut self.groups, other.groups);
        add(&mut self.pods, other.pods);
        add(&mut self.declarations, other.declarations);
        add(&mut self.refusals, other.refusals);
        self
    }

    /// The groups, as they were named.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The groups of pods, as they were named.
    pub fn pods(&self) -> &[Pods] {
        &self.pods
    }

    /// The declarations, in their order.
    pub fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }

    /// What must never be declared.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Whether nothing is declared and no group is named.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.pods.is_empty() && self.declarations.is_empty()
    }
}
