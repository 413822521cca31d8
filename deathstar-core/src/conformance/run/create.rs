//! What a create call has to keep.

use super::{Object, Rule, Run, Went, call::Born, operations, settle::Converged, text, value};
use crate::{
    Driver, Identity, Meaning, Ready, Resource, Seen, Verb, Want, conformance::Mutation, driver::tags,
};
use serde_json::Value;

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// Makes the sample, and brings it to its spec.
    pub(super) async fn create_sample(&mut self) -> Went<Object<R>> {
        let there = self.there().await?;
        let born = self.make(self.cx("sample"), self.trial.sample.clone()).await?;
        self.operation(Verb::Create, "`create`", born.op.is_some());
        let object = born.object.clone();
        let Some(first) = self.sight(&object).await? else {
            return Err(self.unseen(&object));
        };
        self.created_with_tags(&born, &first);
        self.created_once(&born, there).await?;
        self.create_again(&object).await?;
        match self.converge(&object, born.op, false).await? {
            Converged::Yes { .. } => self.check(Rule::RoundTrip),
            Converged::No(why) => {
                self.tell(Rule::RoundTrip, format!("a created object does not show its spec: {why}"));
            }
        }
        Ok(object)
    }

    /// Requires an operation where the API answers one.
    pub(super) fn operation(&mut self, verb: Verb, what: &str, answered: bool) {
        if self.trial.operations.contains(&verb) {
            self.require(Rule::OperationHandle, answered, || {
                format!("{what} lost the operation that the API works on after its answer")
            });
        } else if self.trial.operations.is_empty() {
            self.skip(Rule::OperationHandle, "no verb is said to be answered with an operation");
        }
    }

    /// The tags have to be there at the first look, and in the first request.
    fn created_with_tags(&mut self, born: &Born<R>, first: &Seen<R>) {
        if !self.tagged() {
            return self.skip(Rule::CreateTags, "objects of this kind carry no tags");
        }
        let cx = &born.object.cx;
        let missing: Vec<&str> = (cx.tags.iter())
            .filter(|(key, value)| first.tags.get(*key) != Some(value))
            .map(|(key, _)| key.as_str())
            .collect();
        self.tags_shown = missing.is_empty();
        self.require(Rule::CreateTags, missing.is_empty(), || {
            format!("the first look after the create call does not show the tags {}", missing.join(", "))
        });
        let Some([call, ..]) = born.calls.as_deref() else { return };
        let sent = call.request.as_ref().is_none_or(|request| request.contains(&*cx.address));
        self.require(Rule::CreateTags, sent, || {
            format!("the create call `{}` does not carry the tags", call.operation)
        });
    }

    /// One call has to have made one object.
    async fn created_once(&mut self, born: &Born<R>, there: Option<Vec<Value>>) -> Went<()> {
        let object = &born.object;
        let twins = self.twins(object).await?;
        self.checked_by_looking(Rule::OneObject);
        let new = match (there, self.there().await?) {
            (Some(before), Some(after)) => after.into_iter().filter(|id| !before.contains(id)).collect(),
            _ => vec![],
        };
        let others: Vec<String> = (new.iter().filter(|id| **id != value(&object.id)))
            .map(Value::to_string)
            .chain(twins.iter().map(|twin| text(&twin.id)))
            .collect();
        if !others.is_empty() {
            let mut others = others;
            others.sort_unstable();
            others.dedup();
            let why = format!("one `create` made {} and also {}", text(&object.id), others.join(", "));
            self.tell(Rule::OneObject, why);
            return self.remove_twins(twins).await;
        }
        match born.calls.as_deref() {
            None => self.skip(Rule::OneCall, "no witness tells which calls reached the API"),
            Some(calls) => {
                let late = !calls.first().is_none_or(|first| names(first, object));
                let extra = calls.iter().skip(1).filter(|call| !(late && names(call, object))).count();
                self.require(Rule::OneCall, extra == 0 && !calls.is_empty(), || {
                    format!("one `create` made {} mutating calls: {}", calls.len(), operations(calls))
                });
            }
        }
        Ok(())
    }

    /// A rule that is checked when objects can be looked up by their tags or counted by a witness.
    fn checked_by_looking(&mut self, rule: Rule) {
        if self.by_tag().is_ok() || self.trial.witness.is_some() {
            self.check(rule);
        } else {
            self.skip(rule, "such objects cannot be looked up by tags, and no witness counts them");
        }
    }

    /// Repeats the create call.
    async fn create_again(&mut self, object: &Object<R>) -> Went<()> {
        if matches!(R::IDENTITY, Identity::Tag { .. }) {
            self.skip(Rule::CreateRepeats, "the API takes no token for this kind");
            return Ok(());
        }
        let there = self.there().await?.map(|ids| ids.len());
        let ready = Ready::resolved(object.spec.clone());
        let client = &self.trial.client;
        let called = self.call(|| client.create(&object.cx, &ready), false).await?;
        self.check(Rule::CreateRepeats);
        let keyed = matches!(R::IDENTITY, Identity::Key { .. });
        match called.answer {
            Ok(again) if again.id == object.id => {}
            Ok(again) => {
                let (first, second) = (text(&object.id), text(&again.id));
                self.tell(
                    Rule::CreateRepeats,
                    format!("the repeated create call made {second} beside {first}"),
                );
                let twin = Object { id: again.id, ..object.clone() };
                self.made.push(twin.clone());
                self.remove_twins(vec![twin]).await?;
            }
            Err(failure) if keyed && failure.means(&Meaning::AlreadyExists) => {}
            Err(failure) => {
                self.tell(Rule::CreateRepeats, format!("the repeated create call fails: {}", failure.text()));
            }
        }
        let twins = self.twins(object).await?;
        let more = match (there, self.there().await?) {
            (Some(before), Some(after)) => after.len() > before,
            _ => false,
        };
        let told = self.verdicts.breaks(Rule::CreateRepeats) || self.verdicts.breaks(Rule::OneObject);
        if !told && (more || !twins.is_empty()) {
            self.tell(Rule::CreateRepeats, "the repeated create call made another object");
        }
        self.remove_twins(twins).await
    }

    /// Other objects that carry an object's token.
    pub(super) async fn twins(&mut self, object: &Object<R>) -> Went<Vec<Object<R>>> {
        if self.by_tag().is_err() {
            return Ok(vec![]);
        }
        let want = Want::Owned { token: object.cx.token.to_string() };
        let seen = match self.find(&object.cx, &want).await? {
            Ok(seen) => seen,
            Err(failure) => return Err(failure.stop("`find` by token failed")),
        };
        let twins: Vec<Object<R>> = (seen.into_iter())
            .filter(|seen| seen.id != object.id)
            .filter(|seen| seen.tags.get(tags::TOKEN).map(String::as_str) == Some(&*object.cx.token))
            .map(|seen| Object { id: seen.id, ..object.clone() })
            .collect();
        for twin in &twins {
            if !self.made.iter().any(|made| made.id == twin.id) {
                self.made.push(twin.clone());
            }
        }
        Ok(twins)
    }

    pub(super) async fn remove_twins(&mut self, twins: Vec<Object<R>>) -> Went<()> {
        for twin in twins {
            self.sight(&twin).await?;
            Box::pin(self.remove(&twin)).await?;
        }
        Ok(())
    }

    /// The objects that a witness counts.
    pub(super) async fn there(&self) -> Went<Option<Vec<Value>>> {
        let Some(witness) = &self.trial.witness else { return Ok(None) };
        let objects = witness.objects(R::FAMILY).await;
        objects.map_err(|error| super::Stop::Interrupted(format!("the witness cannot be asked: {error}")))
    }
}

/// Whether a request carries an object's tags.
fn names<R: Resource>(call: &Mutation, object: &Object<R>) -> bool {
    call.request.as_ref().is_some_and(|request| request.contains(&*object.cx.address))
}
