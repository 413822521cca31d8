//! `plan`.

use super::Work;
use crate::{
    Stack,
    cli::{
        Problem,
        agree::{Purpose, blocked},
        arguments::PlanArguments,
    },
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
        let options = arguments.wishes.options().refresh(!arguments.no_refresh).destroy(arguments.destroy);
        let plan = self.engine.plan(stack, options).await?;
        self.show_plan(&plan, arguments.out.as_deref(), arguments.length.full, arguments.json.json)
    }

    /// Shows a plan, and writes it to a file where one is named.
    ///
    /// # Errors
    /// When something forbids to apply the plan, or when it cannot be written.
    pub(super) fn show_plan(
        &mut self,
        plan: &Plan<'_>,
        out: Option<&Path>,
        full: bool,
        json: bool,
    ) -> Result<u8, Problem> {
        if json {
            self.console.json(plan.data())?;
        } else {
            let text = plan.render(&self.options(true, full));
            self.console.data(&text)?;
        }
        if !plan.blockers.is_empty() {
            return Err(blocked(plan));
        }
        if let Some(path) = out {
            write(path, plan)?;
            let verb = match Purpose::of(plan) {
                Purpose::Apply => "change",
                other => other.verb(),
            };
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
