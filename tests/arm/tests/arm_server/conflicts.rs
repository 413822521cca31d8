//! Who names whom: what may be named, what is shown of it, and what cannot be deleted for it.

use crate::{
    client::{Client, GROUP, NETWORK, network, subnet},
    samples::{self, reference},
};
use deathstar_arm_server::Settings;
use serde_json::{Value, json};

async fn with_samples() -> Client {
    let client = Client::new(Settings::default());
    for sample in samples::all() {
        client.make(&sample.path, sample.body).await;
    }
    client
}

fn path(of: &str) -> String {
    format!("{GROUP}/providers/{of}")
}

#[tokio::test]
async fn what_is_in_use_cannot_be_deleted() {
    let client = with_samples().await;
    for (of, status, code) in [
        ("Microsoft.Network/networkSecurityGroups/sg", 400, "InUseNetworkSecurityGroupCannotBeDeleted"),
        ("Microsoft.Network/routeTables/rt", 400, "InUseRouteTableCannotBeDeleted"),
        ("Microsoft.Network/natGateways/nat", 400, "InUseNatGatewayCannotBeDeleted"),
        ("Microsoft.Network/publicIPAddresses/address", 400, "PublicIPAddressCannotBeDeleted"),
        ("Microsoft.Network/publicIPPrefixes/prefix", 400, "InUsePublicIpPrefixCannotBeDeleted"),
        ("Microsoft.Network/virtualNetworks/n/subnets/a", 400, "InUseSubnetCannotBeDeleted"),
        ("Microsoft.Network/virtualNetworks/n", 400, "InUseSubnetCannotBeDeleted"),
        ("Microsoft.Network/privateDnsZones/example.internal", 409, "CannotDeleteResource"),
        ("Microsoft.Network/networkWatchers/watcher", 409, "CannotDeleteResource"),
    ] {
        assert_eq!(client.delete(&path(of)).await.refusal(), (status, code), "{of}");
        assert_eq!(client.get(&path(of)).await.status, 200, "{of}");
    }
}

#[tokio::test]
async fn a_document_without_a_subnet_in_use_is_refused() {
    let client = with_samples().await;
    assert_eq!(client.put(NETWORK, network(&[])).await.refusal(), (400, "InUseSubnetCannotBeDeleted"));
    assert_eq!(client.get(&format!("{NETWORK}/subnets/a")).await.status, 200);
}

#[tokio::test]
async fn the_named_shows_who_names_it() {
    let client = with_samples().await;
    let subnet = reference("Microsoft.Network/virtualNetworks/n/subnets/a");
    let shown = async |of: &str, pointer: &str| client.get(&path(of)).await.body.pointer(pointer).cloned();
    for (of, pointer, expected) in [
        ("Microsoft.Network/networkSecurityGroups/sg", "/properties/subnets", json!([subnet])),
        ("Microsoft.Network/routeTables/rt", "/properties/subnets", json!([subnet])),
        ("Microsoft.Network/natGateways/nat", "/properties/subnets", json!([subnet])),
        (
            "Microsoft.Network/publicIPAddresses/address",
            "/properties/natGateway",
            reference("Microsoft.Network/natGateways/nat"),
        ),
        (
            "Microsoft.Network/publicIPPrefixes/prefix",
            "/properties/natGateway",
            reference("Microsoft.Network/natGateways/nat"),
        ),
        (
            "Microsoft.Network/virtualNetworks/n",
            "/properties/subnets/0/properties/privateEndpoints",
            json!([reference("Microsoft.Network/privateEndpoints/pe")]),
        ),
        (
            "Microsoft.Network/virtualNetworks/n",
            "/properties/flowLogs",
            json!([reference("Microsoft.Network/networkWatchers/watcher/flowLogs/flows")]),
        ),
    ] {
        assert_eq!(shown(of, pointer).await, Some(expected), "{of}");
    }
    client.end(&path("Microsoft.Network/privateEndpoints/pe")).await;
    client.end(&format!("{NETWORK}/subnets/a")).await;
    assert_eq!(shown("Microsoft.Network/natGateways/nat", "/properties/subnets").await, None);
}

