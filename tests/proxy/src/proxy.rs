//! A running proxy, and what it knows.

use crate::{
    Calls, Injection, Place, Settings,
    fault::Buckets,
    record::Call,
    rules::{IcmpTypes, Looks, Tokens},
    upstream::Upstream,
    wire::{Request, Scope},
};
use deathstar_loopback::{Port, Script, Server};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Why a proxy does not start.
#[derive(Debug, thiserror::Error)]
#[error("the proxy does not start: {0}")]
pub struct ProxyError(#[from] std::io::Error);

/// A running proxy. It ends when it is dropped, and lets the test fail then if something was [violated](Self::violations) and nobody
/// [took notice](Self::take_violations).
#[derive(Debug)]
pub struct Proxy {
    // The thread ends before the records are looked at.
    server: Option<Server>,
    shared: Arc<Shared>,
    url: String,
}

impl Proxy {
    /// Starts a proxy in front of an emulator (`http://127.0.0.1:5000`), on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port can be had.
    #[expect(clippy::unused_async, reason = "what starts may come to wait")]
    pub async fn start(upstream: &str, settings: Settings) -> Result<Self, ProxyError> {
        let port = Port::free()?;
        let url = port.url()?;
        let shared = Arc::new(Shared {
            settings,
            upstream: Upstream::new(upstream),
            gate: tokio::sync::Mutex::default(),
            known: Mutex::default(),
        });
        let server = Server::start("aws-proxy", port, Arc::clone(&shared))?;
        Ok(Self { server: Some(server), shared, url })
    }

    /// Its endpoint.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every call so far.
    pub fn calls(&self) -> Calls {
        self.shared.known().calls.clone()
    }

    /// What must not happen, whatever the test is about: the emulator answered with a web page or failed, or a parameter was sent that
    /// AWS would drop without a word.
    pub fn violations(&self) -> Vec<String> {
        self.shared.known().violations.clone()
    }

    /// The [violations](Self::violations), of which the test takes notice.
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.known().violations)
    }

    /// Lets calls fail.
    pub fn inject(&self, injection: Injection) {
        self.shared.known().script.add(injection);
    }

    /// Forgets all injections.
    pub fn clear_injections(&self) {
        self.shared.known().script.clear();
    }

    /// How many injections did not befall a call yet.
    pub fn waiting_injections(&self) -> usize {
        self.shared.known().script.waiting()
    }

    /// Lets the next NAT gateway that is made fail, with the code and the message that AWS shows in `FailureCode` and
    /// `FailureMessage`.
    pub fn fail_nat_gateway(&self, code: &str, message: &str) {
        self.shared.known().looks.fail_next("ec2:CreateNatGateway", code, message);
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Drop for Proxy {
    /// A violation that nobody looked at has to fail the test.
    fn drop(&mut self) {
        drop(self.server.take());
        let violations = self.take_violations();
        assert!(
            violations.is_empty() || std::thread::panicking(),
            "the proxy saw what must not happen:\n{}",
            violations.join("\n")
        );
    }
}

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) upstream: Upstream,
    /// Held while a call that changes something is judged and handed on, so that nothing changes in between.
    pub(crate) gate: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

/// What the proxy knows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) calls: Calls,
    pub(crate) violations: Vec<String>,
    pub(crate) script: Script<Injection>,
    pub(crate) buckets: Buckets,
    pub(crate) looks: Looks,
    pub(crate) icmp_types: IcmpTypes,
    pub(crate) tokens: Tokens,
    accounts: HashMap<String, String>,
    /// Who called last from where.
    callers: HashMap<Place, Scope>,
}

impl Shared {
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account of a caller, which the emulator knows.
    pub(crate) async fn place(&self, scope: &Scope) -> Place {
        let region = scope.region.clone();
        if let Some(account) = self.known().accounts.get(&scope.access_key) {
            return Place { account: account.clone(), region };
        }
        let answer = self.upstream.ask(scope, "sts", "GetCallerIdentity", []).await;
        let account = answer.as_ref().and_then(|root| root.text_at("GetCallerIdentityResult/Account"));
        let account = account.unwrap_or("unknown").to_owned();
        self.known().accounts.insert(scope.access_key.clone(), account.clone());
        Place { account, region }
    }

    /// Notes a call that arrived; answers its number.
    pub(crate) fn note(&self, place: &Place, request: &Request) -> u64 {
        let mut known = self.known();
        known.callers.insert(place.clone(), request.scope.clone());
        known.calls.note(|serial| Call {
            serial,
            place: place.clone(),
            service: request.service().to_owned(),
            action: request.action.clone(),
            parameters: request.parameters.clone(),
            reads: request.reads(),
            reached: false,
            status: None,
            error: None,
            request_id: None,
            made: vec![],
            page: 1,
            fault: None,
        })
    }

    /// Who called last from there.
    pub(crate) fn caller(&self, place: &Place) -> Option<Scope> {
        self.known().callers.get(place).cloned()
    }

    /// Changes what is noted of a call.
    pub(crate) fn amend(&self, serial: u64, change: impl FnOnce(&mut Call)) {
        self.known().calls.amend(serial, change);
    }

    pub(crate) fn violate(&self, what: String) {
        self.known().violations.push(what);
    }
}
