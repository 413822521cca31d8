//! What extends other objects: role assignments and tags.

use crate::{
    client::{Client, GROUP, NETWORK},
    samples::{PRINCIPAL, ROLE},
};
use deathstar_arm_server::Settings;
use reqwest::Method;
use serde_json::{Value, json};

const IDENTITY: &str = "/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";

fn assignment(principal: &Value, kind: Option<&str>) -> Value {
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{ROLE}");
    json!({ "properties": { "principalId": principal, "roleDefinitionId": role, "principalType": kind } })
}

fn at(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
}

#[tokio::test]
async fn a_new_principal_is_not_known_everywhere_at_once() {
    let client = Client::with_group(Settings::default().replication(2)).await;
    let identity = client.make(IDENTITY, json!({ "location": "westeurope" })).await.body;
    let principal = &identity["properties"]["principalId"];
    let put = async |name: &str, kind| client.put(&at(GROUP, name), assignment(principal, kind)).await;
    assert_eq!(put("a", None).await.refusal(), (400, "PrincipalNotFound"));
    assert_eq!(put("a", Some("User")).await.refusal(), (400, "UnmatchedPrincipalType"));
    assert_eq!(put("b", Some("ServicePrincipal")).await.status, 201, "who says what it is need not wait");
    client.end(&at(GROUP, "b")).await;
    assert_eq!(put("a", None).await.refusal(), (400, "PrincipalNotFound"));
    assert_eq!(put("a", None).await.status, 201);
    assert_eq!(
        client.put(&at(GROUP, "c"), assignment(&json!(PRINCIPAL), None)).await.refusal(),
        (400, "PrincipalNotFound")
    );
}

#[tokio::test]
async fn nobody_has_a_role_twice_in_one_place() {
    let client = Client::with_network(Settings::default()).await;
    let one = assignment(&json!(PRINCIPAL), Some("ServicePrincipal"));
    let made = client.put(&at(GROUP, "a"), one.clone()).await;
    assert_eq!(made.status, 201);
    let role = made.body["properties"]["roleDefinitionId"].as_str().unwrap();
    assert_eq!(role, Client::id(&format!("/providers/Microsoft.Authorization/roleDefinitions/{ROLE}")));
    assert_eq!(made.body["properties"]["scope"], Client::id(GROUP));
    assert_eq!(client.put(&at(GROUP, "a"), one.clone()).await.status, 200);
    assert_eq!(client.put(&at(GROUP, "b"), one.clone()).await.refusal(), (409, "RoleAssignmentExists"));
    assert_eq!(client.put(&at(NETWORK, "b"), one.clone()).await.status, 201);
    let other = assignment(&json!("66666666-6666-4666-8666-666666666666"), Some("ServicePrincipal"));
    assert_eq!(client.put(&at(GROUP, "a"), other).await.refusal(), (400, "RoleAssignmentUpdateNotPermitted"));
    let mut unknown = one.clone();
    unknown["properties"]["roleDefinitionId"] =
        json!("/providers/Microsoft.Authorization/roleDefinitions/none");
    assert_eq!(client.put(&at(GROUP, "c"), unknown).await.refusal(), (404, "RoleDefinitionDoesNotExist"));
    let nowhere = at(&NETWORK.replace("/n", "/none"), "d");
    assert_eq!(client.put(&nowhere, one).await.status, 404);
    assert_eq!(client.delete(&at(GROUP, "none")).await.status, 204);
}

#[tokio::test]
async fn assignments_are_listed_around_a_scope() {
    let client = Client::with_network(Settings::default()).await;
    let one = assignment(&json!(PRINCIPAL), Some("ServicePrincipal"));
    for scope in ["", GROUP, NETWORK] {
        assert_eq!(client.put(&at(scope, "a"), one.clone()).await.status, 201);
    }
    let count = async |scope: &str, filter: &str| {
        let url = client.url(&format!("{scope}/providers/Microsoft.Authorization/roleAssignments")) + filter;
        client.look(&url).await.body["value"].as_array().unwrap().len()
    };
    assert_eq!(count(GROUP, "").await, 3, "above, here and below");
    assert_eq!(count(GROUP, "&$filter=atScope()").await, 2, "above and here");
    assert_eq!(count(NETWORK, "&$filter=principalId%20eq%20%27nobody%27").await, 0);
    assert_eq!(count(NETWORK, &format!("&$filter=principalId%20eq%20%27{PRINCIPAL}%27")).await, 3);
    let roles = client.url("/providers/Microsoft.Authorization/roleDefinitions")
        + "&$filter=roleName%20eq%20%27Reader%27";
    assert_eq!(client.look(&roles).await.body["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn tags_can_be_changed_alone() {
    let client = Client::with_network(Settings::default()).await;
    let own_tags = format!("{NETWORK}/providers/Microsoft.Resources/tags/default");
    let patch = async |operation: &str, tags: Value| {
        let body = json!({ "operation": operation, "properties": { "tags": tags } });
        let answer = client.call(Method::PATCH, &own_tags, &[], Some(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        client.get(NETWORK).await.body["tags"].clone()
    };
    assert_eq!(patch("Merge", json!({ "a": "1", "b": "2" })).await, json!({ "a": "1", "b": "2" }));
    assert_eq!(patch("Merge", json!({ "b": "3" })).await, json!({ "a": "1", "b": "3" }));
    assert_eq!(patch("Delete", json!({ "a": "1", "b": "other" })).await, json!({ "b": "3" }));
    assert_eq!(patch("Replace", json!({ "c": "4" })).await, json!({ "c": "4" }));
    assert_eq!(
        client.put(&own_tags, json!({ "properties": { "tags": { "d": "5" } } })).await.body["properties"]["tags"]
            ["d"],
        "5"
    );
    let own = client.call(Method::PATCH, NETWORK, &[], Some(&json!({ "tags": { "e": "6" } }))).await;
    assert_eq!(own.body["tags"], json!({ "e": "6" }), "a PATCH of the network itself replaces them");
    client.put(NETWORK, crate::client::network(&[])).await;
    let busy = client.put(&own_tags, json!({ "properties": { "tags": {} } })).await;
    assert_eq!(busy.refusal(), (409, "AnotherOperationInProgress"));
    client.settled(NETWORK).await;
    let subnet = format!("{NETWORK}/subnets/a/providers/Microsoft.Resources/tags/default");
    client.make(&format!("{NETWORK}/subnets/a"), crate::client::subnet("10.0.0.0/24")).await;
    assert_eq!(client.get(&subnet).await.refusal(), (400, "ResourceTypeNotSupportTags"));
}

#[tokio::test]
async fn calls_tell_the_permissions_that_they_need() {
    let client = Client::new(Settings::default());
    for sample in crate::samples::all() {
        client.make(&sample.path, sample.body).await;
    }
    let needed = client.server.calls().permissions();
    for permission in [
        "Microsoft.Network/virtualNetworks/write",
        "Microsoft.Network/virtualNetworks/read",
        "Microsoft.Network/networkSecurityGroups/join/action",
        "Microsoft.Network/publicIPAddresses/join/action",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
        "Microsoft.Network/virtualNetworks/join/action",
        "Microsoft.Network/privateDnsZones/join/action",
        "Microsoft.Authorization/roleAssignments/write",
    ] {
        assert!(needed.contains(permission), "{permission}: {needed:#?}");
    }
}
