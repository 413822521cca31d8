//! The life of a network on the in-memory cloud, in any cloud: what tests of backends have in common.

use crate::expectations::{apply, destroy, in_memory};
use deathstar_core::{
    Catalogue, Engine, Memory, PlanError, Stack,
    apply::Report,
    plan::{Action, PlanData},
};
use std::collections::BTreeSet;

pub(crate) struct Life {
    pub(crate) engine: Engine,
    pub(crate) cloud: Memory,
}

impl Life {
    pub(crate) fn of(kinds: Catalogue) -> Self {
        let (engine, cloud) = in_memory(kinds);
        Self { engine, cloud }
    }

    pub(crate) async fn plan(&self, stack: &Stack) -> PlanData {
        self.engine.plan(stack).await.unwrap().data().clone()
    }

    pub(crate) async fn apply(&self, stack: &Stack) -> Report {
        apply(&self.engine, stack).await
    }

    /// Lives with a network, and then tells how a plan would change it.
    pub(crate) async fn change(&self, before: Stack, after: Stack) -> Changes {
        self.apply(&before).await;
        let plan = self.plan(&after).await;
        self.apply(&after).await;
        Changes(plan)
    }

    /// Ends a stack, with nothing left.
    pub(crate) async fn end(&self, stack: &Stack) {
        destroy(&self.engine, stack).await;
        assert!(self.cloud.objects().is_empty());
    }

    /// What is wrong with a stack, by address and code, before any call.
    pub(crate) async fn findings(&self, stack: &Stack) -> Vec<(String, String)> {
        let Err(PlanError::Findings(findings)) = self.engine.plan(stack).await else {
            panic!("there are findings")
        };
        assert!(self.cloud.calls().is_empty());
        let mut told: Vec<_> =
            findings.0.iter().map(|finding| (finding.address.clone(), finding.code.clone())).collect();
        told.sort_unstable();
        told
    }
}

/// A plan, by what it does.
pub(crate) struct Changes(pub(crate) PlanData);

impl Changes {
    pub(crate) fn of(&self, action: &Action) -> Vec<&str> {
        let steps = self.0.steps.iter().filter(|step| step.action == *action);
        steps.map(|step| step.address.as_str()).collect()
    }

    /// Everything that touches the cloud and makes nothing new.
    pub(crate) fn others(&self) -> BTreeSet<String> {
        let steps = self.0.steps.iter().filter(|step| matches!(step.action, Action::Update | Action::Delete));
        steps.map(|step| format!("{:?} {}", step.action, step.address)).collect()
    }
}

/// How many of these are rules.
pub(crate) fn rules(all: &[&str]) -> usize {
    all.iter().filter(|address| address.contains("/in/") || address.contains("/out/")).count()
}
