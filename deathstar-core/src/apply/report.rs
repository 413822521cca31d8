//! What an apply did.

use super::Outcome;
use crate::{
    Error, Output,
    driver::Catalogue,
    plan::{Action, Step, Unseen, resolve_value},
    state::Recorded,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt, time::Duration};

/// What an apply did, step by step.
#[derive(Debug)]
pub struct Report {
    /// The stack's name.
    pub stack: String,
    /// Every step of the plan with its outcome.
    pub steps: Vec<StepReport>,
    /// After a destroy: what was looked for and what was found.
    pub proof: Option<Proof>,
    /// Whether it was stopped.
    pub stopped: bool,
    /// What a person should know.
    pub notes: Vec<String>,
    /// When a journal was recovered: what could not be told from the cloud.
    pub unseen: Vec<Unseen>,
    /// How long it took.
    pub took: Duration,
    pub(crate) recorded: Recorded,
    pub(crate) catalogue: Catalogue,
}

/// One step and its outcome.
#[derive(Debug)]
pub struct StepReport {
    /// The step.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

/// The proof after a destroy: every family that the stack had was listed by owner tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The families that were listed.
    pub listed: Vec<String>,
    /// What is still there.
    pub leftovers: Vec<Leftover>,
    /// What was kept on purpose.
    pub retained: Vec<String>,
    /// Connections that led to what is gone: what was on them ended with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<String>,
}

/// Something that is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// Its family.
    pub family: String,
    /// Its id.
    pub id: String,
    /// The address in its owner tag.
    pub address: String,
}

/// Why a value cannot be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// What it is made of does not exist, or not yet.
    #[error("the value is not known: {0}")]
    Unknown(String),
    /// It has another type.
    #[error("the value has another type")]
    Type(#[source] serde_json::Error),
    /// A function failed.
    #[error(transparent)]
    Function(Error),
}

impl Report {
    /// Whether every step succeeded, and after a destroy nothing is left.
    pub fn is_success(&self) -> bool {
        self.steps.iter().all(|step| step.outcome.succeeded())
            && self.proof.as_ref().is_none_or(|proof| proof.leftovers.is_empty())
    }

    /// The exit code that a program should end with: 0 done, 1 failed or partial, 130 stopped.
    pub fn exit_code(&self) -> u8 {
        match (self.is_success(), self.stopped) {
            (true, _) => 0,
            (false, true) => 130,
            (false, false) => 1,
        }
    }

    /// The value of an output, as recorded after the apply.
    ///
    /// # Errors
    /// When it is not known, or of another type.
    pub fn value<T: DeserializeOwned>(&self, output: &Output<T>) -> Result<T, ValueError> {
        let text = resolve_value(output.expr(), &self.recorded, &self.catalogue)?;
        serde_json::from_str(&text).map_err(ValueError::Type)
    }

    /// All exports of the stack that are known.
    pub fn exports(&self) -> BTreeMap<String, Value> {
        crate::plan::exports(&self.recorded, &self.catalogue)
    }

    /// The steps that failed.
    pub fn failures(&self) -> impl Iterator<Item = (&Step, &Error)> {
        self.steps.iter().filter_map(|step| match &step.outcome {
            Outcome::Failed(error) => Some((&step.step, error)),
            _ => None,
        })
    }

    /// How many steps had an outcome of this name.
    pub fn count(&self, name: &str) -> usize {
        self.steps.iter().filter(|step| step.outcome.name() == name).count()
    }

    /// The report as data.
    pub fn to_json(&self) -> Value {
        let steps: Vec<_> = self.steps.iter().map(StepReport::to_json).collect();
        json!({
            "format": "deathstar.report/1",
            "stack": self.stack,
            "success": self.is_success(),
            "stopped": self.stopped,
            "seconds": self.took.as_secs_f64(),
            "steps": steps,
            "proof": self.proof,
            "exports": self.exports(),
            "notes": self.notes,
            "unseen": self.unseen,
        })
    }
}

impl StepReport {
    fn to_json(&self) -> Value {
        let mut value = json!({
            "step": self.step.id,
            "address": self.step.address,
            "generation": self.step.generation,
            "kind": self.step.kind,
            "action": self.step.action,
            "outcome": self.outcome.name(),
            "seconds": self.took.as_secs_f64(),
        });
        match &self.outcome {
            Outcome::Failed(error) => {
                value["error"] = json!({
                    "meaning": format!("{:?}", error.meaning()),
                    "message": error.to_string(),
                    "code": error.api_code(),
                    "request": error.request_id(),
                    "hint": error.advice(),
                });
            }
            Outcome::Skipped { because } => value["because"] = json!(because),
            Outcome::InProgress(why) => value["waits-for"] = json!(why),
            Outcome::Done | Outcome::Unchanged | Outcome::NotStarted => {}
        }
        value
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = |action: fn(&Action) -> bool| {
            let of = |step: &&StepReport| matches!(step.outcome, Outcome::Done) && action(&step.step.action);
            self.steps.iter().filter(of).count()
        };
        let (created, updated, deleted) = (
            done(|action| *action == Action::Create),
            done(|action| *action == Action::Update),
            done(|action| *action == Action::Delete),
        );
        let word = match (self.is_success(), self.stopped) {
            (true, _) => "Done",
            (false, true) => "Stopped",
            (false, false) => "Partly done",
        };
        write!(f, "{word}: {created} created, {updated} changed, {deleted} deleted")?;
        for (count, verb) in [
            (done(|action| *action == Action::Import), "imported"),
            (done(|action| *action == Action::Recover), "recovered"),
            (done(|action| matches!(action, Action::Forget | Action::Release)), "forgotten"),
            (done(|action| *action == Action::Record), "recorded"),
        ] {
            if count > 0 {
                write!(f, ", {count} {verb}")?;
            }
        }
        for name in ["failed", "skipped", "in-progress", "not-started"] {
            match self.count(name) {
                0 => {}
                count => write!(f, ", {count} {name}")?,
            }
        }
        f.write_str(".")?;
        for (step, error) in self.failures() {
            write!(f, "\nerror: {}: {error}", step.address)?;
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                write!(f, "\n  cause: {cause}")?;
                source = cause.source();
            }
            if let Some(hint) = error.advice() {
                write!(f, "\n  hint: {hint}")?;
            }
        }
        for step in &self.steps {
            if let Outcome::InProgress(why) = &step.outcome {
                write!(f, "\nin progress: {}: {why}", step.step.address)?;
            }
        }
        for one in &self.unseen {
            write!(f, "\nnot seen: {one}")?;
        }
        if let Some(proof) = &self.proof {
            if proof.leftovers.is_empty() {
                let listed = proof.listed.len();
                let were = if listed == 1 { "kind was" } else { "kinds were" };
                write!(f, "\nNothing is left: {listed} {were} listed by owner tag.")?;
            }
            for ended in &proof.ended {
                write!(f, "\nended: what `{ended}` led to is gone, and everything on it")?;
            }
            for left in &proof.leftovers {
                write!(f, "\nleft over: {} {} ({})", left.family, left.id, left.address)?;
            }
            for kept in &proof.retained {
                write!(f, "\nretained: {kept}")?;
            }
        }
        Ok(())
    }
}
