//! The recording cloud's client: one driver for all kinds, as generic as the API.

use super::wire::{Answer, Call, Refusal, Request};
use crate::kinds::{Cluster, Gateway, Imagined, Machine, Net, Pool, Region, Route, Segment, Table};
use deathstar_core::{
    Catalogue, Connect, Cx, Driver, Error, Found, Made, Meaning, Op, Pace, Ready, Resource, Result, Seen,
    SeenState, Tags, Want, driver::tags,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

/// What opens the recording cloud: its address.
#[derive(Clone, Debug)]
pub struct Endpoint(pub String);

impl Endpoint {
    /// All kinds, with their calls.
    pub fn catalogue(self) -> Catalogue {
        Catalogue::new()
            .driver::<HttpClient, Net>()
            .driver::<HttpClient, Segment>()
            .driver::<HttpClient, Gateway>()
            .driver::<HttpClient, Table>()
            .driver::<HttpClient, Route>()
            .driver::<HttpClient, Machine>()
            .driver::<HttpClient, Cluster>()
            .driver::<HttpClient, Pool>()
            .connect::<Self, Imagined>(&Arc::new(self))
    }
}

impl Connect<Imagined> for Endpoint {
    type Client = HttpClient;

    async fn connect(&self, _: &Region) -> Result<HttpClient> {
        Ok(HttpClient { http: reqwest::Client::new(), endpoint: self.0.clone() })
    }

    fn pace(&self) -> Pace {
        let mut pace = Pace::default();
        pace.gather = Duration::from_millis(1);
        pace.poll = Duration::from_millis(40);
        pace
    }
}

/// A client of the recording cloud.
#[derive(Clone, Debug)]
pub struct HttpClient {
    http: reqwest::Client,
    endpoint: String,
}

impl HttpClient {
    async fn call(&self, cx: &Cx, family: &str, call: Call) -> Result<Answer> {
        let operation = format!("{family}:{}", call.name());
        let mutates = call.mutates();
        let request = Request { family: family.to_owned(), token: cx.token.to_string(), call };
        let lost = |error: reqwest::Error| {
            let error =
                Error::new(Meaning::Transient, "there was no answer").operation(&operation).because(error);
            if mutates { error.effect_unknown() } else { error }
        };
        let response = self.http.post(&self.endpoint).json(&request).send().await.map_err(lost)?;
        match response.json().await.map_err(lost)? {
            Answer::Refused(refusal) => Err(refused(refusal).operation(operation)),
            answer => Ok(answer),
        }
    }
}

fn refused(refusal: Refusal) -> Error {
    let (meaning, text) = match refusal {
        Refusal::NotFound => (Meaning::NotFound, "there is no such object"),
        Refusal::Exists => (Meaning::AlreadyExists, "there is such an object"),
        Refusal::InUse => (Meaning::Conflict, "another object names it"),
        Refusal::OtherParameters => (Meaning::Invalid, "the token was used with other parameters"),
    };
    Error::new(meaning, text)
}

fn unexpected(answer: &Answer) -> Error {
    Error::internal(format!("this is no answer to that: {answer:?}")).effect_unknown()
}

fn encode(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::internal("a value cannot be encoded").because(error))
}

fn decode<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::internal("an answer cannot be read").because(error))
}

fn fields(spec: &impl Serialize) -> Result<Map<String, Value>> {
    decode(encode(spec)?)
}

fn push<R: Resource>(found: &mut Found, shown: super::wire::Shown) -> Result<()> {
    let state = if shown.pending { SeenState::Pending("an operation".into()) } else { SeenState::Ready };
    found.push(Seen::<R> {
        id: decode(shown.id)?,
        tags: shown.tags,
        spec: decode(shown.spec)?,
        outputs: decode(shown.outputs)?,
        state,
    });
    Ok(())
}

impl<R: Resource> Driver<R> for HttpClient {
    async fn find(&self, cx: &Cx, want: &Want<R::Id>, found: &mut Found) -> Result<()> {
        let call = match want {
            Want::All => Call::List { tag: tags::STACK.to_owned(), value: cx.stack.to_string() },
            Want::Owned { token } => Call::List { tag: tags::TOKEN.to_owned(), value: token.clone() },
            Want::Ids(ids) => Call::Read { ids: ids.iter().map(encode).collect::<Result<_>>()? },
        };
        let Answer::Shown(all) = self.call(cx, R::FAMILY, call).await? else {
            return Err(Error::internal("a look-up shows nothing"));
        };
        for shown in all {
            if shown.family == R::FAMILY {
                push::<R>(found, shown)?;
            } else if shown.family == Route::FAMILY {
                push::<Route>(found, shown)?;
            }
        }
        Ok(())
    }

    async fn create(&self, cx: &Cx, spec: &Ready<R>) -> Result<Made<R::Id>> {
        let call = Call::Create { tags: (*cx.tags).clone(), spec: fields(&**spec)? };
        match self.call(cx, R::FAMILY, call).await? {
            Answer::Made(id) => Ok(decode::<R::Id>(id).map_err(Error::effect_unknown)?.into()),
            answer => Err(unexpected(&answer)),
        }
    }

    /// One call for each field that differs.
    async fn change(&self, cx: &Cx, seen: &Seen<R>, to: &Ready<R>) -> Result<Option<Op>> {
        let differs = |field: &&deathstar_core::Field<R>| {
            let wanted = (field.get)(to);
            !wanted.is_null() && wanted != (field.get)(&seen.spec)
        };
        let Some(field) = R::FIELDS.iter().find(differs) else { return Ok(None) };
        let fields = Map::from_iter([(field.name.to_owned(), (field.get)(to))]);
        match self.call(cx, R::FAMILY, Call::Change { id: encode(&seen.id)?, fields }).await? {
            Answer::Done => Ok(None),
            answer => Err(unexpected(&answer)),
        }
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<R>) -> Result<Option<Op>> {
        match self.call(cx, R::FAMILY, Call::Delete { id: encode(&seen.id)? }).await? {
            Answer::Done => Ok(None),
            answer => Err(unexpected(&answer)),
        }
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<R>, set: &Tags, unset: &[String]) -> Result<()> {
        let call = Call::Retag { id: encode(&seen.id)?, set: set.clone(), unset: unset.to_vec() };
        match self.call(cx, R::FAMILY, call).await? {
            Answer::Done => Ok(()),
            answer => Err(unexpected(&answer)),
        }
    }
}
