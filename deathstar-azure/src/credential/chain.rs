//! The credentials that are tried in turn.

use crate::{Cloud, Subscription};
use async_trait::async_trait;
use azure_core::{
    Error,
    cloud::CloudConfiguration,
    credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions},
    error::ErrorKind,
    http::ClientOptions,
};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

type Made = azure_core::Result<Arc<dyn TokenCredential>>;

/// The credentials that are tried in turn; the first one that gives a token is kept.
pub(super) struct Chain {
    links: Vec<(&'static str, Made)>,
    found: OnceLock<Arc<dyn TokenCredential>>,
}

impl Chain {
    /// The chain that Azure's tools share.
    pub(super) fn of(subscription: &Subscription) -> Self {
        let options = || in_cloud(subscription.in_cloud());
        let tenant = || subscription.expected_tenant().map(str::to_owned);
        let mut links: Vec<(&'static str, Made)> = vec![];
        let (tenant_id, client, secret) =
            (variable("AZURE_TENANT_ID"), variable("AZURE_CLIENT_ID"), variable("AZURE_CLIENT_SECRET"));
        if let (Some(tenant_id), Some(client), Some(secret)) = (tenant_id, client.clone(), secret) {
            let options = ClientSecretCredentialOptions { client_options: options() };
            let made = ClientSecretCredential::new(&tenant_id, client, Secret::new(secret), Some(options));
            links.push(("environment", made.map(|made| made as _)));
        }
        if variable("AZURE_FEDERATED_TOKEN_FILE").is_some() {
            let credential_options = ClientAssertionCredentialOptions { client_options: options() };
            let options = WorkloadIdentityCredentialOptions { credential_options, ..Default::default() };
            links.push((
                "workload identity",
                WorkloadIdentityCredential::new(Some(options)).map(|made| made as _),
            ));
        }
        let machine = ManagedIdentityCredentialOptions {
            user_assigned_id: client.map(UserAssignedId::ClientId),
            ..Default::default()
        };
        links.push(("managed identity", ManagedIdentityCredential::new(Some(machine)).map(|made| made as _)));
        let cli = AzureCliCredentialOptions { tenant_id: tenant(), ..Default::default() };
        links.push(("Azure CLI", AzureCliCredential::new(Some(cli)).map(|made| made as _)));
        let developer = AzureDeveloperCliCredentialOptions { tenant_id: tenant(), ..Default::default() };
        links.push((
            "Azure Developer CLI",
            AzureDeveloperCliCredential::new(Some(developer)).map(|made| made as _),
        ));
        Self { links, found: OnceLock::new() }
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.links.iter().map(|(name, _)| name)).finish()
    }
}

#[async_trait]
impl TokenCredential for Chain {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        if let Some(found) = self.found.get() {
            return found.get_token(scopes, options).await;
        }
        let mut whys = vec![];
        for (name, made) in &self.links {
            let error = match made {
                Err(error) => error.to_string(),
                Ok(credential) => match credential.get_token(scopes, options.clone()).await {
                    Ok(token) => {
                        // Two who ask at once find the same one.
                        let _ = self.found.set(Arc::clone(credential));
                        return Ok(token);
                    }
                    Err(error) => error.to_string(),
                },
            };
            whys.push(format!("{name}: {error}"));
        }
        Err(Error::with_message(ErrorKind::Credential, whys.join("; ")))
    }
}

#[expect(clippy::disallowed_methods, reason = "the chain is what the environment says")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Options of a credential for one of Microsoft's clouds.
pub(super) fn in_cloud(cloud: Cloud) -> ClientOptions {
    let cloud = match cloud {
        Cloud::Public => CloudConfiguration::AzurePublic,
        Cloud::UsGovernment => CloudConfiguration::AzureGovernment,
        Cloud::China => CloudConfiguration::AzureChina,
    };
    ClientOptions { cloud: Some(Arc::new(cloud)), ..ClientOptions::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_core::time::{Duration, OffsetDateTime};
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Debug)]
    struct Link(bool, AtomicU32);

    #[async_trait]
    impl TokenCredential for Link {
        async fn get_token(
            &self,
            _: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            self.1.fetch_add(1, Ordering::SeqCst);
            if self.0 {
                Ok(AccessToken::new("t", OffsetDateTime::now_utc() + Duration::hours(1)))
            } else {
                Err(Error::with_message(ErrorKind::Credential, "nobody here"))
            }
        }
    }

    fn chain(links: &[&Arc<Link>]) -> Chain {
        let links = links.iter().map(|link| ("link", Ok(Arc::clone(link) as Arc<dyn TokenCredential>)));
        Chain { links: links.collect(), found: OnceLock::new() }
    }

    #[tokio::test]
    async fn the_first_that_gives_a_token_is_kept() {
        let [no, yes, later] = [false, true, true].map(|gives| Arc::new(Link(gives, AtomicU32::new(0))));
        let chain = chain(&[&no, &yes, &later]);
        for _ in 0..3 {
            chain.get_token(&["s"], None).await.unwrap();
        }
        let asked = [&no, &yes, &later].map(|link| link.1.load(Ordering::SeqCst));
        assert_eq!(asked, [1, 3, 0]);
    }

    #[tokio::test]
    async fn all_that_were_tried_are_told() {
        let no = Arc::new(Link(false, AtomicU32::new(0)));
        let error = chain(&[&no, &no]).get_token(&["s"], None).await.unwrap_err();
        assert_eq!(error.to_string().matches("nobody here").count(), 2, "{error}");
    }
}
