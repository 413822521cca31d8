//! Answers: the emulator's, and refusals in the form of each protocol.

use super::{Document, Element, Protocol};
use bytes::Bytes;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue},
};
use serde_json::{Map, Value, json};

/// One answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A call that is refused: what the service says then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.into(), message: message.into() }
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// In the form of a protocol; `serial` tells the request's id.
    pub(crate) fn answer(&self, protocol: Protocol, serial: u64) -> Answer {
        let request = format!("00000000-0000-4000-8000-{serial:012x}");
        let kind = if self.status < 500 { "Sender" } else { "Receiver" };
        let body = match protocol {
            Protocol::Ec2 => {
                let error = Element::new("Error").and("Code", &*self.code).and("Message", &*self.message);
                let root = Element::new("Response")
                    .with(Element::new("Errors").with(error))
                    .and("RequestID", &*request);
                root.write()
            }
            Protocol::Query | Protocol::RestXml => {
                let error = Element::new("Error")
                    .and("Type", kind)
                    .and("Code", &*self.code)
                    .and("Message", &*self.message);
                let root = Element::new("ErrorResponse").with(error).and("RequestId", &*request);
                root.write()
            }
            Protocol::Json => {
                let body = json!({"__type": self.code, "message": self.message});
                body.to_string()
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, protocol.content_type());
        if let Ok(id) = HeaderValue::from_str(&request) {
            headers.insert("x-amzn-requestid", id);
        }
        Answer { status: self.status, headers, body: body.into() }
    }
}

impl Answer {
    /// As it goes over the wire; a status that is none is a failure of the server.
    pub(crate) fn into_response(self) -> Response<Bytes> {
        let mut response = Response::new(self.body);
        *response.headers_mut() = self.headers;
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
    }

    pub(crate) fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn is_html(&self) -> bool {
        self.content_type().trim_start().to_ascii_lowercase().starts_with("text/html")
    }

    /// Whether the body is what a protocol answers, whatever its headers say: for some services the emulator calls its answers web
    /// pages.
    pub(crate) fn speaks(&self, protocol: Protocol) -> bool {
        let Ok(text) = std::str::from_utf8(&self.body).map(str::trim) else { return false };
        match protocol {
            // The emulator writes `null` where a service has nothing to say.
            Protocol::Json => {
                matches!(text, "" | "null") || serde_json::from_str::<Map<String, Value>>(text).is_ok()
            }
            Protocol::RestXml if text.is_empty() => true,
            Protocol::Ec2 | Protocol::Query | Protocol::RestXml => {
                Element::parse(text).is_some_and(|root| !root.name.eq_ignore_ascii_case("html"))
            }
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.content_type().contains("json")
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// With another body of the same kind.
    pub(crate) fn with(mut self, document: &Document) -> Self {
        self.body = document.write().into();
        self.headers.remove(CONTENT_LENGTH);
        self
    }

    /// The error's code and message, if it is an error.
    pub(crate) fn error(&self) -> Option<(String, String)> {
        if self.is_success() {
            return None;
        }
        let document = Document::read(self);
        let (code, message) = match &document {
            Some(Document::Xml(root)) => {
                let error = root.at("Errors/Error").or_else(|| root.child("Error"));
                let text = |name| error.and_then(|error| error.text_at(name)).map(str::to_owned);
                (text("Code"), text("Message"))
            }
            Some(Document::Json(value)) => {
                let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
                let code = text("__type").map(|code| code.rsplit('#').next().unwrap_or_default().to_owned());
                (code, text("message").or_else(|| text("Message")))
            }
            None => (None, None),
        };
        Some((code.unwrap_or_else(|| self.status.to_string()), message.unwrap_or_default()))
    }

    /// The request's id, as the service tells it.
    pub(crate) fn request_id(&self) -> Option<String> {
        let header = self.headers.get("x-amzn-requestid").and_then(|value| value.to_str().ok());
        if let Some(id) = header {
            return Some(id.to_owned());
        }
        let Some(Document::Xml(root)) = Document::read(self) else { return None };
        ["requestId", "RequestID", "RequestId", "ResponseMetadata/RequestId"]
            .iter()
            .find_map(|path| root.text_at(path).map(str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_read_back_in_every_protocol() {
        let refusal = Refusal::new("DependencyViolation", "it has <dependencies>");
        for protocol in [Protocol::Ec2, Protocol::Query, Protocol::Json, Protocol::RestXml] {
            let answer = refusal.answer(protocol, 7);
            assert_eq!(answer.error(), Some((refusal.code.clone(), refusal.message.clone())), "{protocol:?}");
            assert_eq!(answer.request_id().as_deref(), Some("00000000-0000-4000-8000-000000000007"));
            assert!(!answer.is_html() && answer.speaks(protocol));
        }
    }

    #[test]
    fn what_an_answer_is_stands_in_its_body() {
        const XML: [Protocol; 3] = [Protocol::Ec2, Protocol::Query, Protocol::RestXml];
        let speaks = |body: &'static str, protocol| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            Answer { status: 200, headers, body: body.into() }.speaks(protocol)
        };
        for protocol in XML {
            assert!(speaks("<?xml version=\"1.0\"?><Response/>", protocol), "{protocol:?}");
            assert!(!speaks("{}", protocol), "{protocol:?}");
        }
        assert!(speaks("{\"logGroups\": []}", Protocol::Json));
        assert!(speaks("", Protocol::Json) && speaks("null", Protocol::Json));
        assert!(speaks("", Protocol::RestXml) && !speaks("", Protocol::Ec2) && !speaks("", Protocol::Query));
        for page in [
            "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>",
            "<!DOCTYPE html><html><title>x</title></html>",
            "<html><body/></html>",
            "\n<HTML><body/></HTML>",
            "Not yet implemented",
            "[]",
        ] {
            for protocol in XML.into_iter().chain([Protocol::Json]) {
                assert!(!speaks(page, protocol), "{protocol:?} {page}");
            }
        }
    }
}
