//! `apply` and `destroy`.

use super::Work;
use crate::{
    PlanOptions, Stack,
    apply::{Report, Stop},
    cli::{
        Problem,
        agree::{Purpose, agree},
        arguments::{ApplyArguments, ConsentArguments, DestroyArguments},
        progress,
        signal::{Signals, stopping},
    },
    plan::{Plan, PlanData},
};
use std::path::Path;

impl Work<'_> {
    /// Brings the cloud to what is declared, or does what a plan file says.
    ///
    /// # Errors
    /// When there is no plan, no consent, or no lock.
    pub(in crate::cli) async fn apply(
        &mut self,
        stack: &Stack,
        arguments: &ApplyArguments,
    ) -> Result<u8, Problem> {
        let plan = match &arguments.plan {
            Some(path) => read(path)?.with(stack),
            None => self.engine.plan(stack, arguments.wishes.options()).await?,
        };
        let purpose = Purpose::of(&plan);
        self.carry_out(plan, &arguments.consent, arguments.length.full, arguments.json.json, purpose).await
    }

    /// Deletes everything that is recorded.
    ///
    /// # Errors
    /// As `apply`.
    pub(in crate::cli) async fn destroy(
        &mut self,
        stack: &Stack,
        arguments: &DestroyArguments,
    ) -> Result<u8, Problem> {
        let options = PlanOptions::default().destroy(true);
        let options = arguments.targets.iter().fold(options, |all, target| all.target(target));
        let plan = self.engine.plan(stack, options).await?;
        let full = arguments.length.full;
        self.carry_out(plan, &arguments.consent, full, arguments.json.json, Purpose::Destroy).await
    }

    pub(super) async fn carry_out(
        &mut self,
        plan: Plan<'_>,
        consent: &ConsentArguments,
        full: bool,
        json: bool,
        purpose: Purpose,
    ) -> Result<u8, Problem> {
        // Who reads JSON and asked for no question does not read the plan.
        if !(json && consent.yes) {
            let text = plan.render(&self.options(false, full));
            self.console.say(&text);
        }
        let Some(plan) = agree(plan, consent, purpose, self.console)? else { return Ok(1) };
        let (observer, voice) =
            progress::observer(self.progress, self.console.live, self.console.colour.talk);
        let stop = Stop::new();
        let mut signals = Signals::listen()?;
        let report = {
            let console = &mut *self.console;
            let work = self.engine.apply(plan, observer, &stop);
            stopping(work, &mut signals, &stop, |text| voice.say(text, |text| console.say(text))).await?
        };
        self.tell(&report, json)?;
        Ok(report.exit_code())
    }

    fn tell(&mut self, report: &Report, json: bool) -> Result<(), Problem> {
        if json { self.console.json(&report.to_json()) } else { self.console.data(&format!("{report}\n")) }
    }
}

fn read(path: &Path) -> Result<PlanData, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::new(format!("the plan {} cannot be read", path.display()))
            .cause(error.to_string())
            .hint("write one with `plan --out FILE`")
    })?;
    Ok(PlanData::read(&text)?)
}
