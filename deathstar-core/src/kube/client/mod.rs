//! What makes the calls to one cluster.

mod answers;
mod discovery;
mod driver;
mod failure;
mod hidden;
mod losses;
mod rehearse;
mod surroundings;

use super::{Cluster, TokenSource, ready::Rules};
use crate::{Error, Result};
use ::kube::client::Body;
use discovery::Discovery;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, atomic::AtomicBool},
    time::{Duration, Instant},
};

/// Makes the calls to one cluster; [`Access`](super::Access) opens it.
///
/// It implements [`Driver`](crate::Driver) for [`Object`](super::Object). Retries of the client underneath are off.
pub struct Client {
    http: ::kube::Client,
    cluster: Cluster,
    /// How people find the cluster again: its name and its endpoint.
    called: String,
    tokens: Option<Arc<dyn TokenSource>>,
    discovery: tokio::sync::Mutex<Option<Arc<Discovery>>>,
    /// The version in which objects of a group and kind are read: the one in which they were last written.
    versions: Mutex<HashMap<(String, String), String>>,
    /// What a user says of the readiness of kinds.
    rules: Rules,
    /// How long a failure that may pass has to be the same.
    grace: Duration,
    waits: surroundings::Waits,
    answers: answers::Answers,
    /// Whether the caller may not list all namespaces at once.
    narrow: AtomicBool,
    opened: Instant,
}

/// One request.
struct Ask<'a> {
    /// For people: `get deployments.apps shop/web`.
    what: String,
    method: Method,
    path: &'a str,
    query: Vec<(&'static str, String)>,
    accept: &'static str,
    content: &'static str,
    body: Option<&'a Value>,
    /// What no answer may be told with.
    secrets: Vec<String>,
}

/// What the server answers.
struct Answer {
    status: StatusCode,
    /// How long it asks to wait, in seconds.
    after: Option<u64>,
    /// What it says besides.
    warnings: Vec<String>,
    bytes: Vec<u8>,
}

impl<'a> Ask<'a> {
    fn read(what: impl Into<String>, path: &'a str) -> Self {
        Self {
            what: what.into(),
            method: Method::GET,
            path,
            query: vec![],
            accept: "application/json",
            content: "application/json",
            body: None,
            secrets: vec![],
        }
    }

    fn write(what: impl Into<String>, method: Method, path: &'a str, body: &'a Value) -> Self {
        Self { method, body: Some(body), ..Self::read(what, path) }
    }

    fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

impl Client {
    pub(super) fn new(
        cluster: &Cluster,
        config: ::kube::Config,
        tokens: Option<Arc<dyn TokenSource>>,
        rules: Rules,
        grace: Duration,
    ) -> Result<Self> {
        let endpoint = config.cluster_url.to_string();
        let called =
            format!("cluster `{}` at {}", cluster.name().unwrap_or("?"), endpoint.trim_end_matches('/'));
        let http = ::kube::Client::try_from(config).map_err(|error| {
            Error::new(crate::Meaning::Invalid, format!("no client can be made for {called}")).because(error)
        })?;
        Ok(Self {
            http,
            cluster: cluster.clone(),
            called,
            tokens,
            discovery: tokio::sync::Mutex::default(),
            versions: Mutex::default(),
            rules,
            grace,
            waits: surroundings::Waits::default(),
            answers: answers::Answers::default(),
            narrow: AtomicBool::new(false),
            opened: opened(),
        })
    }

    /// Makes a request and reads its answer.
    async fn ask(&self, ask: &Ask<'_>) -> Result<Value> {
        let answer = self.answer(ask).await?;
        if !answer.status.is_success() {
            return Err(self.failure(ask, &answer));
        }
        self.decode(ask, &answer)
    }

    /// Makes a request, and another one when a token was taken back before it expired: nothing happened then.
    async fn answer(&self, ask: &Ask<'_>) -> Result<Answer> {
        let answer = self.send(ask).await?;
        match (&self.tokens, answer.status) {
            (Some(tokens), StatusCode::UNAUTHORIZED) => {
                tokens.refused(&self.cluster).await;
                self.send(ask).await
            }
            _ => Ok(answer),
        }
    }

    /// What an answer means that is no success.
    fn failure(&self, ask: &Ask<'_>, answer: &Answer) -> Error {
        let Answer { status, after, bytes, .. } = answer;
        failure::of_answer(&ask.what, &self.called, &ask.method, *status, *after, bytes)
    }

    fn decode(&self, ask: &Ask<'_>, answer: &Answer) -> Result<Value> {
        serde_json::from_slice(&answer.bytes).map_err(|error| {
            let failed = Error::new(
                crate::Meaning::Transient,
                format!("the answer of the {} is no JSON", self.called),
            );
            failure::unsure(failed.operation(ask.what.clone()).because(error), &ask.method)
        })
    }

    async fn send(&self, ask: &Ask<'_>) -> Result<Answer> {
        let mut uri = ask.path.to_owned();
        for (number, (name, value)) in ask.query.iter().enumerate() {
            let sign = if number == 0 { "?" } else { "&" };
            uri.extend([sign, name, "=", &encode(value)]);
        }
        let mut request =
            Request::builder().method(ask.method.clone()).uri(uri).header(header::ACCEPT, ask.accept);
        if ask.body.is_some() {
            request = request.header(header::CONTENT_TYPE, ask.content);
        }
        if let Some(tokens) = &self.tokens {
            let token = tokens.token(&self.cluster).await?;
            let mut value = header::HeaderValue::try_from(format!("Bearer {}", token.reveal()?))
                .map_err(|_| Error::internal(format!("the token for the {} is no header", self.called)))?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        let body = match ask.body {
            Some(body) => serde_json::to_vec(body),
            None => Ok(vec![]),
        };
        let body = body.map_err(|error| Error::internal("an object cannot be encoded").because(error))?;
        let request = request
            .body(Body::from(body))
            .map_err(|error| Error::internal(format!("`{}` is no request", ask.what)).because(error))?;
        let lost = |error| failure::of_transport(&ask.what, &self.called, &ask.method, error);
        let response = self.http.send(request).await.map_err(lost)?;
        let status = response.status();
        let after =
            response.headers().get(header::RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
        let warnings = response.headers().get_all(header::WARNING);
        let warnings =
            warnings.iter().filter_map(|one| Some(rehearse::warning(one.to_str().ok()?))).collect();
        let bytes = response.into_body().collect_bytes().await.map_err(lost)?.to_vec();
        let bytes = if status.is_success() { bytes } else { hidden::of(&bytes, &ask.secrets) };
        Ok(Answer { status, after, warnings, bytes })
    }
}

#[expect(clippy::disallowed_methods, reason = "an API server and its controllers live in real time")]
fn opened() -> Instant {
    Instant::now()
}

/// A part of a path or a query, in percent encoding.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let part = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(part).collect()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("called", &self.called).finish_non_exhaustive()
    }
}
