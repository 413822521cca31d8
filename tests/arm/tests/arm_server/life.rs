//! Objects from their first call to their last.

use crate::client::{Client, GROUP, NETWORK, network, subnet};
use deathstar_arm_server::{Pace, SUBSCRIPTION, Settings};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_network_lives() {
    let client = Client::with_group(Settings::default().pace(Pace::Looks(2))).await;
    let made = client.put(NETWORK, network(&[("a", "10.0.0.0/24")])).await;
    assert_eq!((made.status, made.state()), (201, "Updating"));
    assert_eq!(made.header("retry-after"), "0");
    let operation = made.header("azure-asyncoperation").to_owned();
    for expected in ["InProgress", "InProgress", "Succeeded", "Succeeded"] {
        assert_eq!(client.look(&operation).await.body["status"], expected);
    }
    let seen = client.get(NETWORK).await;
    assert_eq!(seen.state(), "Succeeded");
    assert_eq!(seen.body["id"], Client::id(NETWORK));
    assert_eq!(seen.body["type"], "Microsoft.Network/virtualNetworks");
    assert_eq!(seen.body["etag"], seen.header("etag"));
    assert_ne!(seen.body["etag"], made.body["etag"], "the end of an operation is a change");
    let subnets = seen.body["properties"]["subnets"].as_array().unwrap();
    assert_eq!(subnets.len(), 1);
    assert_eq!(subnets[0]["id"], Client::id(&format!("{NETWORK}/subnets/a")));
    assert_eq!(subnets[0]["properties"]["addressPrefix"], "10.0.0.0/24");

    let again = client.put(NETWORK, network(&[("a", "10.0.0.0/24")])).await;
    assert_eq!(again.status, 200);
    client.wait(&again).await;
    let gone = client.delete(NETWORK).await;
    assert_eq!(gone.status, 202);
    assert_eq!(client.get(NETWORK).await.state(), "Deleting");
    let result = gone.header("location").to_owned();
    assert_eq!(client.look(&result).await.status, 202);
    assert_eq!(client.look(&result).await.status, 204);
    assert_eq!(client.get(NETWORK).await.refusal(), (404, "ResourceNotFound"));
    assert_eq!(client.delete(NETWORK).await.status, 204);
    assert_eq!(client.server.standing().len(), 1);
}

#[tokio::test]
async fn a_look_at_the_object_is_a_look_at_its_operation() {
    let client = Client::with_group(Settings::default()).await;
    client.put(NETWORK, network(&[])).await;
    assert_eq!(client.get(NETWORK).await.state(), "Updating");
    assert_eq!(client.get(NETWORK).await.state(), "Succeeded");
}

#[tokio::test]
async fn time_passes_when_the_test_says_so() {
    let client = Client::with_group(Settings::default().pace(Pace::Time(Duration::from_mins(1)))).await;
    let made = client.put(NETWORK, network(&[])).await;
    let operation = made.header("azure-asyncoperation").to_owned();
    client.server.advance(Duration::from_secs(59));
    for _ in 0..3 {
        assert_eq!(client.look(&operation).await.body["status"], "InProgress");
    }
    client.server.advance(Duration::from_secs(1));
    assert_eq!(client.look(&operation).await.body["status"], "Succeeded");
}

#[tokio::test]
async fn subnets_are_parts_of_their_network() {
    let client = Client::with_network(Settings::default()).await;
    let path = format!("{NETWORK}/subnets/a");
    let made = client.make(&path, subnet("10.0.1.0/24")).await;
    assert_eq!(made.body["type"], "Microsoft.Network/virtualNetworks/subnets");
    assert_eq!(made.body.get("location"), None);
    let seen = client.get(NETWORK).await.body;
    assert_eq!(seen["properties"]["subnets"][0], made.body);
    let list = client.get(&format!("{NETWORK}/subnets")).await.body;
    assert_eq!(list["value"][0], made.body);
    // A document of the network says what subnets there are.
    let answer = client.put(NETWORK, network(&[("b", "10.0.2.0/24")])).await;
    client.wait(&answer).await;
    assert_eq!(client.get(&path).await.refusal(), (404, "NotFound"));
    client.end(&format!("{NETWORK}/subnets/b")).await;
    assert_eq!(client.get(NETWORK).await.body["properties"]["subnets"], json!([]));
}

#[tokio::test]
async fn a_network_that_does_not_speak_of_subnets_has_none_unless_the_settings_say_otherwise() {
    for (settings, left) in [(Settings::default(), 0), (Settings::default().absent_subnets_stay(), 1)] {
        let client = Client::with_group(settings).await;
        client.make(NETWORK, network(&[("a", "10.0.0.0/24")])).await;
        let mut without = network(&[]);
        without["properties"].as_object_mut().unwrap().remove("subnets");
        let seen = client.make(NETWORK, without).await.body;
        assert_eq!(seen["properties"]["subnets"].as_array().unwrap().len(), left);
    }
}

