//! One call and its answer.

use super::Client;
use crate::error::{self, Refused};
use azure_core::http::{
    Context, Method, PipelineSendOptions, Request, Url,
    headers::{ACCEPT, CONTENT_TYPE, HeaderName, Headers, IF_MATCH},
};
use deathstar_core::{Error, Result};
use serde_json::Value;
use std::{borrow::Cow, time::Duration};

const CORRELATION: HeaderName = HeaderName::from_static("x-ms-correlation-request-id");
const CLIENT_REQUEST: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const REQUEST: HeaderName = HeaderName::from_static("x-ms-request-id");
const RETURN_CLIENT_REQUEST: HeaderName = HeaderName::from_static("x-ms-return-client-request-id");
const RETRY_AFTER: HeaderName = HeaderName::from_static("retry-after");
const RETRY_AFTER_MS: [HeaderName; 2] =
    [HeaderName::from_static("retry-after-ms"), HeaderName::from_static("x-ms-retry-after-ms")];

/// One call.
pub(crate) struct Call<'c> {
    method: Method,
    to: To<'c>,
    version: &'c str,
    filter: Option<&'c str>,
    body: Option<Value>,
    if_match: Option<String>,
    action: Cow<'c, str>,
}

/// Where it goes.
enum To<'c> {
    /// To a path of the endpoint.
    Path(&'c str),
    /// To a URL that the endpoint has answered.
    Link(Url),
}

/// What was answered, with a status that is no error.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    /// `null` where there is none.
    pub(crate) body: Value,
}

impl<'c> Call<'c> {
    /// A call of a path; `action` is what has to be allowed for it.
    pub(crate) fn new(
        method: Method,
        path: &'c str,
        version: &'c str,
        action: impl Into<Cow<'c, str>>,
    ) -> Self {
        Self {
            method,
            to: To::Path(path),
            version,
            filter: None,
            body: None,
            if_match: None,
            action: action.into(),
        }
    }

    /// A look at a URL that the endpoint has answered; [`Client::own_link`] has checked it.
    pub(crate) fn link(url: Url, version: &'c str, action: impl Into<Cow<'c, str>>) -> Self {
        Self {
            method: Method::Get,
            to: To::Link(url),
            version,
            filter: None,
            body: None,
            if_match: None,
            action: action.into(),
        }
    }

    pub(crate) fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Only what this filter lets through, in the language of the API.
    pub(crate) fn filter(mut self, filter: Option<&'c str>) -> Self {
        self.filter = filter;
        self
    }

    /// Only where nobody has written since this mark was read.
    pub(crate) fn if_match(mut self, etag: Option<String>) -> Self {
        self.if_match = etag;
        self
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get_optional_str(&HeaderName::from_static(name))
    }

    /// How long the API asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }
}

/// How long an answer asks to wait.
pub(crate) fn retry_after(headers: &Headers) -> Option<Duration> {
    let number = |name: &HeaderName| headers.get_optional_str(name)?.trim().parse().ok();
    RETRY_AFTER_MS
        .iter()
        .find_map(|name| number(name).map(Duration::from_millis))
        .or_else(|| number(&RETRY_AFTER).map(Duration::from_secs))
}

impl Client {
    /// Makes a call, once.
    ///
    /// # Errors
    /// Sorted by meaning; with [`Effect::Unknown`](deathstar_core::Effect::Unknown) where a writing call may have had its effect.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Answer> {
        let operation = format!("{} {}", call.method.as_str(), call.action);
        let writes = call.method != Method::Get;
        let mut request = self.request(&call)?;
        let options = PipelineSendOptions { skip_checks: true, ..PipelineSendOptions::default() };
        let sent = Box::pin(self.0.pipeline.send(&Context::new(), &mut request, Some(options))).await;
        let asked = request.headers().get_optional_string(&CLIENT_REQUEST);
        let raw = match sent {
            Ok(raw) => raw,
            Err(error) => {
                let sorted = error::unanswered(&error, writes).operation(operation);
                return Err(match asked {
                    Some(id) => sorted.request(id),
                    None => sorted,
                });
            }
        };
        let (status, headers, body) = raw.deconstruct();
        let request =
            [&CORRELATION, &REQUEST].iter().find_map(|name| headers.get_optional_string(name)).or(asked);
        let told = |error: Error| match request.clone() {
            Some(request) => error.operation(operation.clone()).request(request),
            None => error.operation(operation.clone()),
        };
        let status = u16::from(status);
        let body: &[u8] = body.as_ref();
        let value = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(body) };
        match (status, value) {
            (200..300, Ok(body)) => Ok(Answer { status, headers, body }),
            (200..300, Err(error)) => {
                let sorted =
                    Error::internal("the answer is no JSON: it is not Azure Resource Manager that answers");
                let sorted = told(sorted.because(error));
                Err(if writes { sorted.effect_unknown() } else { sorted })
            }
            (_, value) => {
                let refused = Refused {
                    status,
                    body: value.unwrap_or(Value::Null),
                    action: &call.action,
                    retry_after: retry_after(&headers),
                    writes,
                };
                Err(told(error::refused(&refused)))
            }
        }
    }

    fn request(&self, call: &Call<'_>) -> Result<Request> {
        let mut url = match &call.to {
            To::Link(url) => url.clone(),
            To::Path(path) => {
                let mut url = self.0.endpoint.clone();
                url.path_segments_mut()
                    .map_err(|()| Error::internal("the endpoint has no path"))?
                    .pop_if_empty()
                    .extend(path.trim_start_matches('/').split('/'));
                url
            }
        };
        if !url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("api-version")) {
            url.query_pairs_mut().append_pair("api-version", call.version);
        }
        if let Some(filter) = call.filter {
            url.query_pairs_mut().append_pair("$filter", filter);
        }
        let mut request = Request::new(url, call.method);
        request.insert_header(ACCEPT, "application/json");
        request.insert_header(CORRELATION, self.0.correlation.clone());
        request.insert_header(RETURN_CLIENT_REQUEST, "true");
        if let Some(etag) = &call.if_match {
            request.insert_header(IF_MATCH, etag.clone());
        }
        if let Some(body) = &call.body {
            request.insert_header(CONTENT_TYPE, "application/json");
            let text = serde_json::to_vec(body).map_err(|error| {
                Error::internal("the document of a call cannot be encoded").because(error)
            })?;
            request.set_body(text);
        }
        Ok(request)
    }

    /// A URL that the endpoint has answered, if a token may be sent to it: it is of the endpoint, or of a region of it.
    pub(crate) fn own_link(&self, link: &str) -> Option<Url> {
        let (own, url) = (&self.0.endpoint, self.0.endpoint.join(link).ok()?);
        let (own_host, host) = (own.host_str()?, url.host_str()?);
        let regional = host.strip_suffix(own_host).is_some_and(|region| region.ends_with('.'));
        let same = url.scheme() == own.scheme() && url.port_or_known_default() == own.port_or_known_default();
        let plain = url.username().is_empty() && url.password().is_none();
        (same && plain && (host == own_host || regional)).then_some(url)
    }
}
