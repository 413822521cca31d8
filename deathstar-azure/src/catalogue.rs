//! Everything of this crate that can be driven.

use crate::{
    authorization::{HasRole, RoleAssignment},
    managed_identity::{FederatedIdentityCredential, UserAssignedIdentity},
    network::VnetLookup,
    networking::{
        ApplicationSecurityGroup, FlowLog, NatGateway, NetworkSecurityGroup, NetworkWatcher,
        NetworkWatcherLookup, PrivateDnsZoneGroup, PrivateEndpoint, PublicIpAddress, PublicIpPrefix, Route,
        RouteTable, SecurityRule, Subnet, VirtualNetwork,
    },
    operational_insights::Workspace,
    private_dns::{PrivateDnsZone, RecordSet, VirtualNetworkLink},
    resources::ResourceGroup,
    storage::StorageAccount,
};
use deathstar_core::Catalogue;

deathstar_core::catalogue! {
    /// [`Credentials::catalogue`](crate::Credentials::catalogue) adds the way to Azure.
    client: crate::Client;
    begin: Catalogue::new();
    kinds:
        ResourceGroup, VirtualNetwork, Subnet, NetworkSecurityGroup, SecurityRule, ApplicationSecurityGroup,
        RouteTable, Route, NatGateway, PublicIpAddress, PublicIpPrefix, PrivateEndpoint,
        PrivateDnsZoneGroup, NetworkWatcher, FlowLog, PrivateDnsZone, VirtualNetworkLink, RecordSet,
        UserAssignedIdentity, FederatedIdentityCredential, RoleAssignment, Workspace, StorageAccount;
    facts: NetworkWatcherLookup, HasRole, VnetLookup;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_there() {
        let text = format!("{:?}", kinds());
        for family in [
            "azure.authorization.has-role",
            "azure.authorization.role-assignment",
            "azure.managed-identity.federated-identity-credential",
            "azure.managed-identity.user-assigned-identity",
            "azure.network.application-security-group",
            "azure.network.existing-vnet",
            "azure.network.flow-log",
            "azure.network.nat-gateway",
            "azure.network.network-security-group",
            "azure.network.network-watcher",
            "azure.network.network-watcher-of-location",
            "azure.network.private-dns-zone-group",
            "azure.network.private-endpoint",
            "azure.network.public-ip-address",
            "azure.network.public-ip-prefix",
            "azure.network.route",
            "azure.network.route-table",
            "azure.network.security-rule",
            "azure.network.subnet",
            "azure.network.virtual-network",
            "azure.operational-insights.workspace",
            "azure.private-dns.record-set",
            "azure.private-dns.virtual-network-link",
            "azure.private-dns.zone",
            "azure.resources.resource-group",
            "azure.storage.account",
        ] {
            assert!(text.contains(&format!("\"{family}\"")), "{family} in {text}");
        }
    }
}