#[tokio::test]
async fn subnets_lie_in_their_network_and_on_no_other() {
    let client = Client::with_network(Settings::default()).await;
    client.make(&format!("{NETWORK}/subnets/a"), subnet("10.0.0.0/24")).await;
    for (range, code) in [
        ("10.1.0.0/24", "NetcfgInvalidSubnet"),
        ("10.0.0.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.0.1.1/24", "InvalidCIDRNotation"),
        ("ten", "InvalidAddressPrefixFormat"),
    ] {
        assert_eq!(
            client.put(&format!("{NETWORK}/subnets/b"), subnet(range)).await.refusal(),
            (400, code),
            "{range}"
        );
    }
    let both = client.put(NETWORK, network(&[("a", "10.0.0.0/24"), ("b", "10.0.0.0/25")])).await;
    assert_eq!(both.refusal(), (400, "NetcfgSubnetRangesOverlap"));
    let left: Vec<_> = client.server.standing().into_iter().map(|own| own.id).collect();
    assert_eq!(left.len(), 3, "what is refused leaves no trace: {left:?}");
}

#[tokio::test]
async fn a_second_write_waits_for_the_first() {
    let client = Client::with_network(Settings::default().pace(Pace::Looks(1))).await;
    let first = client.put(&format!("{NETWORK}/subnets/a"), subnet("10.0.0.0/24")).await;
    assert_eq!(first.status, 201);
    let second = client.put(&format!("{NETWORK}/subnets/b"), subnet("10.0.1.0/24")).await;
    assert_eq!(second.refusal(), (409, "AnotherOperationInProgress"));
    // What is refused counts as a look, so that who repeats comes through.
    assert_eq!(client.put(NETWORK, network(&[])).await.refusal(), (409, "AnotherOperationInProgress"));
    assert_eq!(client.put(&format!("{NETWORK}/subnets/b"), subnet("10.0.1.0/24")).await.status, 201);
}

#[tokio::test]
async fn a_group_takes_everything_with_it() {
    let client = Client::with_group(Settings::default()).await;
    client.make(NETWORK, network(&[("a", "10.0.0.0/24")])).await;
    let gone = client.delete(GROUP).await;
    assert_eq!((gone.status, gone.header("azure-asyncoperation")), (202, ""));
    let result = gone.header("location").to_owned();
    assert_eq!(client.put(NETWORK, network(&[])).await.refusal(), (409, "ResourceGroupBeingDeleted"));
    assert_eq!(client.look(&result).await.status, 202);
    assert_eq!(client.look(&result).await.status, 200);
    assert_eq!(client.get(NETWORK).await.refusal(), (404, "ResourceGroupNotFound"));
    assert_eq!(client.delete(GROUP).await.refusal(), (404, "ResourceGroupNotFound"));
    assert!(client.server.standing().is_empty());
}

#[tokio::test]
async fn what_stands_in_nothing_is_refused() {
    let client = Client::new(Settings::default());
    assert_eq!(client.put(NETWORK, network(&[])).await.refusal(), (404, "ResourceGroupNotFound"));
    client.make(GROUP, json!({ "location": "West Europe" })).await;
    let subnet = client.put(&format!("{NETWORK}/subnets/a"), subnet("10.0.0.0/24")).await;
    assert_eq!(subnet.refusal(), (404, "ParentResourceNotFound"));
    assert_eq!(client.get(&format!("{NETWORK}/subnets/a")).await.refusal(), (404, "ResourceNotFound"));
    assert_eq!(client.get(GROUP).await.body["location"], "westeurope");
}

#[tokio::test]
async fn a_place_is_for_life() {
    let client = Client::with_network(Settings::default()).await;
    let mut elsewhere = network(&[]);
    elsewhere["location"] = json!("northeurope");
    assert_eq!(client.put(NETWORK, elsewhere).await.refusal(), (409, "InvalidResourceLocation"));
    let group = client.put(GROUP, json!({ "location": "northeurope" })).await;
    assert_eq!(group.refusal(), (409, "InvalidResourceGroupLocation"));
    let nowhere = client.put("/resourceGroups/h", json!({ "location": "atlantis" })).await;
    assert_eq!(nowhere.refusal(), (400, "LocationNotAvailableForResourceType"));
    assert_eq!(client.put("/resourceGroups/h", json!({})).await.refusal(), (400, "LocationRequired"));
}

#[tokio::test]
async fn entity_tags_guard_writes() {
    let client = Client::with_network(Settings::default()).await;
    let seen = client.get(NETWORK).await;
    let guarded = async |name: &str, value: &str| {
        let answer = client.call(Method::PUT, NETWORK, &[(name, value)], Some(&network(&[]))).await;
        client.wait(&answer).await;
        answer.status
    };
    assert_eq!(guarded("if-none-match", "*").await, 412);
    assert_eq!(guarded("if-match", "W/\"other\"").await, 412);
    assert_eq!(guarded("if-match", seen.header("etag")).await, 200);
    assert_eq!(guarded("if-match", seen.header("etag")).await, 412, "it has changed");
    assert_eq!(guarded("if-match", "*").await, 200);
}

