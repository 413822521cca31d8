//! The conformance suite on the Kubernetes driver.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::http::StatusCode;
use deathstar_core::Driver;
use deathstar_core::conformance::{Rule, Suite, Trial, Verdicts};
use deathstar_core::kube::{Client, Object};
use serde_json::{Value, json};

use crate::bench;
use crate::front::{Asked, Front, Manner, Passage};

/// How many objects a page has: the front asks for fewer than the driver does.
pub const PAGE: usize = 3;
/// How many objects beside the sample fill a page and tell objects apart.
pub const MANY: usize = 7;

/// A front with small pages, and those that refuse and lose.
pub struct Stand {
    pub namespace: String,
    pub front: Front,
    refusing: Vec<(&'static str, Front)>,
    lossy: Front,
}

/// Asks for small pages, and passes on what else is to become of requests and answers.
struct Paged<P>(P);

impl<P: Passage> Passage for Paged<P> {
    fn ask(&self, asked: &mut Asked) {
        asked.replace("limit", &PAGE.to_string());
        self.0.ask(asked);
    }

    fn answer(&self, asked: &Asked, answer: &mut Value) {
        self.0.answer(asked, answer);
    }
}

impl Stand {
    pub async fn with(word: &str, passage: impl Passage) -> Option<Self> {
        let control_plane = bench::shared().await?;
        let refuses =
            |code: u16, text: &'static str| Manner::Refuses(StatusCode::from_u16(code).unwrap(), text);
        let denied = r#"{"kind":"Status","apiVersion":"v1","status":"Failure","code":403,"reason":"Forbidden",
            "message":"configmaps is forbidden: User \"jo\" cannot list resource \"configmaps\""}"#;
        let mut refusing = vec![];
        for (why, manner) in [
            ("a 404 of something else", refuses(404, "404 page not found")),
            ("not implemented", refuses(501, "not implemented")),
            ("no permission", refuses(403, denied)),
        ] {
            refusing.push((why, Front::of(&control_plane, manner).await));
        }
        let front = Front::with(&control_plane, Paged(passage)).await;
        Some(Self {
            namespace: control_plane.namespace(word).await.unwrap(),
            lossy: front.beside(&control_plane, Manner::Loses).await,
            front,
            refusing,
        })
    }

    /// A trial with all that the suite can be given, on clients that `wrap` makes of ours.
    pub async fn trial<C: Driver<Object>>(
        &self,
        wrap: impl Fn(Client) -> C,
        make: impl Fn(&str) -> Object,
    ) -> Trial<C, Object> {
        let mut trial = Suite::new(wrap(self.front.client().await))
            .sample(make("sample"))
            .many((0..MANY).map(|number| make(&format!("other-{number}"))))
            .page(PAGE);
        for (why, front) in &self.refusing {
            trial = trial.refused(*why, wrap(front.client().await));
        }
        trial
            .lossy(wrap(self.lossy.client().await))
            .witness(self.front.witness())
            .poll(Duration::from_millis(20))
            .patience(Duration::from_secs(20))
    }
}

/// A configuration map with more than one field.
pub fn settings(name: &str) -> Object {
    let manifest = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name } });
    Object::from_value(manifest).set("/data/first", "1").set("/data/second", "2")
}

pub fn broken(verdicts: &Verdicts) -> BTreeSet<Rule> {
    verdicts.findings.iter().map(|violation| violation.rule).collect()
}

/// Every rule has to be kept, and only those be unchecked that the kind has nothing of.
fn keeps(verdicts: Verdicts) {
    let verdicts = verdicts.assert().unwrap_or_else(|verdicts| panic!("{verdicts}"));
    let unchecked: Vec<_> = verdicts.skipped.iter().map(|skipped| skipped.rule).collect();
    assert_eq!(unchecked, [Rule::OperationHandle, Rule::PollEnds], "{verdicts}");
}

#[tokio::test]
async fn configuration_keeps_the_contract() {
    let Some(stand) = Stand::with("settings", crate::front::Honest).await else { return };
    let make = |name: &str| settings(name).within(&*stand.namespace);
    let variant = make("sample").set("/data/second", "3");
    keeps(stand.trial(|client| client, make).await.variant(variant).run().await);
}

#[tokio::test]
async fn a_workload_keeps_the_contract() {
    let Some(stand) = Stand::with("workload", crate::front::Honest).await else { return };
    let workload = |name: &str| {
        let container =
            json!({ "name": "web", "image": "example.com/web:1", "env": [{ "name": "A", "value": "1" }] });
        Object::from_value(json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": name },
            "spec": {
                "replicas": 1,
                "selector": { "matchLabels": { "app": name } },
                "template": {
                    "metadata": { "labels": { "app": name } },
                    "spec": { "containers": [container] },
                },
            },
        }))
        .within(&*stand.namespace)
    };
    let variant = workload("sample").set("/spec/replicas", 2);
    keeps(stand.trial(|client| client, workload).await.variant(variant).run().await);
}

#[tokio::test]
async fn what_belongs_to_the_cluster_keeps_the_contract() {
    let Some(stand) = Stand::with("cluster", crate::front::Honest).await else { return };
    // No other test makes roles of such names.
    let prefix = stand.namespace.clone();
    let role = |name: &str| {
        Object::from_value(json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": { "name": format!("{prefix}:{name}") },
            "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }],
        }))
    };
    let variant = role("sample").set("/rules/0/verbs/0", "list");
    keeps(stand.trial(|client| client, role).await.variant(variant).run().await);
}
