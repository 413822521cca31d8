//! Calls of the driver: bounded in time, repeated as the engine repeats them, and watched.

use super::{Object, Rule, Run, Stop, Went, text};
use crate::{
    Cx, Driver, Effect, Error, Found, Made, Meaning, Op, Raw, Ready, Resource, Result, Seen, Want,
    conformance::Mutation, driver::AnySeen,
};
use futures_util::future::{Either, select};
use std::{future::Future, pin::pin, time::Duration};

/// How long one call may take.
const CALL: Duration = Duration::from_mins(2);
/// How long a call is repeated because something that it names is not there yet.
const HIDDEN: Duration = Duration::from_mins(1);

/// How a call failed.
pub(super) enum Failure {
    /// It did not return.
    Hangs,
    /// It returned an error.
    Error(Error),
}

impl Failure {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Hangs => format!("it does not return within {} s", CALL.as_secs()),
            Self::Error(error) => error.to_string(),
        }
    }

    pub(super) fn means(&self, meaning: &Meaning) -> bool {
        matches!(self, Self::Error(error) if error.meaning() == meaning)
    }

    /// A failure that no rule is about.
    pub(super) fn stop(&self, what: &str) -> Stop {
        Stop::Interrupted(format!("{what}: {}", self.text()))
    }
}

/// What a call answered, and which mutating calls it made; none when nobody watches.
pub(super) struct Called<T> {
    pub(super) answer: std::result::Result<T, Failure>,
    pub(super) calls: Option<Vec<Mutation>>,
}

impl<C: Driver<R>, R: Resource> Run<'_, C, R> {
    /// The mutating calls so far.
    pub(super) async fn mutations(&self) -> Went<Option<Vec<Mutation>>> {
        let Some(witness) = &self.trial.witness else { return Ok(None) };
        let calls = witness.mutations().await;
        calls.map(Some).map_err(|error| Stop::Interrupted(format!("the witness cannot be asked: {error}")))
    }

    /// Makes a call once.
    pub(super) async fn once<T>(&self, call: impl Future<Output = Result<T>>) -> Went<Called<T>> {
        let before = self.mutations().await?.map(|calls| calls.len());
        let answer = match select(pin!(call), pin!(self.trial.clock.sleep(CALL))).await {
            Either::Left((answer, _)) => answer.map_err(Failure::Error),
            Either::Right(((), _)) => Err(Failure::Hangs),
        };
        let calls = match (before, self.mutations().await?) {
            (Some(before), Some(calls)) => Some(calls.into_iter().skip(before).collect()),
            _ => None,
        };
        Ok(Called { answer, calls })
    }

    /// Makes a call, and repeats it while its failures ask for that; the answer and the calls are the last attempt's.
    pub(super) async fn call<T, F: Future<Output = Result<T>>>(
        &self,
        mut call: impl FnMut() -> F,
        hidden: bool,
    ) -> Went<Called<T>> {
        let begun = self.trial.clock.now();
        loop {
            let called = self.once(call()).await?;
            let patience = match &called.answer {
                Err(Failure::Error(error)) => patience(error, hidden, self.trial.patience),
                Ok(_) | Err(Failure::Hangs) => None,
            };
            let waited = self.trial.clock.now().saturating_sub(begun);
            if patience.is_none_or(|patience| waited >= patience) {
                return Ok(called);
            }
            self.tick().await;
        }
    }

    /// Waits until pending things are looked at again.
    pub(super) async fn tick(&self) {
        self.trial.clock.sleep(self.trial.poll).await;
    }

    /// Makes an object, and remembers it.
    pub(super) async fn make(&mut self, cx: Cx, spec: R) -> Went<Born<R>> {
        let ready = Ready::resolved(spec.clone());
        let client = &self.trial.client;
        let called = self.call(|| client.create(&cx, &ready), true).await?;
        self.born(cx, spec, called)
    }

    /// Makes an object that may be there already, and repeats the call while its effect is not known, as the engine does.
    pub(super) async fn make_again(&mut self, cx: Cx, spec: R) -> Went<Born<R>> {
        let ready = Ready::resolved(spec.clone());
        let client = &self.trial.client;
        let until = self.trial.clock.now() + R::IDENTITY.visible_within();
        let called = loop {
            let called = self.call(|| client.create(&cx, &ready), true).await?;
            let unknown =
                matches!(&called.answer, Err(Failure::Error(error)) if error.effect() == Effect::Unknown);
            if !unknown || self.trial.clock.now() >= until {
                break called;
            }
            self.tick().await;
        };
        self.born(cx, spec, called)
    }

    fn born(&mut self, cx: Cx, spec: R, called: Called<Made<R::Id>>) -> Went<Born<R>> {
        let Made { id, op } = called.answer.map_err(|failure| failure.stop("`create` failed"))?;
        let object = Object { cx, spec, id };
        self.made.push(object.clone());
        self.require_encodes(&object.id, "the id that `create` answers");
        Ok(Born { object, op, calls: called.calls })
    }

    /// Looks, and reads what is seen of this kind. An error is the caller's to judge.
    pub(super) async fn find(
        &mut self,
        cx: &Cx,
        want: &Want<R::Id>,
    ) -> Went<std::result::Result<Vec<Seen<R>>, Failure>> {
        let client = &self.trial.client;
        let called = self.call(|| found(client, cx, want), false).await?;
        self.read(called)
    }

    /// Looks for objects by their ids, where such objects are shown.
    pub(super) async fn find_each(
        &mut self,
        objects: &[&Object<R>],
    ) -> Went<std::result::Result<Vec<Seen<R>>, Failure>> {
        let [first, ..] = objects else { return Ok(Ok(vec![])) };
        let Some(shower) = self.trial.shower else {
            let ids = objects.iter().map(|object| object.id.clone()).collect();
            return self.find(&first.cx, &Want::Ids(ids)).await;
        };
        let outer = outer(objects)?;
        let (client, cx) = (&self.trial.client, &first.cx);
        let called = self.call(|| shower(client, cx, &outer), false).await?;
        Ok(self.read(called)?.map(|mut seen| {
            seen.retain(|seen| objects.iter().any(|object| object.id == seen.id));
            seen
        }))
    }

    /// Looks for one object; an error that says "not there" breaks a rule, and is taken for what it says.
    pub(super) async fn look(&mut self, object: &Object<R>) -> Went<Option<Seen<R>>> {
        match self.find_each(&[object]).await? {
            Ok(seen) => Ok(among(seen, object)),
            Err(failure) if failure.means(&Meaning::NotFound) => {
                let why = format!("`find` fails when an object is not there: {}", failure.text());
                self.tell(Rule::GoneLeftOut, why);
                Ok(None)
            }
            Err(failure) => Err(failure.stop("`find` failed")),
        }
    }

    fn read(&mut self, called: Called<Found>) -> Went<std::result::Result<Vec<Seen<R>>, Failure>> {
        if let Some(calls) = &called.calls {
            self.require_calls(Rule::ReadsOnly, Some(calls), <[_]>::is_empty, "`find`");
        }
        let found = match called.answer {
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        };
        self.check(Rule::Encodes);
        let all = match found.into_seen() {
            Ok(all) => all,
            Err(error) => return Err(self.unread(&error)),
        };
        let mut seen = vec![];
        for one in all.into_iter().filter(|one| one.family == R::FAMILY) {
            match one.decode::<R>() {
                Ok(decoded) if reads_back(&one, &decoded) => seen.push(decoded),
                Ok(_) => {
                    let error = Error::internal(format!("{} reads back as another value", one.id));
                    return Err(self.unread(&error));
                }
                Err(error) => return Err(self.unread(&error)),
            }
        }
        Ok(Ok(seen))
    }

    fn unread(&mut self, error: &Error) -> Stop {
        let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
        self.tell(Rule::Encodes, format!("what `find` shows cannot be kept: {error}{cause}"));
        Stop::Told
    }

    fn require_encodes(&mut self, id: &R::Id, what: &str) {
        let back = Raw::encode(id).and_then(|raw| raw.decode::<R::Id>());
        let same = back.is_ok_and(|back| back == *id);
        self.require(Rule::Encodes, same, || format!("{what} reads back as another value: {}", text(id)));
    }
}

