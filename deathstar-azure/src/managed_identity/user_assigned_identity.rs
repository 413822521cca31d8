//! A user-assigned identity.

use super::API_VERSION;
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    choice::choices,
    id::{ClientId, PrincipalId, ResourceGroupId, ResourceId, TenantId, UserAssignedIdentityId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::USER_ASSIGNED_IDENTITY,
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// A user-assigned identity: as whom machines, clusters and workloads call Azure, without a secret.
///
/// What it may do is said by [role assignments](crate::authorization::RoleAssignment). Its principal is known to all of Microsoft Entra
/// only some time after it was made. A replacement is somebody else: its assignments are replaced too.
///
/// # Permissions
/// `Microsoft.ManagedIdentity/userAssignedIdentities/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`. Who gives it to
/// something needs `Microsoft.ManagedIdentity/userAssignedIdentities/assign/action`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserAssignedIdentity {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Where it can be given to something. In new identities that is everywhere.
    pub isolation_scope: Option<IsolationScope>,
}

choices! {
    /// Where an identity can be given to something.
    pub enum IsolationScope {
        /// Everywhere.
        None = "None",
        /// In its own location.
        Regional = "Regional",
    }
}

impl UserAssignedIdentity {
    /// An identity that may do nothing yet.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            isolation_scope: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Where it can be given to something.
    #[must_use]
    pub fn isolation_scope(mut self, scope: IsolationScope) -> Self {
        self.isolation_scope = Some(scope);
        self
    }
}

/// What is known of a user-assigned identity once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserAssignedIdentityDetails {
    /// Its service principal, which is given roles.
    pub principal_id: Option<PrincipalId>,
    /// The id by which programs ask for its tokens.
    pub client_id: Option<ClientId>,
    /// The tenant that it is of.
    pub tenant_id: Option<TenantId>,
}

outputs! {
    /// What a declared user-assigned identity tells once it is made.
    pub trait UserAssignedIdentityOutputs for UserAssignedIdentity {
        /// Its service principal, which is given roles.
        principal_id: PrincipalId,
        /// The id by which programs ask for its tokens.
        client_id: ClientId,
        /// The tenant that it is of.
        tenant_id: TenantId,
    }
}

impl Resource for UserAssignedIdentity {
    type Provider = Azure;
    type Id = UserAssignedIdentityId;
    type Outputs = UserAssignedIdentityDetails;

    const FAMILY: &'static str = "azure.managed-identity.user-assigned-identity";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "User Assigned Identities - Create Or Update".
    const FIELDS: Fields<Self> = fields!(UserAssignedIdentity {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        isolation_scope: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let mut findings: Vec<_> = names::check(&USER_ASSIGNED_IDENTITY, &self.name).into_iter().collect();
        findings.extend(names::check_location(self.location.as_ref()));
        findings.extend(self.isolation_scope.as_ref().and_then(|scope| scope.check("/isolation_scope")));
        findings
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, serial: u64) -> (UserAssignedIdentityId, UserAssignedIdentityDetails) {
        let details = UserAssignedIdentityDetails {
            principal_id: Some(PrincipalId::simulated(serial)),
            client_id: Some(ClientId::simulated(serial + (1 << 40))),
            tenant_id: Some(TenantId::simulated(0)),
        };
        (arm::simulated(self), details)
    }
}

impl ArmResource for UserAssignedIdentity {
    const TYPE: ArmType = UserAssignedIdentityId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const READ_ONLY: &'static [&'static str] =
        &["/properties/clientId", "/properties/principalId", "/properties/tenantId"];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, document: &Document) -> Result<UserAssignedIdentityDetails> {
        let text =
            |member: &str| arm::look(document, &format!("/properties/{member}")).and_then(Value::as_str);
        Ok(UserAssignedIdentityDetails {
            principal_id: text("principalId").map(PrincipalId::new),
            client_id: text("clientId").map(ClientId::new),
            tenant_id: text("tenantId").map(TenantId::new),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use serde_json::json;

    const ID: &str =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web";

    fn identity() -> UserAssignedIdentity {
        UserAssignedIdentity::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "web")
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let identity = identity().location("westeurope").isolation_scope(IsolationScope::Regional);
        let written = document(&identity);
        assert_eq!(written, json!({"location": "westeurope", "properties": {"isolationScope": "Regional"}}));
        assert_eq!(read::<UserAssignedIdentity>(ID, &written), identity);
        let mut seen = written.clone();
        seen["properties"]["principalId"] = json!("p");
        assert_eq!(change(&identity, &seen), written);
    }

    #[test]
    fn it_tells_who_it_is() {
        let shown = json!({"properties": {"principalId": "AB", "clientId": "c", "tenantId": "t"}});
        let details =
            UserAssignedIdentity::outputs(&ResourceId::new(ID), shown.as_object().unwrap()).unwrap();
        assert_eq!(details.principal_id, Some(PrincipalId::new("ab")));
        let (_, simulated) = identity().simulate(3);
        assert_ne!(simulated.principal_id.unwrap().as_str(), simulated.client_id.unwrap().as_str());
    }

    #[test]
    fn what_azure_refuses_is_found_before() {
        assert!(identity().validate().is_empty());
        assert_eq!(UserAssignedIdentity { name: "ab".into(), ..identity() }.validate().len(), 1);
        assert_eq!(identity().isolation_scope(IsolationScope::Other("World".into())).validate().len(), 1);
    }
}
