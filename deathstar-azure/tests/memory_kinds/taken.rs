//! What one alone can have is found before any call.

use crate::{
    declared,
    replaced::{at, group},
    world,
};
use deathstar_azure::{
    Azure,
    id::{
        NetworkSecurityGroupId, NetworkWatcherId, PrivateDnsZoneId, PrivateEndpointId, PublicIpAddressId,
        RouteTableId, StorageAccountId, UserAssignedIdentityId, VirtualNetworkId,
    },
    managed_identity::FederatedIdentityCredential,
    networking::{
        FlowLog, FlowLogTarget, NatGateway, NetworkWatcher, NextHop, PrivateDnsZoneGroup, Protocol, Route,
        SecurityRule,
    },
    private_dns::VirtualNetworkLink,
    storage::{StorageAccount, StorageSku},
};
use deathstar_core::Resource;

/// Whether two specs can be declared together; a conflict names both.
async fn together<R: Resource<Provider = Azure>>(one: R, other: R) -> bool {
    let (engine, memory) = world();
    for spec in [&one, &other] {
        let alone = declared(|stack, azure| drop(stack.add(azure, "alone", spec.clone())));
        engine.plan(&alone).await.expect("each can be declared");
    }
    let before = memory.calls().len();
    let stack = declared(|stack, azure| {
        stack.add(azure, "first", one);
        stack.add(azure, "second", other);
    });
    let planned = engine.plan(&stack).await;
    let Err(error) = planned else { return true };
    let told = error.to_string();
    assert!(told.contains("first") && told.contains("second"), "{told}");
    assert_eq!(memory.calls().len(), before);
    false
}

#[tokio::test]
async fn a_priority_is_one_rules_in_its_direction() {
    let web = |name: &str| {
        NetworkSecurityGroupId::new(at(&format!("Microsoft.Network/networkSecurityGroups/{name}")))
    };
    let inbound = |of, name, priority| SecurityRule::inbound(web(of), name, priority).on(Protocol::Tcp, 443);
    assert!(!together(inbound("web", "a", 100), inbound("web", "b", 100)).await);
    assert!(together(inbound("web", "a", 100), inbound("web", "b", 101)).await);
    assert!(together(inbound("web", "a", 100), inbound("db", "a", 100)).await);
    assert!(together(inbound("web", "a", 100), SecurityRule::outbound(web("web"), "b", 100)).await);
}

#[tokio::test]
async fn a_destination_is_one_routes_in_its_table() {
    let table = || RouteTableId::new(at("Microsoft.Network/routeTables/table"));
    let route = |name: &str, to: &str| {
        Route::new(table(), name, to.parse::<deathstar_core::model::IpCidr>().unwrap(), NextHop::Internet)
    };
    assert!(!together(route("a", "0.0.0.0/0"), route("b", "0.0.0.0/0")).await);
    assert!(together(route("a", "0.0.0.0/0"), route("b", "10.0.0.0/8")).await);
}

#[tokio::test]
async fn a_public_address_is_one_gateways() {
    let address =
        |name: &str| PublicIpAddressId::new(at(&format!("Microsoft.Network/publicIPAddresses/{name}")));
    let gateway =
        |name: &str, of: &str| NatGateway::zone_redundant(group(), name).public_ip_addresses([address(of)]);
    assert!(!together(gateway("a", "one"), gateway("b", "one")).await);
    assert!(together(gateway("a", "one"), gateway("b", "two")).await);
}

#[tokio::test]
async fn a_network_registers_in_one_zone() {
    let zone = |name: &str| PrivateDnsZoneId::new(at(&format!("Microsoft.Network/privateDnsZones/{name}")));
    let link = |of: &str, registers| {
        let network = VirtualNetworkId::new(at("Microsoft.Network/virtualNetworks/net"));
        VirtualNetworkLink::new(zone(of), "link", network).registration_enabled(registers)
    };
    assert!(!together(link("a.internal", true), link("b.internal", true)).await);
    assert!(together(link("a.internal", true), link("b.internal", false)).await);
}

#[tokio::test]
async fn a_name_of_storage_is_unique_in_all_of_azure() {
    let account = |name: &str| StorageAccount::new(group(), name, StorageSku::StandardLrs);
    let elsewhere = StorageAccount::new(
        deathstar_azure::id::ResourceGroupId::new("/subscriptions/s/resourceGroups/other"),
        "shop",
        StorageSku::StandardZrs,
    );
    assert!(!together(account("shop"), elsewhere).await);
    assert!(together(account("shop"), account("other")).await);
}

#[tokio::test]
async fn a_location_has_one_watcher_and_a_target_one_flow_log() {
    let watcher = |name: &str, location: &str| NetworkWatcher::new(group(), name).location(location);
    assert!(!together(watcher("a", "westeurope"), watcher("b", "westeurope")).await);
    assert!(together(watcher("a", "westeurope"), watcher("b", "northeurope")).await);
    let log = |name: &str, network: &str| {
        let network = VirtualNetworkId::new(at(&format!("Microsoft.Network/virtualNetworks/{network}")));
        FlowLog::new(
            NetworkWatcherId::new(at("Microsoft.Network/networkWatchers/w")),
            name,
            FlowLogTarget::VirtualNetwork(network.into()),
            StorageAccountId::new(at("Microsoft.Storage/storageAccounts/a")),
        )
    };
    assert!(!together(log("a", "net"), log("b", "net")).await);
    assert!(together(log("a", "net"), log("b", "other")).await);
}

#[tokio::test]
async fn an_endpoint_has_one_group_of_zones() {
    let group = |endpoint: &str, zone: &str| {
        let endpoint = PrivateEndpointId::new(at(&format!("Microsoft.Network/privateEndpoints/{endpoint}")));
        PrivateDnsZoneGroup::new(
            endpoint,
            PrivateDnsZoneId::new(at(&format!("Microsoft.Network/privateDnsZones/{zone}"))),
        )
    };
    let mut second = group("a", "two");
    "second".clone_into(&mut second.name);
    assert!(!together(group("a", "one"), second).await);
    assert!(together(group("a", "one"), group("b", "one")).await);
}

#[tokio::test]
async fn a_subject_is_told_once_to_an_identity() {
    let credential = |name: &str, account: &str| {
        let identity =
            UserAssignedIdentityId::new(at("Microsoft.ManagedIdentity/userAssignedIdentities/web"));
        let issuer = "https://issuer.example".to_owned();
        FederatedIdentityCredential::service_account(identity, name, issuer, ("shop", account))
    };
    assert!(!together(credential("one", "web"), credential("two", "web")).await);
    assert!(together(credential("one", "web"), credential("two", "api")).await);
}
