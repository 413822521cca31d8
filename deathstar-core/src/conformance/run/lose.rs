//! What a driver does when an answer is lost.

use super::{Object, Rule, Run, Stop, Went, call::Failure, operations};
use crate::{Cx, Driver, Effect, Identity, Ready, Resource, Want, conformance::Mutation};

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Makes an object whose create call has no answer; it has to be told as such, and not to be repeated.
    pub(super) async fn lose_an_answer(&mut self) -> Went<()> {
        let Some(client) = &self.trial.lossy else {
            self.skip_loss("`lossy` gave no client whose answers are lost");
            return Ok(());
        };
        let sample = self.cx("sample").address;
        if self.made.iter().any(|object| object.cx.address == sample) {
            self.skip_loss("the sample could not be deleted");
            return Ok(());
        }
        let cx = self.cx("lost");
        let spec = Ready::resolved(self.trial.sample.clone());
        let called = self.once(client.create(&cx, &spec)).await?;
        match &called.answer {
            Ok(_) => self.skip_loss("the client of `lossy` lost no answer"),
            Err(Failure::Hangs) => {
                self.tell(Rule::LostAnswer, "`create` does not return when its answer is lost");
            }
            Err(Failure::Error(error)) => {
                self.require(Rule::LostAnswer, error.effect() == Effect::Unknown, || {
                    format!("`create` says that nothing happened when its answer is lost: {error}")
                });
            }
        }
        if called.answer.is_err() {
            self.not_repeated(called.calls.as_deref());
        }
        self.remove_lost(cx).await
    }

    fn not_repeated(&mut self, calls: Option<&[Mutation]>) {
        match calls {
            None => self.skip(Rule::NoRetry, "no witness tells which calls reached the API"),
            Some(calls) => self.require(Rule::NoRetry, calls.len() <= 1, || {
                format!("a create call whose answer was lost was repeated: {}", operations(calls))
            }),
        }
    }

    fn skip_loss(&mut self, why: &str) {
        self.skip(Rule::LostAnswer, why);
        self.skip(Rule::NoRetry, why);
    }

    /// Finds the object whose id is not known, as the engine does, and removes it.
    async fn remove_lost(&mut self, cx: Cx) -> Went<()> {
        let spec = self.trial.sample.clone();
        if R::IDENTITY == Identity::Token && !self.verdicts.breaks(Rule::CreateRepeats) {
            let born = self.make_again(cx, spec).await?;
            self.settle(&born.object, born.op).await?;
            let twins = self.twins(&born.object).await?;
            return self.remove_twins(twins).await;
        }
        if let Some(key) = spec.key() {
            let id = serde_json::from_str(key.text())
                .map_err(|error| Stop::Interrupted(format!("the key {key} is no id: {error}")))?;
            let object = Object { cx, spec, id };
            if self.sight(&object).await?.is_some() {
                self.made.push(object);
            }
            return Ok(());
        }
        let until = self.trial.clock.now() + R::IDENTITY.visible_within();
        loop {
            let want = Want::Owned { token: cx.token.to_string() };
            let seen = match self.find(&cx, &want).await? {
                Ok(seen) => seen,
                Err(failure) => return Err(failure.stop("`find` by token failed")),
            };
            for seen in seen {
                self.made.push(Object { cx: cx.clone(), spec: spec.clone(), id: seen.id });
            }
            if self.made.iter().any(|object| object.cx.token == cx.token) {
                return Ok(());
            }
            if self.trial.clock.now() >= until {
                // Nothing was made, or it cannot be found.
                self.verdicts.left_behind.push(format!("perhaps something with the token {}", cx.token));
                return Ok(());
            }
            self.tick().await;
        }
    }
}
