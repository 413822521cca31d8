//! A network security group.

use super::{API_VERSION, SecurityRule, lane};
use crate::{
    Azure, Location,
    arm::{self, ArmResource, ArmType, Document},
    id::{NetworkSecurityGroupId, ResourceGroupId, ResourceId},
    names, permission,
};
use deathstar_core::{
    Diagnostic, Fields, Found, Hold, Identity, Input, Key, Repair, Resource, Result, fields,
    model::name::azure::NETWORK_SECURITY_GROUP,
    permission::{Call, Permission},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A network security group: rules in order of priority, which subnets and network interfaces name. Its
/// [`SecurityRule`](super::SecurityRule)s are objects of their own.
///
/// It keeps state: what answers is let through. Behind its rules stand six of Azure's own, which cannot be taken out: what is in the
/// virtual network may talk, Azure's load balancers may ask, the internet may be asked, and all else is denied. A rule that denies
/// everything, with the last priority, closes it.
///
/// Rules that others put into it are left alone, and told by plans. It cannot be deleted while a subnet or a network interface names
/// it.
///
/// # Permissions
/// `Microsoft.Network/networkSecurityGroups/read`, `/write`, `/delete`; `Microsoft.Resources/tags/write`.
///
/// # Cost
/// None.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkSecurityGroup {
    /// Its resource group. Another one replaces it.
    pub resource_group: Input<ResourceGroupId>,
    /// Its name, unique in the resource group. Another one replaces it.
    pub name: String,
    /// Its location: that of the connection, unless said otherwise. Another one replaces it.
    pub location: Option<Location>,
    /// Whether a change of rules counts for flows that exist already. In new groups it counts for new flows alone.
    pub flush_connection: Option<bool>,
}

impl NetworkSecurityGroup {
    /// A group with Azure's own rules alone.
    pub fn new(resource_group: impl Into<Input<ResourceGroupId>>, name: impl Into<String>) -> Self {
        Self {
            resource_group: resource_group.into(),
            name: name.into(),
            location: None,
            flush_connection: None,
        }
    }

    /// Its location.
    #[must_use]
    pub fn location(mut self, location: impl Into<Location>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Whether a change of rules counts for flows that exist already.
    #[must_use]
    pub fn flush_connection(mut self, enabled: bool) -> Self {
        self.flush_connection = Some(enabled);
        self
    }
}

impl Resource for NetworkSecurityGroup {
    type Provider = Azure;
    type Id = NetworkSecurityGroupId;
    type Outputs = ();

    const FAMILY: &'static str = "azure.network.network-security-group";
    const REPAIR: Repair = Repair::Update;
    const IDENTITY: Identity = Identity::Key { tagged: true };
    /// Source: Azure REST API, "Network Security Groups - Create Or Update".
    const FIELDS: Fields<Self> = fields!(NetworkSecurityGroup {
        resource_group: Replace,
        name: Replace,
        location: Replace,
        flush_connection: Update,
    });

    fn key(&self) -> Option<Key> {
        Some(arm::key(self))
    }

    fn holds(&self) -> Vec<Hold> {
        arm::id(self).map(|id| lane(&Input::Known(id))).into_iter().collect()
    }

    fn managed(&self, seen: Self) -> Self {
        arm::managed(self, seen)
    }

    fn validate(&self) -> Vec<Diagnostic> {
        let name = names::check(&NETWORK_SECURITY_GROUP, &self.name);
        name.into_iter().chain(names::check_location(self.location.as_ref())).collect()
    }

    fn permissions(call: &Call<'_, Self>) -> Vec<Permission> {
        permission::of(call)
    }

    fn simulate(&self, _: u64) -> (NetworkSecurityGroupId, ()) {
        (arm::simulated(self), ())
    }
}

impl ArmResource for NetworkSecurityGroup {
    const TYPE: ArmType = NetworkSecurityGroupId::TYPE;
    const API_VERSION: &'static str = API_VERSION;
    const READ_ONLY: &'static [&'static str] = &[
        "/properties/defaultSecurityRules",
        "/properties/flowLogs",
        "/properties/networkInterfaces",
        "/properties/securityRules/*/type",
        "/properties/subnets",
    ];

    fn parent(&self) -> Option<Input<ResourceId>> {
        arm::standing_in(&self.resource_group)
    }

    fn name(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.name))
    }

    fn outputs(_: &ResourceId, _: &Document) -> Result<()> {
        Ok(())
    }

    fn show_parts(id: &ResourceId, document: &Document, found: &mut Found) -> Result<()> {
        arm::show_list::<SecurityRule>(id, arm::look(document, "/properties/securityRules"), found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::testing::{change, document, read};
    use deathstar_core::Class;
    use serde_json::json;

    const ID: &str =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/web";

    fn group() -> NetworkSecurityGroup {
        NetworkSecurityGroup::new(ResourceGroupId::new("/subscriptions/s/resourceGroups/g"), "web")
    }

    #[test]
    fn the_struct_is_the_document_and_reads_back() {
        let group = group().location("westeurope").flush_connection(true);
        let written = document(&group);
        assert_eq!(written, json!({"location": "westeurope", "properties": {"flushConnection": true}}));
        assert_eq!(read::<NetworkSecurityGroup>(ID, &written), group);
    }

    /// The rules of others are deleted by a document without them.
    #[test]
    fn a_change_repeats_the_rules() {
        let rule =
            json!({"id": format!("{ID}/securityRules/a"), "name": "a", "properties": {"priority": 100}});
        let mut seen = json!({"location": "westeurope", "properties": {
            "securityRules": [rule], "defaultSecurityRules": [rule], "subnets": [{"id": "x"}],
        }});
        seen["properties"]["securityRules"][0]["type"] =
            json!("Microsoft.Network/networkSecurityGroups/securityRules");
        let changed = change(&group().flush_connection(true), &seen);
        assert_eq!(changed["properties"], json!({"securityRules": [rule], "flushConnection": true}));
    }

    #[test]
    fn only_what_counts_for_flows_changes_in_place() {
        let classes = NetworkSecurityGroup::FIELDS.iter();
        let in_place: Vec<_> =
            classes.filter(|field| matches!(field.class, Class::Update)).map(|f| f.name).collect();
        assert_eq!(in_place, ["flush_connection"]);
    }

    #[test]
    fn names_follow_the_rules_of_azure() {
        let codes = |name: &str| {
            let group = NetworkSecurityGroup { name: name.into(), ..group() };
            group.validate().into_iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert!(codes("web_1.a-").len() == 1 && codes("web_1.a").is_empty());
        assert_eq!(codes(&"a".repeat(81)), ["azure.name"]);
    }
}
