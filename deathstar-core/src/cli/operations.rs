//! What commands ask of an engine: the one place that knows its methods.

use super::Problem;
use crate::{
    Engine, Permissions, Stack,
    apply::{Observer, Report, Stop},
    engine::{Forget, PlanOptions, Recover},
    plan::Plan,
    state::Loaded,
};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeMap;

/// What commands ask of an engine.
#[async_trait(?Send)]
pub(super) trait Operations {
    /// Plans in one of its ways.
    async fn plan<'s>(&self, stack: &'s Stack, options: PlanOptions) -> Result<Plan<'s>, Problem>;

    /// Plans to drop rows.
    async fn forget<'s>(&self, stack: &'s Stack, what: Forget) -> Result<Plan<'s>, Problem>;

    /// Plans to rebuild a lost journal.
    async fn recover<'s>(&self, stack: &'s Stack, how: Recover) -> Result<Plan<'s>, Problem>;

    /// Carries a plan out until it is done or stopped.
    async fn apply(
        &self,
        plan: Plan<'_>,
        observer: Box<dyn Observer>,
        stop: &Stop,
    ) -> Result<Report, Problem>;

    /// What has to be allowed for everything that can become of a stack.
    async fn permissions(&self, stack: &Stack) -> Result<Permissions, Problem>;

    /// The recorded state.
    async fn recorded(&self) -> Result<Loaded, Problem>;

    /// The exports, from the recorded state alone.
    async fn outputs(&self) -> Result<BTreeMap<String, Value>, Problem>;
}

struct Told(Box<dyn Observer>);

impl Observer for Told {
    fn event(&mut self, event: &crate::apply::Event<'_>) {
        self.0.event(event);
    }
}

#[async_trait(?Send)]
impl Operations for Engine {
    async fn plan<'s>(&self, stack: &'s Stack, options: PlanOptions) -> Result<Plan<'s>, Problem> {
        Ok(self.plan_with(stack, options).await?)
    }

    async fn forget<'s>(&self, stack: &'s Stack, what: Forget) -> Result<Plan<'s>, Problem> {
        Ok(Self::forget(self, stack, what).await?)
    }

    async fn recover<'s>(&self, stack: &'s Stack, how: Recover) -> Result<Plan<'s>, Problem> {
        Ok(Self::recover(self, stack, how).await?)
    }

    async fn apply(
        &self,
        plan: Plan<'_>,
        observer: Box<dyn Observer>,
        stop: &Stop,
    ) -> Result<Report, Problem> {
        Ok(self.apply_until(plan, Told(observer), stop).await?)
    }

    async fn permissions(&self, stack: &Stack) -> Result<Permissions, Problem> {
        Ok(Self::permissions(self, stack).await?)
    }

    async fn recorded(&self) -> Result<Loaded, Problem> {
        Ok(Self::recorded(self).await?)
    }

    async fn outputs(&self) -> Result<BTreeMap<String, Value>, Problem> {
        Ok(self.exports().await?)
    }
}
