//! The provider, and one connection to it: a location of a subscription.

use crate::Location;
use deathstar_core::{
    Diagnostic, Key,
    graph::{Connection, Provider},
    permission::{Needed, Policy},
};
use serde::{Deserialize, Serialize};

/// Microsoft Azure.
#[derive(Clone, Copy, Debug)]
pub struct Azure;

impl Provider for Azure {
    const NAME: &'static str = "azure";
    type Config = Subscription;

    /// Definitions of custom roles: the actions that are needed, and the resource groups or the subscription in which they can be
    /// assigned. Azure's roles cannot tell one object of a type from another, nor by its tags.
    fn policies(stack: &str, needed: &[Needed<'_, Self>]) -> Vec<Policy> {
        crate::permission::policies(stack, needed)
    }
}

/// One subscription with the location of what is made in it, and how to get there.
///
/// It holds no secret: [`Credentials`](crate::Credentials) bring those.
///
/// ```
/// use deathstar_azure::Subscription;
/// use deathstar_core::Stack;
///
/// let mut stack = Stack::new("webshop");
/// let subscription = Subscription::new("11111111-2222-3333-4444-555555555555", "westeurope");
/// let azure = stack.on(subscription.expect_tenant("99999999-8888-7777-6666-555555555555"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Subscription {
    id: String,
    location: Location,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(default, skip_serializing_if = "Cloud::is_public")]
    cloud: Cloud,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
}

/// Which of Microsoft's clouds a subscription is in. Each has its own accounts, endpoints and regions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// The one that all can use.
    #[default]
    Public,
    /// Azure Government.
    UsGovernment,
    /// The one that 21Vianet operates.
    China,
}

impl Cloud {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Public, Self::UsGovernment, Self::China];

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    fn is_public(&self) -> bool {
        *self == Self::Public
    }

    /// Where its Azure Resource Manager answers.
    ///
    /// Source: Azure documentation, "Azure Government and China endpoints"; `az cloud list`.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com",
            Self::UsGovernment => "https://management.usgovcloudapi.net",
            Self::China => "https://management.chinacloudapi.cn",
        }
    }

    /// What a token has to be for.
    ///
    /// Source: the cloud configurations of Microsoft's SDKs for Azure Resource Manager.
    #[cfg(feature = "client")]
    pub(crate) const fn scope(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com/.default",
            Self::UsGovernment => "https://management.core.usgovcloudapi.net/.default",
            Self::China => "https://management.core.chinacloudapi.cn/.default",
        }
    }

    /// Who gives out tokens for it.
    ///
    /// Source: Microsoft Entra documentation, "National clouds".
    pub const fn authority(self) -> &'static str {
        match self {
            Self::Public => "https://login.microsoftonline.com",
            Self::UsGovernment => "https://login.microsoftonline.us",
            Self::China => "https://login.chinacloudapi.cn",
        }
    }
}

impl Subscription {
    /// The subscription with this id, and the location of what names none itself.
    pub fn new(id: impl Into<String>, location: impl Into<Location>) -> Self {
        let id = id.into().to_ascii_lowercase();
        Self { id, location: location.into(), tenant: None, cloud: Cloud::Public, endpoint: None }
    }

    /// Refuses to work in a subscription of another tenant, and with credentials of another one, before the first other call.
    #[must_use]
    pub fn expect_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into().to_ascii_lowercase());
        self
    }

    /// Says in which of Microsoft's clouds it is: the public one, unless said otherwise.
    #[must_use]
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// Calls another endpoint than the cloud's own, such as a test server. Only one on this machine may be reached without TLS.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The location of what names none itself.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The tenant that is expected.
    pub fn expected_tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// In which of Microsoft's clouds it is.
    pub fn in_cloud(&self) -> Cloud {
        self.cloud
    }

    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only a client needs it"))]
    pub(crate) fn endpoint_url(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }
}

impl Connection for Subscription {
    type Provider = Azure;

    /// Subscription and location alone: another endpoint leads to the same objects.
    fn place(&self) -> Key {
        Key::of((&self.id, &self.location))
    }

