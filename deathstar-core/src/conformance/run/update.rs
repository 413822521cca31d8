//! What a change has to keep.

use super::{Object, Rule, Run, Went, settle::Converged};
use crate::{Driver, Resource, Verb, erase::Weight};

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Brings the sample to the variant, and back.
    pub(super) async fn update(&mut self, sample: &mut Object<R>) -> Went<()> {
        let Some(variant) = &self.trial.variant else {
            self.skip_both("`variant` gave no spec that an update reaches");
            return Ok(());
        };
        if self.verdicts.breaks(Rule::RoundTrip) {
            self.skip_both("the sample itself does not show its spec");
            return Ok(());
        }
        for (to, what) in [(variant, "the variant"), (&self.trial.sample, "the sample again")] {
            let changes = self.differences(&sample.spec, to)?;
            if changes.iter().any(|change| change.weight != Weight::Update) {
                self.skip_both(&format!("{what} cannot be reached by an update"));
                return Ok(());
            }
            let write_once = changes.iter().any(|change| change.write_only);
            sample.spec = to.clone();
            match self.converge(sample, None, write_once).await? {
                Converged::Yes { calls, op } => {
                    self.check(Rule::ChangeConverges);
                    if calls > 0 {
                        self.operation(Verb::Change, "`change`", op);
                    }
                }
                Converged::No(why) => {
                    self.tell(Rule::ChangeConverges, format!("{what} is not reached: {why}"));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn skip_both(&mut self, why: &str) {
        self.skip(Rule::ChangeConverges, why);
        self.skip(Rule::ChangeOneCall, why);
    }
}
