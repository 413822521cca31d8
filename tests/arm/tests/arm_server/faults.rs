//! What a script lets fail, and what the server knows of it afterwards.

use crate::client::{Client, GROUP, NETWORK, network, subnet};
use deathstar_arm_server::{Fault, Injection, Moment, Settings, doubles};
use deathstar_core::conformance::Witness as _;
use reqwest::Method;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// A client whose next PUT of a network meets a fault.
async fn with(fault: Fault) -> Client {
    let client = Client::with_group(Settings::default()).await;
    client.server.inject(Injection::new("PUT", "*/virtualNetworks/*", fault));
    client
}

async fn try_put(client: &Client) -> Option<crate::client::Answer> {
    client.try_call(Method::PUT, &client.url(NETWORK), &[], Some(&network(&[]))).await
}

#[tokio::test]
async fn what_is_refused_has_no_effect() {
    for (fault, status, code) in [
        (Fault::Throttled(7), 429, "TooManyRequests"),
        (Fault::Unavailable, 503, "ServiceUnavailable"),
        (Fault::Denied, 403, "AuthorizationFailed"),
        (Fault::refused(409, "Conflict", "no"), 409, "Conflict"),
    ] {
        let client = with(fault.clone()).await;
        let answer = client.put(NETWORK, network(&[])).await;
        assert_eq!(answer.refusal(), (status, code));
        assert_eq!(answer.header("retry-after"), if status == 429 { "7" } else { "" });
        assert_eq!(client.get(NETWORK).await.status, 404, "{fault:?}");
        let call = client
            .server
            .calls()
            .of("PUT", "Microsoft.Network/virtualNetworks")
            .iter()
            .next()
            .unwrap()
            .clone();
        assert!(!call.reached && !call.had_effect() && call.fault == Some(fault.name()), "{call}");
        client.make(NETWORK, network(&[])).await;
    }
}

#[tokio::test]
async fn an_answer_is_lost_before_or_after_the_effect() {
    for (fault, stands) in [(Fault::ResetBefore, false), (Fault::ResetAfter, true), (Fault::LostAnswer, true)]
    {
        let client = with(fault.clone()).await;
        assert!(try_put(&client).await.is_none(), "{fault:?}");
        assert_eq!(client.server.standing().len(), 1 + usize::from(stands), "{fault:?}");
        let calls = client.server.calls().of("PUT", "Microsoft.Network/virtualNetworks");
        let call = calls.iter().next().unwrap();
        assert_eq!((call.status, call.made.len()), (None, usize::from(stands)), "{call}");
    }
    let client = with(Fault::FailedAfter).await;
    assert_eq!(client.put(NETWORK, network(&[])).await.refusal(), (500, "InternalServerError"));
    assert_eq!(client.server.standing().len(), 2);
}

#[tokio::test]
async fn a_process_can_be_ended_at_a_call() {
    for (moment, stands) in [(Moment::Before, 1), (Moment::After, 2)] {
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let client = with(Fault::kill(moment, move || {
            counted.fetch_add(1, Ordering::SeqCst);
        }))
        .await;
        assert!(try_put(&client).await.is_none());
        assert_eq!((count.load(Ordering::SeqCst), client.server.standing().len()), (1, stands));
    }
}

#[tokio::test]
async fn an_operation_fails_and_leaves_its_object() {
    let client = with(Fault::fails(2, "QuotaExceeded", "too many")).await;
    let made = client.put(NETWORK, network(&[])).await;
    let operation = made.header("azure-asyncoperation").to_owned();
    for expected in ["InProgress", "InProgress", "Failed"] {
        assert_eq!(client.look(&operation).await.body["status"], expected);
    }
    assert_eq!(client.look(&operation).await.body["error"]["code"], "QuotaExceeded");
    assert_eq!(client.get(NETWORK).await.state(), "Failed");
    assert_eq!(client.make(NETWORK, network(&[])).await.state(), "Succeeded", "another document mends it");
}

#[tokio::test]
async fn a_deletion_that_fails_leaves_everything() {
    let client = Client::with_group(Settings::default()).await;
    client.make(NETWORK, network(&[("a", "10.0.0.0/24")])).await;
    client.server.inject(Injection::new("DELETE", "*", Fault::fails(1, "Haunted", "it is haunted")).times(2));
    for path in [NETWORK, GROUP] {
        let gone = client.delete(path).await;
        let end = client.wait(&gone).await;
        assert_eq!(end["error"]["code"], "Haunted");
        assert_eq!(client.get(&format!("{NETWORK}/subnets/a")).await.state(), "Succeeded");
    }
    client.end(GROUP).await;
}

