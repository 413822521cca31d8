//! Kubernetes drivers that are wrong in exactly one way, each of which something here catches.
//!
//! Some are wrong in what they send or read: the front changes it on its way. Others are wrong in how they use the client.

use std::collections::BTreeSet;

use deathstar_core::conformance::Rule;
use deathstar_core::kube::{Client, Object, ObjectId};
use deathstar_core::{Cx, Driver, Error, Found, Made, Op, Ready, Result, Seen, Tags, Want};
use serde_json::Value;

use crate::conformance::{Stand, broken, settings};
use crate::front::{Asked, Honest, Passage};

/// What the suite finds with everything that it can be given.
async fn findings<C: Driver<Object>>(
    word: &str,
    passage: impl Passage,
    wrap: impl Fn(Client) -> C,
) -> Option<BTreeSet<Rule>> {
    let stand = Stand::with(word, passage).await?;
    let make = |name: &str| settings(name).within(&*stand.namespace);
    let trial = stand.trial(wrap, make).await.variant(make("sample").set("/data/second", "3"));
    Some(broken(&trial.run().await))
}

fn only(rule: Rule) -> BTreeSet<Rule> {
    BTreeSet::from([rule])
}

/// The metadata of what is applied.
fn metadata<'a>(asked: &'a mut Asked, part: &str) -> Option<&'a mut serde_json::Map<String, Value>> {
    asked.body.as_mut()?.pointer_mut(&format!("/metadata{part}"))?.as_object_mut()
}

#[tokio::test]
async fn who_applies_without_owner_annotations_is_caught() {
    let forgets = |asked: &mut Asked| {
        if let Some(annotations) = metadata(asked, "/annotations") {
            annotations.retain(|key, _| !["deathstar.dev/address", "deathstar.dev/token"].contains(&&**key));
        }
    };
    let Some(findings) = findings("annotations", forgets, |client| client).await else { return };
    assert!(findings.contains(&Rule::CreateTags), "{findings:?}");
}

#[tokio::test]
async fn who_lists_without_the_label_is_caught() {
    let forgets = |asked: &mut Asked| asked.without("labelSelector");
    let Some(findings) = findings("label", forgets, |client| client).await else { return };
    assert_eq!(findings, only(Rule::OnlyOurs));
}

/// One page, and that is all.
struct FirstPage;

impl Passage for FirstPage {
    fn answer(&self, _: &Asked, answer: &mut Value) {
        if let Some(metadata) = answer.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("continue");
        }
    }
}

#[tokio::test]
async fn who_reads_one_page_is_caught() {
    let Some(findings) = findings("page", FirstPage, |client| client).await else { return };
    assert_eq!(findings, only(Rule::EveryPage));
}

/// A client that is used wrongly.
struct Sinner {
    client: Client,
    sin: Sin,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sin {
    /// Applies twice to make one object.
    MakesTwice,
    /// Says nothing of what may have happened.
    ForgetsTheEffect,
    /// Takes any failure to look for nothing being there.
    HidesFailures,
    /// Deletes before it changes.
    Replaces,
}

impl Driver<Object> for Sinner {
    async fn find(&self, cx: &Cx, want: &Want<ObjectId>, found: &mut Found) -> Result<()> {
        let looked = Driver::<Object>::find(&self.client, cx, want, found).await;
        if self.sin == Sin::HidesFailures { Ok(()) } else { looked }
    }

    async fn create(&self, cx: &Cx, spec: &Ready<Object>) -> Result<Made<ObjectId>> {
        let made = self.client.create(cx, spec).await;
        match (self.sin, made) {
            (Sin::MakesTwice, Ok(made)) => {
                // The second is refused, and was a call all the same.
                let _ = self.client.create(cx, spec).await;
                Ok(made)
            }
            (Sin::ForgetsTheEffect, Err(error)) => {
                Err(Error::new(error.meaning().clone(), error.message().to_owned()))
            }
            (_, made) => made,
        }
    }

    async fn change(&self, cx: &Cx, seen: &Seen<Object>, to: &Ready<Object>) -> Result<Option<Op>> {
        if self.sin == Sin::Replaces {
            self.client.delete(cx, seen).await?;
            return self.client.create(cx, to).await.map(|_| None);
        }
        self.client.change(cx, seen, to).await
    }

    async fn delete(&self, cx: &Cx, seen: &Seen<Object>) -> Result<Option<Op>> {
        self.client.delete(cx, seen).await
    }

    async fn retag(&self, cx: &Cx, seen: &Seen<Object>, set: &Tags, unset: &[String]) -> Result<()> {
        self.client.retag(cx, seen, set, unset).await
    }
}

#[tokio::test]
async fn who_uses_the_client_wrongly_is_caught() {
    for (word, sin, rule) in [
        ("twice", Sin::MakesTwice, Rule::OneCall),
        ("effect", Sin::ForgetsTheEffect, Rule::LostAnswer),
        ("hides", Sin::HidesFailures, Rule::ErrorsAreTold),
        ("replaces", Sin::Replaces, Rule::ChangeOneCall),
    ] {
        let wrap = |client| Sinner { client, sin };
        let Some(findings) = findings(word, Honest, wrap).await else { return };
        assert_eq!(findings, only(rule), "{word}");
    }
}
