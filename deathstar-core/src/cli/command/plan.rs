//! `plan`.

use super::Work;
use crate::{
    Stack,
    cli::{Problem, agree::blocked, arguments::PlanArguments},
    plan::Plan,
};
use std::{io::Write, path::Path};

impl Work<'_> {
    /// Shows what would be done.
    ///
    /// # Errors
    /// When planning fails, or when something forbids to apply the plan.
    pub(in crate::cli) async fn plan(
        &mut self,
        stack: &Stack,
        arguments: &PlanArguments,
    ) -> Result<u8, Problem> {
        let plan = self.engine.plan(stack, !arguments.no_refresh, arguments.destroy).await?;
        if arguments.json.json {
            self.console.json(plan.data())?;
        } else {
            let text = plan.render(&self.options(true, arguments.full));
            self.console.data(&text)?;
        }
        if !plan.blockers.is_empty() {
            return Err(blocked(&plan));
        }
        if let Some(path) = &arguments.out {
            write(path, &plan)?;
            let verb = if plan.destroy { "destroy" } else { "change" };
            self.console.say(&format!(
                "\nThe plan to {verb} is in {0}. Carry it out with `apply {0}`.\n",
                path.display()
            ));
        }
        Ok(if plan.is_empty() { 0 } else { 2 })
    }
}

/// Writes a plan file, whole or not at all.
fn write(path: &Path, plan: &Plan<'_>) -> Result<(), Problem> {
    let problem = |error: std::io::Error| {
        Problem::new(format!("the plan cannot be written to {}", path.display())).cause(error.to_string())
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tmp");
    let write = || {
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(plan.to_json().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(problem)
}
