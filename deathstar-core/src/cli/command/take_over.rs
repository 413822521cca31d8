//! `import`, `forget` and `recover`.

use super::Work;
use crate::{
    Forget, PlanOptions, Recover, Stack,
    cli::{
        Problem,
        agree::Purpose,
        arguments::{CarryOutArguments, ForgetArguments, ImportArguments, RecoverArguments},
    },
    plan::Plan,
};

impl Work<'_> {
    /// Makes objects ours that exist already.
    ///
    /// # Errors
    /// When they cannot be imported, and as `apply`.
    pub(in crate::cli) async fn import(
        &mut self,
        stack: &Stack,
        arguments: &ImportArguments,
    ) -> Result<u8, Problem> {
        let mut options = PlanOptions::default();
        for pair in arguments.objects.chunks(2) {
            let [address, id] = pair else {
                let last = pair.first().map_or("", String::as_str);
                return Err(Problem::new(format!("`{last}` is an address without an id"))
                    .hint("give each object as its address and its id: `import ADDRESS ID ADDRESS ID`"));
            };
            options = options.import(address, id).target(address);
        }
        let plan = self.engine.plan(stack, options).await?;
        self.show_or_carry_out(plan, &arguments.how, Purpose::Import).await
    }

    /// Drops objects from the record and leaves them in the cloud.
    ///
    /// # Errors
    /// When nothing is recorded there or others need it, and as `apply`.
    pub(in crate::cli) async fn forget(
        &mut self,
        stack: &Stack,
        arguments: &ForgetArguments,
    ) -> Result<u8, Problem> {
        let all = Forget::default();
        let what = arguments.addresses.iter().fold(all, |all, address| all.and(address));
        let what = if arguments.release { what.release() } else { what };
        let plan = self.engine.forget(stack, what).await?;
        self.show_or_carry_out(plan, &arguments.how, Purpose::Forget).await
    }

    /// Rebuilds a lost journal.
    ///
    /// # Errors
    /// When the journal has rows, and as `apply`.
    pub(in crate::cli) async fn recover(
        &mut self,
        stack: &Stack,
        arguments: &RecoverArguments,
    ) -> Result<u8, Problem> {
        let how = Recover::default().all_kinds(arguments.all_kinds);
        let how = arguments.lineage.iter().fold(how, Recover::lineage);
        let plan = self.engine.recover(stack, how).await?;
        self.show_or_carry_out(plan, &arguments.how, Purpose::Recover).await
    }

    async fn show_or_carry_out(
        &mut self,
        plan: Plan<'_>,
        how: &CarryOutArguments,
        purpose: Purpose,
    ) -> Result<u8, Problem> {
        if how.plan || how.out.is_some() {
            return self.show_plan(&plan, how.out.as_deref(), how.length.full, how.json.json);
        }
        self.carry_out(plan, &how.consent, how.length.full, how.json.json, purpose).await
    }
}