/// What a create call gave.
pub(super) struct Born<R: Resource> {
    pub(super) object: Object<R>,
    pub(super) op: Option<Op>,
    pub(super) calls: Option<Vec<Mutation>>,
}

pub(super) async fn found<C: Driver<R>, R: Resource>(
    client: &C,
    cx: &Cx,
    want: &Want<R::Id>,
) -> Result<Found> {
    let mut found = Found::default();
    client.find(cx, want, &mut found).await?;
    Ok(found)
}

/// The ids of the objects in which these are shown.
pub(super) fn outer<R: Resource>(objects: &[&Object<R>]) -> Went<Vec<Raw>> {
    let mut outer: Vec<Raw> = vec![];
    for object in objects {
        let Some(key) = object.spec.shown_in() else {
            return Err(Stop::Interrupted(format!("{} does not say in what it is shown", R::FAMILY)));
        };
        let id = Raw::parse(key.text().to_owned()).map_err(|error| Stop::Interrupted(error.to_string()))?;
        if !outer.contains(&id) {
            outer.push(id);
        }
    }
    Ok(outer)
}

fn among<R: Resource>(seen: Vec<Seen<R>>, object: &Object<R>) -> Option<Seen<R>> {
    seen.into_iter().find(|seen| seen.id == object.id)
}

/// How long a call is repeated after an error.
fn patience(error: &Error, hidden: bool, most: Duration) -> Option<Duration> {
    match error.meaning() {
        Meaning::Throttled | Meaning::Conflict | Meaning::NotReady => Some(most),
        Meaning::Transient if error.effect() == Effect::None => Some(HIDDEN),
        Meaning::NotFound if hidden => Some(HIDDEN),
        _ => None,
    }
}

/// Whether what was decoded encodes to what was read.
fn reads_back<R: Resource>(raw: &AnySeen, seen: &Seen<R>) -> bool {
    let same = |raw: &Raw, again: serde_json::Result<Raw>| again.is_ok_and(|again| again == *raw);
    same(&raw.id, Raw::encode(&seen.id))
        && same(&raw.outputs, Raw::encode(&seen.outputs))
        && same(&raw.spec, Raw::encode(&seen.spec))
}
