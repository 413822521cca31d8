//! What a driver does with an API that refuses.

use super::{
    Object, Rule, Run, Went,
    call::{found, outer},
};
use crate::{Driver, Ready, Resource, Want};

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Every verb has to tell that the API refused.
    pub(super) async fn be_refused(&mut self, sample: &Object<R>) -> Went<()> {
        if self.trial.refused.is_empty() {
            self.skip(Rule::ErrorsAreTold, "`refused` gave no client whose calls the API refuses");
        }
        let seen = self.settle(sample, None).await?;
        let mut wants = vec![];
        if self.tagged() {
            wants.push(("`find` by owner tag", Want::All));
            wants.push(("`find` by token", Want::Owned { token: sample.cx.token.to_string() }));
        }
        if self.trial.shower.is_none() {
            wants.push(("`find` by id", Want::Ids(vec![sample.id.clone()])));
        }
        for (why, client) in &self.trial.refused {
            for (what, want) in &wants {
                let told = self.once(found(client, &sample.cx, want)).await?.answer.is_err();
                self.told(why, what, told);
            }
            if let Some(shower) = self.trial.shower {
                let outer = outer(&[sample])?;
                let told = self.once(shower(client, &sample.cx, &outer)).await?.answer.is_err();
                self.told(why, "`find` by id", told);
            }
            let want = self.trial.variant.as_ref().unwrap_or(&sample.spec);
            if !self.differences(&seen.spec, want)?.is_empty() {
                let to = Ready::resolved(want.clone());
                let told = self.once(client.change(&sample.cx, &seen, &to)).await?.answer.is_err();
                self.told(why, "`change`", told);
            }
            let told = self.once(client.delete(&sample.cx, &seen)).await?.answer.is_err();
            self.told(why, "`delete`", told);
        }
        Ok(())
    }

    fn told(&mut self, why: &str, what: &str, told: bool) {
        self.require(Rule::ErrorsAreTold, told, || {
            format!("{what} reports success where the API refuses ({why})")
        });
    }
}
