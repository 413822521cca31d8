//! Applying: what may be carried out, before the first step and after the last.

use super::{ApplyError, Engine};
use crate::{
    Result, Stack,
    apply::{self, Clients, Job, Ledger, Observer, Report, StepReport, Stop},
    plan::{self, Action, MadeFrom, Plan, PlanData, Step},
    state::{Loaded, RECORD_VERSION, Record, Recorded, StackRecord},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

impl Engine {
    /// Carries out a plan: what it says, or less.
    ///
    /// # Errors
    /// When the plan may not be carried out; nothing is done then. What fails on the way stands in the report.
    ///
    /// # Cancel safety
    /// Safe: dropping it loses nothing; the next run goes on.
    pub async fn apply(&self, plan: Plan<'_>, observer: impl Observer) -> Result<Report, ApplyError> {
        self.apply_until(plan, observer, &Stop::new()).await
    }

    /// Carries out a plan until it is done or stopped.
    ///
    /// # Errors
    /// As [`Engine::apply`].
    ///
    /// # Cancel safety
    /// Safe: dropping it loses nothing; the next run goes on.
    pub async fn apply_until(
        &self,
        plan: Plan<'_>,
        mut observer: impl Observer,
        stop: &Stop,
    ) -> Result<Report, ApplyError> {
        self.backend.clock.drive(self.carry_out(plan, &mut observer, stop)).await
    }

    async fn carry_out(
        &self,
        mut plan: Plan<'_>,
        observer: &mut dyn Observer,
        stop: &Stop,
    ) -> Result<Report, ApplyError> {
        if !plan.blockers.is_empty() {
            return Err(ApplyError::Blocked(plan.blockers.clone()));
        }
        let unheard: Vec<Step> = plan.without_consent().into_iter().cloned().collect();
        if !unheard.is_empty() {
            return Err(ApplyError::NoConsent(unheard));
        }
        let start = self.backend.clock.now();
        let unseen = plan.unseen.clone();
        let stack = plan.stack;
        let (desired, known) = match plan.made_from.take().map(|made| *made) {
            Some(MadeFrom { desired, loaded, .. }) => (desired, Some(loaded)),
            None => (plan::check(stack, &self.backend.catalogue)?, None),
        };
        let key = self.key(stack).await?;
        // A plan that was made here is for the very declaration that it borrows.
        let graph = known.is_none().then(|| desired.digest(key.as_ref()));
        let (session, Loaded { recorded, notes, .. }) = self.store.lock(known).await?;
        current(&plan, &recorded, stack, graph)?;
        let had = if plan.destroy { apply::Had::of(&recorded) } else { apply::Had::default() };
        let ledger = Ledger::new(session, recorded);
        prologue(&ledger, stack, &plan)?;
        for note in &notes {
            observer.event(&apply::Event::Note(note));
        }
        let clients = Clients::new(Arc::clone(&self.backend), stack, key);
        let ended = {
            let job = Job {
                desired: &desired,
                steps: &plan.steps,
                connections: &plan.connections,
                ledger: &ledger,
                clients: &clients,
                stop,
                patience: self.patience,
                secret_key: key,
                observer: Mutex::new(observer),
                lanes: apply::Lanes::default(),
                needless: Mutex::default(),
                waits: Mutex::default(),
                looks: Mutex::default(),
                first_halves: std::sync::OnceLock::new(),
            };
            connections_of(&job)?;
            apply::run(&job).await
        };
        let steps: Vec<_> = std::mem::take(&mut plan.data.steps)
            .into_iter()
            .zip(ended)
            .map(|(step, (outcome, took))| StepReport { step, outcome, took })
            .collect();
        if plan.destroy && ledger.recorded().is_empty() {
            ledger.write(vec![Record::Exports(BTreeMap::new())])?;
        }
        {
            let _busy = self.backend.clock.busy();
            ledger.sync().await?;
        }
        let proof =
            if plan.destroy && plan.targets.is_empty() && steps.iter().all(|step| step.outcome.succeeded()) {
                let kept = steps.iter().filter(|step| step.step.action == Action::Forget);
                let retained = kept.map(|step| step.step.address.to_string()).collect();
                Some(apply::prove(&clients, &stack.name, &had, retained, self.patience).await?)
            } else {
                None
            };
        let (recorded, session) = ledger.into_parts();
        session.compact(&recorded, false)?;
        Ok(Report {
            stack: stack.name().to_owned(),
            steps,
            proof,
            stopped: stop.is_stopped(),
            notes,
            unseen,
            took: self.backend.clock.now().saturating_sub(start),
            recorded,
            catalogue: self.backend.catalogue.clone(),
        })
    }
}

/// Refuses a plan that was made for another state or another declaration.
fn current(
    plan: &PlanData,
    recorded: &Recorded,
    stack: &Stack,
    graph: Option<String>,
) -> Result<(), ApplyError> {
    let stale = |why: String| Err(ApplyError::Stale(why));
    if plan.stack != stack.name() {
        return stale(format!("it is for stack `{}`, and this is stack `{}`", plan.stack, stack.name()));
    }
    let lineage = recorded.stack.as_ref().map_or("", |stack| &*stack.lineage);
    if plan.base.lineage != lineage {
        return stale("it was made from another state".into());
    }
    if plan.base.serial != recorded.serial || plan.base.digest != recorded.digest() {
        return stale(format!(
            "the state has changed since it was made (record {} then, {} now)",
            plan.base.serial, recorded.serial
        ));
    }
    if graph.is_some_and(|graph| plan.graph != graph) {
        return stale("the declaration, or a secret in it, has changed since it was made".into());
    }
    Ok(())
}

/// What is written before the first step.
fn prologue(ledger: &Ledger, stack: &Stack, plan: &PlanData) -> Result<(), ApplyError> {
    let mut records = vec![];
    if ledger.recorded().stack.is_none() {
        records.push(Record::Stack(StackRecord {
            version: RECORD_VERSION,
            name: stack.name().into(),
            lineage: ledger.lineage().into(),
            serial: 0,
            restated: 0,
            digest: "".into(),
            generations: 0,
        }));
    }
    if plan.exports && !plan.destroy {
        let exports = stack.exports.iter().map(|export| (export.name.clone(), export.expr.clone())).collect();
        records.push(Record::Exports(exports));
    }
    if records.is_empty() { Ok(()) } else { Ok(ledger.write(records)?) }
}

/// Records the declared connections whose configs are known, so that what was made through one is reached as it is declared now.
fn connections_of(job: &Job<'_>) -> Result<()> {
    let stack = job.desired.stack;
    let mut used = vec![false; stack.providers.len()];
    for node in &stack.nodes {
        let provider = node.provider as usize;
        if used.get(provider) == Some(&false) {
            used[provider] = true;
            let pending = !crate::graph::marks(stack.providers[provider].config.text()).is_empty();
            let only_deletes = job.steps.iter().all(|step| {
                matches!(step.action, Action::Delete | Action::Over | Action::Forget | Action::Release)
            });
            if !pending && !only_deletes {
                job.connection_of(node)?;
            }
        }
    }
    Ok(())
}
