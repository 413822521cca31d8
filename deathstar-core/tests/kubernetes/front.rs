//! A front of the API server over plain HTTP: it counts what passes, and lies, refuses or loses as it is told.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use deathstar_core::conformance::{Mutation, Witness};
use deathstar_core::kube::{Access, Client, Cluster, TokenSource};
use deathstar_core::testing::ControlPlane;
use deathstar_core::{Result, Sensitive};
use futures_util::future::BoxFuture;
use futures_util::stream;
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// One request, as it may be changed on its way.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub body: Option<Value>,
}

impl Asked {
    pub fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    pub fn without(&mut self, name: &str) {
        self.query.retain(|(key, _)| key != name);
    }

    pub fn replace(&mut self, name: &str, value: &str) {
        for (_, old) in self.query.iter_mut().filter(|(key, _)| key == name) {
            value.clone_into(old);
        }
    }
}

/// What becomes of requests and answers on their way.
pub trait Passage: Send + Sync + 'static {
    fn ask(&self, asked: &mut Asked) {
        let _ = asked;
    }

    fn answer(&self, asked: &Asked, answer: &mut Value) {
        let _ = (asked, answer);
    }

    /// Something that happens between the caller's request and its arrival.
    fn before(&self, asked: &Asked) -> Option<BoxFuture<'static, ()>> {
        let _ = asked;
        None
    }
}

/// Everything passes as it is.
pub struct Honest;

impl Passage for Honest {}

/// Requests are changed.
impl<F: Fn(&mut Asked) + Send + Sync + 'static> Passage for F {
    fn ask(&self, asked: &mut Asked) {
        self(asked);
    }
}

impl Passage for Box<dyn Passage> {
    fn ask(&self, asked: &mut Asked) {
        (**self).ask(asked);
    }

    fn answer(&self, asked: &Asked, answer: &mut Value) {
        (**self).answer(asked, answer);
    }

    fn before(&self, asked: &Asked) -> Option<BoxFuture<'static, ()>> {
        (**self).before(asked)
    }
}

/// What the front does with requests.
#[derive(Clone)]
pub enum Manner {
    /// Passes them on.
    Passes(Arc<dyn Passage>),
    /// Answers them all with this, and passes nothing on.
    Refuses(StatusCode, &'static str),
    /// Passes writes on, and breaks off before their answer.
    Loses,
}

/// A front, which serves until it is dropped.
pub struct Front {
    url: String,
    passed: Arc<Mutex<Vec<Asked>>>,
    _server: JoinSet<()>,
}

#[derive(Clone)]
struct Behind {
    server: kube::Client,
    manner: Manner,
    passed: Arc<Mutex<Vec<Asked>>>,
}

impl Front {
    pub async fn of(control_plane: &ControlPlane, manner: Manner) -> Self {
        Self::counting(control_plane, manner, Arc::default()).await
    }

    /// One that counts together with this one.
    pub async fn beside(&self, control_plane: &ControlPlane, manner: Manner) -> Self {
        Self::counting(control_plane, manner, Arc::clone(&self.passed)).await
    }

    async fn counting(control_plane: &ControlPlane, manner: Manner, passed: Arc<Mutex<Vec<Asked>>>) -> Self {
        let server = control_plane.client().await.unwrap();
        let behind = Behind { server, manner, passed: Arc::clone(&passed) };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(behind);
        let mut servers = JoinSet::new();
        servers.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, passed, _server: servers }
    }

    pub async fn with(control_plane: &ControlPlane, passage: impl Passage) -> Self {
        Self::of(control_plane, Manner::Passes(Arc::new(passage))).await
    }

    pub fn cluster(&self) -> Cluster {
        Cluster::at("front", &*self.url)
    }

    /// What opens it: who calls does not matter, since the front calls as its own.
    pub fn access() -> Access {
        Access::with_tokens(Anybody).poll(Duration::from_millis(20))
    }

    pub async fn client(&self) -> Client {
        Self::access().open(&self.cluster()).await.unwrap()
    }

    pub fn witness(&self) -> Seen {
        Seen(Arc::clone(&self.passed))
    }
}

/// The writes that have passed a front.
#[derive(Clone)]
pub struct Seen(Arc<Mutex<Vec<Asked>>>);

#[async_trait::async_trait]
impl Witness for Seen {
    async fn mutations(&self) -> Result<Vec<Mutation>> {
        let passed = self.0.lock().unwrap();
        let writes = passed.iter().filter(|asked| asked.is_write());
        let told = writes.map(|asked| Mutation {
            operation: format!("{} {}", asked.method, asked.path),
            request: asked.body.as_ref().map(Value::to_string),
        });
        Ok(told.collect())
    }
}

#[derive(Debug)]
struct Anybody;

#[async_trait::async_trait]
impl TokenSource for Anybody {
    async fn token(&self, _: &Cluster) -> Result<Sensitive<String>> {
        Ok(Sensitive::new("anybody".to_owned()))
    }
}

async fn serve(State(behind): State<Behind>, request: Request) -> Response {
    if let Manner::Refuses(status, text) = behind.manner {
        return (status, text).into_response();
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let mut asked = Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: query(&parts.uri),
        body: serde_json::from_slice(&bytes).ok(),
    };
    if let Manner::Passes(passage) = &behind.manner {
        if let Some(event) = passage.before(&asked) {
            event.await;
        }
        passage.ask(&mut asked);
    }
    let mut forwarded = Request::builder().method(asked.method.clone()).uri(uri(&asked));
    for name in [header::ACCEPT, header::CONTENT_TYPE] {
        if let Some(value) = parts.headers.get(&name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let body = asked.body.as_ref().map(|body| serde_json::to_vec(body).unwrap()).unwrap_or_default();
    let answer = behind.server.send(forwarded.body(kube::client::Body::from(body)).unwrap()).await.unwrap();
    let status = answer.status();
    let mut bytes = answer.into_body().collect_bytes().await.unwrap();
    behind.passed.lock().unwrap().push(asked.clone());
    match &behind.manner {
        Manner::Loses if asked.is_write() => {
            let broken = stream::iter([Err::<&str, _>(std::io::Error::other("the line is cut"))]);
            return Body::from_stream(broken).into_response();
        }
        Manner::Passes(passage) => {
            if let Ok(mut told) = serde_json::from_slice(&bytes) {
                passage.answer(&asked, &mut told);
                bytes = serde_json::to_vec(&told).unwrap().into();
            }
        }
        Manner::Loses | Manner::Refuses(..) => {}
    }
    (status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(k, v)| (k.into(), v.into())).collect()
}

/// The values keep the encoding in which they came.
fn uri(asked: &Asked) -> String {
    let pairs: Vec<_> = asked.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let sign = if pairs.is_empty() { "" } else { "?" };
    format!("{}{sign}{}", asked.path, pairs.join("&"))
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front").field("url", &self.url).finish_non_exhaustive()
    }
}
