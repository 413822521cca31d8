//! A running proxy, and what it knows.

use crate::{
    Injection, Place, Settings,
    fault::Buckets,
    record::Call,
    rules::{IcmpTypes, Looks, Tokens},
    upstream::Upstream,
    wire::{Request, Scope},
};
use deathstar_loopback::{Port, Records, Running, StartError};
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A running proxy: what all servers of tests have, which [`Running`] tells, and what it has besides.
///
/// A violation is: the emulator answered with a web page or failed, or a parameter was sent that AWS would drop without a word.
#[derive(Debug)]
pub struct Proxy {
    running: Running<Call, Injection>,
    shared: Arc<Shared>,
}

impl Deref for Proxy {
    type Target = Running<Call, Injection>;

    fn deref(&self) -> &Self::Target {
        &self.running
    }
}

impl Proxy {
    /// Starts a proxy in front of an emulator (`http://127.0.0.1:5000`), on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port can be had.
    #[expect(clippy::unused_async, reason = "what starts may come to wait")]
    pub async fn start(upstream: &str, settings: Settings) -> Result<Self, StartError> {
        let shared = Arc::new(Shared {
            settings,
            upstream: Upstream::new(upstream),
            gate: tokio::sync::Mutex::default(),
            records: Records::default(),
            known: Mutex::default(),
        });
        let running = Running::start("proxy", Port::free()?, shared.records.clone(), Arc::clone(&shared))?;
        Ok(Self { running, shared })
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

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) upstream: Upstream,
    /// Held while a call that changes something is judged and handed on, so that nothing changes in between.
    pub(crate) gate: tokio::sync::Mutex<()>,
    pub(crate) records: Records<Call, Injection>,
    known: Mutex<Known>,
}

/// What the proxy knows of places, beside its records.
#[derive(Debug, Default)]
pub(crate) struct Known {
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
        self.known().callers.insert(place.clone(), request.scope.clone());
        self.records.note(|serial| Call {
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
}