#[tokio::test]
async fn what_was_seen_can_be_sent_again() {
    let client = with_samples().await;
    for of in [
        "Microsoft.Network/virtualNetworks/n",
        "Microsoft.Network/networkSecurityGroups/sg",
        "Microsoft.Network/routeTables/rt",
    ] {
        let seen = client.get(&path(of)).await.body;
        let again = client.make(&path(of), seen.clone()).await.body;
        let bare = |document: &Value| document.to_string().split("etag").count();
        assert_eq!(bare(&seen), bare(&again), "{of}");
        assert_eq!(again["properties"]["subnets"].as_array().map(Vec::len), Some(1), "{of}");
    }
}

#[tokio::test]
async fn links_and_flow_logs_go_with_their_network() {
    let client = with_samples().await;
    client.end(&path("Microsoft.Network/privateEndpoints/pe")).await;
    client.end(NETWORK).await;
    for of in [
        "Microsoft.Network/privateDnsZones/example.internal/virtualNetworkLinks/l",
        "Microsoft.Network/networkWatchers/watcher/flowLogs/flows",
    ] {
        assert_eq!(client.get(&path(of)).await.status, 404, "{of}");
    }
}

#[tokio::test]
async fn what_is_named_has_to_be_there_and_ready() {
    let client = Client::with_network(Settings::default()).await;
    let group = path("Microsoft.Network/networkSecurityGroups/sg");
    let mut with_group = subnet("10.0.0.0/24");
    with_group["properties"]["networkSecurityGroup"] =
        reference("Microsoft.Network/networkSecurityGroups/sg");
    let subnet = format!("{NETWORK}/subnets/a");
    assert_eq!(client.put(&subnet, with_group.clone()).await.refusal(), (400, "InvalidResourceReference"));
    let elsewhere = client.put(&group, json!({ "location": "northeurope" })).await;
    client.wait(&elsewhere).await;
    assert_eq!(client.put(&subnet, with_group.clone()).await.refusal(), (400, "InvalidResourceReference"));
    client.end(&group).await;
    client.put(&group, json!({ "location": "westeurope" })).await;
    assert_eq!(
        client.put(&subnet, with_group.clone()).await.refusal(),
        (409, "ReferencedResourceNotProvisioned")
    );
    while client.get(&group).await.state() != "Succeeded" {}
    client.make(&subnet, with_group).await;
}

#[tokio::test]
async fn a_group_that_holds_what_others_need_stays() {
    let client = Client::with_network(Settings::default()).await;
    client.make("/resourceGroups/h", json!({ "location": "westeurope" })).await;
    let group = "/resourceGroups/h/providers/Microsoft.Network/networkSecurityGroups/sg";
    client.make(group, json!({ "location": "westeurope" })).await;
    let mut with_group = subnet("10.0.0.0/24");
    with_group["properties"]["networkSecurityGroup"] = json!({ "id": Client::id(group) });
    client.make(&format!("{NETWORK}/subnets/a"), with_group).await;
    let gone = client.delete("/resourceGroups/h").await;
    let end = client.wait(&gone).await;
    assert_eq!(end["error"]["code"], "ResourceGroupDeletionBlocked");
    assert_eq!(client.get(group).await.state(), "Succeeded");
    client.end(&format!("{NETWORK}/subnets/a")).await;
    client.end("/resourceGroups/h").await;
}

#[tokio::test]
async fn rules_of_one_direction_have_priorities_of_their_own() {
    let client = Client::with_group(Settings::default()).await;
    let group = path("Microsoft.Network/networkSecurityGroups/sg");
    client.make(&group, json!({ "location": "westeurope" })).await;
    let rule = |direction: &str, priority: u32| json!({ "properties": { "protocol": "*", "access": "Allow", "direction": direction, "priority": priority } });
    client.make(&format!("{group}/securityRules/a"), rule("Inbound", 100)).await;
    client.make(&format!("{group}/securityRules/b"), rule("Outbound", 100)).await;
    let put = async |body: Value| client.put(&format!("{group}/securityRules/c"), body).await;
    assert_eq!(put(rule("Inbound", 100)).await.refusal(), (400, "SecurityRuleConflict"));
    assert_eq!(put(rule("Inbound", 99)).await.refusal(), (400, "SecurityRuleInvalidPriority"));
    assert_eq!(put(json!({ "properties": {} })).await.refusal(), (400, "InvalidRequestContent"));
    let defaults =
        client.get(&group).await.body["properties"]["defaultSecurityRules"].as_array().unwrap().len();
    assert_eq!(defaults, 6);
}

