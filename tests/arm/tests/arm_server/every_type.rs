//! Every type in the table, from its first call to its last.

use crate::{client::Client, samples};
use deathstar_arm_server::{Settings, served};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The type that is made with its zone, and so has no sample.
const BORN: &str = "Microsoft.Network/privateDnsZones/SOA";

#[test]
fn every_type_has_a_sample() {
    let sampled: BTreeSet<_> = samples::all().iter().map(|sample| sample.kind).chain([BORN]).collect();
    assert_eq!(sampled, served().into_iter().collect());
}

/// Whether everything that was sent is shown.
fn shows(shown: &Value, sent: &Value) -> bool {
    match (shown, sent) {
        (Value::Object(shown), Value::Object(sent)) => {
            sent.iter().all(|(name, sent)| shown.get(name).is_some_and(|shown| shows(shown, sent)))
        }
        (Value::Array(shown), Value::Array(sent)) => {
            shown.len() == sent.len() && shown.iter().zip(sent).all(|(shown, sent)| shows(shown, sent))
        }
        (shown, sent) => shown == sent,
    }
}

/// Makes, reads, lists, changes and deletes an object of every type.
pub async fn live(settings: Settings) -> Client {
    let client = Client::new(settings);
    for sample in samples::all() {
        let made = client.make(&sample.path, sample.body.clone()).await.body;
        assert!(shows(&made, &sample.body), "{}: {made:#}", sample.kind);
        assert_eq!(made["id"], Client::id(&sample.path));
        assert!(made.get("type").is_none_or(|own| own == sample.kind), "{made:#}");
        let (list, name) = sample.path.rsplit_once('/').unwrap();
        let mut url = client.url(list);
        let mut found = false;
        while !found {
            let page = client.look(&url).await.body;
            found = page["value"].as_array().unwrap().iter().any(|own| own["name"] == name);
            match page["nextLink"].as_str() {
                Some(next) => next.clone_into(&mut url),
                None => break,
            }
        }
        assert!(found, "{} is not in its list", sample.path);
        if let Some((pointer, value)) = sample.change {
            let mut body = sample.body;
            samples::set(&mut body, pointer, value);
            let changed = client.make(&sample.path, body.clone()).await.body;
            assert!(shows(&changed, &body), "{}: {changed:#}", sample.kind);
        }
    }
    for sample in samples::all().iter().rev() {
        client.end(&sample.path).await;
    }
    assert!(client.server.standing().is_empty());
    client
}

#[tokio::test]
async fn every_type_lives() {
    live(Settings::default()).await;
}

#[tokio::test]
async fn the_group_takes_all_of_them_with_it() {
    let client = Client::new(Settings::default());
    for sample in samples::all() {
        client.make(&sample.path, sample.body).await;
    }
    client.end("/resourceGroups/g").await;
    assert!(client.server.standing().is_empty());
}

/// A document without its entity tags, which tell every write.
fn untagged(document: Value) -> Value {
    match document {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, _)| name != "etag")
            .map(|(name, own)| (name, untagged(own)))
            .collect(),
        Value::Array(items) => items.into_iter().map(untagged).collect(),
        other => other,
    }
}

#[tokio::test]
async fn a_second_document_is_the_whole_truth() {
    let client = Client::with_group(Settings::default()).await;
    for sample in samples::all().into_iter().skip(1) {
        let mut more = sample.body.clone();
        if sample.body.get("tags").is_some() {
            more["tags"]["more"] = json!("yes");
            client.make(&sample.path, more).await;
        }
        let second = client.make(&sample.path, sample.body.clone()).await.body;
        assert_eq!(second.pointer("/tags/more"), None, "{}", sample.kind);
        let third = client.make(&sample.path, sample.body).await.body;
        assert_eq!(untagged(second), untagged(third), "{}: what is repeated changes nothing", sample.kind);
    }
}
