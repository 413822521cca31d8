//! Requests, read.

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::collections::BTreeMap;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path, decoded, without a trailing slash.
    pub(crate) path: String,
    /// The parameters of the query, decoded.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Body,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Empty,
    Document(Value),
    /// Something that is no JSON.
    Unreadable(String),
}

impl Request {
    pub(crate) fn read(method: &Method, target: &str, headers: &HeaderMap, body: &Bytes) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path.trim_end_matches('/');
        let body = match serde_json::from_slice(body) {
            _ if body.is_empty() => Body::Empty,
            Ok(document) => Body::Document(document),
            Err(wrong) => Body::Unreadable(wrong.to_string()),
        };
        let header = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            method: method.clone(),
            path: percent_decode_str(path).decode_utf8_lossy().into_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: headers.iter().map(header).collect(),
            body,
        }
    }

    /// The segments of the path.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).collect()
    }

    /// A parameter of the query, whose name has no case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.query.iter();
        all.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    /// The document that it carries, if it carries one.
    pub(crate) fn document(&self) -> Option<&Value> {
        match &self.body {
            Body::Document(document) => Some(document),
            Body::Empty | Body::Unreadable(_) => None,
        }
    }
}
