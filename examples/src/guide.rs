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

    /// Says that another plan is empty.
    ///
    /// # Errors
    /// When it is not.
    pub async fn settled(self, engine: &Engine, stack: &Stack) -> Result<(), Problem> {
        let plan = engine.plan(stack).await?;
        if plan.is_empty() {
            println!("Another plan is empty.");
            Ok(())
        } else {
            Err(Problem::new("another plan is not empty").cause(plan.to_string()))
        }
    }

    /// Ends a stack with consent, and shows the proof.
    ///
    /// # Errors
    /// When something is left.
    pub async fn destroy(&mut self, engine: &Engine, stack: &Stack) -> Result<(), Problem> {
        self.head(
            "Destroy",
            "what holds data, a network or a cluster ends only with consent; the end is a proof",
        );
        let plan = engine.destroy(stack).await?;
        println!("{} objects will be deleted; it needs consent for", plan.summary().delete);
        for step in plan.losses() {
            println!("  {} ({})", step.address, step.stakes.name());
        }
        let report = engine.apply(plan.consent_to_all(), Quiet).await?;
        println!("{report}");
        if report.is_success() { Ok(()) } else { Err(Problem::new("the destroy did not succeed")) }
    }
}