    fn validate(&self) -> Vec<Diagnostic> {
        const FIX: &str = "write it like `11111111-2222-3333-4444-555555555555`";
        let mut findings = vec![];
        if !is_guid(&self.id) {
            let why = format!("`{}` is not the id of a subscription", self.id);
            findings.push(Diagnostic::new("subscription.id", why).at("/id").fix(FIX));
        }
        if !self.location.is_well_formed() {
            let why = format!("`{}` is not the name of a location", self.location);
            let fix = "write it like `westeurope`";
            findings.push(Diagnostic::new("subscription.location", why).at("/location").fix(fix));
        }
        if let Some(tenant) = self.tenant.as_deref().filter(|tenant| !is_guid(tenant)) {
            let why = format!("`{tenant}` is not the id of a tenant");
            findings.push(Diagnostic::new("subscription.tenant", why).at("/tenant").fix(FIX));
        }
        if let Some(problem) = self.endpoint.as_deref().and_then(problem_of) {
            let why = format!("`{}` {problem}", self.endpoint.as_deref().unwrap_or_default());
            let fix =
                "write it like `https://management.azure.com`, or on this machine `http://127.0.0.1:5000`";
            findings.push(Diagnostic::new("subscription.endpoint", why).at("/endpoint").fix(fix));
        }
        findings
    }
}

/// Whether a text has the form of an id of a subscription, a tenant or a principal.
pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// What is wrong with an endpoint.
pub(crate) fn problem_of(url: &str) -> Option<&'static str> {
    let (rest, secure) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (_, Some(rest)) => (rest, false),
        _ => return Some("is not a URL"),
    };
    if rest.is_empty()
        || rest.starts_with('/')
        || rest.contains(|sign: char| sign.is_whitespace() || sign == '@')
    {
        return Some("is not a URL");
    }
    (!secure && !is_loopback(rest))
        .then_some("is not on this machine, so tokens would travel to it without TLS")
}

/// Whether what follows the scheme of a URL is on this machine.
fn is_loopback(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11111111-2222-3333-4444-55555555555a";

    fn codes(subscription: &Subscription) -> Vec<String> {
        subscription.validate().into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn what_is_right_has_no_finding() {
        let plain = Subscription::new(ID, "West Europe").expect_tenant(ID.to_uppercase());
        assert!(codes(&plain).is_empty());
        for endpoint in [
            "http://127.0.0.1:5000",
            "http://[::1]:80/x",
            "http://localhost",
            "https://management.local.azurestack.external",
        ] {
            assert!(codes(&plain.clone().endpoint(endpoint)).is_empty(), "{endpoint}");
        }
    }

    #[test]
    fn all_findings_come_at_once() {
        let wrong = Subscription::new("westeurope", "west-europe")
            .expect_tenant("contoso")
            .endpoint("localhost:5000");
        let all =
            ["subscription.id", "subscription.location", "subscription.tenant", "subscription.endpoint"];
        assert_eq!(codes(&wrong), all);
    }

    #[test]
    fn no_token_leaves_the_machine_without_tls() {
        for endpoint in [
            "http://management.azure.com",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org:80",
            "http://127.0.0.1@example.org",
            "http://example.org/127.0.0.1",
            "http://example.org:80",
            "http://",
        ] {
            assert_eq!(
                codes(&Subscription::new(ID, "westeurope").endpoint(endpoint)),
                ["subscription.endpoint"],
                "{endpoint}"
            );
        }
    }

    #[test]
    fn the_way_to_a_subscription_is_no_part_of_its_place() {
        let plain = Subscription::new(ID, "westeurope");
        assert_eq!(plain.place(), plain.clone().endpoint("http://localhost").expect_tenant(ID).place());
        assert_eq!(plain.place(), Subscription::new(ID.to_uppercase(), "West Europe").place());
        assert_ne!(plain.place(), Subscription::new(ID, "northeurope").place());
    }

    #[test]
    fn it_survives_its_encoding() {
        let all =
            Subscription::new(ID, "westeurope").expect_tenant(ID).cloud(Cloud::China).endpoint("https://x");
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Subscription>(&text).unwrap(), all);
        let plain = serde_json::to_string(&Subscription::new("i", "w")).unwrap();
        assert_eq!(plain, r#"{"id":"i","location":"w"}"#);
    }

    #[test]
    fn clouds_have_nothing_in_common() {
        for (at, one) in Cloud::ALL.into_iter().enumerate() {
            for other in &Cloud::ALL[at + 1..] {
                assert!(one.endpoint() != other.endpoint() && one.authority() != other.authority());
            }
        }
    }
}
