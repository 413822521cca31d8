//! Where credentials come from, and how clients are opened with them.

mod chain;

use crate::{Azure, Client, Subscription, catalogue::kinds, error::of_credentials, rates::rate};
use azure_core::{
    credentials::{Secret, TokenCredential},
    http::{Transport, new_http_client},
};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};
use chain::Chain;
use deathstar_core::{Backend, Catalogue, Cloud, Connect, Rate, Result, Sensitive, Verb, driver::Pace};
use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Where credentials come from. Making it asks nobody; clients are opened, and tokens fetched, when a plan needs them.
///
/// The default is the chain that Azure's tools share: a service principal in the environment (`AZURE_TENANT_ID`, `AZURE_CLIENT_ID`,
/// `AZURE_CLIENT_SECRET`), workload identity, managed identity, the Azure CLI, the Azure Developer CLI. The first one that gives a
/// token is kept.
///
/// ```
/// use deathstar_azure::Credentials;
///
/// let from_the_environment = Credentials::from_env();
/// let of_the_machine = Credentials::with_managed_identity(None);
/// ```
#[derive(Clone)]
pub struct Credentials {
    source: Source,
    endpoint: Option<String>,
    poll: Duration,
    /// One pool of connections for all clients.
    transport: Arc<OnceLock<Transport>>,
}

#[derive(Clone)]
enum Source {
    Chain,
    Secret { tenant: String, client: String, secret: Sensitive<String> },
    ManagedIdentity { client: Option<String> },
    Cli,
    Token(Arc<dyn TokenCredential>),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Chain => "chain",
            Source::Secret { .. } => "client secret",
            Source::ManagedIdentity { .. } => "managed identity",
            Source::Cli => "Azure CLI",
            Source::Token(_) => "the program's own",
        };
        f.debug_struct("Credentials").field("source", &source).finish_non_exhaustive()
    }
}

impl Credentials {
    /// The chain that Azure's tools share.
    pub fn from_env() -> Self {
        Self::of(Source::Chain)
    }

    /// A service principal with a secret, such as one that the program read from a vault.
    pub fn with_client_secret(
        tenant: impl Into<String>,
        client: impl Into<String>,
        secret: impl Into<Sensitive<String>>,
    ) -> Self {
        Self::of(Source::Secret { tenant: tenant.into(), client: client.into(), secret: secret.into() })
    }

    /// The identity of the machine that the program runs on: its own, or the user-assigned one with this client id.
    pub fn with_managed_identity(client: Option<String>) -> Self {
        Self::of(Source::ManagedIdentity { client })
    }

    /// Whoever is signed in to the Azure CLI, in the tenant that the subscription expects.
    pub fn with_cli() -> Self {
        Self::of(Source::Cli)
    }

    /// Whatever gives tokens: any other credential of Azure's SDK, or the program's own.
    pub fn with_token(credential: Arc<dyn TokenCredential>) -> Self {
        Self::of(Source::Token(credential))
    }

    fn of(source: Source) -> Self {
        Self { source, endpoint: None, poll: Duration::from_secs(5), transport: Arc::default() }
    }

    /// Calls this endpoint for every subscription that names none itself. It is recorded nowhere. Only one on this machine may be
    /// reached without TLS.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// How often something pending is looked at, where Azure does not say it: 5 s unless said otherwise. A test server needs no
    /// such patience.
    #[must_use]
    pub fn poll(mut self, every: Duration) -> Self {
        self.poll = every;
        self
    }

    /// Everything that this crate can drive, with these credentials.
    pub fn catalogue(self) -> Catalogue {
        kinds().connect::<_, Azure>(&Arc::new(self))
    }

    fn credential(&self, subscription: &Subscription) -> Result<Arc<dyn TokenCredential>> {
        let cloud = subscription.in_cloud();
        let credential: azure_core::Result<Arc<dyn TokenCredential>> = match &self.source {
            Source::Chain => Ok(Arc::new(Chain::of(subscription))),
            Source::Token(credential) => Ok(Arc::clone(credential)),
            Source::Secret { tenant, client, secret } => {
                let options = ClientSecretCredentialOptions { client_options: chain::in_cloud(cloud) };
                let secret = Secret::new(secret.reveal()?.clone());
                ClientSecretCredential::new(tenant, client.clone(), secret, Some(options))
                    .map(|made| made as _)
            }
            Source::ManagedIdentity { client } => {
                let user_assigned_id = client.clone().map(UserAssignedId::ClientId);
                let options = ManagedIdentityCredentialOptions { user_assigned_id, ..Default::default() };
                ManagedIdentityCredential::new(Some(options)).map(|made| made as _)
            }
            Source::Cli => {
                let tenant_id = subscription.expected_tenant().map(str::to_owned);
                let options = AzureCliCredentialOptions { tenant_id, ..Default::default() };
                AzureCliCredential::new(Some(options)).map(|made| made as _)
            }
        };
        credential.map_err(|error| of_credentials(&error))
    }
}

impl Connect<Azure> for Credentials {
    type Client = Client;

    async fn connect(&self, subscription: &Subscription) -> Result<Client> {
        let own = subscription.endpoint_url().or(self.endpoint.as_deref());
        let endpoint = own.unwrap_or_else(|| subscription.in_cloud().endpoint());
        let transport = self.transport.get_or_init(|| Transport::new(new_http_client(None))).clone();
        let client = Client::new(subscription, endpoint, self.credential(subscription)?, Some(transport))?;
        client.check(subscription).await?;
        Ok(client)
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
        Some(rate(family, verb))
    }
}

impl Cloud for Credentials {
    fn backend(self) -> Backend {
        self.catalogue().backend()
    }
}
