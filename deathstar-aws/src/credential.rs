//! Where credentials come from, and how clients are opened with them.

use crate::{
    Account, Aws, Client,
    catalogue::kinds,
    error::{of_credentials, read},
    rates::rate,
};
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials as Keys,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use deathstar_core::{
    Backend, Catalogue, Cloud, Connect, Error, Meaning, Rate, Result, Sensitive, Verb, driver::Pace,
};
use std::{fmt, sync::Arc, time::Duration};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long one call may take.
const CALL: Duration = Duration::from_mins(1);
/// What assumed sessions are called in AWS's logs.
const SESSION: &str = "deathstar";

/// Where credentials come from. Making it asks nobody; clients are opened, and credentials loaded, when a plan needs them.
///
/// The default is the chain that all AWS tools share: environment, profile, IAM Identity Center, process, web identity,
/// container and instance metadata. `AWS_PROFILE`, `AWS_ENDPOINT_URL` and the like mean what they mean to the AWS CLI.
///
/// ```
/// use deathstar_aws::Credentials;
///
/// let from_the_environment = Credentials::from_env();
/// let of_a_profile = Credentials::with_profile("staging");
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    source: Source,
    endpoint: Option<String>,
    poll: Duration,
}

#[derive(Clone)]
enum Source {
    Chain,
    Profile(String),
    Keys { id: String, secret: Sensitive<String>, session: Option<Sensitive<String>> },
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain => f.write_str("Chain"),
            Self::Profile(name) => f.debug_tuple("Profile").field(name).finish(),
            Self::Keys { id, .. } => f.debug_struct("Keys").field("id", id).finish_non_exhaustive(),
        }
    }
}

impl Credentials {
    /// The chain that all AWS tools share.
    pub fn from_env() -> Self {
        Self::of(Source::Chain)
    }

    /// A profile of the files that all AWS tools share. The profile of an [`Account`] comes before it.
    pub fn with_profile(name: impl Into<String>) -> Self {
        Self::of(Source::Profile(name.into()))
    }

    /// An access key, such as one that the program read from a vault.
    pub fn with_keys(id: impl Into<String>, secret: impl Into<Sensitive<String>>) -> Self {
        Self::of(Source::Keys { id: id.into(), secret: secret.into(), session: None })
    }

    /// A temporary access key with its session token.
    pub fn with_session(
        id: impl Into<String>,
        secret: impl Into<Sensitive<String>>,
        token: impl Into<Sensitive<String>>,
    ) -> Self {
        Self::of(Source::Keys { id: id.into(), secret: secret.into(), session: Some(token.into()) })
    }

    fn of(source: Source) -> Self {
        Self { source, endpoint: None, poll: Duration::from_secs(2) }
    }

    /// Calls this endpoint for every account that names none itself. It is recorded nowhere, like `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// How often something pending is looked at: 2 s unless said otherwise. An emulator needs no such patience.
    #[must_use]
    pub fn poll(mut self, every: Duration) -> Self {
        self.poll = every;
        self
    }

    /// Everything that this crate can drive, with these credentials.
    pub fn catalogue(self) -> Catalogue {
        kinds().connect::<_, Aws>(&Arc::new(self))
    }

    async fn config(&self, account: &Account) -> Result<SdkConfig> {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(CALL).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(account.region_name().to_owned()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        if let Some(endpoint) = account.endpoint_url().or(self.endpoint.as_deref()) {
            loader = loader.endpoint_url(endpoint);
        }
        let config = self.source(loader, account)?.load().await;
        let Some(role) = account.assumed_role() else { return Ok(config) };
        // The role's provider would tell less about missing credentials of the caller.
        check(&config).await?;
        let mut provider = AssumeRoleProvider::builder(role.arn())
            .session_name(SESSION)
            .region(Region::new(account.region_name().to_owned()))
            .configure(&config);
        if let Some(id) = role.named_external_id() {
            provider = provider.external_id(id);
        }
        let assumed = SharedCredentialsProvider::new(provider.build().await);
        Ok(config.to_builder().credentials_provider(assumed).build())
    }

    fn source(&self, loader: ConfigLoader, account: &Account) -> Result<ConfigLoader> {
        if let Some(profile) = account.named_profile() {
            return Ok(loader.profile_name(profile));
        }
        Ok(match &self.source {
            Source::Chain => loader,
            Source::Profile(name) => loader.profile_name(name),
            Source::Keys { id, secret, session } => {
                let session = session.as_ref().map(Sensitive::reveal).transpose()?.cloned();
                loader.credentials_provider(Keys::new(id, secret.reveal()?, session, None, "deathstar"))
            }
        })
    }
}

/// Loads the credentials once, so that their absence is one clear error and not the first call's.
async fn check(config: &SdkConfig) -> Result<()> {
    let Some(provider) = config.credentials_provider() else {
        return Err(of_credentials(&CredentialsError::not_loaded_no_source()));
    };
    provider.provide_credentials().await.map(|_| ()).map_err(|error| of_credentials(&error))
}

/// Whether the credentials belong to the account that is expected.
async fn check_account(config: &SdkConfig, expected: &str) -> Result<()> {
    const OPERATION: &str = "sts:GetCallerIdentity";
    let caller = read(OPERATION, aws_sdk_sts::Client::new(config).get_caller_identity().send()).await?;
    let (account, arn) = (caller.account().unwrap_or("?"), caller.arn().unwrap_or("?"));
    if account == expected {
        return Ok(());
    }
    let text =
        format!("the credentials belong to account {account} (`{arn}`), and account {expected} is expected");
    let refused = Meaning::Denied { action: String::new() };
    Err(Error::new(refused, text)
        .operation(OPERATION)
        .hint("choose the credentials of that account, or correct the declaration"))
}

impl Connect<Aws> for Credentials {
    type Client = Client;

    async fn connect(&self, account: &Account) -> Result<Client> {
        let config = Box::pin(self.config(account)).await?;
        Box::pin(check(&config)).await?;
        if let Some(expected) = account.expected_account() {
            check_account(&config, expected).await?;
        }
        Ok(Client::new(&config, account.region_name()))
    }

    fn pace(&self) -> Pace {
        let mut pace = Pace::default();
        pace.gather = Duration::from_millis(50);
        pace.poll = self.poll;
        pace.ids = 200;
        pace.width = 32;
        pace
    }

    fn rate(&self, family: &str, verb: Verb) -> Option<Rate> {
        rate(family, verb)
    }
}

impl Cloud for Credentials {
    fn backend(self) -> Backend {
        self.catalogue().backend()
    }
}
