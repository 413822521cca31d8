//! The second judge: Microsoft's management SDK for Python drives the server through the same life.
//!
//! It cannot show what the SDK does not look at: it takes codes and headers that its pollers know, and its models say little of what has
//! to be there.

use crate::{client::Client, counterpart::named, samples};
use deathstar_arm_server::{Fault, Injection, SUBSCRIPTION, Settings, TENANT, token};
use serde_json::json;
use std::{collections::BTreeSet, process::Output};

/// What becomes of the life on a server with these faults.
async fn drive(injections: Vec<Injection>) -> Option<(Client, Output)> {
    let python = named("DEATHSTAR_AZURE_PYTHON")?;
    let client = Client::new(Settings::default().page(3));
    for injection in injections {
        client.server.inject(injection);
    }
    let lives = samples::all().into_iter().map(|sample| {
        json!({ "kind": sample.kind, "path": sample.path, "body": sample.body, "change": sample.change })
    });
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("samples.json");
    std::fs::write(&file, lives.collect::<serde_json::Value>().to_string()).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/arm_server/sdk.py");
    let mut command = std::process::Command::new(python);
    command.args([
        script,
        client.server.url(),
        SUBSCRIPTION,
        &token("https://management.azure.com/.default", TENANT),
    ]);
    command.arg(&file);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    Some((client, output))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_lives_the_same_life() {
    let Some((client, output)) = drive(vec![]).await else { return };
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim() == "ok", "{said}\n{failed}\n{}", client.server.calls());
    assert!(client.server.standing().is_empty());
    let calls = client.server.calls();
    let written: BTreeSet<_> =
        calls.filter(|call| call.method == "PUT").iter().filter_map(|call| call.kind.clone()).collect();
    assert_eq!(written, samples::all().iter().map(|sample| sample.kind.to_owned()).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_sees_a_server_that_does_not_tell_how_a_call_goes_on() {
    let without = Fault::Header("Location".to_owned(), None);
    let Some((client, output)) = drive(vec![Injection::new("DELETE", "*/resourceGroups/g", without)]).await
    else {
        return;
    };
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && failed.contains("Traceback"), "{failed}");
    assert_eq!(client.server.waiting_injections(), 0, "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_reads_how_an_operation_failed() {
    let fails = Fault::fails(1, "SubnetIsHaunted", "It is haunted.");
    let Some((_, output)) = drive(vec![Injection::new("PUT", "*/subnets/a", fails)]).await else { return };
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && failed.contains("SubnetIsHaunted"), "{failed}");
}
