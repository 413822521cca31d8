//! Requests, decoded.

use super::{Element, Parameters, Protocol, Scope};
use crate::model::Models;
use bytes::Bytes;
use hyper::{HeaderMap, Method, header};

/// One request, decoded.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) scope: Scope,
    pub(crate) protocol: Protocol,
    pub(crate) action: String,
    pub(crate) parameters: Parameters,
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// Decodes a request; none when it is none of the forms that are known.
    pub(crate) fn read(
        models: Option<&Models>,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Option<Self> {
        let scope = Scope::read(headers.get(header::AUTHORIZATION)?.to_str().ok()?)?;
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (protocol, action, parameters) = if let Some(target) = text("x-amz-target") {
            let action = target.rsplit('.').next()?.to_owned();
            let value =
                if body.is_empty() { serde_json::Value::Null } else { serde_json::from_slice(body).ok()? };
            (Protocol::Json, action, Parameters::of_json(&value))
        } else if text("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        {
            let mut parameters = Parameters::of_form(body);
            let action = parameters.0.remove("Action")?;
            parameters.0.remove("Version");
            let protocol = if scope.service == "ec2" { Protocol::Ec2 } else { Protocol::Query };
            (protocol, action, parameters)
        } else {
            let (action, mut parameters) = models?.route(&scope.service, method.as_str(), target)?;
            if let Some(root) = std::str::from_utf8(body).ok().and_then(Element::parse) {
                parameters.0.extend(Parameters::of_xml(&root).0);
            }
            (Protocol::RestXml, action, parameters)
        };
        Some(Self {
            scope,
            protocol,
            action,
            parameters,
            method: method.clone(),
            target: target.to_owned(),
            headers: headers.clone(),
            body: body.clone(),
        })
    }

    pub(crate) fn service(&self) -> &str {
        &self.scope.service
    }

    /// `ec2:CreateVpc`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.scope.service, self.action)
    }

    /// Whether it is this call.
    pub(crate) fn is(&self, service: &str, action: &str) -> bool {
        self.scope.service == service && self.action == action
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        reads(&self.scope.service, &self.action)
    }

    /// One parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// Changes parameters of a form.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Parameters)) {
        change(&mut self.parameters);
        let version = Parameters::of_form(&self.body).0.remove("Version");
        let mut all = self.parameters.clone();
        all.0.insert("Action".to_owned(), self.action.clone());
        all.0.extend(version.map(|version| ("Version".to_owned(), version)));
        self.body = all.to_form().into();
        self.headers.remove(header::CONTENT_LENGTH);
    }
}

/// Whether an action only reads.
pub(crate) fn reads(service: &str, action: &str) -> bool {
    const READING: [&str; 7] = ["Describe", "Get", "List", "Search", "Filter", "Simulate", "Test"];
    service == "sts" || READING.iter().any(|word| action.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn headers(service: &str, more: &[(&'static str, &'static str)]) -> HeaderMap {
        let scope = Scope { access_key: "K".into(), region: "eu-west-1".into(), service: service.into() };
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&scope.unsigned()).unwrap());
        for (name, value) in more {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn read(headers: &HeaderMap, body: &'static str) -> Option<Request> {
        Request::read(None, &Method::POST, "/", headers, &Bytes::from_static(body.as_bytes()))
    }

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

    #[test]
    fn the_forms_of_ec2_and_iam_are_told_apart() {
        let request =
            read(&headers("ec2", &[FORM]), "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16")
                .unwrap();
        assert_eq!((request.name().as_str(), request.protocol), ("ec2:CreateVpc", Protocol::Ec2));
        assert_eq!(request.parameters.iter().collect::<Vec<_>>(), [("CidrBlock", "10.0.0.0/16")]);
        assert!(!request.reads());
        let request = read(&headers("iam", &[FORM]), "Action=GetRole&Version=2010-05-08&RoleName=a").unwrap();
        assert_eq!((request.name().as_str(), request.protocol), ("iam:GetRole", Protocol::Query));
        assert!(request.reads());
    }

    #[test]
    fn json_names_its_action_in_a_header() {
        let more = [("x-amz-target", "Logs_20140328.CreateLogGroup")];
        let request = read(&headers("logs", &more), r#"{"logGroupName": "a"}"#).unwrap();
        assert_eq!((request.name().as_str(), request.protocol), ("logs:CreateLogGroup", Protocol::Json));
        assert_eq!(request.get("logGroupName"), Some("a"));
    }

    #[test]
    fn what_is_not_signed_is_not_read() {
        assert!(read(&HeaderMap::new(), "Action=CreateVpc").is_none());
    }

    #[test]
    fn an_edit_keeps_action_and_version() {
        let mut request =
            read(&headers("ec2", &[FORM]), "Action=CreateVpc&Version=1&CidrBlock=10.0.0.1%2F16").unwrap();
        request.edit(|all| {
            all.0.insert("CidrBlock".into(), "10.0.0.0/16".into());
        });
        assert_eq!(&*request.body, b"Action=CreateVpc&CidrBlock=10.0.0.0%2F16&Version=1");
    }
}
