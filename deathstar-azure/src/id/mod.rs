//! Typed ids of Azure resources, as Azure Resource Manager writes them.

pub(crate) mod guid;
mod record_set;
mod resource_id;

pub use guid::{ClientId, PrincipalId, TenantId};
pub use record_set::RecordSetId;
pub use resource_id::ResourceId;

use crate::arm::{ArmId, ArmType};
use resource_id::spelled;
use serde::{Deserialize, Serialize};

/// What all typed ids have in common.
macro_rules! text {
    ($name:ident, $spell:expr) => {
        impl $name {
            /// Takes an id as Azure writes it, in any case.
            pub fn new(id: impl Into<String>) -> Self {
                let (id, spell): (String, fn(&str) -> Option<String>) = (id.into(), $spell);
                Self(spell(&id).unwrap_or(id))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it has the form of such ids.
            pub fn is_well_formed(&self) -> bool {
                let spell: fn(&str) -> Option<String> = $spell;
                spell(&self.0).is_some()
            }
        }

        deathstar_core::text_type!($name);

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

use text;

/// Declares ids: a name, the type that they are of, and what they are of.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $namespace:literal $path:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(String);

        text!($name, |id| spelled(id, Some($name::TYPE)));

        impl $name {
            /// The type of what it names.
            pub const TYPE: ArmType = ArmType::new($namespace, $path);
        }

        impl ArmId for $name {
            fn of(id: &ResourceId) -> Self {
                Self::new(id.as_str())
            }

            fn in_subscription(&self, _: &str) -> ResourceId {
                ResourceId::new(self.as_str())
            }
        }

        impl From<$name> for ResourceId {
            fn from(id: $name) -> Self {
                Self::new(id.0)
            }
        }
    )*};
}

ids! {
    /// The id of a virtual network.
    VirtualNetworkId = "Microsoft.Network" "virtualNetworks";
    /// The id of a subnet.
    SubnetId = "Microsoft.Network" "virtualNetworks/subnets";
    /// The id of a network security group.
    NetworkSecurityGroupId = "Microsoft.Network" "networkSecurityGroups";
    /// The id of a rule of a network security group.
    SecurityRuleId = "Microsoft.Network" "networkSecurityGroups/securityRules";
    /// The id of an application security group.
    ApplicationSecurityGroupId = "Microsoft.Network" "applicationSecurityGroups";
    /// The id of a route table.
    RouteTableId = "Microsoft.Network" "routeTables";
    /// The id of a route.
    RouteId = "Microsoft.Network" "routeTables/routes";
    /// The id of a NAT gateway.
    NatGatewayId = "Microsoft.Network" "natGateways";
    /// The id of a public IP address.
    PublicIpAddressId = "Microsoft.Network" "publicIPAddresses";
    /// The id of a prefix of public IP addresses.
    PublicIpPrefixId = "Microsoft.Network" "publicIPPrefixes";
    /// The id of a network interface.
    NetworkInterfaceId = "Microsoft.Network" "networkInterfaces";
    /// The id of a private endpoint.
    PrivateEndpointId = "Microsoft.Network" "privateEndpoints";
    /// The id of the private DNS zones of a private endpoint.
    PrivateDnsZoneGroupId = "Microsoft.Network" "privateEndpoints/privateDnsZoneGroups";
    /// The id of a network watcher.
    NetworkWatcherId = "Microsoft.Network" "networkWatchers";
    /// The id of a flow log.
    FlowLogId = "Microsoft.Network" "networkWatchers/flowLogs";
    /// The id of a private DNS zone.
    PrivateDnsZoneId = "Microsoft.Network" "privateDnsZones";
    /// The id of a link of a private DNS zone to a virtual network.
    VirtualNetworkLinkId = "Microsoft.Network" "privateDnsZones/virtualNetworkLinks";
    /// The id of a user-assigned identity.
    UserAssignedIdentityId = "Microsoft.ManagedIdentity" "userAssignedIdentities";
    /// The id of a federated credential of a user-assigned identity.
    FederatedIdentityCredentialId = "Microsoft.ManagedIdentity" "userAssignedIdentities/federatedIdentityCredentials";
    /// The id of a role assignment, in whose name a GUID follows from what it says.
    RoleAssignmentId = "Microsoft.Authorization" "roleAssignments";
    /// The id of a Log Analytics workspace.
    WorkspaceId = "Microsoft.OperationalInsights" "workspaces";
    /// The id of a storage account.
    StorageAccountId = "Microsoft.Storage" "storageAccounts";
}

/// The id of a resource group, which others are made in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ResourceGroupId(String);

text!(ResourceGroupId, |id| {
    let spelled = ResourceId::new(spelled(id, None)?);
    (spelled.as_str().matches('/').count() == 4 && spelled.resource_group().is_some()).then(|| spelled.into())
});

/// The name of a resource group, by which it is known in its subscription.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceGroupName(String);

impl ResourceGroupName {
    /// Takes a name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

deathstar_core::text_type!(ResourceGroupName);

impl ArmId for ResourceGroupName {
    fn of(id: &ResourceId) -> Self {
        Self::new(id.name())
    }

    fn in_subscription(&self, subscription: &str) -> ResourceId {
        ResourceId::of_subscription(subscription).child(ArmType::RESOURCE_GROUP, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_encoded_as_their_text_in_their_own_spelling() {
        let text = "\"/SUBSCRIPTIONS/S/resourcegroups/G/providers/microsoft.network/virtualnetworks/V\"";
        let id: VirtualNetworkId = serde_json::from_str(text).unwrap();
        let right = "/subscriptions/s/resourceGroups/G/providers/Microsoft.Network/virtualNetworks/V";
        assert_eq!(id.as_str(), right);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{right}\""));
        assert_eq!(VirtualNetworkId::of(&id.in_subscription("other")), id);
    }

    #[test]
    fn an_id_of_another_type_is_none() {
        let network = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";
        assert!(VirtualNetworkId::new(network).is_well_formed());
        assert!(!SubnetId::new(network).is_well_formed() && !RouteTableId::new(network).is_well_formed());
        assert!(!ResourceGroupId::new(network).is_well_formed());
        assert!(!VirtualNetworkId::new("v").is_well_formed());
        assert!(ResourceGroupId::new("/subscriptions/s/RESOURCEGROUPS/g").is_well_formed());
        assert!(!ResourceGroupId::new("/subscriptions/s").is_well_formed());
    }

    #[test]
    fn a_group_is_known_by_its_name() {
        let name = ResourceGroupName::new("Web");
        let id = name.in_subscription("0A");
        assert_eq!(id.as_str(), "/subscriptions/0a/resourceGroups/Web");
        assert_eq!(ResourceGroupName::of(&id), name);
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"Web\"");
    }
}
