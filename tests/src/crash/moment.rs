//! The moments at which a process can be killed: what it tells before and after it writes, and what the cloud sees of its calls.

use super::{
    window::Window,
    wire::{Call, Request},
    world::World,
};
use deathstar_core::{
    plan::{Action, PlanData},
    state::{Phase, Record},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a process tells before it goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// This is the plan that it carries out.
    Plan(Box<PlanData>),
    /// What the journal holds when it is locked, as records of rows.
    Holds(Vec<Record>),
    /// It is about to append records.
    Appends(Vec<Record>),
    /// It has appended them, and is about to wait until they are durable.
    Waits(Vec<Record>),
    /// They are durable.
    Durable(Vec<Record>),
    /// It is about to do this to a file of the journal, to compact it.
    Compacts(String),
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has arrived, and had no effect.
    Arrived,
    /// It had its effect, and is not answered.
    Done,
}

/// Where a row is, as far as windows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Creating,
    Made,
    Updating,
    Live,
    Deleting,
}

/// One object at one address.
type Place = (String, u32);

/// What the recorder knows of the process's journal and plan: enough to say in which window a moment lies.
#[derive(Debug, Default)]
pub(super) struct Book {
    lives: HashMap<Place, Life>,
    tokens: HashMap<String, Place>,
    /// Both halves of replacements.
    halves: HashMap<Place, Window>,
}

impl Book {
    /// The window of something told, and takes it in.
    pub(super) fn told(&mut self, told: &Told) -> Option<Window> {
        match told {
            Told::Plan(plan) => {
                self.plan(plan);
                None
            }
            Told::Holds(records) => {
                for record in records {
                    self.take_in(record);
                }
                None
            }
            Told::Compacts(_) => Some(Window::Compaction),
            Told::Appends(records) => {
                // Intents that waited go with the outcome that is written, which comes last.
                let window = records.iter().rev().find_map(|record| self.appends(record));
                for record in records {
                    self.take_in(record);
                }
                window
            }
            Told::Waits(records) => {
                records.iter().find_map(|record| self.syncs(record, Window::BeforeIntent))
            }
            Told::Durable(records) => {
                records.iter().find_map(|record| self.syncs(record, Window::IntentToCall))
            }
        }
    }

    fn plan(&mut self, plan: &PlanData) {
        self.halves.clear();
        for step in plan.steps.iter().filter(|step| step.action == Action::Create) {
            let Some(other) = step.other_half.and_then(|half| plan.steps.get(half as usize)) else {
                continue;
            };
            let window =
                if plan.waits(step.id, other.id) { Window::DeleteFirst } else { Window::CreateFirst };
            for half in [step, other] {
                self.halves.insert((half.address.to_string(), half.generation), window);
            }
        }
    }

    fn at(&self, place: &Place, window: Window) -> Window {
        self.halves.get(place).copied().unwrap_or(window)
    }

    fn appends(&self, record: &Record) -> Option<Window> {
        let place = place(record)?;
        let before = self.lives.get(&place).copied();
        let window = match (before, life(record)) {
            (_, Some(Life::Creating)) => Window::BeforeIntent,
            (Some(Life::Creating), Some(Life::Made)) => Window::AnswerToRecord,
            (Some(Life::Made), Some(Life::Live | Life::Made)) => Window::BetweenCalls,
            (_, Some(Life::Updating)) | (Some(Life::Updating), Some(Life::Live)) => Window::Update,
            (_, Some(Life::Deleting)) | (Some(Life::Deleting), None) => Window::Delete,
            _ => return None,
        };
        Some(self.at(&place, window))
    }

    fn syncs(&self, record: &Record, creating: Window) -> Option<Window> {
        let window = match life(record)? {
            Life::Creating => creating,
            Life::Updating => Window::Update,
            Life::Deleting => Window::Delete,
            Life::Made | Life::Live => return None,
        };
        Some(self.at(&place(record)?, window))
    }

    fn take_in(&mut self, record: &Record) {
        let Some(place) = place(record) else { return };
        if let Record::Row(row) = record {
            self.tokens.insert(row.token.to_string(), place.clone());
        }
        match life(record) {
            Some(life) => self.lives.insert(place, life),
            None => self.lives.remove(&place),
        };
    }

    /// The window of a call.
    pub(super) fn called(&self, request: &Request, stage: Stage, world: &World) -> Option<Window> {
        let of =
            |token: &str| self.tokens.get(token).and_then(|place| Some((place, *self.lives.get(place)?)));
        if let Call::Read { ids } = &request.call {
            let made = ids.iter().find_map(|id| {
                let (place, life) = of(world.token_of(&request.family, id)?)?;
                (life == Life::Made).then_some(place)
            });
            return made
                .filter(|_| stage == Stage::Arrived)
                .map(|place| self.at(place, Window::BetweenCalls));
        }
        let (place, life) = of(&request.token)?;
        let window = match (&request.call, stage, life) {
            (Call::Create { .. }, Stage::Arrived, _) => Window::CallInFlight,
            (Call::Create { .. }, Stage::Done, _) => Window::EffectBeforeAnswer,
            (Call::Change { .. } | Call::Retag { .. }, _, Life::Made) => Window::BetweenCalls,
            (Call::Change { .. } | Call::Retag { .. }, _, Life::Updating) => Window::Update,
            (Call::Delete { .. }, _, _) => Window::Delete,
            _ => return None,
        };
        Some(self.at(place, window))
    }
}

fn place(record: &Record) -> Option<Place> {
    match record {
        Record::Row(row) => Some((row.address.to_string(), row.generation)),
        Record::Phase { address, generation, .. } | Record::Gone { address, generation } => {
            Some((address.to_string(), *generation))
        }
        _ => None,
    }
}

fn life(record: &Record) -> Option<Life> {
    let phase = match record {
        Record::Row(row) => &row.phase,
        Record::Phase { phase, .. } => phase,
        _ => return None,
    };
    Some(match phase {
        Phase::Creating { .. } => Life::Creating,
        Phase::Settling { was: None, .. } => Life::Made,
        Phase::Settling { was: Some(_), .. } => Life::Updating,
        Phase::Live { .. } | Phase::Broken { .. } => Life::Live,
        Phase::Deleting { .. } => Life::Deleting,
    })
}
