//! An application security group.

use super::API_VERSION;
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{ApplicationSecurityGroupId, ResourceGroupId, ResourceId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::APPLICATION_SECURITY_GROUP,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An application security group: a name for network interfaces, which rules have as an end of traffic.
///
/// All its members are in one virtual network. It cannot be deleted while a rule names it or a network interface is in it.
///
/// # Permissions
/// `Microsoft.Network/applicationSecurityGroups/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApplicationSecurityGroup {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
}

impl ApplicationSecurityGroup {
    /// A group without members.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self { resource_group: resource_group.into(), name: name.into(), location: None }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }
}

impl Resource for ApplicationSecurityGroup {
    type Provider = Azure;
    type Id = ApplicationSecurityGroupId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.application-security-group";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Application Security Groups - Create Or Update".
    const FIELDS: Fields<Self> =
        fields!(ApplicationSecurityGroup { resource_group: Replace, name: Replace, location: Replace });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let name = names::check(&APPLICATION_SECURITY_GROUP, &self.name);
        name.into_iter().chain(names::check_location(self.location.as_ref())).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (ApplicationSecurityGroupId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for ApplicationSecurityGroup {
    const TYPE: ArmType = ApplicationSecurityGroupId::TYPE;
    const API_VERSION: &'static str = API_VERSION;

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
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
    use deathstar_core::Class;
    use serde_json::json;

    #[test]
    fn it_is_a_name_at_a_place() {
        let id =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web";
        let group = ResourceGroupId::new("/subscriptions/s/resourceGroups/g");
        let group = ApplicationSecurityGroup::new(group, "web").location("westeurope");
        let written = document(&group);
        assert_eq!(written, json!({"location": "westeurope"}));
        assert_eq!(read::<ApplicationSecurityGroup>(id, &written), group);
        assert!(group.validate().is_empty());
        assert_eq!(ApplicationSecurityGroup { name: "-".into(), ..group }.validate().len(), 1);
        let everything = ApplicationSecurityGroup::FIELDS.iter();
        assert!(everything.into_iter().all(|field| matches!(field.class, Class::Replace)));
    }
}
