//! Roles.

use crate::id::{ResourceId, guid::is_guid};
use deathstar_core::Diagnostic;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// A role, by the GUID of its definition: one of Azure's own, or a custom one of the tenant.
///
/// Source of the constants: Azure role-based access control documentation, "Azure built-in roles".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Role(Cow<'static, str>);

impl Role {
    /// Everything, and giving roles.
    pub const OWNER: Self = Self::builtin("8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
    /// Everything but giving roles.
    pub const CONTRIBUTOR: Self = Self::builtin("b24988ac-6180-42a0-ab88-20f7382dd24c");
    /// Looking.
    pub const READER: Self = Self::builtin("acdd72a7-3385-48ef-bd42-f606fba81ae7");
    /// Everything with networks.
    pub const NETWORK_CONTRIBUTOR: Self = Self::builtin("4d97b98b-1d4f-4787-a291-c67834d212e7");
    /// Everything with private DNS zones.
    pub const PRIVATE_DNS_ZONE_CONTRIBUTOR: Self = Self::builtin("b12aa53e-6015-4669-85d0-8515ebb3ae7f");
    /// Reading and giving user-assigned identities.
    pub const MANAGED_IDENTITY_OPERATOR: Self = Self::builtin("f1a07417-d97a-45cb-824c-7a7467783830");
    /// Pulling from container registries.
    pub const ACR_PULL: Self = Self::builtin("7f951dda-4ed3-4680-a7ca-43fe172d538d");
    /// Reading, writing and deleting blobs.
    pub const STORAGE_BLOB_DATA_CONTRIBUTOR: Self = Self::builtin("ba92f5b4-2d11-453d-a403-e96b0029c9fe");

    const fn builtin(guid: &'static str) -> Self {
        Self(Cow::Borrowed(guid))
    }

    /// The role with this GUID, or with this full id.
    pub fn new(id: impl AsRef<str>) -> Self {
        let id = id.as_ref();
        Self(Cow::Owned(id.rsplit('/').next().unwrap_or(id).to_ascii_lowercase()))
    }

    /// The GUID.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full id of its definition, as assignments at a scope name it.
    pub(super) fn at(&self, scope: &ResourceId) -> String {
        let of = scope.subscription().map(|id| format!("/subscriptions/{id}")).unwrap_or_default();
        format!("{of}/providers/Microsoft.Authorization/roleDefinitions/{self}")
    }

    pub(super) fn check(&self, at: &str) -> Option<Diagnostic> {
        (!is_guid(&self.0)).then(|| {
            Diagnostic::new("id.form", format!("`{self}` is not the GUID of a role"))
                .at(at)
                .fix("write it like `4d97b98b-1d4f-4787-a291-c67834d212e7`; names of roles are not unique")
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for Role {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_its_guid_wherever_its_definition_is_looked_at() {
        let role = Role::NETWORK_CONTRIBUTOR;
        let subscription = role.at(&ResourceId::new("/subscriptions/S/resourceGroups/g"));
        assert!(
            subscription.starts_with("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/")
        );
        let tenant = role.at(&ResourceId::new("/providers/Microsoft.Management/managementGroups/m"));
        assert!(tenant.starts_with("/providers/Microsoft.Authorization/"));
        for id in [subscription.to_uppercase(), tenant, role.to_string()] {
            assert_eq!(Role::new(id), role);
        }
        assert!(role.check("/role").is_none());
        assert!(Role::new("Reader").check("/role").is_some());
    }
}