#[tokio::test]
async fn an_operation_can_be_stuck_slow_canceled_or_forgotten() {
    let client = with(Fault::Stuck).await;
    client.put(NETWORK, network(&[])).await;
    for _ in 0..20 {
        assert_eq!(client.get(NETWORK).await.state(), "Updating");
    }
    let client = with(Fault::Slow(3)).await;
    client.put(NETWORK, network(&[])).await;
    let mut states = vec![];
    for _ in 0..4 {
        states.push(client.get(NETWORK).await.state().to_owned());
    }
    assert_eq!(states, ["Updating", "Updating", "Updating", "Succeeded"]);
    let client = with(Fault::Canceled(0)).await;
    let made = client.put(NETWORK, network(&[])).await;
    assert_eq!(client.wait(&made).await["status"], "Canceled");
    let client = with(Fault::Forgotten).await;
    let made = client.put(NETWORK, network(&[])).await;
    let operation = made.header("azure-asyncoperation").to_owned();
    assert_eq!(client.look(&operation).await.refusal(), (404, "OperationNotFound"));
    assert_eq!(client.get(NETWORK).await.state(), "Updating");
    assert_eq!(
        client.get(NETWORK).await.state(),
        "Succeeded",
        "the object tells what its operation does not"
    );
}

#[tokio::test]
async fn what_was_made_can_be_hidden() {
    let client = with(Fault::Hidden(2)).await;
    assert_eq!(client.put(NETWORK, network(&[])).await.status, 201);
    assert_eq!(client.put(NETWORK, network(&[])).await.status, 409, "it is there all the time");
    assert_eq!(client.get(NETWORK).await.status, 404);
    assert_eq!(client.get("/providers/Microsoft.Network/virtualNetworks").await.body["value"], json!([]));
    assert_eq!(client.get(NETWORK).await.status, 200);
}

#[tokio::test]
async fn looks_at_operations_can_fail_too() {
    let client = Client::with_group(Settings::default()).await;
    client.server.inject(Injection::new("GET", "*/operations/*", Fault::Throttled(3)));
    let made = client.put(NETWORK, network(&[])).await;
    let operation = made.header("azure-asyncoperation").to_owned();
    assert_eq!(client.look(&operation).await.refusal(), (429, "TooManyRequests"));
    assert_eq!(client.look(&operation).await.body["status"], "InProgress");
}

#[tokio::test]
async fn a_fault_of_an_operation_where_there_is_none_is_told_to_the_test() {
    let client = Client::new(Settings::default());
    client.server.inject(Injection::new("PUT", "*", Fault::Stuck));
    client.put(GROUP, json!({ "location": "westeurope" })).await;
    assert_eq!(client.server.take_violations().len(), 1);
}

#[tokio::test]
async fn the_witness_tells_who_made_what_and_what_is_there_twice() {
    let client = Client::with_network(Settings::default()).await;
    for name in ["m", "o"] {
        let mut body = network(&[]);
        body["tags"] = json!({ "owner": "one" });
        client.make(&NETWORK.replace("/n", &format!("/{name}")), body).await;
    }
    client.make(&format!("{NETWORK}/subnets/a"), subnet("10.0.0.0/24")).await;
    let standing = client.server.standing();
    let calls = client.server.calls();
    for object in &standing {
        let call = calls.iter().find(|call| call.serial == object.made_by).unwrap();
        assert_eq!((call.method.as_str(), call.made.as_slice()), ("PUT", std::slice::from_ref(&object.id)));
    }
    let twice = doubles(&standing, "owner");
    assert_eq!(twice.len(), 1);
    assert_eq!(twice[&("Microsoft.Network/virtualNetworks", "one")].len(), 2);
    let mutations = client.server.witness().mutations().await.unwrap();
    assert_eq!(mutations.len(), calls.mutating().len());
    assert!(mutations[1].request.as_ref().unwrap().contains("addressSpace"), "{mutations:?}");
    assert_eq!(calls.count_by_name()["PUT Microsoft.Network/virtualNetworks"], 3);
}
