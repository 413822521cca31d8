//! A moto and the models for all tests of this binary, and for each test a proxy and an account of its own.

use crate::counterpart::named;
use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig,
};
use aws_credential_types::{Credentials as Keys, provider::SharedCredentialsProvider};
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use deathstar_aws::{Account, Credentials};
use deathstar_aws_proxy::{Models, Moto, Proxy, Settings};
use std::{
    fmt::Debug,
    hash::{BuildHasher, RandomState},
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
};

/// The region of all tests; moto has three zones there.
pub const REGION: &str = "eu-west-1";

fn program() -> Option<PathBuf> {
    named("DEATHSTAR_MOTO")
}

/// What AWS says about its API.
pub fn models() -> Option<Arc<Models>> {
    static MODELS: LazyLock<Option<Arc<Models>>> =
        LazyLock::new(|| program().map(|program| Arc::new(Models::beside(&program).unwrap())));
    MODELS.clone()
}

/// The server of this binary, while a test uses it.
fn moto() -> Option<Arc<Moto>> {
    static RUNNING: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
    let program = program()?;
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(moto) = running.upgrade() {
        return Some(moto);
    }
    let moto = Arc::new(Moto::start(&program, &[]).unwrap());
    *running = Arc::downgrade(&moto);
    Some(moto)
}

/// A proxy of one test, and an account that no other test knows.
pub struct Bench {
    pub proxy: Proxy,
    pub account: String,
    moto: Arc<Moto>,
}

impl Bench {
    /// With all rules, as they are by default.
    pub async fn strict() -> Option<Self> {
        Self::new(Settings::default()).await
    }

    /// With these rules and the models.
    pub async fn new(settings: Settings) -> Option<Self> {
        let moto = moto()?;
        let proxy = Proxy::start(moto.url(), settings.models(&models()?)).await.unwrap();
        Some(Self { proxy, account: Self::another_account(), moto })
    }

    /// An account that no other test knows.
    pub fn another_account() -> String {
        (100_000_000_000 + RandomState::new().hash_one("account") % 900_000_000_000).to_string()
    }

    /// The account as a program declares it: its keys come from a role, which moto lets anyone assume.
    pub fn declared(&self) -> Account {
        declared(&self.account)
    }

    pub fn credentials(&self) -> Credentials {
        credentials(self.proxy.url())
    }

    /// A configuration of AWS's own SDK, through the proxy.
    pub async fn config(&self) -> SdkConfig {
        self.config_at(self.proxy.url()).await
    }

    /// A client of AWS's own SDK, through the proxy.
    pub async fn ec2(&self) -> aws_sdk_ec2::Client {
        aws_sdk_ec2::Client::new(&self.config().await)
    }

    /// A client of AWS's own SDK, past the proxy: what happens behind its back.
    pub async fn outside(&self) -> aws_sdk_ec2::Client {
        aws_sdk_ec2::Client::new(&self.outside_config().await)
    }

    /// A configuration of AWS's own SDK, past the proxy.
    pub async fn outside_config(&self) -> SdkConfig {
        self.config_at(self.moto.url()).await
    }

    async fn config_at(&self, url: &str) -> SdkConfig {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .retry_config(RetryConfig::disabled())
            // The machine may be busy with something else.
            .timeout_config(TimeoutConfig::disabled())
            .credentials_provider(Keys::new("AKIDEXAMPLE", "secret", None, None, "test"))
            .endpoint_url(url)
            .load()
            .await;
        let role = AssumeRoleProvider::builder(role(&self.account))
            .session_name("test")
            .configure(&config)
            .build()
            .await;
        config.to_builder().credentials_provider(SharedCredentialsProvider::new(role)).build()
    }
}

/// An account as a program declares it.
pub fn declared(account: &str) -> Account {
    Account::region(REGION).assume_role(role(account))
}

/// The keys of whoever assumes that role, for an endpoint.
pub fn credentials(url: &str) -> Credentials {
    Credentials::with_keys("AKIDEXAMPLE", "secret".to_owned()).endpoint(url)
}

fn role(account: &str) -> String {
    format!("arn:aws:iam::{account}:role/test")
}

/// The code of an error; empty when there is none.
pub fn code<T: Debug, E: ProvideErrorMetadata, R>(answer: Result<T, SdkError<E, R>>) -> String {
    answer.err().and_then(|error| error.code().map(str::to_owned)).unwrap_or_default()
}
