//! The plan as a document: exact steps with edges, serialisable, without the state.

use super::{Action, Desired, Step, Unseen};
use crate::{
    Catalogue, Diagnostic, Error, Permissions, Stack,
    graph::Address,
    kind::ChangedBy,
    permission,
    state::{ConnectionRow, Loaded},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Deref;

/// The version of the plan's shape. A plan file of another version is refused.
pub const PLAN_VERSION: u16 = 1;

/// A plan together with the stack that it was made for: the stack supplies secrets and connections when it is applied.
#[derive(Clone, Debug)]
pub struct Plan<'s> {
    pub(crate) stack: &'s Stack,
    pub(crate) data: PlanData,
    pub(crate) consents: Vec<super::Consent>,
    /// What it was made from, where this process made it.
    pub(crate) made_from: Option<Box<MadeFrom<'s>>>,
}

/// What a plan was made from: the checked declaration, and the state as it was read. Applying need not find them out again.
#[derive(Clone, Debug)]
pub(crate) struct MadeFrom<'s> {
    pub(crate) desired: Desired<'s>,
    pub(crate) loaded: Loaded,
    pub(crate) catalogue: Catalogue,
}

impl Deref for Plan<'_> {
    type Target = PlanData;
    fn deref(&self) -> &PlanData {
        &self.data
    }
}

/// A plan as data: what will be done, in which order, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlanData {
    /// The version of this shape.
    pub version: u16,
    /// The stack's name.
    pub stack: String,
    /// The recorded state that it was made from.
    pub base: Base,
    /// The digest of the declared graph that it was made for.
    pub graph: String,
    /// Whether it destroys the stack.
    #[serde(default, skip_serializing_if = "is_false")]
    pub destroy: bool,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Purpose::is_change")]
    pub purpose: Purpose,
    /// What a partial plan was asked for; empty for a whole one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Address>,
    /// The steps; each comes after all that it waits for.
    pub steps: Vec<Step>,
    /// What differs in the cloud from what is recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drift>,
    /// What stands in objects of the stack, and was not made by it: it is left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<Foreign>,
    /// What forbids to apply it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<Blocker>,
    /// Whether exports will change.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exports: bool,
    /// How many recorded objects stay as they are.
    pub unchanged: usize,
    /// What a person should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// When a journal is recovered: what cannot be told from the cloud.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// When a journal is recovered: the connections on which its objects were seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<ConnectionRow>,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Purpose {
    /// To bring the cloud to what is declared, or to destroy it.
    #[default]
    Change,
    /// To take what is seen into the record; the cloud is not touched.
    RefreshOnly,
    /// To drop rows from the record.
    Forget,
    /// To rebuild a lost journal; the cloud is not touched.
    Recover,
}

impl Purpose {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_change(&self) -> bool {
        *self == Self::Change
    }
}

/// The recorded state that a plan was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The journal; empty when there was none.
    pub lineage: String,
    /// How many records it had.
    pub serial: u64,
    /// Their digest.
    pub digest: String,
}

/// One difference between the cloud and the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Drift {
    /// The object.
    pub address: Address,
    /// The kind's name.
    pub kind: String,
    /// Its id.
    pub id: Value,
    /// The field; empty when the object itself is gone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// The place inside it, as the provider's people write it; empty where it is told as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is recorded.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub recorded: Value,
    /// What was found.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub found: Value,
    /// Who wrote what was found, where the provider tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ChangedBy>,
}

/// Something in an object of the stack that the stack did not make. It carries no tags, so nothing says who did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Foreign {
    /// The object of the stack that it stands in.
    pub within: Address,
    /// The kind's name.
    pub kind: String,
    /// Its id.
    pub id: Value,
    /// What is seen of it.
    pub found: Value,
}

/// Something that forbids to apply a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Blocker {
    /// The object.
    pub address: Address,
    /// Why.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// How many steps of each sort a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Objects that will be created, replacements left out.
    pub create: usize,
    /// Objects that will be changed in place.
    pub update: usize,
    /// Objects that will be replaced.
    pub replace: usize,
    /// Objects that will be deleted, replacements left out.
    pub delete: usize,
    /// Rows that will be moved.
    pub rename: usize,
    /// Rows that will be dropped.
    pub forget: usize,
    /// Questions that will be asked.
    pub ask: usize,
    /// Rows that will be brought up to date with what was seen.
    pub record: usize,
    /// Objects that become ours.
    #[serde(default)]
    pub import: usize,
    /// Rows that will be rebuilt.
    #[serde(default)]
    pub recover: usize,
}

