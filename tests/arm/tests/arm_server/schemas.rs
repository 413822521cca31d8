//! The first judge: Microsoft's descriptions of types, beside the clone.
//!
//! It cannot show that the service behaves so, nor that it shows all of what it may show; what is not described (tags as an object,
//! subscriptions, operations, errors) is not judged.

use crate::{client::Client, counterpart::beside, every_type};
use deathstar_arm_server::{Calls, Schemas, Settings};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// The descriptions, read once.
fn schemas() -> Option<Arc<Schemas>> {
    static ALL: LazyLock<Option<Arc<Schemas>>> = LazyLock::new(|| {
        let directory = beside("azure")?;
        Some(Arc::new(Schemas::read(&directory, &Schemas::SERVED).unwrap()))
    });
    ALL.clone()
}

#[tokio::test]
async fn every_document_of_a_life_fits_its_description() {
    let Some(schemas) = schemas() else { return };
    // By the record of a server that knows no descriptions, and by one that does.
    let calls = every_type::live(Settings::default()).await.server.calls();
    assert_eq!(schemas.judge(&calls), Vec::<String>::new());
    assert!(schemas.judged(&calls) > 150, "{}", schemas.judged(&calls));
    every_type::live(Settings::default().schemas(&schemas)).await;
}

/// The findings about calls, of which a document was changed.
fn planted(schemas: &Schemas, calls: &Calls, method: &str, kind: &str, edit: impl Fn(&mut Value)) -> usize {
    let mut record = calls.to_json();
    let mut all = record.as_array_mut().unwrap().iter_mut();
    let call =
        all.find(|call| call["method"] == method && call["kind"] == kind && call["one"] == true).unwrap();
    edit(call);
    let calls: Calls = serde_json::from_value(record).unwrap();
    schemas.judge(&calls).len()
}

#[tokio::test]
async fn planted_mistakes_are_found() {
    let Some(schemas) = schemas() else { return };
    let calls = every_type::live(Settings::default()).await.server.calls();
    let network = "Microsoft.Network/virtualNetworks";
    let rule = "Microsoft.Network/networkSecurityGroups/securityRules";
    let found = |method: &str, kind: &str, pointer: &str, value: Value| {
        planted(&schemas, &calls, method, kind, |call| crate::samples::set(call, pointer, value.clone()))
    };
    let one = |method: &str, kind: &str, pointer: &str, value: Value| {
        assert_eq!(found(method, kind, pointer, value), 1, "{method} {kind} {pointer}");
    };
    one("PUT", network, "/body/properties/adressSpace", json!({}));
    one("PUT", network, "/body/properties/provisioningState", json!("Succeeded"));
    one("PUT", network, "/body/properties/addressSpace/addressPrefixes", json!("10.0.0.0/16"));
    one("PUT", rule, "/body/properties/priority", json!("100"));
    one("PUT", rule, "/body/properties/direction", json!("inbound"));
    one("PUT", rule, "/body/properties/protocol", Value::Null);
    one("GET", rule, "/answer/properties/priority", Value::Null);
    one("GET", network, "/answer/properties/numberOfSubnets", json!(1));
    one("GET", network, "/answer/etag", json!(7));
    one("PUT", "Microsoft.Storage/storageAccounts", "/body/sku/name", json!("Standard"));
}

#[tokio::test]
async fn a_strict_server_refuses_what_it_does_not_know_and_tells_the_test() {
    let Some(schemas) = schemas() else { return };
    let client = Client::with_group(Settings::default().schemas(&schemas)).await;
    let good = crate::client::network(&[("a", "10.0.0.0/24")]);
    for (pointer, value, status) in [
        ("/properties/subnets/0/properties/adressPrefix", json!("10.0.0.0/24"), 400),
        ("/properties/privateEndpointVNetPolicies", json!("Off"), 400),
        ("/properties/subnets", json!({}), 400),
        ("/properties/resourceGuid", json!("mine"), 201),
    ] {
        let mut bad = good.clone();
        crate::samples::set(&mut bad, pointer, value);
        let answer = client.put(crate::client::NETWORK, bad).await;
        assert_eq!(answer.status, status, "{pointer}");
        let told = client.server.take_violations();
        assert!(told.len() == 1 && told[0].contains(pointer), "{told:?}");
        if status < 300 {
            client.wait(&answer).await;
        }
    }
    let patch = json!({ "tags": { "a": 1 } });
    let answer = client.call(Method::PATCH, crate::client::NETWORK, &[], Some(&patch)).await;
    assert_eq!(answer.refusal(), (400, "InvalidRequestContent"));
    assert_eq!(client.server.take_violations().len(), 1);
}
