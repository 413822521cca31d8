//! A server of one test, and an engine on it.

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    time::{Duration, OffsetDateTime},
};
use deathstar_arm_server::{ArmServer, SUBSCRIPTION, Schemas, Settings, TENANT, token};
use deathstar_azure::{Azure, Client, Credentials, Subscription, kinds_on};
use deathstar_core::{
    Backend, Connect, Engine, On, Pace, Result, Stack, clock::Clock, conformance::OnClock, state::MemoryStore,
};
use std::{
    io::Write as _,
    path::Path,
    sync::{Arc, LazyLock},
};

/// Settings by which documents are checked, where Microsoft's descriptions are there.
pub fn checked(settings: Settings) -> Settings {
    static ALL: LazyLock<Option<Arc<Schemas>>> = LazyLock::new(|| {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs/azure");
        directory.is_dir().then(|| Arc::new(Schemas::read(&directory, &Schemas::SERVED).unwrap()))
    });
    let Some(schemas) = &*ALL else {
        let why = "there is no `../shared/specs/azure`";
        writeln!(std::io::stderr(), "left out: {}: {why}", env!("CARGO_CRATE_NAME")).expect("it is read");
        return settings;
    };
    settings.schemas(schemas)
}

/// Gives tokens of a tenant.
#[derive(Debug)]
pub struct Entra(pub &'static str);

#[async_trait]
impl TokenCredential for Entra {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let until = OffsetDateTime::now_utc() + Duration::hours(1);
        Ok(AccessToken::new(token(scopes[0], self.0), until))
    }
}

/// The client on a clock.
pub type Held = OnClock<Client>;

/// Opens clients and says nothing of what Azure takes, so that calls are not spaced before they have to be.
pub struct Unknowing(pub OnClock<Credentials>);

impl Connect<Azure> for Unknowing {
    type Client = Held;

    async fn connect(&self, subscription: &Subscription) -> Result<Held> {
        self.0.connect(subscription).await
    }

    fn pace(&self) -> Pace {
        self.0.pace()
    }
}

/// A way to a server, on a clock.
pub fn backend(url: &str, clock: &Clock) -> Backend {
    let unknowing = Unknowing(OnClock::new(credentials(url), clock));
    Backend::real(kinds_on::<Held>().connect::<_, Azure>(&Arc::new(unknowing))).on(clock)
}

/// A server of one test, and an engine on it: waiting costs no time.
pub struct World {
    pub server: ArmServer,
    pub engine: Engine,
    pub clock: Clock,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// Every document is checked against Microsoft's descriptions.
    pub fn with(settings: Settings) -> Self {
        Self::unchecked(checked(settings))
    }

    /// No document is checked, which takes most of the time: the life of every kind does that.
    pub fn unchecked(settings: Settings) -> Self {
        let server = ArmServer::start(settings).unwrap();
        let clock = Clock::virtual_time();
        let engine = Engine::new(MemoryStore::new(), backend(server.url(), &clock));
        Self { server, engine, clock }
    }

    pub async fn client(&self) -> Held {
        self.client_at(self.server.url()).await
    }

    pub async fn client_at(&self, url: &str) -> Held {
        let credentials = OnClock::new(credentials(url), &self.clock);
        credentials.connect(&subscription()).await.unwrap()
    }
}

pub fn subscription() -> Subscription {
    Subscription::new(SUBSCRIPTION, "westeurope").expect_tenant(TENANT)
}

pub fn credentials(url: &str) -> Credentials {
    Credentials::with_token(Arc::new(Entra(TENANT))).endpoint(url)
}

/// A stack, and its connection.
pub fn declared() -> (Stack, On<Azure>) {
    let mut stack = Stack::new("webshop");
    let azure = stack.on(subscription());
    (stack, azure)
}
