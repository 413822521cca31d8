//! The table of faults: each fault at each call of a driver, and what became of its objects.
//!
//! It knows no cloud: a [`Stage`] is a server that fails on command.
//!
//! A [`Subject`] is a stack that is made, changed and destroyed. Its life is first lived without a fault, to learn which calls are made.
//! Then it is lived again and again, with a [`Kind`] of fault at one call of each of its steps, until each fault befell each call. Where
//! the fault ends the process, the next one goes on with the same journal. After each step nothing may be lost and nothing doubled, and
//! the next plan is empty; in the end nothing is left.

mod entry;
mod kind;
mod life;
mod process;
mod stage;
mod subject;

pub use entry::{Entry, Table};
pub use kind::{Kind, Step};
pub use life::carry_out;
pub use stage::{Called, End, Stage, Trial};
pub use subject::Subject;

use life::{Life, Lived};
use std::collections::{BTreeMap, VecDeque};

/// What is to be tried, in the steps of one life or another.
type Trials = BTreeMap<Step, VecDeque<Trial>>;

/// The calls of each step: whether they only read, and how many there are.
type Learned = BTreeMap<(Step, String), (bool, usize)>;

/// Runs each kind of fault at each call that a subject makes.
///
/// # Errors
/// When the subject cannot live its life without a fault, or makes no calls.
pub async fn run(stage: &dyn Stage, subject: &Subject, kinds: &[Kind]) -> Result<Table, String> {
    let (calls, expected) = learn(stage, subject).await?;
    let mut table = Table::default();
    let (mut outside, inside): (Vec<Kind>, Vec<Kind>) =
        kinds.iter().copied().partition(|kind| kind.needs_processes());
    outside.retain(|_| subject.processes.is_some());
    for (kinds, in_processes) in [(inside, false), (outside, true)] {
        let mut trials = trials(&calls, &kinds);
        while trials.values().any(|of_step| !of_step.is_empty()) {
            let life = Life::new(stage, subject, in_processes);
            let befalling: BTreeMap<Step, Trial> =
                trials.iter_mut().filter_map(|(step, of_step)| Some((*step, of_step.pop_front()?))).collect();
            let mut outcomes = life.through(&befalling, expected).await;
            stage.clear();
            for (step, trial) in befalling {
                let Some(outcome) = outcomes.remove(&step) else {
                    // An earlier step failed: it is for another life.
                    trials.entry(step).or_default().push_front(trial);
                    continue;
                };
                let Trial { call, nth, kind } = trial;
                table.entries.push(Entry { subject: subject.name.clone(), step, call, nth, kind, outcome });
            }
        }
    }
    Ok(table)
}

/// Lives a life without a fault: which calls each step makes how often, and how many objects stand between.
async fn learn(stage: &dyn Stage, subject: &Subject) -> Result<(Learned, usize), String> {
    let mut calls: Learned = BTreeMap::new();
    let mut life = Life::new(stage, subject, false);
    for step in subject.steps() {
        let before = stage.arrived();
        let why = match life.step(step).await {
            Ok(Lived { interrupted: None, .. }) => None,
            Ok(Lived { interrupted, .. }) => interrupted,
            Err(why) => Some(why),
        };
        if let Some(why) = why {
            return Err(format!("{}, {step:?}, without a fault: {why}", subject.name));
        }
        for Called { name, reads } in stage.calls(before, &subject.account) {
            calls.entry((step, name)).or_insert((reads, 0)).1 += 1;
        }
    }
    if calls.is_empty() {
        return Err(format!("{} makes no calls", subject.name));
    }
    Ok((calls, life.counted()))
}

fn trials(calls: &Learned, kinds: &[Kind]) -> Trials {
    let mut all = Trials::new();
    for ((step, call), (reads, times)) in calls {
        // What reads is read alike each time; what changes may be another object's.
        for nth in 1..=if *reads { 1 } else { *times } {
            for kind in kinds.iter().filter(|kind| !*reads || kind.befalls_reads()) {
                all.entry(*step).or_default().push_back(Trial { call: call.clone(), nth, kind: *kind });
            }
        }
    }
    all
}
