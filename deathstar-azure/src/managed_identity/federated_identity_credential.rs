//! A federated credential of a user-assigned identity.

use super::API_VERSION;
use crate::{
    Azure,
    arm::{self, ArmResource, ArmType, Document, Placement},
    id::{FederatedIdentityCredentialId, ResourceId, UserAssignedIdentityId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::{Set, name::azure::FEDERATED_CREDENTIAL},
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A federated credential: whose tokens of another issuer count as those of an identity, such as a service account of a cluster.
///
/// It carries no tags: it is ours by identity and name, while its identity is. An identity has up to 20.
///
/// # Permissions
/// `Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read`, `/write`, `/delete`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FederatedIdentityCredential {
    /// Its identity. Another one replaces it.
    pub user_assigned_identity: Input<UserAssignedIdentityId>,
    /// Its name, unique in the identity. Another one replaces it.
    pub name: String,
    /// Whose tokens: the address of the issuer, exactly as it stands in them.
    pub issuer: Input<String>,
    /// Of whom, exactly as it stands in tokens: `system:serviceaccount:NAMESPACE:NAME` for a service account.
    pub subject: String,
    /// For whom tokens have to be: `api://AzureADTokenExchange` by custom.
    pub audiences: Set<String>,
}

impl FederatedIdentityCredential {
    /// The audience that Microsoft Entra expects.
    pub const AUDIENCE: &'static str = "api://AzureADTokenExchange";

    /// Tokens of a subject.
    pub fn new(
        identity: impl Into<Input<UserAssignedIdentityId>>,
        name: impl Into<String>,
        issuer: impl Into<Input<String>>,
        subject: impl Into<String>,
    ) -> Self {
        Self {
            user_assigned_identity: identity.into(),
            name: name.into(),
            issuer: issuer.into(),
            subject: subject.into(),
            audiences: Set::from([Self::AUDIENCE.to_owned()]),
        }
    }

    /// Tokens of a service account of a cluster.
    pub fn service_account(
        identity: impl Into<Input<UserAssignedIdentityId>>,
        name: impl Into<String>,
        issuer: impl Into<Input<String>>,
        (namespace, account): (&str, &str),
    ) -> Self {
        Self::new(identity, name, issuer, format!("system:serviceaccount:{namespace}:{account}"))
    }
}

impl Resource for FederatedIdentityCredential {
    type Provider = Azure;
    type Id = FederatedIdentityCredentialId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.managed-identity.federated-identity-credential";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: false };
    /// Source: Azure REST API, "Federated Identity Credentials - Create Or Update".
    const FIELDS: Fields<Self> = fields!(FederatedIdentityCredential {
        user_assigned_identity: Replace,
        name: Replace,
        issuer: Update,
        subject: Update,
        audiences: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    /// Source: Microsoft Entra documentation, "Important considerations and restrictions for federated identity credentials": issuer and
    /// subject are unique in an identity, and credentials of one identity are not written at the same time.
    fn holds(&self) -> Vec<Hold> {
        let who = (&self.user_assigned_identity, &self.issuer, &self.subject);
        vec![
            Hold::operation("credentials-of-identity", &self.user_assigned_identity),
            Hold::life("subject-of-identity", who),
        ]
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&FEDERATED_CREDENTIAL, &self.name).into_iter().collect();
        let mut tell = |at: &str, why: String, fix: &str| {
            findings.push(Diagnostic::new("federated-credential.form", why).at(at).fix(fix));
        };
        if let Some(issuer) = self.issuer.value().filter(|issuer| !issuer.starts_with("https://")) {
            let why = format!("`{issuer}` is no address of an issuer");
            tell("/issuer", why, "write it as it stands in tokens, with `https://`");
        }
        if self.subject.is_empty() {
            tell("/subject", "nobody is no subject".into(), "name whose tokens count");
        }
        if self.audiences.len() != 1 {
            let why = format!("a credential has one audience, and not {}", self.audiences.len());
            tell("/audiences", why, "name `api://AzureADTokenExchange`");
        }
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (FederatedIdentityCredentialId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for FederatedIdentityCredential {
    const TYPE: ArmType = FederatedIdentityCredentialId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const PARENT: &'static str = "user_assigned_identity";
    const PLACEMENT: Placement = Placement::Parent;

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.user_assigned_identity)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{document, read};
    use serde_json::json;

    const IDENTITY: &str =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web";

    fn credential() -> FederatedIdentityCredential {
        let identity = UserAssignedIdentityId::new(IDENTITY);
        FederatedIdentityCredential::service_account(identity, "shop", "https://issuer/", ("shop", "web"))
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let written = document(&credential());
        let expected = json!({"issuer": "https://issuer/", "subject": "system:serviceaccount:shop:web",
            "audiences": ["api://AzureADTokenExchange"]});
        assert_eq!(written, json!({"properties": expected}));
        let id = format!("{IDENTITY}/federatedIdentityCredentials/shop");
        assert_eq!(read::<FederatedIdentityCredential>(&id, &written), credential());
    }

    #[test]
    fn an_identity_has_a_subject_once_and_writes_one_credential_at_a_time() {
        let other = FederatedIdentityCredential { name: "other".into(), ..credential() };
        assert_eq!(credential().holds(), other.holds());
        let another = FederatedIdentityCredential { subject: "a".into(), ..credential() };
        assert_eq!(credential().holds()[0], another.holds()[0]);
        assert_ne!(credential().holds()[1], another.holds()[1]);
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        let paths = |credential: FederatedIdentityCredential| {
            credential.validate().into_iter().map(|finding| finding.path).collect::<Vec<_>>()
        };
        assert!(paths(credential()).is_empty());
        assert_eq!(
            paths(FederatedIdentityCredential { issuer: "issuer".into(), ..credential() }),
            ["/issuer"]
        );
        assert_eq!(
            paths(FederatedIdentityCredential { subject: String::new(), ..credential() }),
            ["/subject"]
        );
        let none = FederatedIdentityCredential { audiences: Set::default(), ..credential() };
        assert_eq!(paths(none), ["/audiences"]);
        assert_eq!(paths(FederatedIdentityCredential { name: "ab".into(), ..credential() }), ["/name"]);
    }
}