#[tokio::test]
async fn a_gateway_and_its_addresses_fit() {
    let client = Client::with_group(Settings::default()).await;
    let put = async |of: &str, sku: &str, zones: Value, properties: Value| {
        let body = json!({ "location": "westeurope", "sku": { "name": sku }, "zones": zones, "properties": properties });
        let answer = client.put(&path(of), body).await;
        client.wait(&answer).await;
        (answer.status, answer.code().to_owned())
    };
    let fixed = || json!({ "publicIPAllocationMethod": "Static" });
    let address = |name: &str| json!({ "publicIpAddresses": [reference(&format!("Microsoft.Network/publicIPAddresses/{name}"))] });
    let gateway = "Microsoft.Network/natGateways/nat";
    let made = (201, String::new());
    let refused = |code: &str| (400, code.to_owned());
    assert_eq!(
        put("Microsoft.Network/publicIPAddresses/b", "Basic", json!([]), fixed()).await,
        refused("BasicSkuPublicIpRetired")
    );
    let dynamic = put("Microsoft.Network/publicIPAddresses/b", "Standard", json!([]), json!({})).await;
    assert_eq!(dynamic, refused("PublicIPAllocationMethodMustBeStaticForStandardSku"));
    assert_eq!(put("Microsoft.Network/publicIPAddresses/two", "Standard", json!(["2"]), fixed()).await, made);
    assert_eq!(put("Microsoft.Network/publicIPAddresses/all", "StandardV2", json!([]), fixed()).await, made);
    assert_eq!(
        put(gateway, "Standard", json!(["1"]), address("two")).await,
        refused("NatGatewayPublicIpZoneMismatch")
    );
    assert_eq!(
        put(gateway, "Standard", json!(["1", "2"]), json!({})).await,
        refused("NatGatewayZonesNotSupported")
    );
    assert_eq!(
        put(gateway, "Standard", json!(["4"]), json!({})).await,
        refused("AvailabilityZoneNotSupported")
    );
    assert_eq!(
        put(gateway, "Standard", json!([]), address("all")).await,
        refused("NatGatewayPublicIpSkuMismatch")
    );
    assert_eq!(put(gateway, "StandardV2", json!([]), address("all")).await, made);
    assert_eq!(
        put(gateway, "StandardV2", json!(["1"]), address("all")).await,
        refused("ResourceAvailabilityZonesCannotBeModified")
    );
    assert_eq!(put(gateway, "Standard", json!([]), address("two")).await, refused("SkuCannotBeChanged"));
    let other = put("Microsoft.Network/natGateways/other", "StandardV2", json!([]), address("all")).await;
    assert_eq!(other, refused("PublicIPAddressInUse"));
}

#[tokio::test]
async fn a_network_is_linked_once_to_zones_of_one_name() {
    let client = with_samples().await;
    let link = json!({ "location": "global", "properties": { "virtualNetwork": reference("Microsoft.Network/virtualNetworks/n") } });
    let again = path("Microsoft.Network/privateDnsZones/example.internal/virtualNetworkLinks/again");
    assert_eq!(client.put(&again, link.clone()).await.refusal(), (409, "Conflict"));
    client.make("/resourceGroups/h", json!({ "location": "westeurope" })).await;
    let zone = "/resourceGroups/h/providers/Microsoft.Network/privateDnsZones/example.internal";
    client.make(zone, json!({ "location": "global" })).await;
    assert_eq!(
        client.put(&format!("{zone}/virtualNetworkLinks/l"), link).await.refusal(),
        (400, "BadRequest")
    );
}