#[tokio::test]
async fn names_have_no_case_and_keep_their_spelling() {
    let client = Client::with_network(Settings::default()).await;
    let shouted = client.get(&NETWORK.to_uppercase()).await;
    assert_eq!(shouted.body["id"], Client::id(NETWORK));
    let again = client.put(&NETWORK.to_uppercase(), network(&[])).await;
    assert_eq!((again.status, &again.body["id"]), (200, &json!(Client::id(NETWORK))));
}

#[tokio::test]
async fn identifiers_can_be_answered_in_lower_case() {
    let client = Client::with_network(Settings::default().lower_case()).await;
    let id = client.get(NETWORK).await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(id, Client::id(NETWORK).to_ascii_lowercase());
}

#[tokio::test]
async fn lists_come_in_pages() {
    let client = Client::with_network(Settings::default().page(2)).await;
    for index in 0..5 {
        client.make(&format!("{NETWORK}/subnets/s{index}"), subnet(&format!("10.0.{index}.0/24"))).await;
    }
    let mut url = client.url(&format!("{NETWORK}/subnets"));
    let mut pages = vec![];
    loop {
        let page = client.look(&url).await.body;
        pages.push(page["value"].as_array().unwrap().len());
        let Some(next) = page["nextLink"].as_str() else { break };
        next.clone_into(&mut url);
    }
    assert_eq!(pages, [2, 2, 1]);
    let networks = client.get("/providers/Microsoft.Network/virtualNetworks").await.body;
    assert_eq!(networks["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_subscription_tells_who_it_is() {
    let client = Client::with_network(Settings::default()).await;
    let own = client.get("").await.body;
    assert_eq!(own["tenantId"], deathstar_arm_server::TENANT);
    let locations = client.get("/locations").await.body;
    assert_eq!(locations["value"][0]["availabilityZoneMappings"].as_array().unwrap().len(), 3);
    let other = client.server.url().to_owned() + "/subscriptions/other?api-version=2022-12-01";
    assert_eq!(client.look(&other).await.refusal(), (404, "SubscriptionNotFound"));
    let resources = client.get("/resources").await.body;
    assert_eq!(resources["value"][0]["id"], Client::id(NETWORK));
    assert_eq!(resources["value"][0].get("properties"), None);
    assert!(own["id"].as_str().unwrap().ends_with(SUBSCRIPTION));
}

#[tokio::test]
async fn an_unregistered_provider_has_to_be_registered() {
    let client = Client::with_group(Settings::default().unregistered("Microsoft.Network")).await;
    let state = async || client.get("/providers/Microsoft.Network").await.body["registrationState"].clone();
    assert_eq!(client.put(NETWORK, network(&[])).await.refusal(), (409, "MissingSubscriptionRegistration"));
    assert_eq!(state().await, "NotRegistered");
    let asked = client.call(Method::POST, "/providers/Microsoft.Network/register", &[], None).await;
    assert_eq!(asked.body["registrationState"], "Registering");
    assert_eq!(state().await, "Registered");
    client.make(NETWORK, network(&[])).await;
}

#[tokio::test]
async fn who_has_no_token_for_azure_resource_manager_is_refused() {
    let client = Client::new(Settings::default());
    let ask = async |token: &str| {
        let request = reqwest::Client::new().get(client.url("/locations")).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    let token = deathstar_arm_server::token;
    assert_eq!(ask(&token("https://management.azure.com/.default", deathstar_arm_server::TENANT)).await, 200);
    assert_eq!(ask(&token("https://graph.microsoft.com/.default", deathstar_arm_server::TENANT)).await, 401);
    assert_eq!(ask(&token("https://management.azure.com/.default", "other")).await, 401);
    assert_eq!(ask("secret").await, 401);
    let calls = client.server.calls();
    let told = calls.iter().any(|call| call.headers.contains_key("authorization"));
    assert!(!told, "records hold no credentials");
}

#[tokio::test]
async fn what_is_not_served_is_told_to_the_test() {
    let client = Client::with_group(Settings::default()).await;
    assert_eq!(client.get(&format!("{GROUP}/providers/Microsoft.Web/sites/s")).await.status, 404);
    let url = client.url(NETWORK).replace("2025-07-01", "2001-01-01");
    assert_eq!(client.look(&url).await.refusal(), (400, "NoRegisteredProviderFound"));
    let without = client.url(NETWORK).split('?').next().unwrap().to_owned();
    assert_eq!(client.look(&without).await.refusal(), (400, "MissingApiVersionParameter"));
    let told = client.server.take_violations();
    assert_eq!(told.len(), 3, "{told:?}");
}
