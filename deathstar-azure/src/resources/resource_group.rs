//! A resource group.

use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{ResourceGroupId, ResourceGroupName, ResourceId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Identity, Input, Key, Repair, Resource, Result, Stakes, fields,
    model::name::azure::RESOURCE_GROUP,
    outputs,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A resource group: what resources are made in, and what they are listed by.
///
/// Azure deletes a resource group with everything in it, whoever made that. A plan deletes first what the stack has made in it.
///
/// # Permissions
/// `Microsoft.Resources/subscriptions/resourceGroups/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResourceGroup {
    /// Its name, unique in the subscription. Another one replaces it.
    pub name: String,
    /// Where it is kept: the connection's location, unless said otherwise. What is in it may be elsewhere. Another one replaces it.
    pub location: Option<Location>,
}

impl ResourceGroup {
    /// A resource group of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), location: None }
    }

    /// Where it is kept.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }
}

/// What is known of a resource group once it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResourceGroupDetails {
    /// Its full id, which others are made in.
    pub group_id: ResourceGroupId,
}

outputs! {
    /// What a declared resource group tells once it is made.
    pub trait ResourceGroupOutputs for ResourceGroup {
        /// Its full id, which others are made in.
        group_id: ResourceGroupId,
    }
}

impl Resource for ResourceGroup {
    type Provider = Azure;
    type Id = ResourceGroupName;
    type Outputs = ResourceGroupDetails;

    const FAMILY: &'static str = "azure.resources.resource-group";
    /// What others made in it goes along, and nobody can say what that is.
    const STAKES: Stakes = Stakes::Data;
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure Resource Manager, "Resource Groups - Create Or Update": the location of a group cannot be changed.
    const FIELDS: Fields<Self> = fields!(ResourceGroup { name: Replace, location: Replace });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        names::check(&RESOURCE_GROUP, &self.name)
            .into_iter()
            .chain(names::check_location(self.location.as_ref()))
            .collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (ResourceGroupName, ResourceGroupDetails) {
        let id = ResourceId::of_subscription(arm::SIMULATED).child(Self::TYPE, &self.name);
        (arm::simulated(self), ResourceGroupDetails { group_id: ResourceGroupId::new(id) })
    }
}

impl ArmResource for ResourceGroup {
    const TYPE: ArmType = ArmType::RESOURCE_GROUP;
    const API_VERSION: &'static str = "2025-04-01";
    const PARENT: &'static str = "";

    fn parent(&self) -> Option<Input<ResourceId>> {
        None
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(id: &ResourceId, _: &Document) -> Result<ResourceGroupDetails> {
        Ok(ResourceGroupDetails { group_id: ResourceGroupId::new(id.as_str()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{document, read};
    use serde_json::json;

    #[test]
    fn its_document_is_its_location() {
        let group = ResourceGroup::new("web").location("West Europe");
        assert_eq!(document(&group), json!({"location": "westeurope"}));
        let shown = json!({"location": "westeurope", "properties": {"provisioningState": "Succeeded"}});
        let seen: ResourceGroup = read("/subscriptions/s/resourceGroups/web", &shown);
        assert_eq!(seen, group);
    }

    #[test]
    fn its_name_is_its_id() {
        let (id, details) = ResourceGroup::new("web").simulate(1);
        assert_eq!(ResourceGroup::new("web").key(), Some(Key::of(&id)));
        assert!(details.group_id.is_well_formed());
    }

    #[test]
    fn names_follow_the_rules_of_azure() {
        assert!(ResourceGroup::new("web.").validate().len() == 1);
        assert!(ResourceGroup::new("web").location("west-1").validate().len() == 1);
        assert!(ResourceGroup::new("web").validate().is_empty());
    }
}
