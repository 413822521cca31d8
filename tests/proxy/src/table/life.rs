//! One life of a subject.

use super::{Step, Subject};
use crate::{Injection, Proxy};
use deathstar_core::{Engine, apply::Quiet, state::MemoryStore};
use futures_util::future::{Either, select};
use std::{pin::pin, sync::Arc};
use tokio::sync::Notify;

/// How many processes may be needed for one step.
const RUNS: usize = 4;

/// One life: its journal, and where its calls begin.
pub(super) struct Life<'l> {
    proxy: &'l Proxy,
    subject: &'l Subject,
    store: MemoryStore,
    begun: usize,
    /// How many objects stood while it lived.
    counted: usize,
}

impl<'l> Life<'l> {
    pub(super) fn new(proxy: &'l Proxy, subject: &'l Subject) -> Self {
        Self { proxy, subject, store: MemoryStore::new(), begun: proxy.calls().len(), counted: 0 }
    }

    pub(super) fn counted(&self) -> usize {
        self.counted
    }

    /// Lives a whole life with a fault in one step; answers how many runs that step took.
    pub(super) async fn through(
        &mut self,
        at: Step,
        injection: Injection,
        killed: &Arc<Notify>,
        expected: usize,
    ) -> Result<usize, String> {
        let (mut runs, mut injection) = (0, Some(injection));
        for step in self.subject.steps() {
            if step == at {
                injection.take().into_iter().for_each(|injection| self.proxy.inject(injection));
            }
            let took = self.step(step, killed).await.map_err(|why| format!("{step:?}: {why}"))?;
            if step == at {
                runs = took;
                if self.proxy.waiting_injections() > 0 {
                    return Err("the call was not made this time".to_owned());
                }
            }
            if step != Step::Destroy && self.counted != expected {
                let standing = self.standing().await;
                return Err(format!("{step:?}: {expected} objects should stand, and {standing:?} do"));
            }
        }
        Ok(runs)
    }

    async fn standing(&self) -> Vec<String> {
        let calls = self.proxy.calls().since(self.begun).of_account(&self.subject.account);
        self.proxy.standing(&calls).await
    }

    /// Lives one step to its end, in as many processes as it takes; answers how many that were.
    pub(super) async fn step(&mut self, step: Step, killed: &Arc<Notify>) -> Result<usize, String> {
        let stack = (self.subject.stack)(step);
        let mut last = String::new();
        for run in 1..=RUNS {
            let engine = Engine::new(self.store.clone(), (self.subject.backend)());
            let work = async {
                let plan = match step {
                    Step::Destroy => engine.destroy(&stack).await,
                    Step::Create | Step::Change => engine.plan(&stack).await,
                };
                let plan = plan.map_err(|error| format!("no plan: {error}"))?.consent_to_all();
                let report = engine.apply(plan, Quiet).await.map_err(|error| format!("no apply: {error}"))?;
                if report.is_success() {
                    return Ok(());
                }
                let failures: Vec<_> =
                    report.failures().map(|(step, error)| format!("{}: {error}", step.address)).collect();
                let left = report.proof.iter().flat_map(|proof| &proof.leftovers);
                let left: Vec<_> = left.map(|left| format!("{} is left", left.id)).collect();
                Err([failures, left].concat().join("; "))
            };
            // The end of the process comes before its answer.
            match select(pin!(killed.notified()), pin!(work)).await {
                Either::Left(_) => "the process was ended".clone_into(&mut last),
                Either::Right((Ok(()), _)) => {
                    self.settled(step, &stack).await?;
                    return Ok(run);
                }
                Either::Right((Err(why), _)) => last = why,
            }
        }
        Err(format!("after {RUNS} runs: {last}"))
    }

    /// Nothing is left to do, and nothing is left over.
    async fn settled(&mut self, step: Step, stack: &deathstar_core::Stack) -> Result<(), String> {
        let standing = self.standing().await;
        if step == Step::Destroy {
            return if standing.is_empty() { Ok(()) } else { Err(format!("left: {standing:?}")) };
        }
        let engine = Engine::new(self.store.clone(), (self.subject.backend)());
        let plan = engine.plan(stack).await.map_err(|error| format!("no plan afterwards: {error}"))?;
        if !plan.is_empty() {
            return Err(format!("the next plan is not empty: {}", plan.data().to_json()));
        }
        self.counted = standing.len();
        Ok(())
    }
}
