//! What is refused of one type alone.

use crate::{
    client::{Client, GROUP, NETWORK, subnet},
    samples::{self, reference},
};
use deathstar_arm_server::Settings;
use reqwest::Method;
use serde_json::{Value, json};

fn path(of: &str) -> String {
    format!("{GROUP}/providers/{of}")
}

#[tokio::test]
async fn names_of_storage_accounts_are_of_one_kind_and_taken_once_in_the_world() {
    let client = Client::with_group(Settings::default()).await;
    client.make("/resourceGroups/h", json!({ "location": "westeurope" })).await;
    let account = json!({ "location": "westeurope", "sku": { "name": "Standard_LRS" }, "kind": "StorageV2" });
    let put = async |group: &str, name: &str| {
        client
            .put(&format!("{group}/providers/Microsoft.Storage/storageAccounts/{name}"), account.clone())
            .await
    };
    for name in ["ab", "with-dash", "Upper", "a234567890123456789012345"] {
        assert_eq!(put(GROUP, name).await.refusal(), (400, "AccountNameInvalid"), "{name}");
    }
    assert_eq!(put(GROUP, "mine").await.status, 202);
    assert_eq!(put("/resourceGroups/h", "mine").await.refusal(), (409, "StorageAccountAlreadyTaken"));
    let ask = json!({ "name": "mine", "type": "Microsoft.Storage/storageAccounts" });
    let url = format!(
        "{}{}",
        client.server.url(),
        Client::id("/providers/Microsoft.Storage/checkNameAvailability")
    );
    let answer =
        client.try_call(Method::POST, &(url + "?api-version=2025-08-01"), &[], Some(&ask)).await.unwrap();
    assert_eq!(answer.body["nameAvailable"], false, "{answer:?}");
    let keys =
        client.call(Method::POST, &path("Microsoft.Storage/storageAccounts/mine/listKeys"), &[], None).await;
    assert_eq!(keys.body["keys"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_account_shows_only_when_it_is_made() {
    let client = Client::with_group(Settings::default()).await;
    let account = json!({ "location": "westeurope", "sku": { "name": "Standard_LRS" }, "kind": "StorageV2" });
    let made = client.put(&path("Microsoft.Storage/storageAccounts/mine"), account).await;
    assert_eq!((made.status, &made.body, made.header("azure-asyncoperation")), (202, &Value::Null, ""));
    let result = made.header("location").to_owned();
    assert_eq!(client.look(&result).await.status, 202);
    let end = client.look(&result).await;
    assert_eq!((end.status, &end.body["name"]), (200, &json!("mine")));
}

#[tokio::test]
async fn an_identity_has_at_most_20_credentials_each_of_its_own() {
    let client = Client::with_group(Settings::default()).await;
    let identity = path("Microsoft.ManagedIdentity/userAssignedIdentities/i");
    client.make(&identity, json!({ "location": "westeurope" })).await;
    let put = async |name: &str, subject: &str| {
        let body = json!({ "properties": { "issuer": "https://issuer.example.org", "subject": subject, "audiences": ["a"] } });
        client.put(&format!("{identity}/federatedIdentityCredentials/{name}"), body).await
    };
    assert_eq!(put("one", "s").await.status, 201);
    assert_eq!(put("two", "s").await.refusal(), (409, "Conflict"));
    for index in 1..20 {
        assert_eq!(put(&format!("n{index}"), &index.to_string()).await.status, 201);
    }
    assert_eq!(put("last", "last").await.refusal(), (400, "BadRequest"));
}

#[tokio::test]
async fn a_region_has_one_network_watcher() {
    let client = Client::with_group(Settings::default()).await;
    let put = async |name: &str, location: &str| {
        client
            .put(&path(&format!("Microsoft.Network/networkWatchers/{name}")), json!({ "location": location }))
            .await
    };
    assert_eq!(put("a", "westeurope").await.status, 201);
    assert_eq!(put("b", "westeurope").await.refusal(), (400, "NetworkWatcherCountLimitReached"));
    assert_eq!(put("b", "northeurope").await.status, 201);
}

#[tokio::test]
async fn flow_logs_are_of_networks_and_not_of_security_groups() {
    let client = Client::new(Settings::default());
    let all = samples::all();
    for sample in &all {
        client.make(&sample.path, sample.body.clone()).await;
    }
    let sample = all.iter().find(|sample| sample.kind.ends_with("/flowLogs")).unwrap();
    let mut body = sample.body.clone();
    body["properties"]["targetResourceId"] =
        reference("Microsoft.Network/networkSecurityGroups/sg")["id"].clone();
    let moved = client.put(&sample.path, body.clone()).await;
    assert_eq!(moved.refusal(), (400, "FlowLogTargetResourceIdCannotBeChanged"));
    let other = sample.path.replace("/flows", "/other");
    assert_eq!(client.put(&other, body).await.refusal(), (400, "NsgFlowLogCreationBlocked"));
    let network = client.get(NETWORK).await.body["properties"]["resourceGuid"].clone();
    assert_eq!(client.get(&sample.path).await.body["properties"]["targetResourceGuid"], network);
}

#[tokio::test]
async fn a_route_to_an_appliance_says_which() {
    let client = Client::with_group(Settings::default()).await;
    client.make(&path("Microsoft.Network/routeTables/rt"), json!({ "location": "westeurope" })).await;
    let put = async |properties: Value| {
        client
            .put(&path("Microsoft.Network/routeTables/rt/routes/r"), json!({ "properties": properties }))
            .await
    };
    let route = |hop: &str, address: Option<&str>| json!({ "addressPrefix": "0.0.0.0/0", "nextHopType": hop, "nextHopIpAddress": address });
    assert_eq!(put(route("VirtualAppliance", None)).await.refusal(), (400, "InvalidNextHopIpAddress"));
    assert_eq!(put(route("Internet", Some("10.0.0.4"))).await.refusal(), (400, "InvalidNextHopIpAddress"));
    assert_eq!(put(route("VirtualAppliance", Some("10.0.0.4"))).await.status, 201);
}

#[tokio::test]
async fn the_subnets_of_a_gateway_are_of_one_network() {
    let client = Client::with_network(Settings::default()).await;
    let other = NETWORK.replace("/n", "/m");
    client.make(&other, crate::client::network(&[])).await;
    client.make(&path("Microsoft.Network/natGateways/nat"), json!({ "location": "westeurope" })).await;
    let mut body = subnet("10.0.0.0/24");
    body["properties"]["natGateway"] = reference("Microsoft.Network/natGateways/nat");
    client.make(&format!("{NETWORK}/subnets/a"), body.clone()).await;
    let refused = client.put(&format!("{other}/subnets/a"), body).await;
    assert_eq!(refused.refusal(), (400, "NatGatewayInUseByAnotherVirtualNetwork"));
}

#[tokio::test]
async fn a_zone_is_made_with_its_record_of_authority_and_counts_its_parts() {
    let client = Client::with_group(Settings::default()).await;
    let zone = path("Microsoft.Network/privateDnsZones/example.internal");
    let made = client.put(&zone, json!({ "location": "global" })).await;
    assert_eq!((made.status, &made.body), (202, &Value::Null));
    client.wait(&made).await;
    let record = json!({ "properties": { "aRecords": [{ "ipv4Address": "10.0.0.4" }] } });
    let made = client.put(&format!("{zone}/A/www"), record).await;
    assert_eq!(made.body["properties"]["fqdn"], "www.example.internal.");
    let seen = client.get(&zone).await.body;
    assert_eq!(seen["properties"]["numberOfRecordSets"], 2);
    let all = client.get(&format!("{zone}/ALL")).await.body;
    let names: Vec<_> = all["value"].as_array().unwrap().iter().map(|own| own["name"].clone()).collect();
    assert_eq!(names, ["www", "@"]);
    client.end(&zone).await;
    assert_eq!(client.server.standing().len(), 1);
}

#[tokio::test]
async fn an_object_has_at_most_50_tags() {
    let client = Client::with_network(Settings::default()).await;
    let tags: serde_json::Map<String, Value> =
        (0..51).map(|index| (format!("t{index}"), json!("v"))).collect();
    let path = format!("{NETWORK}/providers/Microsoft.Resources/tags/default");
    let put = client.put(&path, json!({ "properties": { "tags": tags } })).await;
    assert_eq!(put.refusal(), (400, "TooManyTags"));
}

#[tokio::test]
async fn a_patch_merges_where_the_service_merges() {
    let client = Client::new(Settings::default());
    for sample in samples::all() {
        client.make(&sample.path, sample.body).await;
    }
    let patch = async |of: &str, body: Value| client.call(Method::PATCH, &path(of), &[], Some(&body)).await;
    let logs = patch(
        "Microsoft.OperationalInsights/workspaces/logs",
        json!({ "properties": { "retentionInDays": 90 } }),
    )
    .await;
    assert_eq!(logs.body["properties"]["retentionInDays"], 90);
    assert_eq!(logs.body["properties"]["sku"]["name"], "PerGB2018");
    let null = patch("Microsoft.Storage/storageAccounts/samples", json!({ "tags": null })).await;
    assert_eq!(null.body.get("tags"), None);
    let network = patch("Microsoft.Network/virtualNetworks/n", json!({ "properties": {} })).await;
    assert_eq!(network.refusal(), (400, "InvalidRequestContent"));
}
