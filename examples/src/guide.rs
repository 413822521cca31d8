//! What guided tours have in common.
#![allow(clippy::print_stdout, reason = "tours talk to people")]

use deathstar_core::{
    Engine, Stack,
    apply::{Quiet, Report},
    cli::{Bars, Problem},
    plan::{Plan, RenderOptions},
};
use std::io::IsTerminal;

/// Leads through the stops of a tour, and shows what plans and reports say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guide {
    stops: u8,
}

impl Guide {
    /// Begins the next stop.
    pub fn head(&mut self, name: &str, about: &str) {
        self.stops += 1;
        let line = format!("{}. {name}: {about}", self.stops);
        println!("\n{}\n{}", line, "-".repeat(line.chars().count().min(100)));
    }

    /// Plans, and shows the plan.
    ///
    /// # Errors
    /// When there is no plan.
    pub async fn plan<'s>(self, engine: &Engine, stack: &'s Stack) -> Result<Plan<'s>, Problem> {
        let plan = engine.plan(stack).await?;
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        print!("{}", plan.render(&RenderOptions { colour, ..RenderOptions::default() }));
        Ok(plan)
    }

    /// Applies a plan, and shows the report.
    ///
    /// # Errors
    /// When something of it did not succeed.
    pub async fn apply(self, engine: &Engine, plan: Plan<'_>) -> Result<Report, Problem> {
        let report = if std::io::stderr().is_terminal() {
            engine.apply(plan, Bars::stderr(true)).await?
        } else {
            engine.apply(plan, Quiet).await?
        };
        println!("{report}");
        if report.is_success() { Ok(report) } else { Err(Problem::new("the apply did not succeed")) }
    }

    /// What the end of a tour will delete.
    pub fn end(self, plan: &Plan<'_>) {
        let sum = plan.summary();
        let losses: Vec<_> =
            plan.losses().map(|step| format!("{} ({})", step.address, step.stakes.name())).collect();
        let losses = losses.join(", ");
        println!("{} objects will be deleted; it needs consent for {losses}.", sum.delete);
    }
}
