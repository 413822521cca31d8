//! How calls carry tokens.

use async_trait::async_trait;
use azure_core::{
    credentials::TokenCredential,
    http::{
        Context, Request,
        headers::AUTHORIZATION,
        policies::{Policy, PolicyResult, auth::BearerTokenAuthorizationPolicy},
    },
};
use std::sync::Arc;

/// Adds a token to each call. Without TLS only a server on this machine gets one; the policy of the SDK refuses all others.
#[derive(Debug)]
pub(super) struct Bearer {
    secure: BearerTokenAuthorizationPolicy,
    credential: Arc<dyn TokenCredential>,
    scope: &'static str,
}

impl Bearer {
    pub(super) fn new(credential: Arc<dyn TokenCredential>, scope: &'static str) -> Self {
        let secure = BearerTokenAuthorizationPolicy::new(Arc::clone(&credential), [scope]);
        Self { secure, credential, scope }
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait elides it, and an explicit one would be bound at another place"
)]
#[async_trait]
impl Policy for Bearer {
    async fn send(&self, cx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let url = request.url();
        let local =
            url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let (true, Some((first, rest))) = (local, next.split_first()) else {
            return self.secure.send(cx, request, next).await;
        };
        let token = self.credential.get_token(&[self.scope], None).await?;
        request.insert_header(AUTHORIZATION, format!("Bearer {}", token.token.secret()));
        first.send(cx, request, rest).await
    }
}
