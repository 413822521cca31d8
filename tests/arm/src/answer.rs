//! Answers, and refusals in the form of Azure Resource Manager.

use bytes::Bytes;
use hyper::{Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Map, Value, json};

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: vec![], body: None }
    }

    /// An answer with a document.
    pub(crate) fn document(status: u16, body: Value) -> Self {
        Self { status, headers: vec![], body: Some(body) }
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The error's code, if it is one.
    pub(crate) fn error(&self) -> Option<&str> {
        self.body.as_ref()?.pointer("/error/code")?.as_str()
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let body = self.body.map(|body| Bytes::from(body.to_string()));
        let mut response = Response::builder().status(StatusCode::from_u16(self.status).unwrap_or_default());
        if body.is_some() {
            response = response.header(CONTENT_TYPE, "application/json; charset=utf-8");
        }
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        // A header that a script spelled wrong shows as a server's failure.
        response.body(body.unwrap_or_default()).unwrap_or_else(|_| {
            let mut failed = Response::new(Bytes::new());
            *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            failed
        })
    }
}

/// A call that is refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: Box<str>,
    pub(crate) message: Box<str>,
    pub(crate) target: Option<Box<str>>,
    pub(crate) details: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: impl Into<Box<str>>, message: impl Into<Box<str>>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self { status, code, message, target: None, details: vec![], headers: vec![] }
    }

    pub(crate) fn target(mut self, target: impl Into<Box<str>>) -> Self {
        self.target = Some(target.into());
        self
    }

    pub(crate) fn detail(mut self, code: &str, message: impl Into<String>) -> Self {
        self.details.push((code.to_owned(), message.into()));
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The `error` of an answer or of an operation.
    pub(crate) fn error(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.code));
        error.insert("message".to_owned(), json!(self.message));
        if let Some(target) = &self.target {
            error.insert("target".to_owned(), json!(target));
        }
        if !self.details.is_empty() {
            let details =
                self.details.iter().map(|(code, message)| json!({ "code": code, "message": message }));
            error.insert("details".to_owned(), details.collect());
        }
        Value::Object(error)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let body = json!({ "error": refusal.error() });
        Self { status: refusal.status, headers: refusal.headers, body: Some(body) }
    }
}
