//! A client that knows nothing: one call at a time, and its answer.

use deathstar_arm_server::{ArmServer, SUBSCRIPTION, Settings, TENANT, token};
use reqwest::Method;
use serde_json::{Value, json};

pub const GROUP: &str = "/resourceGroups/g";
pub const NETWORK: &str = "/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n";

/// A server and its client.
pub struct Client {
    pub server: ArmServer,
    http: reqwest::Client,
    token: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body.pointer("/error/code").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn state(&self) -> &str {
        self.body.pointer("/properties/provisioningState").and_then(Value::as_str).unwrap_or_default()
    }

    /// Status and code.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.code())
    }
}

/// The version in which a path is asked for.
fn version(path: &str) -> &'static str {
    let lower = path.to_ascii_lowercase();
    let versions = [
        ("/register", "2025-04-01"),
        ("/microsoft.resources/tags", "2025-04-01"),
        ("/microsoft.authorization/", "2022-04-01"),
        ("/microsoft.network/privatednszones", "2024-06-01"),
        ("/microsoft.network/", "2025-07-01"),
        ("/microsoft.managedidentity/", "2024-11-30"),
        ("/microsoft.operationalinsights/", "2025-07-01"),
        ("/microsoft.storage/", "2025-08-01"),
    ];
    versions.iter().find(|(part, _)| lower.contains(part)).map_or("2025-04-01", |(_, version)| version)
}

impl Client {
    pub fn new(settings: Settings) -> Self {
        Self {
            server: ArmServer::start(settings).unwrap(),
            http: reqwest::Client::new(),
            token: token("https://management.azure.com/.default", TENANT),
        }
    }

    /// The identifier of what is said without its subscription.
    pub fn id(path: &str) -> String {
        format!("/subscriptions/{SUBSCRIPTION}{path}")
    }

    /// A call; none when there is no answer.
    pub async fn try_call(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<Answer> {
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.ok()?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        Some(Answer { status, headers, body })
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{}?api-version={}", self.server.url(), Self::id(path), version(path))
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.try_call(method, &self.url(path), headers, body).await.expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], None).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, &[], Some(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], None).await
    }

    /// A look at an address that an answer told.
    pub async fn look(&self, url: &str) -> Answer {
        self.try_call(Method::GET, url, &[], None).await.expect("an answer")
    }

    /// Looks until an operation is over; answers its last document.
    pub async fn wait(&self, answer: &Answer) -> Value {
        let url = match answer.header("azure-asyncoperation") {
            "" => answer.header("location"),
            url => url,
        };
        if url.is_empty() {
            return Value::Null;
        }
        for _ in 0..20 {
            let look = self.look(url).await;
            let goes_on = look.status == 202 || look.body["status"] == "InProgress";
            if !goes_on {
                return look.body;
            }
        }
        panic!("{url} does not end");
    }

    /// Makes something, and waits until it is made.
    pub async fn make(&self, path: &str, body: Value) -> Answer {
        let answer = self.put(path, body).await;
        assert!(answer.status < 300, "{path}: {answer:?}");
        self.wait(&answer).await;
        self.settled(path).await
    }

    /// Looks until something is made or has failed.
    pub async fn settled(&self, path: &str) -> Answer {
        for _ in 0..20 {
            let seen = self.get(path).await;
            assert_eq!(seen.status, 200, "{path}: {seen:?}");
            if !matches!(seen.state(), "Creating" | "Updating") {
                return seen;
            }
        }
        panic!("{path} does not settle");
    }

    /// Deletes something, and waits until it is gone.
    pub async fn end(&self, path: &str) {
        let answer = self.delete(path).await;
        assert!(answer.status < 300, "{path}: {answer:?}");
        self.wait(&answer).await;
        assert_eq!(self.get(path).await.status, 404, "{path}");
    }

    /// The group of all tests.
    pub async fn with_group(settings: Settings) -> Self {
        let client = Self::new(settings);
        client.make(GROUP, json!({ "location": "westeurope" })).await;
        client
    }

    /// The group with a network of 10.0.0.0/16.
    pub async fn with_network(settings: Settings) -> Self {
        let client = Self::with_group(settings).await;
        client.make(NETWORK, network(&[])).await;
        client
    }
}

/// A network with subnets: names and ranges.
pub fn network(subnets: &[(&str, &str)]) -> Value {
    let subnets: Vec<_> = subnets
        .iter()
        .map(|(name, range)| json!({ "name": name, "properties": { "addressPrefix": range } }))
        .collect();
    json!({
        "location": "westeurope",
        "properties": { "addressSpace": { "addressPrefixes": ["10.0.0.0/16"] }, "subnets": subnets },
    })
}

/// A subnet.
pub fn subnet(range: &str) -> Value {
    json!({ "properties": { "addressPrefix": range } })
}
