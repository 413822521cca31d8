//! `drift`.

use super::Work;
use crate::{
    PlanOptions, Stack,
    cli::{Problem, arguments::Json},
    plan::{drift_text, foreign_text},
};
use serde_json::json;

/// The name and version of what `drift --json` prints.
const FORMAT: &str = "deathstar.drift/1";

impl Work<'_> {
    /// Shows what differs in the cloud from what is recorded, and what others put into our objects. Only the first is drift.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub(in crate::cli) async fn drift(&mut self, stack: &Stack, arguments: Json) -> Result<u8, Problem> {
        let plan = self.engine.plan(stack, PlanOptions::default()).await?;
        let code = if plan.drift.is_empty() { 0 } else { 2 };
        if arguments.json {
            let (stack, drift, foreign) = (&plan.data().stack, &plan.drift, &plan.foreign);
            self.console
                .json(&json!({ "format": FORMAT, "stack": stack, "drift": drift, "foreign": foreign }))?;
            return Ok(code);
        }
        if !plan.foreign.is_empty() {
            let text = foreign_text(&plan.foreign, &self.options(true, true));
            self.console.data(&format!("{text}\n"))?;
        }
        if plan.drift.is_empty() {
            self.console.data("No drift. The cloud is as it is recorded.\n")?;
        } else {
            let text = drift_text(&plan.drift, &self.options(true, true));
            let count = plan.drift.len();
            let noun = if count == 1 { "difference" } else { "differences" };
            self.console.data(&format!("{text}\nDrift: {count} {noun}.\n"))?;
            self.console.say("`apply` repairs what is declared.\n");
        }
        Ok(code)
    }
}
