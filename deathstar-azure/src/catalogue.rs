//! Everything of this crate that can be driven.

use crate::{
    network::VnetLookup,
    networking::{
        ApplicationSecurityGroup, FlowLog, NatGateway, NetworkSecurityGroup, NetworkWatcher,
        NetworkWatcherLookup, PrivateDnsZoneGroup, PrivateEndpoint, PublicIpAddress, PublicIpPrefix, Route,
        RouteTable, SecurityRule, Subnet, VirtualNetwork,
    },
    private_dns::{PrivateDnsZone, RecordSet, VirtualNetworkLink},
    resources::ResourceGroup,
};
use deathstar_core::Catalogue;

/// Lists all kinds and facts of this crate, for a macro that adds them.
macro_rules! everything {
    ($add:ident) => {
        $add! {
            kinds:
                ResourceGroup, VirtualNetwork, Subnet, NetworkSecurityGroup, SecurityRule, ApplicationSecurityGroup,
                RouteTable, Route, NatGateway, PublicIpAddress, PublicIpPrefix, PrivateEndpoint, PrivateDnsZoneGroup,
                NetworkWatcher, FlowLog, PrivateDnsZone, VirtualNetworkLink, RecordSet;
            facts: NetworkWatcherLookup, VnetLookup
        }
    };
}

/// Everything of this crate that can be driven, declared or not: its kinds and facts, without calls.
pub fn kinds() -> Catalogue {
    macro_rules! add {
        (kinds: $($kind:ty),* ; facts: $($fact:ty),*) => {
            Catalogue::new()$(.kind::<$kind>())*$(.fact::<$fact>())*
        };
    }
    everything!(add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_there() {
        let text = format!("{:?}", kinds());
        for family in [
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
            "azure.private-dns.record-set",
            "azure.private-dns.virtual-network-link",
            "azure.private-dns.zone",
            "azure.resources.resource-group",
        ] {
            assert!(text.contains(&format!("\"{family}\"")), "{family} in {text}");
        }
    }
}
