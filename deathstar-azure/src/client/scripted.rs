//! For tests: a server in memory that answers what a test says, in turn.

use super::Client;
use crate::Subscription;
use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    error::ErrorKind,
    http::{
        AsyncRawResponse, HttpClient, Method, Request, StatusCode, Transport,
        headers::{AUTHORIZATION, HeaderName, Headers},
    },
    time::{Duration, OffsetDateTime},
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

pub(crate) const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const ENDPOINT: &str = "https://management.azure.com";

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    lost: Option<ErrorKind>,
}

/// An answer with a status and a body; `null` is none.
pub(crate) fn answer(status: u16, body: &Value) -> Scripted {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Scripted { status, body, ..Scripted::default() }
}

/// An error as Azure tells it.
pub(crate) fn error(status: u16, code: &str) -> Scripted {
    answer(status, &serde_json::json!({"error": {"code": code, "message": format!("it is {code}")}}))
}

/// No answer.
pub(crate) fn lost(kind: ErrorKind) -> Scripted {
    Scripted { lost: Some(kind), ..Scripted::default() }
}

impl Scripted {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn text(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) version: String,
    pub(crate) body: Value,
    pub(crate) headers: Vec<(String, String)>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// The server.
#[derive(Debug, Default)]
pub(crate) struct Server {
    answers: Mutex<VecDeque<Scripted>>,
    seen: Mutex<Vec<Seen>>,
}

impl Server {
    /// A server with these answers.
    pub(crate) fn with(answers: impl IntoIterator<Item = Scripted>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), seen: Mutex::default() })
    }

    /// A client of it.
    pub(crate) fn client(self: &Arc<Self>) -> Client {
        self.client_at(ENDPOINT)
    }

    pub(crate) fn client_at(self: &Arc<Self>, endpoint: &str) -> Client {
        let transport = Transport::new(Arc::clone(self) as Arc<dyn HttpClient>);
        let subscription = Subscription::new(SUBSCRIPTION, "westeurope");
        Client::new(&subscription, endpoint, Arc::new(Token), Some(transport)).unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        locked(&self.seen).clone()
    }

    /// The requests: method and path, with what else a query has.
    pub(crate) fn lines(&self) -> Vec<String> {
        locked(&self.seen).iter().map(|seen| seen.line.clone()).collect()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

#[async_trait]
impl HttpClient for Server {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let url = request.url();
        let mut line = format!("{} {}", request.method().as_str(), url.path());
        let mut version = String::new();
        for (name, value) in url.query_pairs() {
            if name == "api-version" {
                version = value.into_owned();
            } else {
                line.extend([" ", &name, "=", &value]);
            }
        }
        let body = match request.body() {
            azure_core::http::Body::Bytes(bytes) if !bytes.is_empty() => {
                serde_json::from_slice(bytes).unwrap()
            }
            _ => Value::Null,
        };
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_str().to_owned()));
        let seen = Seen { line, version, body, headers: headers.collect() };
        assert_eq!(seen.header(AUTHORIZATION.as_str()), Some("Bearer t"), "{seen:?}");
        assert!(
            request.method() == Method::Get || seen.body != Value::Null || request.method() != Method::Put
        );
        locked(&self.seen).push(seen);
        let next = locked(&self.answers).pop_front();
        let Some(next) = next else { panic!("one request more than there are answers") };
        if let Some(kind) = next.lost {
            return Err(azure_core::Error::with_message(kind, "no answer"));
        }
        let mut headers = Headers::new();
        for (name, value) in next.headers {
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(AsyncRawResponse::from_bytes(StatusCode::from(next.status), headers, next.body))
    }
}

#[derive(Debug)]
struct Token;

#[async_trait]
impl TokenCredential for Token {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://management.azure.com/.default"]);
        Ok(AccessToken::new("t", OffsetDateTime::now_utc() + Duration::hours(1)))
    }
}
