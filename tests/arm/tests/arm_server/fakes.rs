//! The third judge: the fakes that Microsoft generates for its Go SDK decode what was recorded (`tests/arm-fakes`).
//!
//! It cannot show that the service behaves so: a fake keeps nothing. The models of `Microsoft.Network` and `Microsoft.Storage` are one
//! version of the API older than what is served; what is newer than they are would count as dropped.

use crate::{client::Client, counterpart::named, every_type, samples};
use deathstar_arm_server::{Calls, Settings};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

/// What the fakes tell of calls.
#[derive(Debug, Deserialize)]
struct Verdict {
    accepted: usize,
    answers: usize,
    left: usize,
    findings: Vec<String>,
}

fn judge(calls: &Value) -> Option<Verdict> {
    let program = named("DEATHSTAR_ARM_FAKES")?;
    let mut fakes = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    fakes.stdin.take().unwrap().write_all(calls.to_string().as_bytes()).unwrap();
    let output = fakes.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Calls about types, of which fakes know.
fn about_types(calls: &Calls) -> usize {
    let served = deathstar_arm_server::served();
    calls.filter(|call| call.kind.as_deref().is_some_and(|kind| served.contains(&kind))).len()
}

#[tokio::test]
async fn the_fakes_decode_every_call_of_a_life() {
    let client: Client = every_type::live(Settings::default()).await;
    let calls = client.server.calls();
    let Some(verdict) = judge(&calls.to_json()) else { return };
    assert_eq!(verdict.findings, Vec::<String>::new());
    assert_eq!(verdict.accepted, about_types(&calls));
    assert_eq!(verdict.accepted + verdict.left, calls.len());
    assert!(verdict.answers > 20, "{verdict:?}");
}

#[tokio::test]
async fn planted_mistakes_are_told_by_the_fakes() {
    let calls = every_type::live(Settings::default()).await.server.calls();
    let planted = |kind: &str, edit: &dyn Fn(&mut Value)| {
        let mut record =
            calls.filter(|call| call.method == "PUT" && call.kind.as_deref() == Some(kind)).to_json();
        record.as_array_mut().unwrap().truncate(1);
        edit(&mut record[0]);
        judge(&record).map(|verdict| verdict.findings.len())
    };
    let network = "Microsoft.Network/virtualNetworks";
    let rule = "Microsoft.Network/networkSecurityGroups/securityRules";
    let set = |pointer: &'static str, value: Value| {
        move |call: &mut Value| samples::set(call, pointer, value.clone())
    };
    let Some(none) = planted(network, &|_| {}) else { return };
    assert_eq!(none, 0);
    for (kind, edit) in [
        (network, &set("/body/properties/adressSpace", json!({})) as &dyn Fn(&mut Value)),
        (network, &set("/body/properties/addressSpace/addressPrefixes", json!("10.0.0.0/16"))),
        (network, &set("/answer/properties/numberOfSubnets", json!(1))),
        (rule, &set("/body/properties/priority", json!("100"))),
        (rule, &set("/body/properties/sourcePortRanges", json!({}))),
        (network, &|call| {
            let path = call["path"].as_str().unwrap().replace("virtualNetworks", "virtualNetwork");
            call["path"] = json!(path);
        }),
    ] {
        assert_eq!(planted(kind, edit), Some(1));
    }
}
