//! The emulator behind the proxy.

use crate::{
    Parameters,
    wire::{Answer, Document, Element, Request, Scope},
};
use hyper::{
    HeaderMap, Method,
    header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, TRANSFER_ENCODING},
};
use std::collections::BTreeMap;

/// The emulator behind the proxy.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    client: reqwest::Client,
    url: String,
}

impl Upstream {
    pub(crate) fn new(url: &str) -> Self {
        Self { client: reqwest::Client::new(), url: url.trim_end_matches('/').to_owned() }
    }

    /// Hands a request on, as it is.
    pub(crate) async fn forward(&self, request: &Request) -> Result<Answer, String> {
        self.send(&request.method, &request.target, request.headers.clone(), request.body.clone()).await
    }

    pub(crate) async fn send(
        &self,
        method: &Method,
        target: &str,
        mut headers: HeaderMap,
        body: bytes::Bytes,
    ) -> Result<Answer, String> {
        for own in [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(own);
        }
        let url = format!("{}{target}", self.url);
        let call = self.client.request(method.clone(), url).headers(headers).body(body);
        let answer = call.send().await.map_err(|error| format!("the emulator does not answer: {error}"))?;
        let (status, mut headers) = (answer.status().as_u16(), answer.headers().clone());
        let body =
            answer.bytes().await.map_err(|error| format!("the emulator's answer broke off: {error}"))?;
        for own in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(own);
        }
        Ok(Answer { status, headers, body })
    }

    /// Asks something of the proxy's own, of a service with forms; none when it is refused.
    pub(crate) async fn ask(
        &self,
        scope: &Scope,
        service: &str,
        action: &str,
        parameters: impl IntoIterator<Item = (String, String)>,
    ) -> Option<Element> {
        let version = match service {
            "ec2" => "2016-11-15",
            "iam" => "2010-05-08",
            _ => "2011-06-15",
        };
        let mut all: BTreeMap<String, String> = parameters.into_iter().collect();
        all.insert("Action".to_owned(), action.to_owned());
        all.insert("Version".to_owned(), version.to_owned());
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&scope.at(service).unsigned()).ok()?);
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"),
        );
        let body = Parameters(all).to_form().into();
        let answer = self.send(&Method::POST, "/", headers, body).await.ok()?;
        match Document::read(&answer).filter(|_| answer.is_success()) {
            Some(Document::Xml(root)) => Some(root),
            _ => None,
        }
    }

    /// Asks something of a service with JSON; `target` is the value of `X-Amz-Target`.
    pub(crate) async fn ask_json(
        &self,
        scope: &Scope,
        service: &str,
        target: &'static str,
        body: &serde_json::Value,
    ) -> Option<serde_json::Value> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&scope.at(service).unsigned()).ok()?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        headers.insert("x-amz-target", HeaderValue::from_static(target));
        let answer = self.send(&Method::POST, "/", headers, body.to_string().into()).await.ok()?;
        match Document::read(&answer).filter(|_| answer.is_success()) {
            Some(Document::Json(value)) => Some(value),
            _ => None,
        }
    }

    /// Asks something of a service with paths.
    pub(crate) async fn ask_path(&self, scope: &Scope, service: &str, path: &str) -> Option<Element> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&scope.at(service).unsigned()).ok()?);
        let answer = self.send(&Method::GET, path, headers, bytes::Bytes::new()).await.ok()?;
        match Document::read(&answer).filter(|_| answer.is_success()) {
            Some(Document::Xml(root)) => Some(root),
            _ => None,
        }
    }
}
