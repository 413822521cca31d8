//! The plan that rebuilds a journal: one row for each object that was seen.

use super::{Action, Blocker, Desired, PlanData, Purpose, Step, Summary, base};
use crate::state::{ConnectionRow, Recorded, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Something that cannot be told from the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unseen {
    /// The object's address; empty where it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// The kind's name.
    pub kind: String,
    /// Its id, where it was seen.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub id: Value,
    /// The field; empty when it is about the object itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Why it cannot be told, and what was assumed.
    pub why: String,
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = match &self.id {
            Value::Null => String::new(),
            Value::String(id) => format!(" {id}"),
            other => format!(" {other}"),
        };
        let address = if self.address.is_empty() { "(no address)" } else { &self.address };
        write!(f, "{address} ({}{id})", self.kind)?;
        if !self.field.is_empty() {
            write!(f, " {}", self.field)?;
        }
        write!(f, ": {}", self.why)
    }
}

/// What was found of a stack whose journal is lost.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    pub(crate) rows: Vec<Row>,
    pub(crate) connections: Vec<ConnectionRow>,
    pub(crate) unseen: Vec<Unseen>,
    pub(crate) blockers: Vec<Blocker>,
}

/// A plan that writes the rows of what was found. `next` is the summary of the plan that would follow, where it is known.
pub(crate) fn recovery(
    desired: &Desired<'_>,
    recorded: &Recorded,
    secret_key: Option<&[u8; 32]>,
    found: Recovery,
    next: Option<Summary>,
) -> PlanData {
    let mut plan = base(desired, recorded, secret_key);
    plan.purpose = Purpose::Recover;
    plan.exports = !desired.stack.exports.is_empty() || !recorded.exports.is_empty();
    for (id, row) in (0_u32..).zip(found.rows) {
        let kind = row.kind.as_deref().unwrap_or(&row.family).to_owned();
        let mut step = Step::new(id, &row.address, row.generation, kind, Action::Recover);
        step.object = row.phase.id().filter(|id| id.text() != "null").cloned();
        let declared = desired.stack.index.get(&row.address);
        let same = declared
            .is_some_and(|node| desired.stack.nodes[*node as usize].kind.about().family == &*row.family);
        if !same {
            step.notes.push("it is not declared: the next plan deletes it, unless `renamed_from` says where it stands now".into());
        }
        if row.phase.name() != "live" {
            step.notes.push(format!("it is {}: the next plan goes on from there", row.phase.name()));
        }
        step.row = Some(Box::new(row));
        plan.steps.push(step);
    }
    plan.connections = found.connections;
    plan.unseen = found.unseen;
    plan.unseen.sort_by(|a, b| (&a.address, &a.kind, &a.field).cmp(&(&b.address, &b.kind, &b.field)));
    plan.blockers = found.blockers;
    plan.notes.extend(next.map(|next| match next {
        next if next == Summary::default() => "After this the next plan is empty.".to_owned(),
        next => format!("The plan after this one: {}.", super::render::sums(&next)),
    }));
    plan
}