impl PlanData {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && !self.exports
    }

    /// How many steps of each sort there are.
    pub fn summary(&self) -> Summary {
        let mut sum = Summary::default();
        for step in &self.steps {
            let replaces = step.other_half.is_some();
            match &step.action {
                Action::Create if replaces => sum.replace += 1,
                Action::Create => sum.create += 1,
                Action::Update => sum.update += 1,
                Action::Delete if replaces => {}
                Action::Delete => sum.delete += 1,
                Action::Rename { .. } => sum.rename += 1,
                Action::Forget | Action::Release => sum.forget += 1,
                Action::Import => sum.import += 1,
                Action::Recover => sum.recover += 1,
                Action::Record => sum.record += 1,
                Action::Ask | Action::Over => sum.ask += 1,
            }
        }
        sum
    }

    /// How many objects will be created, new halves of replacements included.
    pub fn creates(&self) -> usize {
        self.count(|action| *action == Action::Create)
    }

    /// How many objects will be changed in place.
    pub fn updates(&self) -> usize {
        self.count(|action| *action == Action::Update)
    }

    /// How many objects will be deleted, old halves of replacements included.
    pub fn deletes(&self) -> usize {
        self.count(|action| *action == Action::Delete)
    }

    fn count(&self, of: impl Fn(&Action) -> bool) -> usize {
        self.steps.iter().filter(|step| of(&step.action)).count()
    }

    /// The steps at an address.
    pub fn at<'a>(&'a self, address: &'a str) -> impl Iterator<Item = &'a Step> {
        self.steps.iter().filter(move |step| step.address.as_str() == address)
    }

    /// Whether every step at `before` ends before any step at `after` starts, by the plan's edges.
    pub fn order(&self, before: &str, after: &str) -> bool {
        let (first, then): (Vec<_>, Vec<_>) = (self.at(before).collect(), self.at(after).collect());
        !first.is_empty()
            && !then.is_empty()
            && then.iter().all(|step| first.iter().all(|b| self.waits(step.id, b.id)))
    }

    /// Whether step `step` waits for step `on`, directly or not.
    pub fn waits(&self, step: u32, on: u32) -> bool {
        let mut seen = vec![false; self.steps.len()];
        let mut open = vec![step];
        while let Some(next) = open.pop() {
            for before in self.steps.get(next as usize).map_or(&[][..], |step| &step.after) {
                if *before == on {
                    return true;
                }
                if let Some(seen) = seen.get_mut(*before as usize)
                    && !std::mem::replace(seen, true)
                {
                    open.push(*before);
                }
            }
        }
        false
    }

    /// The plan as JSON; [`PlanData::read`] takes it back.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// When it is no plan, or of another version.
    pub fn read(text: &str) -> Result<Self, PlanFileError> {
        #[derive(Deserialize)]
        struct Version {
            version: u16,
        }
        let Version { version } = serde_json::from_str(text).map_err(PlanFileError::NoPlan)?;
        if version != PLAN_VERSION {
            return Err(PlanFileError::Version { found: version, known: PLAN_VERSION });
        }
        serde_json::from_str(text).map_err(PlanFileError::NoPlan)
    }

    /// Joins a plan that was read from a file with the stack that it was made for.
    pub fn with(self, stack: &Stack) -> Plan<'_> {
        Plan { stack, data: self, consents: vec![], made_from: None }
    }
}

impl Plan<'_> {
    /// The plan without its stack.
    pub fn data(&self) -> &PlanData {
        &self.data
    }

    /// What has to be allowed to make this plan again and to carry it out, and nothing else.
    ///
    /// # Errors
    /// When the plan was read from a file, which does not hold what is recorded; or when what is recorded cannot be read.
    pub fn permissions(&self) -> crate::Result<Permissions> {
        let made_from = self.made_from.as_ref().ok_or_else(|| {
            Error::internal("a plan that was read from a file does not know what is recorded")
                .hint("plan again")
        })?;
        permission::of_plan(&self.data, self.stack, &made_from.loaded.recorded, &made_from.catalogue)
    }
}

/// Why a text is no plan that this program can use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFileError {
    /// It is not the JSON of a plan.
    #[error("this is no plan")]
    NoPlan(#[source] serde_json::Error),
    /// It has another version.
    #[error("the plan has version {found}, this program writes and reads version {known}; plan again")]
    Version {
        /// The plan's.
        found: u16,
        /// This program's.
        known: u16,
    },
}

impl Blocker {
    /// As a finding.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::new("plan.blocked", &self.why).on(&self.address).fix(&self.fix)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(super) fn is_false(flag: &bool) -> bool {
    !flag
}
